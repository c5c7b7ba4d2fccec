//! `pyagent._core.grammar.Matcher`: a text in the making.
//!
//! What is quick is done with the GIL held, since giving it up may cost a turn of the scheduler. A mask
//! that is not known yet is computed without it. No lock is held while the GIL is waited for.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyagent_grammar::draft::{self, Draft};
use pyagent_grammar::{self as core};
use pyo3::exceptions::PyOverflowError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList};

use crate::error;
use crate::grammar_arrays::Masks;
use crate::grammar_compiled::Grammar;
use crate::grammar_memory::Room;

/// A text in the making: the tokens accepted so far, and what may follow.
///
/// Methods may be called from any thread; a call waits for the one that is under way.
///
/// Args:
///     grammar: What the text must be.
#[pyclass(frozen, module = "pyagent._core.grammar")]
pub(crate) struct Matcher {
    pub(crate) state: Mutex<core::matcher::Matcher>,
    grammar: Py<Grammar>,
    /// The number of tokens of the vocabulary.
    size: usize,
}

impl Matcher {
    pub(crate) fn lock(&self) -> MutexGuard<'_, core::matcher::Matcher> {
        // A panic in between leaves a text that is shorter or longer by a token, and no half state.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn size(&self) -> usize {
        self.size
    }

    fn fill(&self, py: Python<'_>, row: &mut [i32]) -> PyResult<()> {
        let known = self.lock().fill_cached(row);
        let filled = match known {
            Ok(true) => return Ok(()),
            Ok(false) => py.detach(|| self.lock().fill(row)),
            Err(error) => Err(error),
        };
        filled.map_err(|error| error::grammar(&error))
    }
}

fn raised<T>(result: Result<T, core::GrammarError>) -> PyResult<T> {
    result.map_err(|error| error::grammar(&error))
}

#[pymethods]
impl Matcher {
    #[new]
    #[pyo3(signature = (grammar, /))]
    fn new(grammar: Bound<'_, Grammar>) -> Self {
        let compiled = &grammar.get().compiled;
        let size = compiled.vocabulary().size();
        Self {
            state: Mutex::new(core::matcher::Matcher::new(compiled)),
            size,
            grammar: grammar.unbind(),
        }
    }

    /// The grammar.
    #[getter]
    fn grammar(&self, py: Python<'_>) -> Py<Grammar> {
        self.grammar.clone_ref(py)
    }

    /// The vocabulary of the grammar.
    #[getter]
    fn vocabulary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.grammar.bind(py).getattr("vocabulary")
    }

    /// The tokens accepted so far, an end token among them.
    #[getter]
    fn tokens<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyList>> {
        PyList::new(py, self.lock().tokens())
    }

    /// Whether an end token was accepted.
    #[getter]
    fn has_ended(&self) -> bool {
        self.lock().has_ended()
    }

    /// Write the set of tokens that may come next into a row.
    ///
    /// Bit `i % 32` of word `i // 32` is set if token `i` may come next; an end token may where the text may
    /// end, and behind it nothing may. Nothing is returned and nothing is allocated. While a mask is
    /// computed for the first time the GIL is released: do not touch the row from another thread then.
    ///
    /// Args:
    ///     row: `vocabulary.words` words of 32 bits (int32 or uint32), one dimension, any stride: a NumPy array, a
    ///         CPU tensor, or any other writable buffer.
    ///
    /// Raises:
    ///     MaskError: The row is of another size or type, or may not be written to.
    ///     GrammarLimitError: The mask takes more steps than the limits of the grammar allow.
    #[pyo3(signature = (row, /))]
    fn fill_mask(&self, py: Python<'_>, row: &Bound<'_, PyAny>) -> PyResult<()> {
        let mut room = Room::new();
        Masks::row(&mut room, row, self.size)?.fill_row(|row| self.fill(py, row))
    }

    /// Add a token to the text.
    ///
    /// Args:
    ///     token: Its id.
    ///
    /// Returns:
    ///     `False`, with nothing changed, where the grammar does not allow it.
    ///
    /// Raises:
    ///     TokenError: The vocabulary does not have the token.
    ///     MatcherEndedError: The text has ended.
    #[pyo3(signature = (token, /))]
    fn accept(&self, token: &Bound<'_, PyAny>) -> PyResult<bool> {
        let token = token_id(token, self.size, None)?;
        raised(self.lock().accept(token))
    }

    /// Add tokens up to the first that is not allowed.
    ///
    /// Args:
    ///     tokens: Their ids.
    ///
    /// Returns:
    ///     How many were added.
    ///
    /// Raises:
    ///     TokenError: The vocabulary does not have one of the tokens; none was added.
    ///     MatcherEndedError: There is a token behind an end token; those before it were added.
    #[pyo3(signature = (tokens, /))]
    fn accept_many(&self, tokens: &Bound<'_, PyAny>) -> PyResult<usize> {
        let ids = tokens.try_iter()?.map(|token| token_id(&token?, self.size, None));
        let ids = ids.collect::<PyResult<Vec<u32>>>()?;
        raised(tokens.py().detach(|| self.lock().accept_many(&ids)))
    }

    /// Take the last tokens back, an end token among them.
    ///
    /// Args:
    ///     tokens: How many.
    ///
    /// Raises:
    ///     GrammarError: Fewer were accepted.
    #[pyo3(signature = (tokens=1, /))]
    fn rollback(&self, tokens: usize) -> PyResult<()> {
        raised(self.lock().rollback(tokens))
    }

    /// Begin anew.
    fn reset(&self) {
        self.lock().reset();
    }

    /// Another text that begins with all there is of this one, and goes on by itself.
    fn fork(&self, py: Python<'_>) -> Self {
        let state = Mutex::new(self.lock().fork());
        Self { state, grammar: self.grammar.clone_ref(py), size: self.size }
    }

    /// Whether the text may end here, or has ended.
    fn is_complete(&self) -> bool {
        self.lock().is_complete()
    }

    /// The bytes that must follow, since there is no other way to go on.
    ///
    /// Where any white space is allowed little is forced: compile with `whitespace="compact"`.
    ///
    /// Args:
    ///     limit: How many bytes at most.
    #[pyo3(signature = (limit=4096, /))]
    fn forced_bytes<'py>(&self, py: Python<'py>, limit: usize) -> PyResult<Bound<'py, PyBytes>> {
        let forced = raised(py.detach(|| self.lock().forced_bytes(limit)))?;
        Ok(PyBytes::new(py, &forced))
    }

    /// The tokens that must follow, in the way in which the tokenizer itself would cut the text.
    ///
    /// They are fewer than the forced bytes would make: a token that could come out differently with what
    /// follows is left to the model.
    ///
    /// Returns:
    ///     Their ids, an end token last where the text can only end. Where the vocabulary has no `encode` they are those
    ///     that are the only token allowed.
    fn forced_tokens<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        let forced = slf.py().import("pyagent.grammar.forced")?;
        forced.call_method1("forced_tokens", (slf,))
    }

    /// How many of these bytes could follow; none is accepted.
    #[pyo3(signature = (data, /))]
    fn fits(&self, py: Python<'_>, data: &[u8]) -> PyResult<usize> {
        raised(py.detach(|| self.lock().fits(data)))
    }

    /// Whether the text could end behind these bytes.
    #[pyo3(signature = (data=b"".as_slice(), /))]
    fn completes(&self, py: Python<'_>, data: &[u8]) -> PyResult<bool> {
        raised(py.detach(|| self.lock().completes(data)))
    }

    /// The bytes of which one could follow behind these, ascending; none where these could not.
    #[pyo3(signature = (data=b"".as_slice(), /))]
    fn next_bytes<'py>(&self, py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let next = raised(py.detach(|| self.lock().next_bytes(data)))?;
        let bytes = (0..=u8::MAX).zip(next).filter(|(_, possible)| *possible);
        Ok(PyBytes::new(py, &bytes.map(|(byte, _)| byte).collect::<Vec<_>>()))
    }

    /// Write what may follow each node of a tree of drafted tokens, for speculative decoding.
    ///
    /// Afterwards the text is what it was. The row of a node that is not allowed, or that stands behind one
    /// that is not, is all zeros, and so is that of an end token.
    ///
    /// Args:
    ///     parents: For each node the index of the one that it follows, which stands before it, or -1 where it
    ///         follows the text so far.
    ///     tokens: The token of each node.
    ///     rows: One row per node (see `fill_mask`), in two dimensions.
    ///
    /// Returns:
    ///     For each node whether it is allowed.
    ///
    /// Raises:
    ///     TokenError: The vocabulary does not have a token.
    ///     MaskError: The rows are of another shape or type, or a parent does not stand before its node.
    #[pyo3(signature = (parents, tokens, rows, /))]
    fn fill_draft_tree(
        &self,
        py: Python<'_>,
        parents: &Bound<'_, PyAny>,
        tokens: &Bound<'_, PyAny>,
        rows: &Bound<'_, PyAny>,
    ) -> PyResult<Vec<bool>> {
        let parents = parents.try_iter()?.map(|parent| parent?.extract());
        let parents = parents.collect::<PyResult<Vec<i64>>>()?;
        let ids = tokens.try_iter()?.enumerate();
        let ids = ids.map(|(node, token)| token_id(&token?, self.size, Some(("node", node))));
        let ids = ids.collect::<PyResult<Vec<u32>>>()?;
        let draft = Draft { parents: &parents, tokens: &ids };
        if parents.len() != ids.len() {
            let message = format!("{} parents for {} tokens", parents.len(), ids.len());
            return Err(error::mask(&message, "give one parent per token, -1 for none"));
        }
        if let Some(node) = draft.misplaced() {
            let message = format!("node {node} of the draft does not stand behind its parent");
            return Err(error::mask(&message, "list each node behind the one it follows"));
        }
        let mut room = Room::new();
        let mut rows = Masks::rows(&mut room, rows, ids.len(), self.size)?;
        rows.fill(|rows| {
            py.detach(|| draft::fill(&mut self.lock(), &draft, rows))
                .map_err(|(node, error)| error::grammar_at(&error, Some(("node", node))))
        })
    }

    fn __copy__(&self, py: Python<'_>) -> Self {
        self.fork(py)
    }

    fn __repr__(&self) -> String {
        let state = self.lock();
        let ended = if state.has_ended() { ", ended" } else { "" };
        format!("<Matcher after {} tokens{ended}>", state.tokens().len())
    }
}

/// A token's id; one that cannot be an id is as unknown as one that is too large.
pub(crate) fn token_id(
    token: &Bound<'_, PyAny>,
    size: usize,
    place: Option<(&str, usize)>,
) -> PyResult<u32> {
    match token.extract::<u32>() {
        Ok(id) if (id as usize) < size => Ok(id),
        Err(error) if !error.is_instance_of::<PyOverflowError>(token.py()) => Err(error),
        _ => Err(error::token(token, size, place)),
    }
}
