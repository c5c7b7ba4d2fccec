//! What the functions of `pyagent._core.diff` take: pairs of texts, and options by name.

use pyagent_diff::error::DiffError;
use pyagent_diff::headings::Headings;
use pyagent_diff::merge::{Favor, Style};
use pyagent_diff::unified::Unified;
use pyagent_diff::words::Unit;
use pyagent_diff::{Algorithm, Change, Lines, Options, Whitespace, lines};
use pyo3::prelude::*;

use crate::error;
use crate::text::{Form, Name, Text, compute};

/// No marker of a conflict is longer.
pub(crate) const LONGEST_MARKER: usize = 1000;
pub(crate) const ALGORITHMS: [(&str, Algorithm); 4] = [
    ("myers", Algorithm::Myers),
    ("minimal", Algorithm::Minimal),
    ("histogram", Algorithm::Histogram),
    ("patience", Algorithm::Patience),
];
pub(crate) const WHITESPACE: [(&str, Whitespace); 4] = [
    ("exact", Whitespace::Exact),
    ("at_end", Whitespace::AtEnd),
    ("amount", Whitespace::Amount),
    ("all", Whitespace::All),
];
pub(crate) const STYLES: [(&str, Style); 3] =
    [("merge", Style::Merge), ("diff3", Style::Diff3), ("zdiff3", Style::Zdiff3)];
pub(crate) const FAVORS: [(&str, Favor); 3] =
    [("ours", Favor::Ours), ("theirs", Favor::Theirs), ("union", Favor::Union)];
pub(crate) const CHARACTERS: [(&str, Unit); 2] =
    [("grapheme", Unit::Grapheme), ("code_point", Unit::CodePoint)];

pub(crate) const UNITS: [(&str, Option<Unit>); 3] =
    [("line", None), ("word", Some(Unit::Word)), ("character", Some(Unit::Grapheme))];

/// What a name stands for.
pub(crate) fn named<T: Copy>(what: &str, name: &str, known: &[(&str, T)]) -> PyResult<T> {
    let found = known.iter().find(|(each, _)| *each == name);
    found.map(|(_, value)| *value).ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(each, _)| *each).collect();
        error::config(
            &format!("no {what} is called {name:?}"),
            &format!("use one of {}", names.join(", ")),
        )
    })
}

pub(crate) fn options(algorithm: &str, whitespace: &str) -> PyResult<Options> {
    Ok(Options {
        algorithm: named("algorithm", algorithm, &ALGORITHMS)?,
        whitespace: named("treatment of white space", whitespace, &WHITESPACE)?,
        ..Options::default()
    })
}

/// A rule by its name; `auto` is the one for files called like this.
pub(crate) fn headings_of(headings: &str, name: &[u8]) -> PyResult<Headings> {
    if headings == "auto" {
        return Ok(Headings::of_path(name));
    }
    named("rule for headings", headings, &Headings::NAMED)
}

/// The name that tells the rule for headings: that of the second text, if there is one.
fn name_of<'n>(from: Option<&'n Name>, to: Option<&'n Name>) -> &'n [u8] {
    to.or(from).map_or(b"", |name| &name.0)
}

/// The style of a unified diff.
pub(crate) fn style<'n>(
    from_name: Option<&'n Name>,
    to_name: Option<&'n Name>,
    context: Option<i64>,
    headings: &str,
) -> PyResult<Unified<'n>> {
    Ok(Unified {
        from_name: from_name.map(|name| &name.0[..]),
        to_name: to_name.map(|name| &name.0[..]),
        context: bounded("context", context)?,
        headings: headings_of(headings, name_of(from_name, to_name))?,
    })
}

/// A count of lines or columns; `None` is without bound.
pub(crate) fn bounded(what: &str, count: Option<i64>) -> PyResult<usize> {
    let count = count.map_or(Ok(usize::MAX), usize::try_from);
    count.map_err(|_| error::config(&format!("{what} is negative"), "use 0 or more"))
}

/// Refuse texts that are too long to be compared.
pub(crate) fn check_lengths(before: &[u8], after: &[u8]) -> PyResult<()> {
    let first = DiffError::check_length("the first text", before);
    first
        .and_then(|()| DiffError::check_length("the second text", after))
        .map_err(|error| error::diff(&error))
}

/// Two texts of one form, neither of them too long.
pub(crate) struct Pair<'t> {
    pub(crate) before: &'t [u8],
    pub(crate) after: &'t [u8],
    pub(crate) form: Form,
}

impl<'t> Pair<'t> {
    pub(crate) fn new(a: &'t Text<'_>, b: &'t Text<'_>) -> PyResult<Self> {
        let form = Form::of(&[a, b])?;
        let (before, after) = (a.bytes(), b.bytes());
        check_lengths(before, after)?;
        Ok(Self { before, after, form })
    }

    pub(crate) fn len(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// Compare the texts by line, and make something of their changes.
    pub(crate) fn view<T: Send>(
        &self,
        py: Python<'_>,
        options: Options,
        make: impl FnOnce(&Lines<'_>, &Lines<'_>, &[Change]) -> T + Send,
    ) -> T {
        let (before, after) = (self.before, self.after);
        compute(py, self.len(), || {
            let changes = lines(before, after, &options);
            make(&Lines::new(before), &Lines::new(after), &changes)
        })
    }
}
