//! `pyagent._core.imports`: the imports of a project.

/// What is wrong with the imports of a Python project, and the edits that mend it.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod imports {
    use std::collections::HashSet;
    use std::path::PathBuf;
    use std::sync::atomic::{AtomicBool, Ordering};

    use pyagent_imports as core;
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyTuple};

    use crate::error;
    use crate::work::interruptible;

    /// Something that is wrong with an import.
    #[pyclass(frozen, get_all)]
    struct ImportFinding {
        /// The file, below the root, with forward slashes.
        path: String,
        /// First line of the statement or block, from 1.
        line: u32,
        /// Last line of it.
        end_line: u32,
        /// What kind of thing is wrong.
        kind: String,
        /// The names or modules concerned.
        names: Py<PyTuple>,
        /// What is wrong, in a sentence.
        message: String,
        /// Why no edit is offered; empty where one is.
        reason: String,
    }

    #[pymethods]
    impl ImportFinding {
        #[new]
        fn new(
            path: String,
            line: u32,
            end_line: u32,
            kind: String,
            names: Py<PyTuple>,
            message: String,
            reason: String,
        ) -> Self {
            Self { path, line, end_line, kind, names, message, reason }
        }

        /// Whether an edit mends it.
        #[getter]
        fn fixable(&self) -> bool {
            self.reason.is_empty()
        }

        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            let Self { path, line, kind, .. } = self;
            let names = self.names.bind(py).repr()?;
            Ok(format!("<ImportFinding {path}:{line} {kind} {names}>"))
        }
    }

    /// Edits that belong together: applied or left out as one.
    #[pyclass(frozen, get_all)]
    struct EditGroup {
        /// Its place in the list, which `FileEdit.apply` takes.
        index: usize,
        /// What kind of thing is mended.
        kind: &'static str,
        /// First line of the statement or block, from 1.
        line: u32,
        /// Last line of it.
        end_line: u32,
        /// The names that are taken out, or the modules of the block that is sorted.
        names: Py<PyTuple>,
        /// Why, in a sentence that names the evidence.
        why: String,
    }

    #[pymethods]
    impl EditGroup {
        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            let Self { index, kind, line, .. } = self;
            let names = self.names.bind(py).repr()?;
            Ok(format!("<EditGroup {index}: {kind} {names} on line {line}>"))
        }
    }

    /// The edits of one file.
    #[pyclass(frozen)]
    struct FileEdit(core::FileEdit);

    #[pymethods]
    impl FileEdit {
        /// The file, below the root, with forward slashes.
        #[getter]
        fn path(&self) -> &str {
            &self.0.path
        }

        /// The bytes of the file when it was analysed.
        #[getter]
        fn original<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &self.0.original)
        }

        /// The edits, from the top of the file to its end.
        #[getter]
        fn groups(&self, py: Python<'_>) -> PyResult<Vec<EditGroup>> {
            let groups = self.0.groups.iter().enumerate();
            groups.map(|(index, group)| edit_group(py, index, group)).collect()
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
            edited.map(|bytes| PyBytes::new(py, &bytes)).map_err(|error| error::imports(&error))
        }

        fn __repr__(&self) -> String {
            format!("<FileEdit {}: {} groups>", self.0.path, self.0.groups.len())
        }
    }

    fn edit_group(py: Python<'_>, index: usize, group: &core::Group) -> PyResult<EditGroup> {
        Ok(EditGroup {
            index,
            kind: group.kind.name(),
            line: group.line,
            end_line: group.end_line,
            names: PyTuple::new(py, &group.names)?.unbind(),
            why: group.why.clone(),
        })
    }

    /// Modules that import each other.
    #[pyclass(frozen, get_all)]
    struct Cycle {
        /// The modules on the shortest way round.
        modules: Py<PyTuple>,
        /// For each of them: the file, the line of the import, and the imported module.
        steps: Vec<(String, u32, String)>,
        /// Every module that reaches all the others.
        component: Py<PyTuple>,
        /// Whether every step is executed at import time.
        hard: bool,
    }

    #[pymethods]
    impl Cycle {
        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            Ok(format!("<Cycle {}>", self.modules.bind(py).repr()?))
        }
    }

    /// Which module of the project imports which.
    #[pyclass(frozen)]
    struct ImportGraph(core::Graph);

    #[pymethods]
    impl ImportGraph {
        /// Every module, sorted by name.
        fn modules(&self) -> Vec<&str> {
            self.0.modules.iter().map(String::as_str).collect()
        }

        /// Every import: importer, imported, the importer's file, the line, and whether it is
        /// executed whenever the importer is imported.
        fn edges(&self) -> Vec<(&str, &str, &str, u32, bool)> {
            self.0
                .edges
                .iter()
                .map(|edge| {
                    (edge.from.as_str(), edge.to.as_str(), edge.path.as_str(), edge.line, edge.hard)
                })
                .collect()
        }

        fn __repr__(&self) -> String {
            let Self(graph) = self;
            format!("<ImportGraph {} modules, {} edges>", graph.modules.len(), graph.edges.len())
        }
    }

    /// An import of something that is neither the project's nor the standard library's.
    #[pyclass(frozen, get_all)]
    struct ExternalImport {
        /// The top-level module.
        module: String,
        /// The whole dotted module.
        dotted: String,
        /// The file, below the root, with forward slashes.
        path: String,
        /// First line of the statement, from 1.
        line: u32,
        /// Last line of it.
        end_line: u32,
        /// Its failure is handled.
        guarded: bool,
        /// It is seen by type checkers alone.
        typing: bool,
        /// It is inside a function.
        function: bool,
    }

    #[pymethods]
    impl ExternalImport {
        fn __repr__(&self) -> String {
            format!("<ExternalImport {} at {}:{}>", self.dotted, self.path, self.line)
        }
    }

    /// What the native analysis found.
    #[pyclass(frozen, get_all)]
    struct Analysis {
        /// How many files were looked at.
        files: usize,
        /// What is wrong, by path and line.
        findings: Vec<Py<ImportFinding>>,
        /// The edits, by path.
        edits: Vec<Py<FileEdit>>,
        /// Cycles at import time, then those that only imports in functions close.
        cycles: Vec<Py<Cycle>>,
        /// Which module imports which.
        graph: Py<ImportGraph>,
        /// Files that could not be read or parsed: path, reason, line.
        errors: Vec<(String, String, Option<u32>)>,
        /// Imports from outside the project and the standard library.
        external: Vec<Py<ExternalImport>>,
    }

    /// Analyse the Python files under `root`.
    #[pyfunction]
    #[pyo3(signature = (root, *, exclude, gitignore, line_length, stdlib, used_paths, sources))]
    fn analyze(
        py: Python<'_>,
        root: PathBuf,
        exclude: Vec<String>,
        gitignore: bool,
        line_length: usize,
        stdlib: HashSet<String>,
        used_paths: Vec<String>,
        sources: Vec<String>,
    ) -> PyResult<Analysis> {
        let stdlib = stdlib.into_iter().collect();
        let options =
            core::Options { exclude, gitignore, line_length, stdlib, used_paths, sources };
        let cancelled = AtomicBool::new(false);
        let report = interruptible(
            py,
            || core::analyze(&root, &options, &cancelled),
            || cancelled.store(true, Ordering::Relaxed),
            |_| Ok(()),
        )?
        .map_err(|error| error::imports(&error))?;
        analysis(py, report)
    }

    fn analysis(py: Python<'_>, report: core::Report) -> PyResult<Analysis> {
        let findings = report.findings.into_iter().map(|found| {
            let finding = ImportFinding {
                path: found.path,
                line: found.line,
                end_line: found.end_line,
                kind: found.kind.name().to_owned(),
                names: PyTuple::new(py, &found.names)?.unbind(),
                message: found.message,
                reason: found.reason,
            };
            Py::new(py, finding)
        });
        let cycles = report.cycles.into_iter().map(|found| {
            let cycle = Cycle {
                modules: PyTuple::new(py, &found.modules)?.unbind(),
                steps: found.steps,
                component: PyTuple::new(py, &found.component)?.unbind(),
                hard: found.hard,
            };
            Py::new(py, cycle)
        });
        let external = report.external.into_iter().map(|found| {
            let import = ExternalImport {
                module: found.module,
                dotted: found.dotted,
                path: found.path,
                line: found.line,
                end_line: found.end_line,
                guarded: found.guarded,
                typing: found.typing,
                function: found.function,
            };
            Py::new(py, import)
        });
        let errors =
            report.errors.into_iter().map(|broken| (broken.path, broken.reason, broken.line));
        Ok(Analysis {
            files: report.files,
            findings: findings.collect::<PyResult<_>>()?,
            edits: report
                .edits
                .into_iter()
                .map(|edit| Py::new(py, FileEdit(edit)))
                .collect::<PyResult<_>>()?,
            cycles: cycles.collect::<PyResult<_>>()?,
            graph: Py::new(py, ImportGraph(report.graph))?,
            errors: errors.collect(),
            external: external.collect::<PyResult<_>>()?,
        })
    }
}
