//! `pyagent._core.symbols`: where the names of a project are used, and edits that change them.

/// Where the names of a Python project are defined and used, and the edits that change them.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod symbols {
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, Ordering};

    use pyagent_symbols as core;
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyTuple};

    use crate::error;
    use crate::work::interruptible;

    /// Edits of one file that belong together: applied or left out as one.
    #[pyclass(frozen, get_all)]
    struct SymbolGroup {
        /// Its place in the list, which `SymbolEdit.apply` takes.
        index: usize,
        /// What kind of edit it is.
        kind: &'static str,
        /// First line that it touches, from 1.
        line: u32,
        /// Last line that it touches.
        end_line: u32,
        /// The names that it is about.
        names: Py<PyTuple>,
        /// Why, in a sentence.
        why: String,
    }

    #[pymethods]
    impl SymbolGroup {
        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            let Self { index, kind, line, .. } = self;
            let names = self.names.bind(py).repr()?;
            Ok(format!("<SymbolGroup {index}: {kind} {names} on line {line}>"))
        }
    }

    /// The edits of one file.
    #[pyclass(frozen)]
    struct SymbolEdit(core::FileEdit);

    #[pymethods]
    impl SymbolEdit {
        /// The file, below the root, with forward slashes.
        #[getter]
        fn path(&self) -> &str {
            &self.0.path
        }

        /// The bytes of the file when it was read.
        #[getter]
        fn original<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &self.0.original)
        }

        /// The edits of the file.
        #[getter]
        fn groups(&self, py: Python<'_>) -> PyResult<Vec<SymbolGroup>> {
            let parts = self.0.parts.iter().enumerate();
            parts
                .map(|(index, part)| {
                    Ok(SymbolGroup {
                        index,
                        kind: part.kind,
                        line: part.line,
                        end_line: part.end_line,
                        names: PyTuple::new(py, &part.names)?.unbind(),
                        why: part.why.clone(),
                    })
                })
                .collect()
        }

        /// The contents of the file with the groups of these indices applied; all for `None`.
        #[pyo3(signature = (groups=None))]
        fn apply<'py>(
            &self,
            py: Python<'py>,
            groups: Option<&Bound<'py, PyAny>>,
        ) -> PyResult<Bound<'py, PyBytes>> {
            let groups: Option<Vec<usize>> = groups
                .map(|groups| groups.try_iter()?.map(|index| index?.extract()).collect())
                .transpose()?;
            let edited = py.detach(|| self.0.apply(groups.as_deref()));
            edited.map(|bytes| PyBytes::new(py, &bytes)).map_err(|error| error::symbols(&error))
        }

        fn __repr__(&self) -> String {
            format!("<SymbolEdit {}: {} groups>", self.0.path, self.0.parts.len())
        }
    }

    /// Something to know that no edit answers.
    #[pyclass(frozen, get_all)]
    struct SymbolNote {
        /// The file, below the root, with forward slashes.
        path: String,
        /// The line, from 1.
        line: u32,
        /// What kind of thing it is.
        kind: &'static str,
        /// The name that it is about.
        name: String,
        /// What was found, in a sentence.
        message: String,
    }

    #[pymethods]
    impl SymbolNote {
        fn __repr__(&self) -> String {
            let Self { path, line, kind, name, .. } = self;
            format!("<SymbolNote {path}:{line} {kind} {name}>")
        }
    }

    /// What is to be edited, and what is not.
    #[pyclass(frozen, get_all)]
    struct SymbolPlan {
        /// How many files were looked at.
        files: usize,
        /// The edits of each file, that of the first group first.
        edits: Vec<Py<SymbolEdit>>,
        /// For each group that is kept or left as one: paths, and indices of groups within them.
        together: Vec<Vec<(String, usize)>>,
        /// What was left alone, and why.
        notes: Vec<Py<SymbolNote>>,
        /// Files that could not be read or parsed: path, reason, line.
        errors: Vec<(String, String, Option<u32>)>,
    }

    #[pymethods]
    impl SymbolPlan {
        fn __repr__(&self) -> String {
            let Self { edits, together, notes, .. } = self;
            let (groups, files, notes) = (together.len(), edits.len(), notes.len());
            format!("<SymbolPlan {groups} groups in {files} files, {notes} notes>")
        }
    }

    fn symbol_plan(py: Python<'_>, plan: core::Plan) -> PyResult<SymbolPlan> {
        let notes = plan.notes.into_iter().map(|note| {
            let core::Note { path, line, kind, name, message } = note;
            Py::new(py, SymbolNote { path, line, kind, name, message })
        });
        let edits = plan.edits.into_iter().map(|edit| Py::new(py, SymbolEdit(edit)));
        let errors =
            plan.errors.into_iter().map(|broken| (broken.path, broken.reason, broken.line));
        Ok(SymbolPlan {
            files: plan.files,
            edits: edits.collect::<PyResult<_>>()?,
            together: plan.together,
            notes: notes.collect::<PyResult<_>>()?,
            errors: errors.collect(),
        })
    }

    /// Run an analysis that Ctrl+C ends.
    fn planned(
        py: Python<'_>,
        work: impl FnOnce(&AtomicBool) -> Result<core::Plan, core::SymbolsError> + Send,
    ) -> PyResult<SymbolPlan> {
        let cancelled = AtomicBool::new(false);
        let plan = interruptible(
            py,
            || work(&cancelled),
            || cancelled.store(true, Ordering::Relaxed),
            |_| Ok(()),
        )?;
        symbol_plan(py, plan.map_err(|error| error::symbols(&error))?)
    }

    /// Plan to rename the symbol `target` of the tree under `root` to `new`.
    #[pyfunction]
    #[pyo3(signature = (root, target, new, *, exclude, gitignore, sources, docstrings, certain))]
    fn rename(
        py: Python<'_>,
        root: PathBuf,
        target: &str,
        new: &str,
        exclude: Vec<String>,
        gitignore: bool,
        sources: Vec<String>,
        docstrings: bool,
        certain: bool,
    ) -> PyResult<SymbolPlan> {
        let files = core::Options { exclude, gitignore, sources };
        let options = core::Rename { files, docstrings, certain };
        planned(py, |cancel| core::rename(&root, target, new, &options, cancel))
    }

    /// Plan to make functions of the methods under `root` that do not use their instance.
    #[pyfunction]
    #[pyo3(signature = (root, target, *, exclude, gitignore, sources, keep_alias))]
    fn extract(
        py: Python<'_>,
        root: PathBuf,
        target: Option<&str>,
        exclude: Vec<String>,
        gitignore: bool,
        sources: Vec<String>,
        keep_alias: Option<bool>,
    ) -> PyResult<SymbolPlan> {
        let files = core::Options { exclude, gitignore, sources };
        let options = core::Extract { files, keep_alias };
        planned(py, |cancel| core::extract(&root, target, &options, cancel))
    }
}
