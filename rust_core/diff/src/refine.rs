//! Which line became which, and what changed within it.
//!
//! A change replaces some lines by others. Views show a line beside what it became, with the words
//! marked that differ. Both texts of the change are compared word by word; that puts words beside
//! each other in order, and two lines belong together that share most of them.

use std::ops::Range;

use crate::lines::Lines;
use crate::words::{Fate, Segment, Tokens, Unit, segments};
use crate::{Algorithm, Change, Options, tokens};

/// Changes of more bytes than this are shown without a look at the words.
const MOST_BYTES: usize = 1 << 16;
/// Two lines belong together that share at least this many hundredths of their visible bytes.
const ALIKE: usize = 40;
/// A change is one text edited that keeps at least this many hundredths of its visible bytes.
const EDITED: usize = 60;

/// A line of one text, the line of the other beside it, and what differs within the two.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// The line of the first text.
    pub before: Option<u32>,
    /// The line of the second text.
    pub after: Option<u32>,
    /// What differs, if the second line is the first one edited: ranges of bytes of either.
    pub marks: Option<[Vec<Range<usize>>; 2]>,
}

/// The lines of a change side by side, each side in order.
pub fn rows(change: &Change, before: &Lines<'_>, after: &Lines<'_>) -> Vec<Row> {
    let pairs = pairs(change, before, after);
    let mut rows = Vec::with_capacity(change.before.len().max(change.after.len()));
    let (mut old, mut new) = (change.before.start, change.after.start);
    for (one, two) in pairs {
        push_unlike(&mut rows, old..one, new..two);
        let marks = marks(before.get(one as usize), after.get(two as usize));
        rows.push(Row { before: Some(one), after: Some(two), marks: Some(marks) });
        (old, new) = (one + 1, two + 1);
    }
    push_unlike(&mut rows, old..change.before.end, new..change.after.end);
    rows
}

/// Lines that did not become each other, side by side as far as they go.
fn push_unlike(rows: &mut Vec<Row>, before: Range<u32>, after: Range<u32>) {
    let (mut before, mut after) = (before, after);
    loop {
        let row = Row { before: before.next(), after: after.next(), marks: None };
        if row.before.is_none() && row.after.is_none() {
            return;
        }
        rows.push(row);
    }
}

/// Which lines became which, in order on both sides.
fn pairs(change: &Change, before: &Lines<'_>, after: &Lines<'_>) -> Vec<(u32, u32)> {
    let texts = [before.span(change.before.clone()), after.span(change.after.clone())];
    if texts.iter().any(|text| text.is_empty() || text.len() > MOST_BYTES) {
        return Vec::new();
    }
    let old = Words::new(change.before.start, before, texts[0]);
    let new = Words::new(change.after.start, after, texts[1]);
    heaviest(&shared(&old, &new))
}

/// Whether two texts share so much that the second can be read as the first one edited.
pub(crate) fn is_edit(segments: &[Segment], before: &[u8], after: &[u8]) -> bool {
    let kept = segments.iter().filter(|segment| segment.fate == Fate::Same);
    let shared: usize = kept.map(|segment| visible(&before[segment.before.clone()])).sum();
    shared * 100 >= (visible(before) + visible(after)) * EDITED / 2
}

/// The words of some lines, with the line of each.
struct Words<'a> {
    pieces: Vec<&'a [u8]>,
    lines: Vec<u32>,
    /// The first of the lines, and how many visible bytes each has.
    first: u32,
    visible: Vec<usize>,
}

impl<'a> Words<'a> {
    fn new(first: u32, lines: &Lines<'a>, text: &'a [u8]) -> Self {
        let pieces = Tokens::new(text, Unit::Word).pieces;
        let mut line = first;
        let of_word = |word: &&[u8]| {
            let at = line;
            line += u32::from(word.ends_with(b"\n"));
            at
        };
        let of_words: Vec<u32> = pieces.iter().map(of_word).collect();
        let last = of_words.last().map_or(first, |last| last + 1);
        let visible = (first..last).map(|at| visible(lines.get(at as usize))).collect();
        Self { pieces, lines: of_words, first, visible }
    }

    fn visible(&self, line: u32) -> usize {
        self.visible[(line - self.first) as usize]
    }
}

fn visible(text: &[u8]) -> usize {
    text.iter().filter(|byte| !byte.is_ascii_whitespace()).count()
}

/// Two lines that may belong together, and how many visible bytes they share.
struct Likeness {
    before: u32,
    after: u32,
    shared: usize,
}

/// The pairs of lines that share enough, in order on both sides.
fn shared(old: &Words<'_>, new: &Words<'_>) -> Vec<Likeness> {
    let options = Options { slide: false, ..Options::default() };
    let mut found: Vec<Likeness> = Vec::new();
    let (mut one, mut two) = (0, 0);
    let mut gather = |olds: Range<u32>, news: Range<u32>| {
        for (one, two) in olds.zip(news) {
            let (before, after) = (old.lines[one as usize], new.lines[two as usize]);
            let shared = visible(old.pieces[one as usize]);
            match found.last_mut() {
                Some(last) if (last.before, last.after) == (before, after) => last.shared += shared,
                _ => found.push(Likeness { before, after, shared }),
            }
        }
    };
    for change in tokens(&old.pieces, &new.pieces, &options) {
        gather(one..change.before.start, two..change.after.start);
        (one, two) = (change.before.end, change.after.end);
    }
    gather(one..old.pieces.len() as u32, two..new.pieces.len() as u32);
    found.retain(|pair| {
        let both = old.visible(pair.before) + new.visible(pair.after);
        pair.shared > 0 && pair.shared * 200 >= both * ALIKE
    });
    found
}

/// The pairs that share most in all, where each line is in one of them only.
///
/// Pairs come in order, so that those above a pair on both sides are those before the first one
/// that has a line in common with it.
fn heaviest(pairs: &[Likeness]) -> Vec<(u32, u32)> {
    // For each count of pairs: the most they share, and whether the last of them is taken.
    let mut best: Vec<(usize, bool)> = vec![(0, false)];
    let mut before: Vec<usize> = Vec::with_capacity(pairs.len());
    let mut free = 0;
    for (at, pair) in pairs.iter().enumerate() {
        while pairs[free].before < pair.before && pairs[free].after < pair.after {
            free += 1;
        }
        before.push(free);
        let with = best[free].0 + pair.shared;
        best.push(if with > best[at].0 { (with, true) } else { (best[at].0, false) });
    }
    let mut chosen = Vec::new();
    let mut at = pairs.len();
    while at > 0 {
        if best[at].1 {
            chosen.push((pairs[at - 1].before, pairs[at - 1].after));
            at = before[at - 1];
        } else {
            at -= 1;
        }
    }
    chosen.reverse();
    chosen
}

/// What differs within a line and the line that it became.
fn marks(before: &[u8], after: &[u8]) -> [Vec<Range<usize>>; 2] {
    let mut marks = [Vec::new(), Vec::new()];
    for segment in segments(before, after, Unit::Word, Algorithm::Myers) {
        match segment.fate {
            Fate::Same => {}
            Fate::Removed => marks[0].push(segment.before),
            Fate::Added => marks[1].push(segment.after),
        }
    }
    marks
}

#[cfg(test)]
#[path = "refine_tests.rs"]
mod tests;
