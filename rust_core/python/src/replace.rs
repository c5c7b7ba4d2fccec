//! `pyagent._core.replace`: search and replace over a tree.

/// Search and replace over a tree, as a plan that is applied later.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod replace {
    use std::ffi::OsString;
    use std::path::PathBuf;
    use std::sync::Arc;
    use std::sync::atomic::Ordering;
    use std::time::Duration;

    use pyagent_journal::Meta;
    use pyagent_replace as core;
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyString};

    use crate::error;
    use crate::work::interruptible;

    /// One replacement.
    #[pyclass(frozen, get_all)]
    struct Match {
        /// The file, below the root.
        path: OsString,
        /// The line it begins on, from 1.
        line: usize,
        /// The column it begins at, from 1, in characters; in bytes where the file is not UTF-8.
        column: usize,
        /// What is replaced. Bytes that are not UTF-8 are surrogates, as in file names.
        before: Py<PyString>,
        /// What takes its place.
        after: Py<PyString>,
    }

    #[pymethods]
    impl Match {
        fn __repr__(&self, py: Python<'_>) -> PyResult<String> {
            let Self { path, line, column, before, after } = self;
            let (path, before, after) = (path.display(), before.bind(py), after.bind(py));
            Ok(format!("<Match {path}:{line}:{column} {} -> {}>", before.repr()?, after.repr()?))
        }
    }

    /// What is replaced in a file.
    #[pyclass(frozen)]
    struct PlannedFile {
        plan: Arc<core::Plan>,
        index: usize,
    }

    impl PlannedFile {
        fn file(&self) -> &core::PlannedFile {
            &self.plan.files[self.index]
        }
    }

    #[pymethods]
    impl PlannedFile {
        /// The file, below the root.
        #[getter]
        fn path(&self) -> OsString {
            self.file().path.clone().into_os_string()
        }

        /// The encoding by Python's name; `bytes` for a file that is not UTF-8 and has no mark.
        #[getter]
        fn encoding(&self) -> &str {
            self.file().encoding()
        }

        /// What ends most of its lines: `\n` or `\r\n`.
        #[getter]
        fn newline(&self) -> &'static str {
            self.file().newline().as_str()
        }

        /// The BLAKE3 digest of its bytes, by which a change is noticed.
        #[getter]
        fn digest<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &self.file().digest())
        }

        /// How many replacements there are.
        #[getter]
        fn count(&self) -> usize {
            self.file().count()
        }

        /// The replacements, from the beginning of the file to its end.
        #[getter]
        fn matches(&self, py: Python<'_>) -> PyResult<Vec<Match>> {
            matches(py, self.file())
        }

        /// The bytes of the file.
        #[getter]
        fn before<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, self.file().before())
        }

        /// The bytes with everything replaced.
        #[getter]
        fn after<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &py.detach(|| self.file().replaced()))
        }

        /// The replacements as a unified diff of the text, with `context` unchanged lines around.
        ///
        /// A byte order mark is not shown, and text in UTF-16 or another declared encoding is shown
        /// in UTF-8. Bytes that are not UTF-8 are surrogates.
        #[pyo3(signature = (context=3))]
        fn diff<'py>(&self, py: Python<'py>, context: usize) -> PyResult<Bound<'py, PyString>> {
            text(py, &py.detach(|| self.file().diff(context)))
        }

        fn __repr__(&self) -> String {
            let file = self.file();
            format!("<PlannedFile {}: {} matches>", file.path.display(), file.count())
        }
    }

    fn matches(py: Python<'_>, file: &core::PlannedFile) -> PyResult<Vec<Match>> {
        let found = file.matches().map(|found| {
            Ok(Match {
                path: file.path.clone().into_os_string(),
                line: found.line,
                column: found.column,
                before: text(py, found.before)?.unbind(),
                after: text(py, found.after)?.unbind(),
            })
        });
        found.collect()
    }

    /// Bytes as Python shows file names: what is not UTF-8 as surrogates.
    fn text<'py>(py: Python<'py>, bytes: &[u8]) -> PyResult<Bound<'py, PyString>> {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Ok(PyString::new(py, text));
        }
        let bytes = PyBytes::new(py, bytes);
        Ok(bytes.call_method1("decode", ("utf-8", "surrogateescape"))?.cast_into::<PyString>()?)
    }

    /// A file that was left out.
    #[pyclass(frozen, get_all)]
    struct Skipped {
        /// The file or folder, below the root.
        path: OsString,
        /// Why: `binary`, `too-large`, `unreadable`, `undecodable`, `unencodable` or `same-file`.
        reason: &'static str,
        /// What the system said, or which file is the same; otherwise empty.
        detail: OsString,
    }

    #[pymethods]
    impl Skipped {
        fn __repr__(&self) -> String {
            format!("<Skipped {}: {}>", self.path.display(), self.reason)
        }
    }

    /// What another thread sees of the work, and how it stops it.
    #[pyclass(frozen)]
    struct Work(Arc<core::Progress>);

    #[pymethods]
    impl Work {
        #[new]
        fn new() -> Self {
            Self(Arc::default())
        }

        /// How many files were looked at, or made ready to be written.
        #[getter]
        fn done(&self) -> usize {
            self.0.done.load(Ordering::Relaxed)
        }

        /// Stop. What is past the point of no return is finished all the same.
        fn cancel(&self) {
            self.0.cancelled.store(true, Ordering::Relaxed);
        }
    }

    /// A transaction that was made.
    #[pyclass(frozen, get_all)]
    struct Applied {
        /// Its number in the history.
        id: u64,
        /// How many files it wrote.
        files: usize,
    }

    /// What is replaced in which files.
    #[pyclass(frozen)]
    struct NativePlan(Arc<core::Plan>);

    #[pymethods]
    impl NativePlan {
        /// The folder below which everything happens, without symbolic links.
        #[getter]
        fn root(&self) -> OsString {
            self.0.root.clone().into_os_string()
        }

        /// How many files were looked at.
        #[getter]
        fn scanned(&self) -> usize {
            self.0.scanned
        }

        /// Whether a limit left out matches.
        #[getter]
        fn limited(&self) -> bool {
            self.0.limited
        }

        /// How many replacements there are.
        #[getter]
        fn count(&self) -> usize {
            self.0.count()
        }

        /// In how many files.
        fn __len__(&self) -> usize {
            self.0.files.len()
        }

        /// The files in which something is replaced, by path.
        #[getter]
        fn files(&self) -> Vec<PlannedFile> {
            let indices = 0..self.0.files.len();
            indices.map(|index| PlannedFile { plan: Arc::clone(&self.0), index }).collect()
        }

        /// The replacements, by path and place.
        #[getter]
        fn matches(&self, py: Python<'_>) -> PyResult<Vec<Match>> {
            let mut all = Vec::with_capacity(self.0.count());
            for file in &self.0.files {
                all.append(&mut matches(py, file)?);
            }
            Ok(all)
        }

        /// The files that were left out, by path.
        #[getter]
        fn skipped(&self) -> Vec<Skipped> {
            let skipped = self.0.skipped.iter().map(|(path, reason)| Skipped {
                path: path.clone().into_os_string(),
                reason: reason.name(),
                detail: match reason {
                    core::Reason::Unreadable(said) => said.into(),
                    core::Reason::SameFile(other) => other.clone().into_os_string(),
                    _ => OsString::new(),
                },
            });
            skipped.collect()
        }

        /// All replacements as one unified diff, in bytes.
        fn diff<'py>(&self, py: Python<'py>, context: usize) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &py.detach(|| self.0.diff(context)))
        }

        /// The files that are no longer as they were: path and what happened to each.
        fn stale(&self, py: Python<'_>) -> Vec<(OsString, &'static str)> {
            let stale = py.detach(|| self.0.stale(true)).into_iter();
            stale.map(|file| (file.path.into_os_string(), file.drift.name())).collect()
        }

        /// Write it, all or nothing; `None` where there is nothing to write.
        fn apply(
            &self,
            py: Python<'_>,
            strict: bool,
            keep_times: bool,
            label: String,
            task: String,
            lineage: Vec<String>,
            wait: f64,
            vault_bytes: u64,
            work: &Work,
            progress: Option<Py<PyAny>>,
        ) -> PyResult<Option<Applied>> {
            let options = core::ApplyOptions {
                strict,
                keep_times,
                meta: Meta { label, task, lineage },
                wait: Duration::try_from_secs_f64(wait.max(0.0)).unwrap_or(Duration::MAX),
                vault_bytes,
            };
            let (plan, state) = (&self.0, &work.0);
            let total = plan.files.len();
            let commit = interruptible(
                py,
                || plan.apply(&options, state),
                || state.cancelled.store(true, Ordering::Relaxed),
                |py| report(py, progress.as_ref(), state, total),
            )?
            .map_err(|error| error::replace(&error))?;
            report(py, progress.as_ref(), state, total)?;
            Ok(commit.map(|commit| Applied { id: commit.id, files: total }))
        }
    }

    /// Tell how far the work is.
    fn report(
        py: Python<'_>,
        progress: Option<&Py<PyAny>>,
        state: &core::Progress,
        total: usize,
    ) -> PyResult<()> {
        let done = state.done.load(Ordering::Relaxed);
        progress.map_or(Ok(()), |progress| progress.call1(py, (done, total)).map(drop))
    }

    /// Search the tree and plan what is replaced.
    #[pyfunction]
    #[pyo3(signature = (root, pairs, *, paths, regex, word, ignore_case, preserve_case, multiline,
                        dot_all, exact_newlines, include, exclude, types, types_not, gitignore,
                        hidden, binary, max_bytes, encoding, limit, limit_per_file, threads, work,
                        progress))]
    fn plan(
        py: Python<'_>,
        root: PathBuf,
        pairs: Vec<(String, String)>,
        paths: Vec<PathBuf>,
        regex: bool,
        word: bool,
        ignore_case: bool,
        preserve_case: bool,
        multiline: bool,
        dot_all: bool,
        exact_newlines: bool,
        include: Vec<String>,
        exclude: Vec<String>,
        types: Vec<String>,
        types_not: Vec<String>,
        gitignore: bool,
        hidden: bool,
        binary: bool,
        max_bytes: u64,
        encoding: Option<&str>,
        limit: Option<usize>,
        limit_per_file: Option<usize>,
        threads: usize,
        work: &Work,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<NativePlan> {
        let newlines = if exact_newlines { core::Newlines::Exact } else { core::Newlines::File };
        let query = core::Query {
            pairs,
            regex,
            word,
            ignore_case,
            preserve_case,
            multi_line: multiline,
            dot_all,
            newlines,
        };
        let encoding = encoding.map_or(Ok(core::Encoding::Bytes), core::Encoding::named);
        let scope = core::Scope {
            root,
            paths,
            include,
            exclude,
            types,
            types_not,
            gitignore,
            hidden,
            binary,
            max_bytes,
            encoding: encoding.map_err(|error| error::replace(&error))?,
            threads,
        };
        let limits = core::Limits {
            total: limit.unwrap_or(usize::MAX),
            per_file: limit_per_file.unwrap_or(usize::MAX),
        };
        let state = &work.0;
        let plan = interruptible(
            py,
            || core::plan(&query, &scope, limits, state),
            || state.cancelled.store(true, Ordering::Relaxed),
            |py| report(py, progress.as_ref(), state, 0),
        )?
        .map_err(|error| error::replace(&error))?;
        report(py, progress.as_ref(), state, 0)?;
        Ok(NativePlan(Arc::new(plan)))
    }

    /// The names of the types of files, each with its globs.
    #[pyfunction]
    fn file_types() -> Vec<(String, Vec<String>)> {
        core::file_types()
    }
}
