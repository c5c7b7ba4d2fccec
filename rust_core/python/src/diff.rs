//! `pyagent._core.diff`: differences between texts, views of them, and three-way merge.

/// Differences between texts, views of them, and three-way merge.
#[pyo3::pymodule(submodule, module = "pyagent._core")]
pub(crate) mod diff {
    use pyagent_diff as core;
    use pyagent_diff::merge::MergeOptions;
    use pyagent_diff::stats::{Amount, table};
    use pyagent_diff::words::{Fate, Unit, segments};
    use pyo3::prelude::*;

    use crate::diff_options::{
        ALGORITHMS, CHARACTERS, FAVORS, LONGEST_MARKER, Pair, STYLES, UNITS, bounded, named,
        options, style,
    };
    use crate::diff_values::range_of;
    #[pymodule_export]
    use crate::diff_values::{Change, Conflict, Merge, Segment, Stat};
    #[pymodule_export]
    use crate::diff_views::{by_words, coloured, file_diff, html, html_page, side_by_side};
    use crate::error;
    use crate::text::{Form, Name, Text, compute};

    /// The unified diff of two texts, as `git diff` and `diff -u` write it; empty if no line
    /// differs.
    ///
    /// Applied to `a` it gives `b`, byte for byte: line ends, a missing last one, and bytes that
    /// are no UTF-8 are kept. Where white space is ignored, unchanged lines are those of `a`.
    ///
    /// Args:
    ///     a: The first text; `str` or `bytes`, which the result is too.
    ///     b: The second text, of the same type.
    ///     from_name: What the first text is called; `None` for one that does not exist.
    ///     to_name: What the second text is called; `None` for one that does not exist.
    ///     context: How many unchanged lines stand around each change; `None` for all.
    ///     algorithm: `myers` for the fewest changed lines within a bound on the work, `minimal`
    ///         for the fewest whatever it takes, `histogram` and `patience` to keep apart what is
    ///         unlike.
    ///     whitespace: Which white space counts: `exact` for all; `at_end`, `amount` and `all`
    ///         leave out what git does with `--ignore-space-at-eol`, `-b` and `-w`.
    ///     headings: Which lines are shown after `@@`: `python`, `rust`, `go`, `markdown`,
    ///         `generic` (a letter in the first column, as `diff -p`), `off`, or `auto` by the
    ///         suffix of the name.
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
    fn unified<'py>(
        py: Python<'py>,
        a: Text<'py>,
        b: Text<'py>,
        from_name: Option<Name>,
        to_name: Option<Name>,
        context: Option<i64>,
        algorithm: &str,
        whitespace: &str,
        headings: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        let pair = Pair::new(&a, &b)?;
        let options = options(algorithm, whitespace)?;
        let style = style(from_name.as_ref(), to_name.as_ref(), context, headings)?;
        let (before, after) = (pair.before, pair.after);
        let diff = compute(py, pair.len(), || style.diff(before, after, &options));
        pair.form.give(py, &diff)
    }

    /// The changes that turn the lines of one text into those of another.
    ///
    /// Args:
    ///     a: The first text; `str` or `bytes`.
    ///     b: The second text, of the same type.
    ///     algorithm: As for `unified`.
    ///     whitespace: As for `unified`.
    ///
    /// Raises:
    ///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
    ///     ConfigError: An option has no such value.
    #[pyfunction]
    #[pyo3(signature = (a, b, *, algorithm="myers", whitespace="exact"))]
    fn changes<'py>(
        py: Python<'py>,
        a: Text<'py>,
        b: Text<'py>,
        algorithm: &str,
        whitespace: &str,
    ) -> PyResult<Vec<Change>> {
        let pair = Pair::new(&a, &b)?;
        let options = options(algorithm, whitespace)?;
        let (before, after, form) = (pair.before, pair.after, pair.form);
        Ok(compute(py, pair.len(), || {
            let changes = core::lines(before, after, &options);
            let texts =
                core::hunks::texts(before, after, &changes).map(|each| each.map(<[u8]>::to_vec));
            let texts: Vec<_> = texts.collect();
            changes
                .into_iter()
                .zip(texts)
                .map(|(lines, texts)| Change { lines, texts, form })
                .collect()
        }))
    }

    /// What two texts have in common and what not, word by word.
    ///
    /// Words are runs of letters, digits and `_`; runs of blanks, line ends and all other
    /// characters are compared too. Changed words with nothing but blanks between them are one
    /// change.
    ///
    /// Args:
    ///     a: The first text; `str` or `bytes`.
    ///     b: The second text, of the same type.
    ///     algorithm: As for `unified`.
    ///
    /// Returns:
    ///     The pieces in order: `same` and `removed` ones make up `a`, `same` and `added` ones `b`.
    ///
    /// Raises:
    ///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
    ///     ConfigError: An option has no such value.
    #[pyfunction]
    #[pyo3(signature = (a, b, *, algorithm="myers"))]
    fn words<'py>(
        py: Python<'py>,
        a: Text<'py>,
        b: Text<'py>,
        algorithm: &str,
    ) -> PyResult<Vec<Segment>> {
        cut(py, &a, &b, Unit::Word, algorithm)
    }

    /// What two texts have in common and what not, character by character.
    ///
    /// Args:
    ///     a: The first text; `str` or `bytes`.
    ///     b: The second text, of the same type.
    ///     unit: `grapheme` for what a reader takes for a character (extended grapheme clusters,
    ///         Unicode Annex 29), or `code_point`. Bytes that are not UTF-8 count by themselves.
    ///     algorithm: As for `unified`.
    ///
    /// Returns:
    ///     The pieces in order: `same` and `removed` ones make up `a`, `same` and `added` ones `b`.
    ///
    /// Raises:
    ///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
    ///     ConfigError: An option has no such value.
    #[pyfunction]
    #[pyo3(signature = (a, b, *, unit="grapheme", algorithm="myers"))]
    fn characters<'py>(
        py: Python<'py>,
        a: Text<'py>,
        b: Text<'py>,
        unit: &str,
        algorithm: &str,
    ) -> PyResult<Vec<Segment>> {
        cut(py, &a, &b, named("unit", unit, &CHARACTERS)?, algorithm)
    }

    fn cut<'py>(
        py: Python<'py>,
        a: &Text<'py>,
        b: &Text<'py>,
        unit: Unit,
        algorithm: &str,
    ) -> PyResult<Vec<Segment>> {
        let pair = Pair::new(a, b)?;
        let algorithm = named("algorithm", algorithm, &ALGORITHMS)?;
        let (before, after) = (pair.before, pair.after);
        let found = compute(py, pair.len(), || segments(before, after, unit, algorithm));
        let (mut old, mut new) = (0, 0);
        let segment = |each: core::words::Segment| {
            let (kind, text) = match each.fate {
                Fate::Same => ("same", &before[each.before]),
                Fate::Removed => ("removed", &before[each.before]),
                Fate::Added => ("added", &after[each.after]),
            };
            let len = pair.form.len(text);
            let starts = (old, new);
            old += if each.fate == Fate::Added { 0 } else { len };
            new += if each.fate == Fate::Removed { 0 } else { len };
            Ok(Segment {
                kind,
                text: pair.form.give(py, text)?.unbind(),
                before: range_of(py, starts.0..old)?,
                after: range_of(py, starts.1..new)?,
            })
        };
        found.into_iter().map(segment).collect()
    }

    /// How many lines differ between two texts.
    ///
    /// Args:
    ///     a: The first text; `str` or `bytes`.
    ///     b: The second text, of the same type.
    ///     algorithm: As for `unified`.
    ///     whitespace: As for `unified`.
    ///
    /// Raises:
    ///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
    ///     ConfigError: An option has no such value.
    #[pyfunction]
    #[pyo3(signature = (a, b, *, algorithm="myers", whitespace="exact"))]
    fn stat<'py>(
        py: Python<'py>,
        a: Text<'py>,
        b: Text<'py>,
        algorithm: &str,
        whitespace: &str,
    ) -> PyResult<Stat> {
        let pair = Pair::new(&a, &b)?;
        let options = options(algorithm, whitespace)?;
        let (before, after) = (pair.before, pair.after);
        Ok(Stat(compute(py, pair.len(), || core::stats::Stat::of(before, after, &options))))
    }

    /// How alike two texts are, from 0 to 1: twice what they share, over the length of both.
    ///
    /// Args:
    ///     a: The first text; `str` or `bytes`.
    ///     b: The second text, of the same type.
    ///     by: What is counted: each `line`, `word` (with blanks and signs) or `character`.
    ///
    /// Raises:
    ///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
    ///     ConfigError: `by` has no such value.
    #[pyfunction]
    #[pyo3(signature = (a, b, *, by="line"))]
    fn ratio<'py>(py: Python<'py>, a: Text<'py>, b: Text<'py>, by: &str) -> PyResult<f64> {
        let pair = Pair::new(&a, &b)?;
        let unit = named("unit", by, &UNITS)?;
        let (before, after) = (pair.before, pair.after);
        Ok(compute(py, pair.len(), || match unit {
            None => core::stats::Stat::of(before, after, &core::Options::default()).ratio(),
            Some(unit) => core::words::ratio(before, after, unit),
        }))
    }

    /// The table of `git diff --stat`: a bar for each file, and a summary.
    ///
    /// Args:
    ///     files: Names with how much changed: a `Stat`, or the sizes before and after of a binary
    ///         file.
    ///     width: Columns of the terminal.
    ///
    /// Raises:
    ///     ConfigError: The width is negative.
    #[pyfunction]
    #[pyo3(signature = (files, *, width=80))]
    fn stat_table(files: Vec<(String, Changed<'_>)>, width: i64) -> PyResult<String> {
        let amount = |changed: &Changed<'_>| match changed {
            Changed::Lines(stat) => {
                let core::stats::Stat { insertions, deletions, .. } = stat.get().0;
                Amount::Lines { insertions, deletions }
            }
            Changed::Sizes((before, after)) => Amount::Binary { before: *before, after: *after },
        };
        let files: Vec<(&str, Amount)> =
            files.iter().map(|(name, changed)| (name.as_str(), amount(changed))).collect();
        Ok(table(&files, bounded("width", Some(width))?))
    }

    /// What changed in a file.
    #[derive(FromPyObject)]
    enum Changed<'py> {
        Lines(Bound<'py, Stat>),
        Sizes((u64, u64)),
    }

    /// Merge what two sides made of a common base.
    ///
    /// Changes of the two sides that do not touch are both taken, and so is a change that both
    /// made. Others are conflicts. Conflicts are shown, cut and joined as by `git merge-file`.
    ///
    /// Args:
    ///     base: The text that both sides started from; `str` or `bytes`.
    ///     ours: What our side made of it, of the same type.
    ///     theirs: What their side made of it, of the same type.
    ///     style: How a conflict is shown: `merge` with both sides, `diff3` with the base between
    ///         them, `zdiff3` likewise without the lines that both sides share at its ends.
    ///     favor: What to take for a conflict: `ours`, `theirs`, or a `union` of both; `None` to
    ///         show it.
    ///     marker_size: How many characters a marker has.
    ///     labels: What stands after the markers of our side, the base, and their side.
    ///     algorithm: As for `unified`.
    ///     whitespace: As for `unified`; equal lines are taken from our side.
    ///
    /// Raises:
    ///     TextTypeError: A text is neither `str` nor `bytes`, or one is the one and one the other.
    ///     BinaryTextError: A text has a NUL among its first 8,000 bytes.
    ///     ConfigError: An option has no such value.
    #[pyfunction]
    #[pyo3(signature = (
        base, ours, theirs, *, style="merge", favor=None, marker_size=7, labels=None,
        algorithm="myers", whitespace="exact",
    ), text_signature = "(base, ours, theirs, *, style='merge', favor=None, marker_size=7, \
        labels=('ours', 'base', 'theirs'), algorithm='myers', whitespace='exact')")]
    fn merge<'py>(
        py: Python<'py>,
        base: Text<'py>,
        ours: Text<'py>,
        theirs: Text<'py>,
        style: &str,
        favor: Option<&str>,
        marker_size: i64,
        labels: Option<(Name, Name, Name)>,
        algorithm: &str,
        whitespace: &str,
    ) -> PyResult<Merge> {
        let form = Form::of(&[&base, &ours, &theirs])?;
        let label = |which: fn(&(Name, Name, Name)) -> &Name, default: &'static str| {
            labels.as_ref().map_or(default.as_bytes(), |labels| &which(labels).0)
        };
        let compared = options(algorithm, whitespace)?;
        let options = MergeOptions {
            style: named("style", style, &STYLES)?,
            favor: favor.map(|favor| named("favor", favor, &FAVORS)).transpose()?,
            marker_size: bounded("marker_size", Some(marker_size))?.min(LONGEST_MARKER),
            ours: label(|labels| &labels.0, "ours"),
            base: label(|labels| &labels.1, "base"),
            theirs: label(|labels| &labels.2, "theirs"),
            algorithm: compared.algorithm,
            whitespace: compared.whitespace,
        };
        let (base, ours, theirs) = (base.bytes(), ours.bytes(), theirs.bytes());
        let merged = compute(py, base.len() + ours.len() + theirs.len(), || {
            core::merge::merge(base, ours, theirs, &options)
        });
        let merged = merged.map_err(|error| error::diff(&error))?;
        let conflicts = merged.conflicts.into_iter().map(|each| Py::new(py, Conflict(each)));
        Ok(Merge {
            text: form.give(py, &merged.text)?.unbind(),
            conflicts: conflicts.collect::<PyResult<_>>()?,
        })
    }
}
