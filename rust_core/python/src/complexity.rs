//! `pyagent._core.complexity`: code metrics.

/// Code metrics for Python source.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod complexity {
    use std::collections::BTreeMap;
    use std::path::PathBuf;
    use std::sync::Arc;

    use pyagent_complexity as core;
    use pyagent_complexity::{FileMetrics as CoreFile, ModuleMetrics, Selection};
    use pyagent_source::{FindOptions, SourceError};
    use pyo3::exceptions::{PyAttributeError, PyTypeError};
    use pyo3::prelude::*;
    use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
    use pyo3::types::{PyBytes, PyDict, PyTuple};

    use crate::error;
    use crate::work::interruptible;

    /// Halstead's counts and measures of a function or a file.
    #[pyclass(frozen)]
    struct Halstead(core::Halstead);

    #[pymethods]
    impl Halstead {
        #[getter]
        fn distinct_operators(&self) -> u32 {
            self.0.distinct_operators
        }
        #[getter]
        fn distinct_operands(&self) -> u32 {
            self.0.distinct_operands
        }
        #[getter]
        fn operators(&self) -> u32 {
            self.0.operators
        }
        #[getter]
        fn operands(&self) -> u32 {
            self.0.operands
        }
        #[getter]
        fn vocabulary(&self) -> u32 {
            self.0.vocabulary()
        }
        #[getter]
        fn length(&self) -> u32 {
            self.0.length()
        }
        #[getter]
        fn calculated_length(&self) -> f64 {
            self.0.calculated_length()
        }
        #[getter]
        fn volume(&self) -> f64 {
            self.0.volume()
        }
        #[getter]
        fn difficulty(&self) -> f64 {
            self.0.difficulty()
        }
        #[getter]
        fn effort(&self) -> f64 {
            self.0.effort()
        }
        #[getter]
        fn time(&self) -> f64 {
            self.0.time()
        }
        #[getter]
        fn bugs(&self) -> f64 {
            self.0.bugs()
        }
        fn __repr__(&self) -> String {
            let it = &self.0;
            format!(
                "Halstead(distinct_operators={}, distinct_operands={}, operators={}, operands={})",
                it.distinct_operators, it.distinct_operands, it.operators, it.operands
            )
        }
    }

    /// Line counts of a file.
    #[pyclass(frozen)]
    struct RawCounts(core::RawCounts);

    #[pymethods]
    impl RawCounts {
        #[getter]
        fn loc(&self) -> u32 {
            self.0.loc
        }
        #[getter]
        fn lloc(&self) -> u32 {
            self.0.lloc
        }
        #[getter]
        fn sloc(&self) -> u32 {
            self.0.sloc
        }
        #[getter]
        fn comments(&self) -> u32 {
            self.0.comments
        }
        #[getter]
        fn multi(&self) -> u32 {
            self.0.multi
        }
        #[getter]
        fn blank(&self) -> u32 {
            self.0.blank
        }
        #[getter]
        fn single_comments(&self) -> u32 {
            self.0.single_comments
        }
        fn __repr__(&self) -> String {
            let it = &self.0;
            format!(
                "RawCounts(loc={}, lloc={}, sloc={}, comments={}, multi={}, blank={}, single_comments={})",
                it.loc, it.lloc, it.sloc, it.comments, it.multi, it.blank, it.single_comments
            )
        }
    }

    /// The module of a file, which is there: functions and classes are only made from one.
    fn module(file: &CoreFile) -> PyResult<&ModuleMetrics> {
        file.outcome.as_ref().map_err(|failure| PyAttributeError::new_err(failure.reason.clone()))
    }

    /// `value`, if `measured`.
    fn if_measured<T>(name: &str, measured: bool, value: T) -> PyResult<T> {
        if measured {
            return Ok(value);
        }
        let message = format!("{name} was not measured; name it in the argument `metrics`");
        Err(PyAttributeError::new_err(message))
    }

    /// The metrics of one `def`.
    #[pyclass(frozen)]
    struct FunctionMetrics {
        file: Arc<CoreFile>,
        index: usize,
    }

    impl FunctionMetrics {
        fn it(&self) -> PyResult<&core::FunctionMetrics> {
            Ok(&module(&self.file)?.functions[self.index])
        }

        fn of_expressions<T>(
            &self,
            name: &str,
            value: impl Fn(&core::FunctionMetrics) -> T,
        ) -> PyResult<T> {
            let measured = module(&self.file)?.selection.expressions;
            if_measured(name, measured, value(self.it()?))
        }
    }

    #[pymethods]
    impl FunctionMetrics {
        #[getter]
        fn qualname(&self) -> PyResult<&str> {
            Ok(&self.it()?.qualname)
        }
        #[getter]
        fn name(&self) -> PyResult<&str> {
            Ok(self.it()?.name())
        }
        #[getter]
        fn kind(&self) -> PyResult<&'static str> {
            Ok(self.it()?.kind.as_str())
        }
        #[getter]
        fn is_async(&self) -> PyResult<bool> {
            Ok(self.it()?.is_async)
        }
        #[getter]
        fn line(&self) -> PyResult<u32> {
            Ok(self.it()?.line)
        }
        #[getter]
        fn end_line(&self) -> PyResult<u32> {
            Ok(self.it()?.end_line)
        }
        #[getter]
        fn column(&self) -> PyResult<u32> {
            Ok(self.it()?.column)
        }
        #[getter]
        fn cyclomatic(&self) -> PyResult<u32> {
            Ok(self.it()?.cyclomatic)
        }
        #[getter]
        fn mccabe(&self) -> PyResult<u32> {
            Ok(self.it()?.mccabe)
        }
        #[getter]
        fn radon_cc(&self) -> PyResult<u32> {
            self.of_expressions("radon_cc", |it| it.radon_cc)
        }
        #[getter]
        fn cognitive(&self) -> PyResult<u32> {
            self.of_expressions("cognitive", |it| it.cognitive)
        }
        #[getter]
        fn nesting(&self) -> PyResult<u32> {
            Ok(self.it()?.nesting)
        }
        #[getter]
        fn arguments(&self) -> PyResult<u32> {
            Ok(self.it()?.arguments)
        }
        #[getter]
        fn halstead(&self) -> PyResult<Halstead> {
            self.of_expressions("halstead", |it| Halstead(it.halstead))
        }
        fn __repr__(&self) -> PyResult<String> {
            let it = self.it()?;
            Ok(format!("FunctionMetrics({}, line={})", quoted(&it.qualname), it.line))
        }
    }

    /// The metrics of one `class`.
    #[pyclass(frozen)]
    struct ClassMetrics {
        file: Arc<CoreFile>,
        index: usize,
    }

    impl ClassMetrics {
        fn it(&self) -> PyResult<&core::ClassMetrics> {
            Ok(&module(&self.file)?.classes[self.index])
        }

        fn of_expressions(
            &self,
            name: &str,
            value: impl Fn(&core::ClassMetrics) -> u32,
        ) -> PyResult<u32> {
            let measured = module(&self.file)?.selection.expressions;
            if_measured(name, measured, value(self.it()?))
        }
    }

    #[pymethods]
    impl ClassMetrics {
        #[getter]
        fn qualname(&self) -> PyResult<&str> {
            Ok(&self.it()?.qualname)
        }
        #[getter]
        fn name(&self) -> PyResult<&str> {
            Ok(self.it()?.name())
        }
        #[getter]
        fn line(&self) -> PyResult<u32> {
            Ok(self.it()?.line)
        }
        #[getter]
        fn end_line(&self) -> PyResult<u32> {
            Ok(self.it()?.end_line)
        }
        #[getter]
        fn column(&self) -> PyResult<u32> {
            Ok(self.it()?.column)
        }
        #[getter]
        fn methods(&self) -> PyResult<u32> {
            Ok(self.it()?.methods)
        }
        #[getter]
        fn cyclomatic(&self) -> PyResult<u32> {
            Ok(self.it()?.cyclomatic)
        }
        #[getter]
        fn radon_cc(&self) -> PyResult<u32> {
            self.of_expressions("radon_cc", |it| it.radon_cc)
        }
        #[getter]
        fn cognitive(&self) -> PyResult<u32> {
            self.of_expressions("cognitive", |it| it.cognitive)
        }
        fn __repr__(&self) -> PyResult<String> {
            let it = self.it()?;
            Ok(format!("ClassMetrics({}, line={})", quoted(&it.qualname), it.line))
        }
    }

    /// One imported name.
    #[pyclass(frozen)]
    struct ImportedName(core::ImportedName);

    #[pymethods]
    impl ImportedName {
        #[getter]
        fn module(&self) -> &str {
            &self.0.module
        }
        #[getter]
        fn name(&self) -> Option<&str> {
            self.0.name.as_deref()
        }
        #[getter]
        fn asname(&self) -> Option<&str> {
            self.0.asname.as_deref()
        }
        #[getter]
        fn level(&self) -> u32 {
            self.0.level
        }
        #[getter]
        fn line(&self) -> u32 {
            self.0.line
        }
        fn __repr__(&self) -> String {
            let it = &self.0;
            let name = it.name.as_deref().map_or("None".to_owned(), quoted);
            format!("ImportedName({}, {name}, line={})", quoted(&it.module), it.line)
        }
    }

    /// The metrics of a file, or why it has none.
    #[pyclass(frozen)]
    struct FileMetrics(Arc<CoreFile>);

    impl FileMetrics {
        /// `value` of the module; `None` for a broken file.
        fn module<T>(&self, value: impl Fn(&ModuleMetrics) -> T) -> Option<T> {
            self.0.outcome.as_ref().ok().map(value)
        }

        /// `value` of a module that was measured with what `needed` asks for; 0 if it is broken.
        fn measured<T: Default>(
            &self,
            name: &str,
            needed: fn(Selection) -> bool,
            value: impl Fn(&ModuleMetrics) -> T,
        ) -> PyResult<T> {
            match self.module(|module| if_measured(name, needed(module.selection), value(module))) {
                Some(result) => result,
                None => Ok(T::default()),
            }
        }
    }

    #[pymethods]
    impl FileMetrics {
        #[getter]
        fn path(&self) -> &str {
            &self.0.path
        }
        #[getter]
        fn error(&self) -> Option<&str> {
            self.0.outcome.as_ref().err().map(|failure| failure.reason.as_str())
        }
        #[getter]
        fn error_line(&self) -> Option<u32> {
            self.0.outcome.as_ref().err().and_then(|failure| failure.line)
        }
        #[getter]
        fn error_column(&self) -> Option<u32> {
            self.0.outcome.as_ref().err().and_then(|failure| failure.column)
        }
        #[getter]
        fn functions(&self) -> Vec<FunctionMetrics> {
            let count = self.module(|module| module.functions.len()).unwrap_or(0);
            (0..count).map(|index| FunctionMetrics { file: self.0.clone(), index }).collect()
        }
        #[getter]
        fn classes(&self) -> Vec<ClassMetrics> {
            let count = self.module(|module| module.classes.len()).unwrap_or(0);
            (0..count).map(|index| ClassMetrics { file: self.0.clone(), index }).collect()
        }
        #[getter]
        fn imports(&self) -> Vec<ImportedName> {
            self.module(|module| module.imports.iter().cloned().map(ImportedName).collect())
                .unwrap_or_default()
        }
        #[getter]
        fn cyclomatic(&self) -> u32 {
            self.module(|module| module.cyclomatic).unwrap_or(0)
        }
        #[getter]
        fn mccabe(&self) -> u32 {
            self.module(|module| module.mccabe).unwrap_or(0)
        }
        #[getter]
        fn radon_cc(&self) -> PyResult<u32> {
            self.measured("radon_cc", |selection| selection.expressions, |module| module.radon_cc)
        }
        #[getter]
        fn cognitive(&self) -> PyResult<u32> {
            self.measured("cognitive", |selection| selection.expressions, |module| module.cognitive)
        }
        #[getter]
        fn halstead(&self) -> PyResult<Halstead> {
            self.measured("halstead", |selection| selection.expressions, |module| module.halstead)
                .map(Halstead)
        }
        #[getter]
        fn raw(&self) -> PyResult<RawCounts> {
            self.measured("raw", |selection| selection.tokens, |module| module.raw).map(RawCounts)
        }
        #[getter]
        fn maintainability_index(&self) -> PyResult<Option<f64>> {
            let needed = Selection::maintainability;
            self.measured("maintainability_index", needed, ModuleMetrics::maintainability_index)
        }
        #[getter]
        fn maintainability_index_vs(&self) -> PyResult<Option<f64>> {
            let needed = Selection::maintainability;
            self.measured(
                "maintainability_index_vs",
                needed,
                ModuleMetrics::maintainability_index_vs,
            )
        }
        fn to_json<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &py.detach(|| core::file_to_json(&self.0)))
        }
        fn __repr__(&self) -> String {
            let path = quoted(&self.0.path);
            match &self.0.outcome {
                Ok(module) => format!("FileMetrics({path}, functions={})", module.functions.len()),
                Err(failure) => format!("FileMetrics({path}, error={})", quoted(&failure.reason)),
            }
        }
    }

    /// A function, or a file, that passes a limit.
    #[pyclass(frozen)]
    struct Finding(core::Finding);

    #[pymethods]
    impl Finding {
        #[getter]
        fn path(&self) -> &str {
            &self.0.path
        }
        #[getter]
        fn qualname(&self) -> &str {
            &self.0.qualname
        }
        #[getter]
        fn metric(&self) -> &'static str {
            self.0.metric.as_str()
        }
        #[getter]
        fn value(&self) -> f64 {
            self.0.value
        }
        #[getter]
        fn limit(&self) -> f64 {
            self.0.limit
        }
        #[getter]
        fn line(&self) -> u32 {
            self.0.line
        }
        #[getter]
        fn end_line(&self) -> u32 {
            self.0.end_line
        }
        #[getter]
        fn severity(&self) -> f64 {
            self.0.severity
        }
        fn __repr__(&self) -> String {
            let it = &self.0;
            format!(
                "Finding({}, {}, metric={}, value={}, limit={}, line={})",
                quoted(&it.path),
                quoted(&it.qualname),
                quoted(it.metric.as_str()),
                it.value,
                it.limit,
                it.line
            )
        }
    }

    /// Two functions that are alike.
    #[pyclass(frozen)]
    struct Duplicate(core::Duplicate);

    #[pymethods]
    impl Duplicate {
        #[getter]
        fn path(&self) -> &str {
            &self.0.function.path
        }
        #[getter]
        fn qualname(&self) -> &str {
            &self.0.function.qualname
        }
        #[getter]
        fn line(&self) -> u32 {
            self.0.function.line
        }
        #[getter]
        fn end_line(&self) -> u32 {
            self.0.function.end_line
        }
        #[getter]
        fn other_path(&self) -> &str {
            &self.0.other.path
        }
        #[getter]
        fn other_qualname(&self) -> &str {
            &self.0.other.qualname
        }
        #[getter]
        fn other_line(&self) -> u32 {
            self.0.other.line
        }
        #[getter]
        fn other_end_line(&self) -> u32 {
            self.0.other.end_line
        }
        #[getter]
        fn similarity(&self) -> f64 {
            self.0.similarity
        }
        #[getter]
        fn tokens(&self) -> usize {
            self.0.tokens
        }
        fn __repr__(&self) -> String {
            let (one, other) = (&self.0.function, &self.0.other);
            format!(
                "Duplicate({}, {}, line={}, other_path={}, other_qualname={}, other_line={})",
                quoted(&one.path),
                quoted(&one.qualname),
                one.line,
                quoted(&other.path),
                quoted(&other.qualname),
                other.line
            )
        }
    }

    type Override = (Vec<String>, BTreeMap<String, Option<f64>>);

    /// The metrics of every file under some paths.
    #[pyclass(frozen)]
    struct TreeMetrics {
        files: Vec<Arc<CoreFile>>,
        selection: Selection,
    }

    impl TreeMetrics {
        fn core_files(&self) -> impl Iterator<Item = &CoreFile> {
            self.files.iter().map(AsRef::as_ref)
        }

        fn core_summary(&self) -> core::Summary {
            core::summarize(self.core_files(), self.selection)
        }

        /// The metric called `name`, which must have been measured.
        fn limited(&self, name: &str) -> PyResult<core::Limited> {
            let metric = core::Limited::named(name).ok_or_else(|| {
                let known: Vec<_> =
                    core::Limited::ALL.iter().map(|metric| metric.as_str()).collect();
                let hint = format!("choose from {}", known.join(", "));
                error::config(&format!("no limit can be set for '{name}'"), &hint)
            })?;
            if metric.needs().is_in(self.selection) {
                return Ok(metric);
            }
            Err(error::config(&format!("'{name}' has a limit but was not measured"), ""))
        }
    }

    #[pymethods]
    impl TreeMetrics {
        #[getter]
        fn files(&self) -> Vec<FileMetrics> {
            self.files.iter().cloned().map(FileMetrics).collect()
        }
        #[getter]
        fn errors(&self) -> Vec<FileMetrics> {
            let broken = self.files.iter().filter(|file| file.outcome.is_err());
            broken.cloned().map(FileMetrics).collect()
        }
        fn __len__(&self) -> usize {
            self.files.len()
        }
        fn summary<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
            let it = py.detach(|| self.core_summary());
            let dict = PyDict::new(py);
            dict.set_item("files", it.files)?;
            dict.set_item("errors", it.errors)?;
            dict.set_item("functions", it.functions)?;
            dict.set_item("classes", it.classes)?;
            dict.set_item("mean_cyclomatic", it.mean_cyclomatic)?;
            dict.set_item("max_cyclomatic", it.max_cyclomatic)?;
            if let (Some(loc), Some(sloc), Some(comments)) = (it.loc, it.sloc, it.comments) {
                dict.set_item("loc", loc)?;
                dict.set_item("sloc", sloc)?;
                dict.set_item("comments", comments)?;
            }
            if let (Some(mean), Some(max)) = (it.mean_cognitive, it.max_cognitive) {
                dict.set_item("mean_cognitive", mean)?;
                dict.set_item("max_cognitive", max)?;
            }
            if let Some(mean) = it.mean_maintainability_index {
                dict.set_item("mean_maintainability_index", mean)?;
            }
            if let Some(min) = it.min_maintainability_index {
                dict.set_item("min_maintainability_index", min)?;
            }
            Ok(dict)
        }
        fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
            let json = py.detach(|| core::tree_to_json(&self.files, &self.core_summary()));
            Ok(PyBytes::new(py, &json.map_err(|e| error::tree(&e))?))
        }
        #[pyo3(signature = (limits, overrides=Vec::new(), root=""))]
        fn findings(
            &self,
            py: Python<'_>,
            limits: BTreeMap<String, f64>,
            overrides: Vec<Override>,
            root: &str,
        ) -> PyResult<Vec<Finding>> {
            let mut base = core::Limits::default();
            for (name, limit) in limits {
                base.set(self.limited(&name)?, Some(limit));
            }
            let mut parsed = Vec::new();
            for (patterns, limits) in overrides {
                let limits = limits.iter().map(|(name, limit)| Ok((self.limited(name)?, *limit)));
                let limits = limits.collect::<PyResult<_>>()?;
                parsed.push(core::Override::new(&patterns, limits).map_err(|e| error::glob(&e))?);
            }
            let all = py.detach(|| core::findings(self.core_files(), base, &parsed, root));
            Ok(all.into_iter().map(Finding).collect())
        }
        #[pyo3(signature = (worst=20, min_tokens=50, similarity=0.8))]
        fn duplicates(
            &self,
            py: Python<'_>,
            worst: usize,
            min_tokens: usize,
            similarity: f64,
        ) -> PyResult<Vec<Duplicate>> {
            if !(similarity > 0.0 && similarity <= 1.0) {
                return Err(error::config("similarity must be above 0 and at most 1", ""));
            }
            let work = || core::duplicates(&self.files, worst, min_tokens, similarity);
            let all = interruptible(py, work, || (), |_| Ok(()))?;
            Ok(all.map_err(|e| error::tree(&e))?.into_iter().map(Duplicate).collect())
        }
        fn __repr__(&self) -> String {
            format!("TreeMetrics(files={})", self.files.len())
        }
    }

    /// The names of all metrics.
    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        pyagent_source::set_codec(decode);
        module.add("METRICS", PyTuple::new(module.py(), Selection::names())?)
    }

    /// Decode with one of Python's codecs.
    fn decode(encoding: &str, bytes: &[u8]) -> Result<String, String> {
        Python::attach(|py| {
            let bytes = PyBytes::new(py, bytes);
            let text =
                bytes.call_method1("decode", (encoding,)).map_err(|e| e.value(py).to_string())?;
            text.extract::<String>().map_err(|error| error.value(py).to_string())
        })
    }

    /// Source as text or as bytes.
    enum Source {
        Text(PyBackedStr),
        Bytes(PyBackedBytes),
    }

    impl Source {
        fn extract(source: &Bound<'_, PyAny>, filename: &str) -> PyResult<Self> {
            if let Ok(text) = source.cast::<pyo3::types::PyString>() {
                return PyBackedStr::try_from(text.clone()).map(Self::Text).map_err(|_| {
                    let reason = "text with a lone surrogate is not UTF-8".to_owned();
                    error::source(filename, &SourceError::Decode { reason, line: None })
                });
            }
            source.extract().map(Self::Bytes).map_err(|_| {
                let kind = source.get_type();
                PyTypeError::new_err(format!("source must be str or bytes, not {kind}"))
            })
        }

        fn measure(&self) -> Result<ModuleMetrics, SourceError> {
            match self {
                Self::Text(text) => {
                    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                    core::measure(text, Selection::ALL)
                }
                Self::Bytes(bytes) => {
                    core::measure(&pyagent_source::decode(bytes)?, Selection::ALL)
                }
            }
        }
    }

    fn file(path: String, module: ModuleMetrics) -> FileMetrics {
        FileMetrics(Arc::new(CoreFile { path, outcome: Ok(module) }))
    }

    /// Measure a module given as text or bytes.
    #[pyfunction]
    #[pyo3(signature = (source, *, filename="<string>"))]
    fn measure(py: Python<'_>, source: &Bound<'_, PyAny>, filename: &str) -> PyResult<FileMetrics> {
        let source = Source::extract(source, filename)?;
        match py.detach(|| source.measure()) {
            Ok(module) => Ok(file(filename.to_owned(), module)),
            Err(failure) => Err(error::source(filename, &failure)),
        }
    }

    /// Measure the module in the file at `path`.
    #[pyfunction]
    fn measure_file(py: Python<'_>, path: PathBuf) -> PyResult<FileMetrics> {
        let name = path.to_string_lossy().into_owned();
        match py.detach(|| core::measure_file(&path, Selection::ALL)) {
            Ok(module) => Ok(file(name, module)),
            Err(failure) => Err(error::source(&name, &failure)),
        }
    }

    /// Measure the Python files under `paths`.
    #[pyfunction]
    #[pyo3(signature = (*paths, metrics=None, exclude=Vec::new(), gitignore=true, hidden=false,
                        threads=0, cache=None, progress=None))]
    #[allow(clippy::too_many_arguments)] // The keyword arguments of the Python function.
    fn measure_tree(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        metrics: Option<Vec<String>>,
        exclude: Vec<String>,
        gitignore: bool,
        hidden: bool,
        threads: usize,
        cache: Option<PathBuf>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<TreeMetrics> {
        let selection = selection(metrics.as_deref())?;
        let find = FindOptions { gitignore, hidden, exclude, threads };
        let options = core::TreeOptions { selection, find, cache };
        let state = core::Progress::default();
        let report = |py: Python<'_>| match &progress {
            Some(progress) => progress.call1(py, state.get()).map(drop),
            None => Ok(()),
        };
        let work = || core::measure_tree(&paths, &options, &state);
        let files = interruptible(py, work, || state.cancel(), report)?;
        report(py)?;
        Ok(TreeMetrics { files: files.map_err(|e| error::tree(&e))?, selection })
    }

    fn selection(metrics: Option<&[String]>) -> PyResult<Selection> {
        let Some(metrics) = metrics else { return Ok(Selection::ALL) };
        Selection::of(metrics.iter().map(String::as_str)).map_err(|unknown| {
            let known: Vec<_> = Selection::names().collect();
            let hint = format!("choose from {}", known.join(", "));
            error::config(&format!("unknown metric '{unknown}'"), &hint)
        })
    }

    /// `text` in quotes, as a `repr` shows it.
    fn quoted(text: &str) -> String {
        format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"))
    }
}
