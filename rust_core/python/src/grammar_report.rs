//! What became of each constraint of a schema.

use pyagent_grammar::schema::{Entry, Status};
use pyo3::prelude::*;
use pyo3::types::PyTuple;

/// One keyword of a schema, and what became of it.
///
/// Attributes:
///     pointer: Where it stands, as a JSON pointer such as `#/properties/name`.
///     keyword: The keyword.
///     status: `enforced`, `refused` or `annotation` (it says nothing about which texts are valid).
///     reason: Why it is refused; `None` for the others.
#[pyclass(frozen, get_all, eq, hash, module = "pyagent._core.grammar")]
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct ReportEntry {
    pointer: String,
    keyword: String,
    status: &'static str,
    reason: Option<String>,
}

#[pymethods]
impl ReportEntry {
    fn __str__(&self) -> String {
        let Self { pointer, keyword, status, .. } = self;
        let reason = self.reason.as_ref().map_or(String::new(), |reason| format!(": {reason}"));
        format!("{status:<10} {keyword} at {pointer}{reason}")
    }

    fn __repr__(&self) -> String {
        let Self { pointer, keyword, status, .. } = self;
        format!("<ReportEntry {status} {keyword} at {pointer}>")
    }
}

impl From<&Entry> for ReportEntry {
    fn from(entry: &Entry) -> Self {
        let Entry { pointer, keyword, status, reason } = entry;
        let status = match status {
            Status::Enforced => "enforced",
            Status::Annotation => "annotation",
            Status::Refused => "refused",
        };
        Self { pointer: pointer.clone(), keyword: keyword.clone(), status, reason: reason.clone() }
    }
}

/// What became of each constraint of a schema, in the order of the schema.
#[pyclass(frozen, sequence, module = "pyagent._core.grammar")]
pub(crate) struct Report(Vec<ReportEntry>);

impl Report {
    pub(crate) fn new(entries: &[Entry]) -> Self {
        Self(entries.iter().map(ReportEntry::from).collect())
    }

    fn with<'py>(&self, py: Python<'py>, status: &str) -> PyResult<Bound<'py, PyTuple>> {
        let chosen = self.0.iter().filter(|entry| entry.status == status);
        PyTuple::new(py, chosen.cloned().collect::<Vec<_>>())
    }
}

#[pymethods]
impl Report {
    /// All entries.
    #[getter]
    fn entries<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.0.iter().cloned())
    }

    /// What every text satisfies that the grammar allows.
    #[getter]
    fn enforced<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.with(py, "enforced")
    }

    /// What a text may violate: there is none, unless the grammar was made with `lenient`.
    #[getter]
    fn refused<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.with(py, "refused")
    }

    /// What says nothing about which texts are valid.
    #[getter]
    fn annotations<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        self.with(py, "annotation")
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __iter__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(self.entries(py)?.try_iter()?.into_any())
    }

    /// One line for each entry.
    fn __str__(&self) -> String {
        let lines: Vec<String> = self.0.iter().map(ReportEntry::__str__).collect();
        lines.join("\n")
    }

    fn __repr__(&self) -> String {
        let count = |status| self.0.iter().filter(|entry| entry.status == status).count();
        let [enforced, refused, notes] = ["enforced", "refused", "annotation"].map(count);
        format!("<Report: {enforced} enforced, {refused} refused, {notes} annotations>")
    }
}
