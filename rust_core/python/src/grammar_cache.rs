//! `pyagent._core.grammar.GrammarCache`: compiled grammars, kept by content.

use std::path::PathBuf;

use pyagent_grammar::cache::{Cache, Statistics};
use pyo3::prelude::*;

use crate::error;

/// Compiled grammars, kept by what they were compiled from: schema or pattern, options, limits and
/// vocabulary.
///
/// In memory the least recently used is given up when there are too many. Files stay until `clear`;
/// one that is damaged, or of another version, is compiled and written anew. Threads, and with a folder
/// processes too, may share a cache; of threads that want the same grammar one compiles it.
///
/// Args:
///     directory: A folder for compiled grammars, which is made if need be; `None` for none.
///     size: The most grammars in memory.
///
/// Raises:
///     CacheError: The folder cannot be made.
#[pyclass(frozen, module = "pyagent._core.grammar")]
pub(crate) struct GrammarCache(pub(crate) Cache);

#[pymethods]
impl GrammarCache {
    #[new]
    #[pyo3(signature = (directory=None, *, size=64))]
    fn new(directory: Option<PathBuf>, size: usize) -> PyResult<Self> {
        let shown = directory.as_ref().map_or(String::new(), |path| path.display().to_string());
        let cache = Cache::new(directory, size);
        Ok(Self(cache.map_err(|cause| error::grammar_cache(&shown, &cause))?))
    }

    /// The folder, or `None`.
    #[getter]
    fn directory(&self) -> Option<PathBuf> {
        self.0.directory().map(PathBuf::from)
    }

    /// The most grammars in memory.
    #[getter]
    fn size(&self) -> usize {
        self.0.capacity()
    }

    /// How it was used so far.
    fn statistics(&self, py: Python<'_>) -> CacheStatistics {
        let Statistics { hits, loads, compiles, unwritten, size } =
            py.detach(|| self.0.statistics());
        CacheStatistics { hits, loads, compiles, unwritten, size }
    }

    /// Give up all grammars, in memory and in files.
    fn clear(&self, py: Python<'_>) -> PyResult<()> {
        let shown = || self.0.directory().map_or(String::new(), |path| path.display().to_string());
        py.detach(|| self.0.clear()).map_err(|cause| error::grammar_cache(&shown(), &cause))
    }

    fn __repr__(&self) -> String {
        let size = self.0.capacity();
        match self.0.directory() {
            Some(directory) => format!("<GrammarCache {}, size {size}>", directory.display()),
            None => format!("<GrammarCache size {size}>"),
        }
    }
}

/// How a cache was used so far.
///
/// Attributes:
///     hits: Grammars found in memory.
///     loads: Grammars read from a file.
///     compiles: Grammars compiled, with those that could not be.
///     unwritten: Files that could not be written.
///     size: Grammars in memory now.
#[pyclass(frozen, get_all, module = "pyagent._core.grammar")]
pub(crate) struct CacheStatistics {
    hits: u64,
    loads: u64,
    compiles: u64,
    unwritten: u64,
    size: usize,
}

#[pymethods]
impl CacheStatistics {
    fn __repr__(&self) -> String {
        let Self { hits, loads, compiles, unwritten, size } = self;
        format!(
            "CacheStatistics(hits={hits}, loads={loads}, compiles={compiles}, \
             unwritten={unwritten}, size={size})"
        )
    }
}
