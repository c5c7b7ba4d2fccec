//! Changes that could stand in several places are moved to the one that reads best.
//!
//! Where the line before an insertion equals its last line, the insertion could as well stand one
//! line higher; likewise further up, down, and for deletions. Changes that meet on the way become
//! one.

use std::ops::Range;

use crate::score::Score;
use crate::{Change, Whitespace};

/// No place further away than this is looked at.
const MOST_SLIDING: i64 = 100;

/// One side of a comparison: a text, and the lines of the part in which the sides differ.
///
/// Lines are counted from the start of that part, so those above it have negative numbers. Lines
/// outside of it are found when they are asked for.
pub(crate) struct Side<'a> {
    text: &'a [u8],
    middle: Range<usize>,
    /// Where each line of the middle ends, from the start of the middle.
    ends: Vec<u32>,
    /// Where the lines above start, the nearest first, and where those below end.
    above: Vec<usize>,
    below: Vec<usize>,
    whitespace: Whitespace,
}

impl<'a> Side<'a> {
    pub(crate) fn new(text: &'a [u8], middle: Range<usize>, whitespace: Whitespace) -> Self {
        Self { text, middle, ends: Vec::new(), above: Vec::new(), below: Vec::new(), whitespace }
    }

    /// Find the lines of the middle; before that there are none.
    pub(crate) fn find_lines(&mut self) {
        let mut ends = Vec::with_capacity(self.middle.len() / 24 + 1);
        crate::lines::push_ends(self.middle(), 0, &mut ends);
        self.ends = ends;
    }

    /// Set where each line of the middle ends.
    pub(crate) fn set_ends(&mut self, ends: Vec<u32>) {
        self.ends = ends;
    }

    pub(crate) fn middle(&self) -> &'a [u8] {
        &self.text[self.middle.clone()]
    }

    pub(crate) fn ends(&self) -> &[u32] {
        &self.ends
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The lines of the middle.
    pub(crate) fn lines(&self) -> impl Iterator<Item = &'a [u8]> + '_ {
        (0..self.len()).map(|at| self.middle_line(at))
    }

    /// The bytes of a range of lines of the middle.
    pub(crate) fn span(&self, range: Range<u32>) -> &'a [u8] {
        let start = |line: u32| match line {
            0 => 0,
            line => self.ends[line as usize - 1] as usize,
        };
        &self.middle()[start(range.start)..start(range.end)]
    }

    fn middle_line(&self, at: usize) -> &'a [u8] {
        self.span(at as u32..at as u32 + 1)
    }

    /// A line, or `None` above the first and below the last.
    pub(crate) fn line(&mut self, at: i64) -> Option<&'a [u8]> {
        match usize::try_from(at) {
            Ok(at) if at < self.len() => Some(self.middle_line(at)),
            Ok(at) => self.line_below(at - self.len()),
            Err(_) => self.line_above((-1 - at) as usize),
        }
    }

    fn line_above(&mut self, at: usize) -> Option<&'a [u8]> {
        while self.above.len() <= at {
            let end = self.above.last().copied().unwrap_or(self.middle.start);
            let text = &self.text[..end.checked_sub(1)?];
            self.above.push(memchr::memrchr(b'\n', text).map_or(0, |feed| feed + 1));
        }
        let end = if at == 0 { self.middle.start } else { self.above[at - 1] };
        Some(&self.text[self.above[at]..end])
    }

    fn line_below(&mut self, at: usize) -> Option<&'a [u8]> {
        while self.below.len() <= at {
            let start = self.below.last().copied().unwrap_or(self.middle.end);
            let text = &self.text[start..];
            if text.is_empty() {
                return None;
            }
            self.below.push(start + memchr::memchr(b'\n', text).map_or(text.len(), |at| at + 1));
        }
        let start = if at == 0 { self.middle.end } else { self.below[at - 1] };
        Some(&self.text[start..self.below[at]])
    }

    fn same(&mut self, one: i64, other: i64) -> bool {
        match (self.line(one), self.line(other)) {
            (Some(one), Some(other)) => self.whitespace.same(one, other),
            _ => false,
        }
    }
}

/// A change with ends that may lie above the middle.
#[derive(Clone)]
struct Movable {
    before: Range<i64>,
    after: Range<i64>,
}

impl Movable {
    fn moved(&self, lines: i64) -> Self {
        let moved = |range: &Range<i64>| range.start + lines..range.end + lines;
        Self { before: moved(&self.before), after: moved(&self.after) }
    }

    fn joined(&self, next: &Self) -> Self {
        Self { before: self.before.start..next.before.end, after: self.after.start..next.after.end }
    }

    fn is_one_sided(&self) -> bool {
        self.before.is_empty() != self.after.is_empty()
    }
}

/// Move every change to where it reads best.
pub(crate) fn slide<'a>(changes: Vec<Change>, mut old: Side<'a>, mut new: Side<'a>) -> Vec<Change> {
    let wide = |range: Range<u32>| i64::from(range.start)..i64::from(range.end);
    let mut rest: Vec<Movable> = changes
        .into_iter()
        .rev()
        .map(|change| Movable { before: wide(change.before), after: wide(change.after) })
        .collect();
    let mut done: Vec<Movable> = Vec::with_capacity(rest.len());
    while let Some(change) = rest.pop() {
        if !change.is_one_sided() {
            done.push(change);
            continue;
        }
        let side = if change.before.is_empty() { &mut new } else { &mut old };
        let up = room_above(side, &change, done.last());
        if let Some(previous) = done.last().filter(|it| it.after.end == change.after.start - up) {
            let joined = previous.joined(&change.moved(-up));
            done.pop();
            rest.push(joined);
            continue;
        }
        let down = room_below(side, &change, rest.last());
        if let Some(next) = rest.last().filter(|it| it.after.start == change.after.end + down) {
            let joined = change.moved(down).joined(next);
            rest.pop();
            rest.push(joined);
            continue;
        }
        let shift = if up + down == 0 { 0 } else { best_shift(side, &change, up, down) };
        done.push(change.moved(shift));
    }
    // Back to 32 bits; what lies above the middle wraps, and is brought back with the lines above.
    let narrow = |range: Range<i64>| range.start as u32..range.end as u32;
    done.into_iter()
        .map(|change| Change { before: narrow(change.before), after: narrow(change.after) })
        .collect()
}

/// The range of a one-sided change on the side where it has lines.
fn range(change: &Movable) -> &Range<i64> {
    if change.before.is_empty() { &change.after } else { &change.before }
}

/// How many lines up a change can be moved, up to the change before it.
fn room_above(side: &mut Side<'_>, change: &Movable, previous: Option<&Movable>) -> i64 {
    let most = previous.map_or(i64::MAX, |previous| change.after.start - previous.after.end);
    let Range { start, end } = *range(change);
    let mut room = 0;
    while room < most && side.same(start - 1 - room, end - 1 - room) {
        room += 1;
    }
    room
}

/// How many lines down a change can be moved, down to the change after it.
fn room_below(side: &mut Side<'_>, change: &Movable, next: Option<&Movable>) -> i64 {
    let most = next.map_or(i64::MAX, |next| next.after.start - change.after.end);
    let Range { start, end } = *range(change);
    let mut room = 0;
    while room < most && side.same(start + room, end + room) {
        room += 1;
    }
    room
}

/// The shift that reads best; of equally good ones the lowest.
fn best_shift(side: &mut Side<'_>, change: &Movable, up: i64, down: i64) -> i64 {
    let Range { start, end } = *range(change);
    let first = (-up).max(down - (end - start) - 1).max(down - MOST_SLIDING);
    let score = |side: &mut Side<'_>, shift: i64| {
        let mut score = Score::default();
        score.add(side, end + shift);
        score.add(side, start + shift);
        score
    };
    let mut best = (first, score(side, first));
    for shift in first + 1..=down {
        let score = score(side, shift);
        if score.is_no_worse_than(best.1) {
            best = (shift, score);
        }
    }
    best.0
}
