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

/// Most places that are looked at one by one.
const MOST: usize = 64;

/// Every place within `bounds` at which the lines stand, from the top; of very many, the nearest
/// to where they are expected.
pub(crate) fn places(
    keys: &Keys<'_>,
    lines: &[&Line],
    bounds: &Range<usize>,
    expected: Option<usize>,
    tolerance: Tolerance,
) -> Vec<usize> {
    if lines.is_empty() || bounds.len() < lines.len() {
        return Vec::new();
    }
    let mut found = match tolerance {
        Tolerance::Exact if !occurs(keys, lines, bounds) => Vec::new(),
        _ => {
            let wanted = Keys::of_patch(tolerance, lines);
            let within = &keys.of_text(tolerance)[bounds.clone()];
            matches(&wanted, within).into_iter().map(|at| bounds.start + at).collect()
        }
    };
    if found.len() > MOST {
        found.sort_by_key(|at| expected.map_or(0, |expected| expected.abs_diff(*at)));
        found.truncate(MOST);
        found.sort_unstable();
    }
    found.retain(|&at| stands(keys, lines, at, tolerance));
    found
}

/// Whether the bytes of the lines are in the text at all: the answer for most hunks that have
/// moved, without a table of the text.
fn occurs(keys: &Keys<'_>, lines: &[&Line], bounds: &Range<usize>) -> bool {
    let mut block = Vec::new();
    for line in lines {
        block.extend(&line.content);
        block.push(b'\n');
    }
    if lines.last().is_some_and(|line| !line.newline) {
        block.pop();
    }
    let text = keys.text;
    let bytes = &text.bytes[text.start(bounds.start)..text.start(bounds.end)];
    memchr::memmem::find(bytes, &block).is_some()
}

/// Where `wanted` occurs in `within`, occurrences that overlap included, in time linear in both
/// (Knuth, Morris and Pratt 1977).
fn matches(wanted: &[u64], within: &[u64]) -> Vec<usize> {
    // For each prefix, the length of the longest shorter prefix that it ends with.
    let mut borders = vec![0; wanted.len()];
    let mut length = 0;
    for at in 1..wanted.len() {
        while length > 0 && wanted[at] != wanted[length] {
            length = borders[length - 1];
        }
        length += usize::from(wanted[at] == wanted[length]);
        borders[at] = length;
    }
    let mut found = Vec::new();
    let mut matched = 0;
    for (at, key) in within.iter().enumerate() {
        while matched > 0 && *key != wanted[matched] {
            matched = borders[matched - 1];
        }
        matched += usize::from(*key == wanted[matched]);
        if matched == wanted.len() {
            found.push(at + 1 - matched);
            matched = borders[matched - 1];
        }
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
