//! What `pyagent._core.diff` returns: changes, segments, statistics and merges.

use std::ops::Range;

use pyagent_diff as core;
use pyo3::prelude::*;
use pyo3::types::PyRange;

use crate::text::Form;

/// A range as Python has it.
pub(crate) fn range_of(py: Python<'_>, range: Range<usize>) -> PyResult<Py<PyRange>> {
    Ok(PyRange::new(py, range.start.cast_signed(), range.end.cast_signed())?.unbind())
}

fn range(py: Python<'_>, range: &Range<u32>) -> PyResult<Py<PyRange>> {
    range_of(py, range.start as usize..range.end as usize)
}

/// Lines that were replaced by others; one of the two may be none.
///
/// Lines are counted from 0, and only a line feed ends one.
#[pyclass(module = "pyagent._core.diff", frozen, eq, hash, generic)]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Change {
    pub(crate) lines: core::Change,
    pub(crate) texts: [Vec<u8>; 2],
    pub(crate) form: Form,
}

#[pymethods]
impl Change {
    /// Which lines of the first text, as a `range`.
    #[getter]
    fn before(&self, py: Python<'_>) -> PyResult<Py<PyRange>> {
        range(py, &self.lines.before)
    }

    /// Which lines of the second text, as a `range`.
    #[getter]
    fn after(&self, py: Python<'_>) -> PyResult<Py<PyRange>> {
        range(py, &self.lines.after)
    }

    /// The text that was replaced.
    #[getter]
    fn removed<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.form.give(py, &self.texts[0])
    }

    /// The text that replaced it.
    #[getter]
    fn added<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.form.give(py, &self.texts[1])
    }

    /// `insert`, `delete` or `replace`.
    #[getter]
    fn kind(&self) -> &'static str {
        match (self.lines.before.is_empty(), self.lines.after.is_empty()) {
            (true, _) => "insert",
            (_, true) => "delete",
            _ => "replace",
        }
    }

    fn __repr__(&self) -> String {
        let core::Change { before, after } = &self.lines;
        format!("<Change {} {before:?} to {after:?}>", self.kind())
    }
}

/// A piece of two texts: it is in both of them, or in one.
#[pyclass(module = "pyagent._core.diff", frozen, get_all, generic)]
pub(crate) struct Segment {
    /// `same`, `removed` or `added`.
    pub(crate) kind: &'static str,
    /// The piece.
    pub(crate) text: Py<PyAny>,
    /// Where it is in the first text, as a `range` of characters or bytes; empty if added.
    pub(crate) before: Py<PyRange>,
    /// Where it is in the second text; empty if removed.
    pub(crate) after: Py<PyRange>,
}

#[pymethods]
impl Segment {
    fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
        Ok(format!("<Segment {} {}>", self.kind, self.text.bind(py).repr()?))
    }
}

/// How much differs between two texts.
#[pyclass(module = "pyagent._core.diff", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Stat(pub(crate) core::stats::Stat);

#[pymethods]
impl Stat {
    /// Lines that are in the second text only.
    #[getter]
    fn insertions(&self) -> u64 {
        self.0.insertions
    }

    /// Lines that are in the first text only.
    #[getter]
    fn deletions(&self) -> u64 {
        self.0.deletions
    }

    /// How many lines the two texts have.
    #[getter]
    fn lines(&self) -> (u64, u64) {
        self.0.lines
    }

    /// Lines that are in one of the texts only: insertions and deletions.
    #[getter]
    fn changed(&self) -> u64 {
        self.0.insertions + self.0.deletions
    }

    /// The part of all lines that have a partner in the other text, from 0 to 1.
    #[getter]
    fn ratio(&self) -> f64 {
        self.0.ratio()
    }

    fn __repr__(&self) -> String {
        let Self(stat) = self;
        format!("<Stat +{} -{} ratio={:.3}>", stat.insertions, stat.deletions, stat.ratio())
    }
}

/// Lines that both sides of a merge changed, and not alike.
///
/// Lines are counted from 0.
#[pyclass(module = "pyagent._core.diff", frozen, eq, hash)]
#[derive(PartialEq, Eq, Hash)]
pub(crate) struct Conflict(pub(crate) core::merge::Conflict);

#[pymethods]
impl Conflict {
    /// Which lines of the base, as a `range`. Where one conflict is shown in parts, each part
    /// has the lines of the whole.
    #[getter]
    fn base(&self, py: Python<'_>) -> PyResult<Py<PyRange>> {
        range(py, &self.0.base)
    }

    /// Which of our lines.
    #[getter]
    fn ours(&self, py: Python<'_>) -> PyResult<Py<PyRange>> {
        range(py, &self.0.ours)
    }

    /// Which of their lines.
    #[getter]
    fn theirs(&self, py: Python<'_>) -> PyResult<Py<PyRange>> {
        range(py, &self.0.theirs)
    }

    /// Which lines of the merged text, markers included.
    #[getter]
    fn result(&self, py: Python<'_>) -> PyResult<Py<PyRange>> {
        range(py, &self.0.result)
    }

    fn __repr__(&self) -> String {
        let core::merge::Conflict { base, ours, theirs, result } = &self.0;
        format!("<Conflict base={base:?} ours={ours:?} theirs={theirs:?} result={result:?}>")
    }
}

/// A merged text.
#[pyclass(module = "pyagent._core.diff", frozen, get_all, generic)]
pub(crate) struct Merge {
    /// The text, with markers where there are conflicts.
    pub(crate) text: Py<PyAny>,
    /// The conflicts, from the top of the text to its end.
    pub(crate) conflicts: Vec<Py<Conflict>>,
}

#[pymethods]
impl Merge {
    /// Whether there is no conflict.
    #[getter]
    fn clean(&self) -> bool {
        self.conflicts.is_empty()
    }

    fn __repr__(&self) -> String {
        match self.conflicts.len() {
            0 => "<Merge clean>".to_owned(),
            1 => "<Merge 1 conflict>".to_owned(),
            count => format!("<Merge {count} conflicts>"),
        }
    }
}
