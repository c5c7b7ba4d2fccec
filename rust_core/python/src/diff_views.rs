//! Views of differences: as a web page, beside each other, in colours, and by file.

use pyagent_diff::git::{Blob, file_diff as git_file_diff};
use pyagent_diff::headings::Headings;
use pyagent_diff::html::{File, Html};
use pyagent_diff::side_by_side::SideBySide;
use pyagent_diff::terminal::Terminal;
use pyagent_diff::unified::Unified;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::diff_options::{Pair, bounded, check_lengths, headings_of, named, options, style};
use crate::text::{Name, Text, compute};

const LAYOUTS: [(&str, bool); 2] = [("split", true), ("unified", false)];

/// The diff of two texts as a web page: one file without scripts, light or dark as the reader
/// likes.
///
/// Args:
///     a: The first text; `str` or `bytes`.
///     b: The second text, of the same type.
///     name: What the texts are called.
///     layout: `split` for the two texts beside each other, `unified` for one below the other.
///     context: How many unchanged lines stand around each change; `None` for all.
///     algorithm: As for `unified`.
///     whitespace: As for `unified`.
///     headings: As for `unified`.
///
/// Raises:
///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
///     ConfigError: An option has no such value.
#[pyfunction]
#[pyo3(signature = (
    a, b, *, name="text", layout="split", context=Some(3), algorithm="myers", whitespace="exact",
    headings="python",
), text_signature = "(a, b, *, name='text', layout='split', context=3, algorithm='myers', \
    whitespace='exact', headings='python')")]
pub(crate) fn html<'py>(
    py: Python<'py>,
    a: Text<'py>,
    b: Text<'py>,
    name: &str,
    layout: &str,
    context: Option<i64>,
    algorithm: &str,
    whitespace: &str,
    headings: &str,
) -> PyResult<String> {
    let pair = Pair::new(&a, &b)?;
    let page = Html {
        split: named("layout", layout, &LAYOUTS)?,
        context: bounded("context", context)?,
        options: options(algorithm, whitespace)?,
    };
    let texts = Some([pair.before, pair.after]);
    let headings = headings_of(headings, name.as_bytes())?;
    let file = File { name, note: "", texts, headings };
    Ok(compute(py, pair.len(), || page.page(name, &[file])))
}

/// A file of a page: its name, a note, and its contents if they are shown.
type PageFile<'py> = (String, String, Option<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)>);

/// The diffs of some files as one web page, as `html` makes it of one.
///
/// Args:
///     files: For each file its name, a note (`renamed from ...`; may be empty), and its contents
///         before and after, or `None` for contents that are not shown.
///     title: What stands above them.
///     layout: As for `html`.
///     context: As for `html`.
///     algorithm: As for `unified`.
///     whitespace: As for `unified`.
///
/// Raises:
///     ConfigError: An option has no such value.
#[pyfunction]
#[pyo3(signature = (
    files, *, title="Changes", layout="split", context=Some(3), algorithm="myers",
    whitespace="exact",
), text_signature = "(files, *, title='Changes', layout='split', context=3, algorithm='myers', \
    whitespace='exact')")]
pub(crate) fn html_page(
    py: Python<'_>,
    files: Vec<PageFile<'_>>,
    title: &str,
    layout: &str,
    context: Option<i64>,
    algorithm: &str,
    whitespace: &str,
) -> PyResult<String> {
    let page = Html {
        split: named("layout", layout, &LAYOUTS)?,
        context: bounded("context", context)?,
        options: options(algorithm, whitespace)?,
    };
    for (before, after) in files.iter().filter_map(|(_, _, texts)| texts.as_ref()) {
        check_lengths(before.as_bytes(), after.as_bytes())?;
    }
    let shown: Vec<File<'_>> = files
        .iter()
        .map(|(name, note, texts)| File {
            name,
            note,
            texts: texts.as_ref().map(|(before, after)| [before.as_bytes(), after.as_bytes()]),
            headings: Headings::of_path(name.as_bytes()),
        })
        .collect();
    Ok(py.detach(|| page.page(title, &shown)))
}

/// Two texts beside each other, for a terminal.
///
/// Between the columns stands `|` where a line became another, `<` where it is gone and `>` where
/// it is new. Long lines go on below; characters count as wide as they are shown. What would act on
/// a terminal, or be invisible on it, is shown by name.
///
/// Args:
///     a: The first text; `str` or `bytes`.
///     b: The second text, of the same type.
///     width: Columns of the terminal.
///     from_name: What the first text is called.
///     to_name: What the second text is called.
///     context: How many unchanged lines stand around each change; `None` for all.
///     algorithm: As for `unified`.
///     whitespace: As for `unified`.
///     headings: As for `unified`.
///     colours: Colour changed lines and mark the words that changed in them.
///
/// Raises:
///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
///     ConfigError: An option has no such value.
#[pyfunction]
#[pyo3(signature = (
    a, b, *, width=120, from_name="a", to_name="b", context=Some(3), algorithm="myers",
    whitespace="exact", headings="python", colours=false,
), text_signature = "(a, b, *, width=120, from_name='a', to_name='b', context=3, \
    algorithm='myers', whitespace='exact', headings='python', colours=False)")]
pub(crate) fn side_by_side<'py>(
    py: Python<'py>,
    a: Text<'py>,
    b: Text<'py>,
    width: i64,
    from_name: &str,
    to_name: &str,
    context: Option<i64>,
    algorithm: &str,
    whitespace: &str,
    headings: &str,
    colours: bool,
) -> PyResult<String> {
    let pair = Pair::new(&a, &b)?;
    let view = SideBySide {
        from_name,
        to_name,
        width: bounded("width", Some(width))?,
        context: bounded("context", context)?,
        headings: headings_of(headings, to_name.as_bytes())?,
        colours,
    };
    let options = options(algorithm, whitespace)?;
    Ok(pair.view(py, options, |before, after, changes| view.show(before, after, changes)))
}

/// A unified diff for a person to read: in colours, with the words marked that changed in a line.
///
/// What would act on a terminal, or be invisible on it, is shown by name, so this is no patch.
///
/// Args:
///     a: The first text; `str` or `bytes`.
///     b: The second text, of the same type.
///     from_name: As for `unified`.
///     to_name: As for `unified`.
///     context: As for `unified`.
///     algorithm: As for `unified`.
///     whitespace: As for `unified`.
///     headings: As for `unified`.
///
/// Raises:
///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
///     ConfigError: An option has no such value.
#[pyfunction]
#[pyo3(signature = (
    a, b, *, from_name=Some(Name(b"a".to_vec())), to_name=Some(Name(b"b".to_vec())),
    context=Some(3), algorithm="myers", whitespace="exact", headings="python",
), text_signature = "(a, b, *, from_name='a', to_name='b', context=3, algorithm='myers', \
    whitespace='exact', headings='python')")]
pub(crate) fn coloured<'py>(
    py: Python<'py>,
    a: Text<'py>,
    b: Text<'py>,
    from_name: Option<Name>,
    to_name: Option<Name>,
    context: Option<i64>,
    algorithm: &str,
    whitespace: &str,
    headings: &str,
) -> PyResult<String> {
    let pair = Pair::new(&a, &b)?;
    let unified = style(from_name.as_ref(), to_name.as_ref(), context, headings)?;
    let view = Terminal { unified, colours: true };
    let options = options(algorithm, whitespace)?;
    Ok(pair.view(py, options, |before, after, changes| view.lines(before, after, changes)))
}

/// The changed text once, with removed words and added ones in it, as git's `--word-diff`.
///
/// Args:
///     a: The first text; `str` or `bytes`.
///     b: The second text, of the same type.
///     from_name: As for `unified`.
///     to_name: As for `unified`.
///     context: As for `unified`.
///     algorithm: As for `unified`.
///     whitespace: As for `unified`.
///     headings: As for `unified`.
///     colours: Colour the words, in place of `[-removed-]` and `{+added+}`.
///
/// Raises:
///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
///     ConfigError: An option has no such value.
#[pyfunction]
#[pyo3(signature = (
    a, b, *, from_name=Some(Name(b"a".to_vec())), to_name=Some(Name(b"b".to_vec())),
    context=Some(3), algorithm="myers", whitespace="exact", headings="python", colours=false,
), text_signature = "(a, b, *, from_name='a', to_name='b', context=3, algorithm='myers', \
    whitespace='exact', headings='python', colours=False)")]
pub(crate) fn by_words<'py>(
    py: Python<'py>,
    a: Text<'py>,
    b: Text<'py>,
    from_name: Option<Name>,
    to_name: Option<Name>,
    context: Option<i64>,
    algorithm: &str,
    whitespace: &str,
    headings: &str,
    colours: bool,
) -> PyResult<String> {
    let pair = Pair::new(&a, &b)?;
    let unified = style(from_name.as_ref(), to_name.as_ref(), context, headings)?;
    let view = Terminal { unified, colours };
    let options = options(algorithm, whitespace)?;
    Ok(pair.view(py, options, |before, after, changes| view.words(before, after, changes)))
}

/// The diff of a file in git's format, which can also tell of new, deleted and renamed files and of
/// modes; empty if nothing differs.
///
/// Of binary contents it says that they differ. It has no `index` line, since that names objects of
/// git.
///
/// Args:
///     path: The path of the file, with forward slashes.
///     before: Its content, or `None` for a new file.
///     after: Its content, or `None` for a deleted file.
///     old_path: Its path before, if it was renamed.
///     old_mode: Its mode before as git has it: `0o100644`, `0o100755` if it is executable,
///         `0o120000` for a symbolic link, whose content is where it leads.
///     new_mode: Its mode after.
///     context: As for `unified`.
///     algorithm: As for `unified`.
///     whitespace: As for `unified`.
///     headings: As for `unified`.
///
/// Raises:
///     ConfigError: An option has no such value.
#[pyfunction]
#[pyo3(signature = (
    path, before, after, *, old_path=None, old_mode=0o100_644, new_mode=0o100_644,
    context=Some(3), algorithm="myers", whitespace="exact", headings="auto",
), text_signature = "(path, before, after, *, old_path=None, old_mode=0o100644, new_mode=0o100644, \
    context=3, algorithm='myers', whitespace='exact', headings='auto')")]
pub(crate) fn file_diff<'py>(
    py: Python<'py>,
    path: Name,
    before: Option<Bound<'py, PyBytes>>,
    after: Option<Bound<'py, PyBytes>>,
    old_path: Option<Name>,
    old_mode: u32,
    new_mode: u32,
    context: Option<i64>,
    algorithm: &str,
    whitespace: &str,
    headings: &str,
) -> PyResult<Bound<'py, PyBytes>> {
    let old_path = old_path.as_ref().unwrap_or(&path);
    let old = before.as_ref().map(|content| Blob {
        path: &old_path.0,
        content: content.as_bytes(),
        mode: old_mode,
    });
    let new = after.as_ref().map(|content| Blob {
        path: &path.0,
        content: content.as_bytes(),
        mode: new_mode,
    });
    let style = Unified {
        context: bounded("context", context)?,
        headings: headings_of(headings, &path.0)?,
        ..Unified::default()
    };
    let options = options(algorithm, whitespace)?;
    let [first, second] = [old, new].map(|blob| blob.map_or(&b""[..], |blob| blob.content));
    check_lengths(first, second)?;
    let size = first.len() + second.len();
    Ok(PyBytes::new(py, &compute(py, size, || git_file_diff(old, new, &style, &options))))
}
