//! `pyagent._core.grammar.Vocabulary`: the tokens of a model.

use std::sync::Arc;

use pyagent_grammar as core;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::{PyBytes, PyTuple};

use crate::error;

/// The tokens of a model as bytes, with what is built of them once for all grammars.
#[pyclass(frozen, subclass, module = "pyagent._core.grammar")]
pub(crate) struct Vocabulary(pub(crate) Arc<core::Vocabulary>);

impl Vocabulary {
    fn check(&self, id: u64) -> PyResult<u32> {
        let size = self.0.size();
        let known = u32::try_from(id).ok().filter(|&id| (id as usize) < size);
        known.ok_or_else(|| error::grammar(&core::GrammarError::Token { token: id, size }))
    }
}

#[pymethods]
impl Vocabulary {
    #[new]
    #[pyo3(signature = (tokens=vec![], eos=vec![], special=vec![], size=None, *, stored=None))]
    fn new(
        py: Python<'_>,
        tokens: Vec<PyBackedBytes>,
        eos: Vec<u32>,
        special: Vec<u32>,
        size: Option<usize>,
        stored: Option<PyBackedBytes>,
    ) -> PyResult<Self> {
        let size = size.unwrap_or(tokens.len());
        let made = py.detach(|| match stored {
            Some(stored) => core::Vocabulary::from_bytes(&stored),
            None => core::Vocabulary::with_size(&tokens, &eos, &special, size),
        });
        Ok(Self(Arc::new(made.map_err(|error| error::grammar(&error))?)))
    }

    /// The number of ids.
    #[getter]
    fn size(&self) -> usize {
        self.0.size()
    }

    /// The number of 32-bit words in a mask.
    #[getter]
    fn words(&self) -> usize {
        self.0.words()
    }

    /// The tokens that end a text, ascending.
    #[getter]
    fn eos<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.eos())
    }

    /// The tokens that never match text, those that end it among them, ascending.
    #[getter]
    fn special<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.special())
    }

    /// A BLAKE3 digest of all that makes the vocabulary, 32 bytes.
    #[getter]
    fn fingerprint<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.fingerprint())
    }

    /// About how many bytes of memory it takes.
    #[getter]
    fn memory(&self) -> usize {
        self.0.memory()
    }

    /// The bytes of a token, also of a special one; nothing for padding.
    #[pyo3(signature = (token, /))]
    fn token_bytes<'py>(&self, py: Python<'py>, token: u64) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, self.0.bytes(self.check(token)?)))
    }

    /// Whether a token never matches text, because it is special or ends the text.
    #[pyo3(signature = (token, /))]
    fn is_special(&self, token: u64) -> PyResult<bool> {
        Ok(self.0.is_special(self.check(token)?))
    }

    /// The vocabulary as bytes, which the argument `stored` takes.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &py.detach(|| self.0.to_bytes()))
    }

    /// For every position in a text at which a longer token may begin: what such tokens have behind it, if that
    /// begins with one of these bytes; `None` where there are more than `limit`.
    #[pyo3(signature = (text, first, limit, /))]
    fn _spanning<'py>(
        &self,
        py: Python<'py>,
        text: &[u8],
        first: &[u8],
        limit: usize,
    ) -> Vec<(usize, Option<Vec<Bound<'py, PyBytes>>>)> {
        let bytes =
            |found: Vec<&[u8]>| found.into_iter().map(|each| PyBytes::new(py, each)).collect();
        let found = self.0.spanning(text, first, limit).into_iter();
        found.map(|(at, found)| (at, found.map(bytes))).collect()
    }

    fn __eq__(&self, other: PyRef<'_, Self>) -> bool {
        self.0.fingerprint() == other.0.fingerprint()
    }

    fn __hash__(&self) -> u64 {
        self.0.fingerprint().first_chunk().map_or(0, |first| u64::from_le_bytes(*first))
    }
}
