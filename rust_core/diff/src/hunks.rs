//! Changes grouped with the lines around them.

use std::ops::Range;

use crate::Change;
use crate::walk::Walk;

/// Changes that are shown together, with the unchanged lines before, between and after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk<'c> {
    /// The lines of the first text that are shown.
    pub before: Range<u32>,
    /// The lines of the second text that are shown.
    pub after: Range<u32>,
    /// The changes among them; at least one.
    pub changes: &'c [Change],
}

/// A part of a hunk: lines that stay, or a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part<'c> {
    /// Lines that are on both sides: of the first text, and of the second.
    Same(Range<u32>, Range<u32>),
    /// Lines that were replaced.
    Changed(&'c Change),
}

impl<'c> Hunk<'c> {
    /// The parts, from the top of the hunk to its end; none is empty.
    pub fn parts(&self) -> impl Iterator<Item = Part<'c>> + use<'c> {
        let (mut old, mut new) = (self.before.start, self.after.start);
        let end = (self.before.end, self.after.end);
        let changed = self.changes.iter().flat_map(move |change| {
            let same = Part::Same(old..change.before.start, new..change.after.start);
            (old, new) = (change.before.end, change.after.end);
            [same, Part::Changed(change)]
        });
        let last = self.changes.last();
        let rest = last.map(|last| Part::Same(last.before.end..end.0, last.after.end..end.1));
        changed.chain(rest).filter(|part| !matches!(part, Part::Same(lines, _) if lines.is_empty()))
    }
}

/// Group changes: those with at most twice `context` unchanged lines between them share a hunk.
///
/// `before` and `after` are the numbers of lines of the two texts.
pub fn hunks(
    changes: &[Change],
    before: usize,
    after: usize,
    context: usize,
) -> impl Iterator<Item = Hunk<'_>> {
    let [before, after] = [before, after].map(clamped);
    groups(changes, context).map(move |changes| {
        let context = clamped(context);
        let (first, last) = (&changes[0], &changes[changes.len() - 1]);
        let above = context.min(first.before.start).min(first.after.start);
        let below = context.min(before - last.before.end).min(after - last.after.end);
        Hunk {
            before: first.before.start - above..last.before.end + below,
            after: first.after.start - above..last.after.end + below,
            changes,
        }
    })
}

/// The bytes of each change in the two texts.
pub fn texts<'a>(
    before: &'a [u8],
    after: &'a [u8],
    changes: &[Change],
) -> impl Iterator<Item = [&'a [u8]; 2]> {
    let mut sides = [Walk::new(before), Walk::new(after)];
    changes.iter().map(move |change| {
        [0, 1].map(|side: usize| {
            let range = if side == 0 { &change.before } else { &change.after };
            sides[side].seek(range.start);
            sides[side].take(range.end - range.start).0
        })
    })
}

/// The changes of each hunk.
pub(crate) fn groups(changes: &[Change], context: usize) -> impl Iterator<Item = &[Change]> {
    let most = clamped(context).saturating_mul(2);
    changes.chunk_by(move |one, next| next.before.start - one.before.end <= most)
}

pub(crate) fn clamped(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "hunks_tests.rs"]
mod tests;
