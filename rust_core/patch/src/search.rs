//! Where a run of lines of the patch stands in the text as a whole.

use std::ops::Range;

use crate::edits::Style;
use crate::indent::{self, Relation};
use crate::keys::{Keys, Tolerance, same};
use crate::model::Line;

/// Whether the lines stand at `at`, but for what is tolerated.
pub(crate) fn stands(keys: &Keys<'_>, lines: &[&Line], at: usize, tolerance: Tolerance) -> bool {
    let text = keys.text;
    at + lines.len() <= text.len()
        && lines.iter().enumerate().all(|(index, line)| {
            let (content, newline) = (text.content(at + index), text.newline(at + index));
            (tolerance != Tolerance::Exact || newline == line.newline)
                && same(tolerance, &line.content, content)
        })
}

/// Every place within `bounds` at which the lines stand, from the top.
pub(crate) fn places(
    keys: &Keys<'_>,
    lines: &[&Line],
    bounds: &Range<usize>,
    tolerance: Tolerance,
) -> Vec<usize> {
    if lines.is_empty() || bounds.len() < lines.len() {
        return Vec::new();
    }
    if tolerance == Tolerance::Exact {
        return exact(keys, lines, bounds);
    }
    let wanted = Keys::of_patch(tolerance, lines);
    let Some(window) = keys.of_text(tolerance).get(bounds.clone()) else { return Vec::new() };
    let starts = window.windows(wanted.len()).enumerate();
    starts
        .filter(|(_, window)| *window == wanted.as_slice())
        .map(|(at, _)| bounds.start + at)
        .filter(|&at| stands(keys, lines, at, tolerance))
        .collect()
}

/// Exact places by searching the bytes, which needs no table.
fn exact(keys: &Keys<'_>, lines: &[&Line], bounds: &Range<usize>) -> Vec<usize> {
    let mut block = Vec::new();
    for line in lines {
        block.extend(&line.content);
        block.push(b'\n');
    }
    if lines.last().is_some_and(|line| !line.newline) {
        block.pop();
    }
    let text = keys.text;
    let offset = text.start(bounds.start);
    let bytes = &text.bytes[offset..text.start(bounds.end)];
    let finder = memchr::memmem::Finder::new(&block);
    let mut found = Vec::new();
    let mut from = 0;
    // Matches may overlap, so the search goes on at the next line and not behind the match.
    while let Some(at) = bytes.get(from..).and_then(|rest| finder.find(rest)) {
        let at = from + at;
        if let Some(line) = text.line_at(offset + at)
            && stands(keys, lines, line, Tolerance::Exact)
        {
            found.push(line);
        }
        from = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |end| at + end + 1);
    }
    found
}

/// How added lines are fitted in where the lines stand at `at`; `None` where the indentation of
/// patch and text contradict each other.
pub(crate) fn style(
    keys: &Keys<'_>,
    lines: &[&Line],
    at: usize,
    tolerance: Tolerance,
) -> Option<Style> {
    match tolerance {
        Tolerance::Exact => Some(Style::AsIs),
        Tolerance::AtEnd => Some(Style::Ending),
        Tolerance::Amount => {
            let pairs = lines.iter().enumerate();
            let pairs =
                pairs.map(|(index, line)| (line.content.as_slice(), keys.text.content(at + index)));
            match indent::learn(pairs) {
                Relation::Equal => Some(Style::Ending),
                Relation::Rule(rule) => Some(Style::Indent(rule)),
                Relation::Contradiction => None,
            }
        }
    }
}
