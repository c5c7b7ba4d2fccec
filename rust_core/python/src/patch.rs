//! `pyagent._core.patch`: patches of every common format, and their application to a text.

/// Patches: read, turned round, and applied to texts that may have moved on.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod patch {
    use pyagent_patch as core;
    use pyo3::prelude::*;
    use pyo3::types::{PyBytes, PyString};

    use crate::error;
    use crate::text::{Form, Name, Text, compute};

    /// The format of a name, or of what the lines of the patch show.
    fn format(name: Option<&str>) -> PyResult<Option<core::Format>> {
        let all = [core::Format::Unified, core::Format::Envelope, core::Format::Blocks];
        match name {
            None => Ok(None),
            Some(name) => match all.into_iter().find(|format| format.name() == name) {
                Some(format) => Ok(Some(format)),
                None => Err(error::config(
                    &format!("{name:?} is no format of patches"),
                    "formats are unified, envelope and blocks",
                )),
            },
        }
    }

    /// A file name as Python has it: bytes that are not UTF-8 are lone surrogates.
    fn name<'py>(py: Python<'py>, name: Option<&[u8]>) -> PyResult<Option<Bound<'py, PyString>>> {
        let decode = |name| {
            let errors = Some(c"surrogateescape");
            PyString::from_encoded_object(&PyBytes::new(py, name), Some(c"utf-8"), errors)
        };
        name.map(decode).transpose()
    }

    /// Lines that are changed, with context around them.
    #[pyclass(frozen)]
    struct Hunk(core::Hunk);

    #[pymethods]
    impl Hunk {
        /// First line before the change, from 1; `None` where the format names no lines.
        #[getter]
        fn old_start(&self) -> Option<u32> {
            self.0.old_start
        }

        /// First line after the change.
        #[getter]
        fn new_start(&self) -> Option<u32> {
            self.0.new_start
        }

        /// What stands behind the `@@`, as a rule the function that the change lies in.
        #[getter]
        fn heading<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
            PyBytes::new(py, &self.0.heading)
        }

        /// Lines that the change lies below, as an envelope names them.
        #[getter]
        fn anchors<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
            self.0.anchors.iter().map(|anchor| PyBytes::new(py, anchor)).collect()
        }

        /// Each line as its sign, `" "`, `"-"` or `"+"`, and its bytes with the line feed.
        #[getter]
        fn lines<'py>(&self, py: Python<'py>) -> Vec<(char, Bound<'py, PyBytes>)> {
            let lines = self.0.lines.iter();
            let line =
                |line: &core::Line| (char::from(line.kind.sign()), PyBytes::new(py, &line.bytes()));
            lines.map(line).collect()
        }

        /// How many lines it adds.
        #[getter]
        fn added(&self) -> usize {
            self.0.count(core::Kind::Added)
        }

        /// How many lines it removes.
        #[getter]
        fn removed(&self) -> usize {
            self.0.count(core::Kind::Removed)
        }

        /// Line of the patch on which it begins, from 1.
        #[getter]
        fn line(&self) -> u32 {
            self.0.line
        }

        fn __repr__(&self) -> String {
            format!("<Hunk on line {}: +{} -{}>", self.0.line, self.added(), self.removed())
        }
    }

    /// The change of one file.
    #[pyclass(frozen)]
    struct FilePatch(core::FilePatch);

    #[pymethods]
    impl FilePatch {
        /// What happens to the file: `"modify"`, `"create"`, `"delete"`, `"rename"` or `"copy"`.
        #[getter]
        fn operation(&self) -> &'static str {
            self.0.operation.name()
        }

        /// The form it was written in: `"unified"`, `"envelope"` or `"blocks"`.
        #[getter]
        fn format(&self) -> &'static str {
            self.0.format.name()
        }

        /// The name before, without a prefix such as `a/`; `None` for a created file.
        #[getter]
        fn old_path<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
            name(py, self.0.old_path.as_deref())
        }

        /// The name after; `None` for a deleted file.
        #[getter]
        fn new_path<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyString>>> {
            name(py, self.0.new_path.as_deref())
        }

        /// Both names as they stand in the patch.
        #[getter]
        #[allow(clippy::type_complexity)]
        fn raw_paths<'py>(
            &self,
            py: Python<'py>,
        ) -> PyResult<(Option<Bound<'py, PyString>>, Option<Bound<'py, PyString>>)> {
            let (old, new) = &self.0.raw_paths;
            Ok((name(py, old.as_deref())?, name(py, new.as_deref())?))
        }

        /// Mode bits before, where the patch names them.
        #[getter]
        fn old_mode(&self) -> Option<u32> {
            self.0.old_mode
        }

        /// Mode bits after.
        #[getter]
        fn new_mode(&self) -> Option<u32> {
            self.0.new_mode
        }

        /// Whether the content is changed as a whole, as that of a binary file.
        #[getter]
        fn binary(&self) -> bool {
            self.0.binary.is_some()
        }

        /// The changes of its text.
        #[getter]
        fn hunks(&self) -> Vec<Hunk> {
            self.0.hunks.iter().cloned().map(Hunk).collect()
        }

        /// How many lines are added.
        #[getter]
        fn added(&self) -> usize {
            self.0.hunks.iter().map(|hunk| hunk.count(core::Kind::Added)).sum()
        }

        /// How many lines are removed.
        #[getter]
        fn removed(&self) -> usize {
            self.0.hunks.iter().map(|hunk| hunk.count(core::Kind::Removed)).sum()
        }

        /// Line of the patch on which it begins, from 1.
        #[getter]
        fn line(&self) -> u32 {
            self.0.line
        }

        fn __repr__(&self) -> String {
            let path = String::from_utf8_lossy(self.0.path());
            format!(
                "<FilePatch {} {path}: +{} -{}>",
                self.operation(),
                self.added(),
                self.removed()
            )
        }
    }

    /// A patch: changes of any number of files.
    #[pyclass(frozen)]
    struct Patch(core::Patch);

    #[pymethods]
    impl Patch {
        /// The form it was written in: `"unified"`, `"envelope"` or `"blocks"`.
        #[getter]
        fn format(&self) -> &'static str {
            self.0.format.name()
        }

        /// The files in the order of the patch.
        #[getter]
        fn files(&self) -> Vec<FilePatch> {
            self.0.files.iter().cloned().map(FilePatch).collect()
        }

        fn __len__(&self) -> usize {
            self.0.files.len()
        }

        /// The patch as a unified diff with git's extended headers.
        ///
        /// Raises:
        ///     PatchContentError: Hunks name no lines, as those of the other formats.
        fn __bytes__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
            let text = core::emit(&self.0).map_err(|error| error::patch(&error))?;
            Ok(PyBytes::new(py, &text))
        }

        fn __repr__(&self) -> String {
            format!("<Patch {}: {} files>", self.format(), self.0.files.len())
        }
    }

    /// Where a hunk was placed, and by what means.
    #[pyclass(frozen, get_all)]
    struct Placement {
        /// Which hunk of the file, from 1.
        hunk: usize,
        /// Line of the text at which it begins, from 1. SEARCH/REPLACE blocks are applied one
        /// after the other: there it is a line of what the blocks before left.
        line: u32,
        /// Lines from where the patch names it to there; `None` where the patch names no lines.
        offset: Option<i64>,
        /// The loosest means that were needed, from `"exact"` by `"line"` (the line number alone),
        /// `"whitespace"`, `"indentation"` and `"context"` (less of it) to `"similarity"`.
        method: &'static str,
        /// Share of letters that agree in the lines that must; 1.0 but for `"similarity"`.
        similarity: f64,
        /// How many lines of context were found.
        context_found: usize,
        /// How many lines of context the hunk has.
        context: usize,
        /// Its change is there already, so that nothing was done.
        already_applied: bool,
    }

    #[pymethods]
    impl Placement {
        fn __repr__(&self) -> String {
            let Self { hunk, line, method, .. } = self;
            let already = if self.already_applied { ", already applied" } else { "" };
            format!("<Placement of hunk {hunk} at line {line}: {method}{already}>")
        }
    }

    /// A text with a patch applied, and how.
    #[pyclass(frozen)]
    struct Applied {
        applied: core::Applied,
        form: Form,
    }

    #[pymethods]
    impl Applied {
        /// The text after the change, as `str` or `bytes` as the text before.
        #[getter]
        fn text<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
            self.form.give(py, &self.applied.text)
        }

        /// One entry for each hunk, in the order in which they were applied.
        #[getter]
        fn placements(&self) -> Vec<Placement> {
            let placements = self.applied.placements.iter();
            let placement = |place: &core::Placement| Placement {
                hunk: place.hunk,
                line: place.line,
                offset: place.offset,
                method: place.method.name(),
                similarity: place.similarity,
                context_found: place.context.0,
                context: place.context.1,
                already_applied: place.applied,
            };
            placements.map(placement).collect()
        }

        /// The whole change was there already, so that the text is as it was.
        #[getter]
        fn already_applied(&self) -> bool {
            self.applied.already
        }

        fn __repr__(&self) -> String {
            let already = if self.applied.already { ", already applied" } else { "" };
            format!("<Applied: {} hunks{already}>", self.applied.placements.len())
        }
    }

    /// A patch as a caller gives it.
    #[derive(FromPyObject)]
    enum Given<'py> {
        Patch(PyRef<'py, Patch>),
        File(PyRef<'py, FilePatch>),
        Text(Text<'py>),
    }

    /// Read what was given; a parsed patch is borrowed as it is.
    fn with<T>(
        given: &Given<'_>,
        format: Option<core::Format>,
        use_it: impl FnOnce(&core::Patch) -> Result<T, core::PatchError>,
    ) -> Result<T, core::PatchError> {
        match given {
            Given::Patch(patch) => use_it(&patch.0),
            Given::File(file) => {
                let (format, files) = (file.0.format, vec![file.0.clone()]);
                use_it(&core::Patch { format, files })
            }
            Given::Text(text) => use_it(&core::parse(text.bytes(), format)?),
        }
    }

    /// Read a patch, in the given format or in the one that its lines show.
    ///
    /// Prose around a patch is skipped; wrong counts in headers of hunks are mended. An empty text
    /// is a patch of no files.
    ///
    /// Args:
    ///     patch: The text of the patch.
    ///     format: `"unified"` (git's extensions included), `"envelope"` (V4A) or `"blocks"`
    ///         (SEARCH/REPLACE).
    ///
    /// Raises:
    ///     PatchSyntaxError: The patch is malformed, or none is found.
    ///     ConfigError: There is no such format.
    #[pyfunction]
    #[pyo3(signature = (patch, *, format=None))]
    fn parse(py: Python<'_>, patch: Text<'_>, format: Option<&str>) -> PyResult<Patch> {
        let (format, bytes) = (self::format(format)?, patch.bytes());
        let parsed = compute(py, bytes.len(), || core::parse(bytes, format));
        parsed.map(Patch).map_err(|error| error::patch(&error))
    }

    /// The patch that takes back what a patch does: a text for a text, which is a unified diff,
    /// and a `Patch` for a `Patch`.
    ///
    /// Raises:
    ///     PatchSyntaxError: The patch is malformed.
    ///     PatchContentError: It does not hold what is needed to go back, or, for a text, names no
    ///         lines.
    #[pyfunction]
    fn reverse<'py>(py: Python<'py>, patch: Given<'py>) -> PyResult<Bound<'py, PyAny>> {
        let reversed = with(&patch, None, core::reverse).map_err(|error| error::patch(&error))?;
        match &patch {
            Given::Text(text) => {
                let emitted = core::emit(&reversed).map_err(|error| error::patch(&error))?;
                Form::of(&[text])?.give(py, &emitted)
            }
            Given::Patch(_) | Given::File(_) => Ok(Bound::new(py, Patch(reversed))?.into_any()),
        }
    }

    /// Apply all hunks of a patch to a text, or none.
    ///
    /// Hunks are placed by the strictest means that give one place: the very lines where the patch
    /// names them, the very lines elsewhere, other white space, other indentation (added lines are
    /// indented likewise), a part of the context, and context with slips of the pen. Bytes that the
    /// patch does not remove are kept; added lines get the line ending of the text.
    ///
    /// Args:
    ///     patch: A text in any format, a `Patch`, or a `FilePatch`.
    ///     text: What it is applied to, `str` or `bytes`.
    ///     path: The file of the patch that is meant, where it has several.
    ///     base: The text that the patch was made for. Then the patch is applied to it, and the
    ///         result merged with the text.
    ///     reverse: Take the change back.
    ///     format: The format of the patch, if it is a text; see `parse`.
    ///
    /// Returns:
    ///     The text after the change in the form of the text, and where each hunk was placed.
    ///
    /// Raises:
    ///     PatchSyntaxError: The patch is malformed.
    ///     UnplacedHunkError: A hunk fits nowhere.
    ///     AmbiguousPatchError: A hunk fits at several places equally well.
    ///     PatchConflictError: Patch and text change the same lines of the base.
    ///     PatchContentError: The text is not the one that the patch needs, or the patch cannot be
    ///         reversed.
    ///     PatchError: The patch has several files, or none of that name.
    #[pyfunction]
    #[allow(clippy::similar_names)] // `patch` and `path` are the names that callers read
    #[pyo3(signature = (patch, text, *, path=None, base=None, reverse=false, format=None))]
    fn place(
        py: Python<'_>,
        patch: Given<'_>,
        text: Text<'_>,
        path: Option<Name>,
        base: Option<Text<'_>>,
        reverse: bool,
        format: Option<&str>,
    ) -> PyResult<Applied> {
        let format = self::format(format)?;
        let form = Form::of(&[&text])?;
        let (bytes, base) = (text.bytes(), base.as_ref().map(Text::bytes));
        let path = path.as_ref().map(|Name(path)| path.as_slice());
        let options = core::Options { reverse, base };
        let applied = with(&patch, format, |patch| {
            compute(py, bytes.len(), || core::apply(patch, bytes, path, &options))
        });
        let applied = applied.map_err(|error| error::patch(&error))?;
        Ok(Applied { applied, form })
    }

    /// Apply all hunks of a patch to a text, or none, and give the text alone: `place(...).text`.
    ///
    /// Arguments and errors are those of `place`.
    #[pyfunction]
    #[allow(clippy::similar_names)] // `patch` and `path` are the names that callers read
    #[pyo3(signature = (patch, text, *, path=None, base=None, reverse=false, format=None))]
    fn apply<'py>(
        py: Python<'py>,
        patch: Given<'py>,
        text: Text<'py>,
        path: Option<Name>,
        base: Option<Text<'py>>,
        reverse: bool,
        format: Option<&str>,
    ) -> PyResult<Bound<'py, PyAny>> {
        place(py, patch, text, path, base, reverse, format)?.text(py)
    }

    /// Why a name in a patch is refused, or `None` where it may be used: it is absolute, leads up
    /// with `..`, or into `.git` or `.pyagent`.
    #[pyfunction]
    fn refused_path(path: Name) -> Option<&'static str> {
        core::check_path(&path.0).err()
    }
}
