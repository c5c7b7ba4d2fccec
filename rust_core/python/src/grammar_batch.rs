//! `pyagent._core.grammar.BatchMatcher` and `apply_mask`: many rows at once.

use std::collections::HashSet;

use pyagent_grammar::batch::{self, Job};
use pyagent_grammar::logits;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::error;
use crate::grammar_arrays::{Logits, Masks, Rows, masks};
use crate::grammar_matcher::{Matcher, token_id};
use crate::grammar_memory::Room;

/// Several texts in the making, each with a grammar of its own or all with the same, over vocabularies of one
/// size.
///
/// Rows are filled in parallel with the GIL released, and a mask that several of them need is computed
/// once.
///
/// Args:
///     matchers: The texts. They remain usable by themselves.
///     threads: How many threads work, that of the caller among them; 0 for one per processor.
///
/// Raises:
///     MaskError: The vocabularies differ in size, or a matcher is there twice.
#[pyclass(frozen, sequence, module = "pyagent._core.grammar")]
pub(crate) struct BatchMatcher {
    matchers: Vec<Py<Matcher>>,
    size: usize,
    threads: usize,
}

impl BatchMatcher {
    /// The matchers of these positions, or all.
    fn chosen(&self, indices: Option<&Bound<'_, PyAny>>) -> PyResult<Vec<&Matcher>> {
        let Some(indices) = indices else {
            return Ok(self.matchers.iter().map(Py::get).collect());
        };
        let mut seen = HashSet::new();
        let chosen = indices.try_iter()?.map(|index| {
            let index: usize = index?.extract()?;
            let matcher = self.matchers.get(index).ok_or_else(|| {
                let message = format!("row {index} of a batch of {}", self.matchers.len());
                error::mask(&message, "indices are those of the matchers, from 0")
            })?;
            if seen.insert(index) {
                return Ok(matcher.get());
            }
            Err(error::mask(&format!("row {index} is there twice"), "give each index once"))
        });
        chosen.collect()
    }
}

#[pymethods]
impl BatchMatcher {
    #[new]
    #[pyo3(signature = (matchers, /, *, threads=0))]
    fn new(matchers: &Bound<'_, PyAny>, threads: usize) -> PyResult<Self> {
        let matchers = matchers.try_iter()?.map(|matcher| {
            let matcher = matcher?;
            Ok(matcher.cast::<Matcher>()?.clone().unbind())
        });
        let matchers = matchers.collect::<PyResult<Vec<_>>>()?;
        let mut seen = HashSet::new();
        if !matchers.iter().all(|matcher| seen.insert(matcher.as_ptr())) {
            return Err(error::mask("a matcher is there twice", "fork it, or make another"));
        }
        let mut sizes = matchers.iter().map(|matcher| matcher.get().size());
        let size = sizes.next().unwrap_or_default();
        if let Some(other) = sizes.find(|&other| other != size) {
            let message = format!("a batch for vocabularies of {size} and of {other} tokens");
            return Err(error::mask(&message, "make a batch for each vocabulary"));
        }
        Ok(Self { matchers, size, threads: batch::threads(threads) })
    }

    /// The texts.
    #[getter]
    fn matchers<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, &self.matchers)
    }

    /// How many threads work.
    #[getter]
    fn threads(&self) -> usize {
        self.threads
    }

    /// Write the set of tokens that may come next in each text.
    ///
    /// The GIL is released: do not touch the rows from another thread meanwhile.
    ///
    /// Args:
    ///     rows: One row per text (see `Matcher.fill_mask`), in two dimensions.
    ///     indices: The positions of the texts to fill rows for, each once; row i is then for the i-th of them. By default
    ///         all.
    ///
    /// Raises:
    ///     MaskError: The rows are of another shape or type, or may not be written to.
    ///     GrammarLimitError: A mask takes more steps than the limits of its grammar allow; the message names
    ///         the row. The others are filled.
    #[pyo3(signature = (rows, /, indices=None))]
    fn fill_masks(
        &self,
        py: Python<'_>,
        rows: &Bound<'_, PyAny>,
        indices: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<()> {
        let chosen = self.chosen(indices)?;
        let mut room = Room::new();
        Masks::rows(&mut room, rows, chosen.len(), self.size)?.fill(|rows| {
            let jobs = chosen.iter().zip(rows);
            let mut jobs: Vec<Job<'_>> =
                jobs.map(|(matcher, row)| Job::new(&matcher.state, row)).collect();
            py.detach(|| batch::fill(&mut jobs, self.threads))
                .map_err(|(row, error)| error::grammar_at(&error, Some(("row", row))))
        })
    }

    /// Add a token to each text.
    ///
    /// Args:
    ///     tokens: One id per text; `None` leaves the text as it is.
    ///     indices: The positions of the texts that the tokens are for, each once. By default all.
    ///
    /// Returns:
    ///     For each whether it was allowed; `False` for `None`.
    ///
    /// Raises:
    ///     TokenError: A vocabulary does not have the token; no text has changed.
    ///     MatcherEndedError: A text has ended; no text has changed.
    ///     MaskError: There are more or fewer tokens than texts.
    #[pyo3(signature = (tokens, /, indices=None))]
    fn accept(
        &self,
        py: Python<'_>,
        tokens: &Bound<'_, PyAny>,
        indices: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Vec<bool>> {
        let chosen = self.chosen(indices)?;
        let tokens = tokens.try_iter()?.enumerate().map(|(row, token)| {
            let token = token?;
            let id = || token_id(&token, self.size, Some(("row", row)));
            if token.is_none() { Ok(None) } else { id().map(Some) }
        });
        let tokens = tokens.collect::<PyResult<Vec<Option<u32>>>>()?;
        if tokens.len() != chosen.len() {
            let message = format!("{} tokens for {} texts", tokens.len(), chosen.len());
            return Err(error::mask(&message, "give one per text, None to leave it as it is"));
        }
        let rows: Vec<usize> = (0..tokens.len()).filter(|&row| tokens[row].is_some()).collect();
        let steps: Vec<_> = chosen
            .iter()
            .zip(&tokens)
            .filter_map(|(m, token)| Some((&m.state, (*token)?)))
            .collect();
        let accepted = py
            .detach(|| batch::accept(&steps, self.threads))
            .map_err(|(step, error)| error::grammar_at(&error, Some(("row", rows[step]))))?;
        let mut answers = vec![false; tokens.len()];
        for (row, answer) in rows.into_iter().zip(accepted) {
            answers[row] = answer;
        }
        Ok(answers)
    }

    fn __len__(&self) -> usize {
        self.matchers.len()
    }

    fn __getitem__(&self, py: Python<'_>, index: usize) -> PyResult<Py<Matcher>> {
        let matcher = self.matchers.get(index).map(|matcher| matcher.clone_ref(py));
        matcher.ok_or_else(|| pyo3::exceptions::PyIndexError::new_err("no such text"))
    }

    fn __repr__(&self) -> String {
        format!("<BatchMatcher of {} texts on {} threads>", self.matchers.len(), self.threads)
    }
}

/// Set the logits of all tokens that a mask does not allow to minus infinity, in place.
///
/// Logits beyond the mask, of a model whose output is padded, are set to minus infinity too.
///
/// Args:
///     logits: One row or several of float32, float16 or bfloat16, of any stride, that may be written to: NumPy
///         arrays (bfloat16 is that of ml_dtypes), CPU tensors, other buffers.
///     mask: One row for all, or one for each row of logits, of int32.
///     threads: How many threads work where there are several rows; 0 for one per processor.
///
/// Raises:
///     MaskError: Something is of another type or shape, or there are fewer logits than the mask has words
///         for.
#[pyfunction]
#[pyo3(signature = (logits, mask, /, *, threads=0))]
pub(crate) fn apply_mask(
    py: Python<'_>,
    logits: &Bound<'_, PyAny>,
    mask: &Bound<'_, PyAny>,
    threads: usize,
) -> PyResult<()> {
    let masks = masks(mask)?;
    let mut room = Room::new();
    let mut logits = Logits::new(&mut room, logits)?;
    let (rows, columns) = logits.shape();
    check_masks(&masks, rows, columns)?;
    let mask_of = |row: usize| &masks[if masks.len() == 1 { 0 } else { row }][..];
    let threads = batch::threads(threads);
    match logits.rows() {
        Rows::Float(rows) => py.detach(|| apply(rows, mask_of, threads)),
        Rows::Half(rows) => py.detach(|| apply(rows, mask_of, threads)),
        Rows::Brain(rows) => py.detach(|| apply(rows, mask_of, threads)),
        Rows::Scattered => {
            for row in 0..rows {
                logits::disallowed(mask_of(row), columns)
                    .for_each(|token| logits.forbid(row, token));
            }
        }
    }
    Ok(())
}

fn apply<'m, T: logits::Logit + Send>(
    rows: Vec<&mut [T]>,
    mask_of: impl Fn(usize) -> &'m [i32],
    threads: usize,
) {
    let mut rows: Vec<_> =
        rows.into_iter().enumerate().map(|(at, row)| (row, mask_of(at))).collect();
    batch::for_each(&mut rows, 1, threads, |(row, mask)| logits::apply(row, mask));
}

fn check_masks(masks: &[Vec<i32>], rows: usize, columns: usize) -> PyResult<()> {
    if masks.len() != rows && masks.len() != 1 {
        let message = format!("{} masks for {rows} rows of logits", masks.len());
        return Err(error::mask(&message, "give one for each, or one for all"));
    }
    let words = masks.first().map_or(0, Vec::len);
    if columns.div_ceil(32) < words {
        let message = format!("{columns} logits for a mask of {words} words");
        return Err(error::mask(&message, "a mask has a word for every 32 logits or fewer"));
    }
    Ok(())
}
