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

    /// Halstead's counts and measures of a function or a file, as `radon hal` has them.
    ///
    /// Operators are those of binary, unary, boolean, augmented-assignment and comparison nodes;
    /// operands are what stands beside them. M. H. Halstead, *Elements of Software Science*, 1977.
    #[pyclass(frozen)]
    struct Halstead(core::Halstead);

    #[pymethods]
    impl Halstead {
        /// Distinct operators, η₁.
        #[getter]
        fn distinct_operators(&self) -> u32 {
            self.0.distinct_operators
        }
        /// Distinct operands, η₂.
        #[getter]
        fn distinct_operands(&self) -> u32 {
            self.0.distinct_operands
        }
        /// All operators, N₁.
        #[getter]
        fn operators(&self) -> u32 {
            self.0.operators
        }
        /// All operands, N₂.
        #[getter]
        fn operands(&self) -> u32 {
            self.0.operands
        }
        /// η = η₁ + η₂.
        #[getter]
        fn vocabulary(&self) -> u32 {
            self.0.vocabulary()
        }
        /// N = N₁ + N₂.
        #[getter]
        fn length(&self) -> u32 {
            self.0.length()
        }
        /// η₁ log₂ η₁ + η₂ log₂ η₂; 0 without operators or without operands.
        #[getter]
        fn calculated_length(&self) -> f64 {
            self.0.calculated_length()
        }
        /// V = N log₂ η, in bits; 0 for an empty vocabulary.
        #[getter]
        fn volume(&self) -> f64 {
            self.0.volume()
        }
        /// D = (η₁ / 2) (N₂ / η₂); 0 without operands.
        #[getter]
        fn difficulty(&self) -> f64 {
            self.0.difficulty()
        }
        /// E = D V.
        #[getter]
        fn effort(&self) -> f64 {
            self.0.effort()
        }
        /// Time to write the code, in seconds: E / 18.
        #[getter]
        fn time(&self) -> f64 {
            self.0.time()
        }
        /// Estimate of the bugs delivered: V / 3000.
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

    /// Line counts of a file, as `radon raw` has them.
    #[pyclass(frozen)]
    struct RawCounts(core::RawCounts);

    #[pymethods]
    impl RawCounts {
        /// All lines: the sum of `sloc`, `multi`, `blank` and `single_comments`.
        #[getter]
        fn loc(&self) -> u32 {
            self.0.loc
        }
        /// Logical lines: statements, roughly; `if a: b` on one line counts two.
        #[getter]
        fn lloc(&self) -> u32 {
            self.0.lloc
        }
        /// Lines with code.
        #[getter]
        fn sloc(&self) -> u32 {
            self.0.sloc
        }
        /// Comments, those behind code included.
        #[getter]
        fn comments(&self) -> u32 {
            self.0.comments
        }
        /// Lines of strings that stand alone and span several lines, such as docstrings.
        #[getter]
        fn multi(&self) -> u32 {
            self.0.multi
        }
        /// Blank lines, those within strings that stand alone included.
        #[getter]
        fn blank(&self) -> u32 {
            self.0.blank
        }
        /// Lines with a comment, or a string of one line, and nothing else.
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

    /// The metrics of one `def`, whatever it stands in.
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
        /// As Python's `__qualname__`: `Class.method`, `outer.<locals>.inner`.
        #[getter]
        fn qualname(&self) -> PyResult<&str> {
            Ok(&self.it()?.qualname)
        }
        /// The bare name.
        #[getter]
        fn name(&self) -> PyResult<&str> {
            Ok(self.it()?.name())
        }
        /// `"function"`, `"method"` in the body of a class, or `"closure"` in that of a function.
        #[getter]
        fn kind(&self) -> PyResult<&'static str> {
            Ok(self.it()?.kind.as_str())
        }
        /// Whether it is an `async def`.
        #[getter]
        fn is_async(&self) -> PyResult<bool> {
            Ok(self.it()?.is_async)
        }
        /// 1-based line of `def`, behind any decorator.
        #[getter]
        fn line(&self) -> PyResult<u32> {
            Ok(self.it()?.line)
        }
        /// 1-based last line.
        #[getter]
        fn end_line(&self) -> PyResult<u32> {
            Ok(self.it()?.end_line)
        }
        /// 0-based column of `def`, in characters.
        #[getter]
        fn column(&self) -> PyResult<u32> {
            Ok(self.it()?.column)
        }
        /// Cyclomatic complexity as ruff's C901, from 1.
        #[getter]
        fn cyclomatic(&self) -> PyResult<u32> {
            Ok(self.it()?.cyclomatic)
        }
        /// Cyclomatic complexity as the mccabe package, run on this function alone, from 1.
        #[getter]
        fn mccabe(&self) -> PyResult<u32> {
            Ok(self.it()?.mccabe)
        }
        /// Cyclomatic complexity as `radon cc`, from 1.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn radon_cc(&self) -> PyResult<u32> {
            self.of_expressions("radon_cc", |it| it.radon_cc)
        }
        /// Cognitive complexity (SonarSource) as complexipy, from 0.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn cognitive(&self) -> PyResult<u32> {
            self.of_expressions("cognitive", |it| it.cognitive)
        }
        /// Deepest nesting of `if`, `for`, `while`, `try`, `with` and `match` blocks, from 0.
        #[getter]
        fn nesting(&self) -> PyResult<u32> {
            Ok(self.it()?.nesting)
        }
        /// Parameters of the signature, `self`, `*args` and `**kwargs` included.
        #[getter]
        fn arguments(&self) -> PyResult<u32> {
            Ok(self.it()?.arguments)
        }
        /// Halstead's measures as radon, of a closure as if it stood alone.
        ///
        /// Raises:
        ///     AttributeError: They were not measured.
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
        /// As Python's `__qualname__`.
        #[getter]
        fn qualname(&self) -> PyResult<&str> {
            Ok(&self.it()?.qualname)
        }
        /// The bare name.
        #[getter]
        fn name(&self) -> PyResult<&str> {
            Ok(self.it()?.name())
        }
        /// 1-based line of `class`, behind any decorator.
        #[getter]
        fn line(&self) -> PyResult<u32> {
            Ok(self.it()?.line)
        }
        /// 1-based last line.
        #[getter]
        fn end_line(&self) -> PyResult<u32> {
            Ok(self.it()?.end_line)
        }
        /// 0-based column of `class`, in characters.
        #[getter]
        fn column(&self) -> PyResult<u32> {
            Ok(self.it()?.column)
        }
        /// Functions in the class body, those within its statements included.
        #[getter]
        fn methods(&self) -> PyResult<u32> {
            Ok(self.it()?.methods)
        }
        /// Ruff's C901 of the class body as if it were a function's.
        #[getter]
        fn cyclomatic(&self) -> PyResult<u32> {
            Ok(self.it()?.cyclomatic)
        }
        /// As `radon cc`: the average over the methods, plus one where there are several.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn radon_cc(&self) -> PyResult<u32> {
            self.of_expressions("radon_cc", |it| it.radon_cc)
        }
        /// Cognitive complexity: the sum over the functions directly in the class body.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn cognitive(&self) -> PyResult<u32> {
            self.of_expressions("cognitive", |it| it.cognitive)
        }
        fn __repr__(&self) -> PyResult<String> {
            let it = self.it()?;
            Ok(format!("ClassMetrics({}, line={})", quoted(&it.qualname), it.line))
        }
    }

    /// One imported name: `import a.b, c` has two.
    #[pyclass(frozen)]
    struct ImportedName(core::ImportedName);

    #[pymethods]
    impl ImportedName {
        /// The module named; empty in `from . import name`.
        #[getter]
        fn module(&self) -> &str {
            &self.0.module
        }
        /// The name taken from the module, `"*"` for all; `None` for `import module`.
        #[getter]
        fn name(&self) -> Option<&str> {
            self.0.name.as_deref()
        }
        /// The name behind `as`, or `None`.
        #[getter]
        fn asname(&self) -> Option<&str> {
            self.0.asname.as_deref()
        }
        /// Leading dots: 0 for an absolute import.
        #[getter]
        fn level(&self) -> u32 {
            self.0.level
        }
        /// 1-based line of the name.
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
        /// The path as found, with `/` between folders, or the name given to a text.
        #[getter]
        fn path(&self) -> &str {
            &self.0.path
        }
        /// Why the file has no metrics, or `None`; then every figure is 0 and every list empty.
        #[getter]
        fn error(&self) -> Option<&str> {
            self.0.outcome.as_ref().err().map(|failure| failure.reason.as_str())
        }
        /// 1-based line of the error, where one can be named.
        #[getter]
        fn error_line(&self) -> Option<u32> {
            self.0.outcome.as_ref().err().and_then(|failure| failure.line)
        }
        /// 1-based column of the error in characters, where one can be named.
        #[getter]
        fn error_column(&self) -> Option<u32> {
            self.0.outcome.as_ref().err().and_then(|failure| failure.column)
        }
        /// Every `def`, in the order of the source.
        #[getter]
        fn functions(&self) -> Vec<FunctionMetrics> {
            let count = self.module(|module| module.functions.len()).unwrap_or(0);
            (0..count).map(|index| FunctionMetrics { file: self.0.clone(), index }).collect()
        }
        /// Every `class`, in the order of the source.
        #[getter]
        fn classes(&self) -> Vec<ClassMetrics> {
            let count = self.module(|module| module.classes.len()).unwrap_or(0);
            (0..count).map(|index| ClassMetrics { file: self.0.clone(), index }).collect()
        }
        /// Every imported name, in the order of the source.
        #[getter]
        fn imports(&self) -> Vec<ImportedName> {
            self.module(|module| module.imports.iter().cloned().map(ImportedName).collect())
                .unwrap_or_default()
        }
        /// Ruff's C901 of the module as if it were the body of a function: 1 and all that is in it.
        #[getter]
        fn cyclomatic(&self) -> u32 {
            self.module(|module| module.cyclomatic).unwrap_or(0)
        }
        /// mccabe of the module as if it were the body of a function.
        #[getter]
        fn mccabe(&self) -> u32 {
            self.module(|module| module.mccabe).unwrap_or(0)
        }
        /// radon's `total_complexity`, which goes into the maintainability index.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn radon_cc(&self) -> PyResult<u32> {
            self.measured("radon_cc", |selection| selection.expressions, |module| module.radon_cc)
        }
        /// complexipy's figure for the file: the sum over the functions that are in no other one.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn cognitive(&self) -> PyResult<u32> {
            self.measured("cognitive", |selection| selection.expressions, |module| module.cognitive)
        }
        /// Halstead's measures of the whole file, as radon.
        ///
        /// Raises:
        ///     AttributeError: They were not measured.
        #[getter]
        fn halstead(&self) -> PyResult<Halstead> {
            self.measured("halstead", |selection| selection.expressions, |module| module.halstead)
                .map(Halstead)
        }
        /// Line counts, as radon.
        ///
        /// Raises:
        ///     AttributeError: They were not measured.
        #[getter]
        fn raw(&self) -> PyResult<RawCounts> {
            self.measured("raw", |selection| selection.tokens, |module| module.raw).map(RawCounts)
        }
        /// radon's maintainability index, from 0 to 100 (best); `None` for a broken file.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn maintainability_index(&self) -> PyResult<Option<f64>> {
            let needed = Selection::maintainability;
            self.measured("maintainability_index", needed, ModuleMetrics::maintainability_index)
        }
        /// Visual Studio's maintainability index, from 0 to 100 (best), which leaves
        /// comments out; `None` for a broken file.
        ///
        /// Raises:
        ///     AttributeError: It was not measured.
        #[getter]
        fn maintainability_index_vs(&self) -> PyResult<Option<f64>> {
            let needed = Selection::maintainability;
            self.measured(
                "maintainability_index_vs",
                needed,
                ModuleMetrics::maintainability_index_vs,
            )
        }
        /// The file as a JSON object in UTF-8. What was not measured is left out.
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
        /// The file.
        #[getter]
        fn path(&self) -> &str {
            &self.0.path
        }
        /// The function; empty where the whole file passes the limit.
        #[getter]
        fn qualname(&self) -> &str {
            &self.0.qualname
        }
        /// The name of the metric.
        #[getter]
        fn metric(&self) -> &'static str {
            self.0.metric.as_str()
        }
        /// Its value.
        #[getter]
        fn value(&self) -> f64 {
            self.0.value
        }
        /// The limit that holds for this path.
        #[getter]
        fn limit(&self) -> f64 {
            self.0.limit
        }
        /// 1-based first line.
        #[getter]
        fn line(&self) -> u32 {
            self.0.line
        }
        /// 1-based last line.
        #[getter]
        fn end_line(&self) -> u32 {
            self.0.end_line
        }
        /// How many times over the limit, at least 1: the larger, the worse.
        ///
        /// For a lower limit it is (limit + 1) / (value + 1), since such values start at 0.
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

    /// Two functions that are alike: one of the worst of a tree, and another one.
    #[pyclass(frozen)]
    struct Duplicate(core::Duplicate);

    #[pymethods]
    impl Duplicate {
        /// The file of the worse function.
        #[getter]
        fn path(&self) -> &str {
            &self.0.function.path
        }
        /// The worse function.
        #[getter]
        fn qualname(&self) -> &str {
            &self.0.function.qualname
        }
        /// 1-based line of its `def`.
        #[getter]
        fn line(&self) -> u32 {
            self.0.function.line
        }
        /// 1-based last line.
        #[getter]
        fn end_line(&self) -> u32 {
            self.0.function.end_line
        }
        /// The file of the function that is like it.
        #[getter]
        fn other_path(&self) -> &str {
            &self.0.other.path
        }
        /// The function that is like it.
        #[getter]
        fn other_qualname(&self) -> &str {
            &self.0.other.qualname
        }
        /// 1-based line of its `def`.
        #[getter]
        fn other_line(&self) -> u32 {
            self.0.other.line
        }
        /// 1-based last line of it.
        #[getter]
        fn other_end_line(&self) -> u32 {
            self.0.other.end_line
        }
        /// Runs of six tokens that both have, over all those of both: up to 1.
        #[getter]
        fn similarity(&self) -> f64 {
            self.0.similarity
        }
        /// Tokens of the worse function.
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

    /// The metrics of every file under some paths. `len()` is the number of files.
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
        /// Every file found, sorted by path, the broken ones among them.
        #[getter]
        fn files(&self) -> Vec<FileMetrics> {
            self.files.iter().cloned().map(FileMetrics).collect()
        }
        /// The files and folders that could not be read or parsed.
        #[getter]
        fn errors(&self) -> Vec<FileMetrics> {
            let broken = self.files.iter().filter(|file| file.outcome.is_err());
            broken.cloned().map(FileMetrics).collect()
        }
        fn __len__(&self) -> usize {
            self.files.len()
        }
        /// Counts, means and maxima over the tree.
        ///
        /// Returns:
        ///     `files`, `errors`, `functions`, `classes`, `mean_cyclomatic` and `max_cyclomatic`
        ///     always.
        ///     `loc`, `sloc` and `comments`; `mean_cognitive` and `max_cognitive`;
        ///     `mean_maintainability_index` and `min_maintainability_index` where
        ///     they were measured.
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
        /// The tree as a JSON object in UTF-8 with `files` and `summary`.
        fn to_json<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
            let json = py.detach(|| core::tree_to_json(&self.files, &self.core_summary()));
            Ok(PyBytes::new(py, &json.map_err(|e| error::tree(&e))?))
        }
        /// Functions and files that pass a limit, worst first.
        ///
        /// Args:
        ///     limits: The most that is allowed of `cyclomatic`, `mccabe`, `radon_cc`, `cognitive`,
        ///         `nesting` and `arguments`, for each function, and the least that is allowed of
        ///         `maintainability_index` and `maintainability_index_vs`, for each file.
        ///     overrides: Pairs of globs and limits. For a path that matches one of the globs those
        ///         limits replace the others; `None` takes a limit away; later pairs win.
        ///     root: The folder to which the globs are relative, as it begins the paths of the files.
        ///
        /// Raises:
        ///     ConfigError: A metric that is unknown, has no limits, or was not measured, or a bad
        ///         glob.
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
        /// Functions that are like one of the worst, most alike first.
        ///
        /// Names, and the values of literals, do not matter. The files are read once more; one that
        /// has changed or gone since is passed over.
        ///
        /// Args:
        ///     worst: How many of the worst functions to look for copies of, by cognitive and then by
        ///         cyclomatic complexity.
        ///     min_tokens: Functions of fewer tokens are left out.
        ///     similarity: Pairs less alike than this are left out; above 0 and up to 1.
        ///
        /// Raises:
        ///     ConfigError: `similarity` is out of its range.
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
                Self::Text(text) => core::measure(pyagent_source::decoded(text)?, Selection::ALL),
                Self::Bytes(bytes) => {
                    core::measure(&pyagent_source::decode(bytes)?, Selection::ALL)
                }
            }
        }
    }

    fn file(path: String, module: ModuleMetrics) -> FileMetrics {
        FileMetrics(Arc::new(CoreFile { path, outcome: Ok(module) }))
    }

    /// Measure a module given as text or as bytes.
    ///
    /// Args:
    ///     source: The module. Bytes are decoded as Python does it, by byte order mark or cookie.
    ///     filename: The name used in the result and in errors.
    ///
    /// Returns:
    ///     Every metric of the module.
    ///
    /// Raises:
    ///     SourceDecodeError: The bytes are not text in the encoding that they declare, or hold a null
    ///         byte, or the text has a lone surrogate.
    ///     SourceSyntaxError: The text is not Python.
    ///     SourceNestingError: More than 200 brackets are open, or the text is nested absurdly deep.
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
    ///
    /// Args:
    ///     path: A file, whatever its name ends in.
    ///
    /// Returns:
    ///     Every metric of the module.
    ///
    /// Raises:
    ///     SourceReadError: The file is missing, cannot be read, or is no regular file.
    ///     SourceDecodeError: Its bytes are not text in the encoding that they declare, or hold a null
    ///         byte.
    ///     SourceSyntaxError: It is not Python.
    ///     SourceNestingError: More than 200 brackets are open, or it is nested absurdly deep.
    #[pyfunction]
    fn measure_file(py: Python<'_>, path: PathBuf) -> PyResult<FileMetrics> {
        let name = path.to_string_lossy().into_owned();
        match py.detach(|| core::measure_file(&path, Selection::ALL)) {
            Ok(module) => Ok(file(name, module)),
            Err(failure) => Err(error::source(&name, &failure)),
        }
    }

    /// Measure the Python files (`.py`, `.pyi`, `.pyw`) under `paths`, in parallel.
    ///
    /// Symbolic links below a path are not followed. Files and folders that cannot be read or parsed
    /// are part of the result, with the reason in `FileMetrics.error`; they raise nothing.
    ///
    /// Args:
    ///     *paths: Folders, and files whatever their names end in. One that is missing is reported as
    ///         a broken file.
    ///     metrics: The names of those to measure, from `METRICS`; all by default. Reading an attribute
    ///         that was not measured raises `AttributeError`.
    ///     exclude: Globs of files and folders to leave out, relative to the path given or by name.
    ///     gitignore: Leave out what `.gitignore`, `.ignore` and git's own excludes name.
    ///     hidden: Look into files and folders whose names begin with a dot.
    ///     threads: How many to use; 0 means one for each core.
    ///     cache: A file that keeps the metrics of unchanged files from one call to the next. It is
    ///         made if it is missing, and never trusted: a damaged one costs time only.
    ///     progress: Called about every 50 ms, and at the end, with the number of files measured and
    ///         the number found, on the calling thread. An exception from it ends the measurement.
    ///
    /// Returns:
    ///     The files, sorted by path.
    ///
    /// Raises:
    ///     ConfigError: An unknown metric, or a bad glob.
    ///     CacheError: The cache cannot be written.
    #[pyfunction]
    #[pyo3(signature = (*paths, metrics=None, exclude=Vec::new(), gitignore=true, hidden=false,
                        threads=0, cache=None, progress=None))]
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
