//! Three-way merge: what two sides made of a common base, put together.
//!
//! The base is compared with each side (diff3, Khanna, Kunal and Pierce 2007). Changes that do not
//! touch are both taken; changes that touch are a conflict, unless they are the same. Which lines
//! of a conflict are shown follows `git merge-file`, so that results are equal to the byte.
//!
//! ```
//! use pyagent_diff::merge::{MergeOptions, merge};
//!
//! let base = b"one\ntwo\nthree\n";
//! let merged = merge(base, b"1\ntwo\nthree\n", b"one\ntwo\n3\n", &MergeOptions::default())?;
//! assert_eq!(merged.text, b"1\ntwo\n3\n");
//! assert!(merged.conflicts.is_empty());
//! # Ok::<(), pyagent_diff::error::DiffError>(())
//! ```

use std::ops::Range;

use crate::error::DiffError;
use crate::lines::Lines;
use crate::merge_places::settled_changes;
use crate::merge_text::Writer;
use crate::{Algorithm, Change, Whitespace};

/// How a conflict is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// Both sides, without lines that they share.
    #[default]
    Merge,
    /// Both sides whole, with the base between them.
    Diff3,
    /// As `Diff3`, less the lines that the sides share at their start and end.
    Zdiff3,
}

/// What is taken for a conflict, where no conflict is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Favor {
    /// Our lines.
    Ours,
    /// Their lines.
    Theirs,
    /// Our lines, then theirs.
    Union,
}

/// How texts are merged and conflicts are written.
#[derive(Clone, Copy, Debug)]
pub struct MergeOptions<'a> {
    /// How a conflict is shown.
    pub style: Style,
    /// What is taken for a conflict, if any side is.
    pub favor: Option<Favor>,
    /// How many characters a marker has.
    pub marker_size: usize,
    /// What stands after the marker of our side; nothing where it is empty.
    pub ours: &'a [u8],
    /// What stands after the marker of the base.
    pub base: &'a [u8],
    /// What stands after the marker of their side.
    pub theirs: &'a [u8],
    /// How the differences are found.
    pub algorithm: Algorithm,
    /// Which lines count as equal.
    pub whitespace: Whitespace,
}

impl Default for MergeOptions<'_> {
    fn default() -> Self {
        Self {
            style: Style::default(),
            favor: None,
            marker_size: 7,
            ours: b"ours",
            base: b"base",
            theirs: b"theirs",
            algorithm: Algorithm::default(),
            whitespace: Whitespace::default(),
        }
    }
}

/// Lines that both sides changed, and not alike. Ranges are half open and count from zero.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Conflict {
    /// The lines of the base; where a conflict was shown in parts, those of the whole conflict.
    pub base: Range<u32>,
    /// Our lines.
    pub ours: Range<u32>,
    /// Their lines.
    pub theirs: Range<u32>,
    /// The lines of the result, markers included.
    pub result: Range<u32>,
}

/// A merged text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// The text, with markers where there are conflicts.
    pub text: Vec<u8>,
    /// The conflicts, from the top of the text to its end.
    pub conflicts: Vec<Conflict>,
}

/// A stretch of lines that at least one side changed.
#[derive(Clone, Debug)]
pub(crate) struct Stretch {
    pub(crate) verdict: Verdict,
    pub(crate) base: Range<u32>,
    pub(crate) ours: Range<u32>,
    pub(crate) theirs: Range<u32>,
}

/// What is to be done about a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    Conflict,
    Ours,
    Theirs,
}

/// Merge two sides of a common base.
///
/// # Errors
///
/// A text is binary (a NUL among its first 8,000 bytes) or too long.
pub fn merge(
    base: &[u8],
    ours: &[u8],
    theirs: &[u8],
    options: &MergeOptions<'_>,
) -> Result<Merged, DiffError> {
    for (name, text) in [("the base", base), ("our text", ours), ("their text", theirs)] {
        DiffError::check_length(name, text)?;
        if is_binary(text) {
            return Err(DiffError::Binary { text: name });
        }
    }
    let (base, ours, theirs) = (Lines::new(base), Lines::new(ours), Lines::new(theirs));
    let [our_changes, their_changes] =
        [&ours, &theirs].map(|side| settled_changes(&base, side, options));
    let sides = Sides { ours: &ours, theirs: &theirs, options };
    let mut stretches = overlay(&our_changes, &their_changes);
    stretches.retain(|stretch| stretch.verdict != Verdict::Conflict || !sides.agree(stretch));
    let stretches = match options.style {
        Style::Merge => sides.joined(sides.divided(stretches)),
        Style::Diff3 => stretches,
        Style::Zdiff3 => stretches.into_iter().map(|each| sides.shortened(each)).collect(),
    };
    Ok(Writer::new(&base, &ours, &theirs, options).write(&stretches))
}

/// Whether git would call it binary: a NUL among the first 8,000 bytes.
pub fn is_binary(text: &[u8]) -> bool {
    memchr::memchr(0, &text[..text.len().min(8000)]).is_some()
}

/// The changes of one side that are still to be placed, and how far they moved what follows.
struct Queue<'c> {
    rest: &'c [Change],
    moved: i64,
}

impl Queue<'_> {
    /// Take every change that touches what ends at line `end` of the base; where the last one ends.
    fn take(&mut self, end: u32) -> Option<u32> {
        let count = self.rest.iter().take_while(|change| change.before.start <= end).count();
        let (taken, rest) = self.rest.split_at(count);
        let last = taken.last()?;
        self.moved = i64::from(last.after.end) - i64::from(last.before.end);
        self.rest = rest;
        Some(last.before.end)
    }

    /// Where a line of the base that no change touches lies on this side.
    fn place(&self, line: u32) -> u32 {
        (i64::from(line) + self.moved) as u32
    }
}

/// Lay the changes of both sides over each other: those that touch become one stretch.
fn overlay(ours: &[Change], theirs: &[Change]) -> Vec<Stretch> {
    let mut sides = [ours, theirs].map(|rest| Queue { rest, moved: 0 });
    let mut stretches = Vec::with_capacity(ours.len() + theirs.len());
    loop {
        let next = sides.iter().filter_map(|side| side.rest.first());
        let Some(start) = next.map(|change| change.before.start).min() else {
            return stretches;
        };
        let starts = [0, 1].map(|at: usize| sides[at].place(start));
        let (mut end, mut touched) = (start, [false; 2]);
        loop {
            let ends = [0, 1].map(|at: usize| sides[at].take(end));
            let Some(last) = ends.into_iter().flatten().max() else { break };
            end = end.max(last);
            touched = [touched[0] || ends[0].is_some(), touched[1] || ends[1].is_some()];
        }
        stretches.push(Stretch {
            verdict: match touched {
                [_, false] => Verdict::Ours,
                [false, true] => Verdict::Theirs,
                [true, true] => Verdict::Conflict,
            },
            base: start..end,
            ours: starts[0]..sides[0].place(end),
            theirs: starts[1]..sides[1].place(end),
        });
    }
}

/// The two sides, to look at the lines of conflicts.
struct Sides<'a, 'o> {
    ours: &'o Lines<'a>,
    theirs: &'o Lines<'a>,
    options: &'o MergeOptions<'o>,
}

impl Sides<'_, '_> {
    fn same(&self, ours: u32, theirs: u32) -> bool {
        let (ours, theirs) = (self.ours.get(ours as usize), self.theirs.get(theirs as usize));
        self.options.whitespace.same(ours, theirs)
    }

    /// Whether both sides came to the same lines.
    fn agree(&self, stretch: &Stretch) -> bool {
        let mut pairs = stretch.ours.clone().zip(stretch.theirs.clone());
        stretch.ours.len() == stretch.theirs.len() && pairs.all(|(one, two)| self.same(one, two))
    }

    /// Show only those lines of a conflict in which the sides differ.
    fn divided(&self, stretches: Vec<Stretch>) -> Vec<Stretch> {
        let mut parts = Vec::with_capacity(stretches.len());
        for whole in stretches {
            if whole.verdict != Verdict::Conflict
                || whole.ours.is_empty()
                || whole.theirs.is_empty()
            {
                parts.push(whole);
                continue;
            }
            let ours = Lines::new(self.ours.span(whole.ours.clone()));
            let theirs = Lines::new(self.theirs.span(whole.theirs.clone()));
            parts.extend(settled_changes(&ours, &theirs, self.options).into_iter().map(|change| {
                let moved = |range: Range<u32>, by: u32| range.start + by..range.end + by;
                Stretch {
                    verdict: Verdict::Conflict,
                    base: whole.base.clone(),
                    ours: moved(change.before, whole.ours.start),
                    theirs: moved(change.after, whole.theirs.start),
                }
            }));
        }
        parts
    }

    /// Join conflicts that read better as one: with no more than three lines between them, or with
    /// no letter or digit in those lines.
    fn joined(&self, stretches: Vec<Stretch>) -> Vec<Stretch> {
        let mut joined: Vec<Stretch> = Vec::with_capacity(stretches.len());
        for next in stretches {
            match joined.last_mut() {
                Some(last) if self.belong_together(last, &next) => {
                    last.base = last.base.start..next.base.end.max(last.base.end);
                    last.ours.end = next.ours.end;
                    last.theirs.end = next.theirs.end;
                }
                _ => joined.push(next),
            }
        }
        joined
    }

    fn belong_together(&self, one: &Stretch, next: &Stretch) -> bool {
        let between = one.ours.end..next.ours.start;
        one.verdict == Verdict::Conflict
            && next.verdict == Verdict::Conflict
            && (between.len() <= 3
                || !self.ours.span(between).iter().any(u8::is_ascii_alphanumeric))
    }

    /// A conflict without the lines that the sides share at its start and end.
    fn shortened(&self, mut conflict: Stretch) -> Stretch {
        if conflict.verdict != Verdict::Conflict {
            return conflict;
        }
        let both = |it: &Stretch| !it.ours.is_empty() && !it.theirs.is_empty();
        while both(&conflict) && self.same(conflict.ours.start, conflict.theirs.start) {
            conflict.ours.start += 1;
            conflict.theirs.start += 1;
        }
        while both(&conflict) && self.same(conflict.ours.end - 1, conflict.theirs.end - 1) {
            conflict.ours.end -= 1;
            conflict.theirs.end -= 1;
        }
        conflict
    }
}

#[cfg(test)]
#[path = "merge_tests.rs"]
mod tests;
