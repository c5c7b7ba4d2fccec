//! Differences by word and by character.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::stats::part;
use crate::{Algorithm, Options, tokens};

/// What is compared as a whole.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Runs of letters, digits and `_`; runs of blanks; any other character by itself.
    #[default]
    Word,
    /// What a reader takes for a character: extended grapheme clusters (Unicode Annex 29).
    Grapheme,
    /// Unicode code points.
    CodePoint,
}

/// Whether a piece of text stayed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is on both sides.
    Same,
    /// It is on the first side only.
    Removed,
    /// It is on the second side only.
    Added,
}

/// A piece of the two texts; where it is on one side only, the other range is empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Whether it stayed.
    pub fate: Fate,
    /// Its bytes in the first text.
    pub before: Range<usize>,
    /// Its bytes in the second text.
    pub after: Range<usize>,
}

/// The pieces of two texts, in order: what stayed, and what was removed or added between.
///
/// Changed words with nothing but blanks of one line between them are one change. Bytes that are
/// not UTF-8 count as characters by themselves.
pub fn segments(before: &[u8], after: &[u8], unit: Unit, algorithm: Algorithm) -> Vec<Segment> {
    let (old, new) = (Tokens::new(before, unit), Tokens::new(after, unit));
    let options = Options { algorithm, slide: false, ..Options::default() };
    let mut segments = Vec::new();
    let mut at = (0, 0);
    for change in tokens(&old.pieces, &new.pieces, &options) {
        let start = (old.start(change.before.start), new.start(change.after.start));
        let end = (old.start(change.before.end), new.start(change.after.end));
        let kept = &before[at.0..start.0];
        if unit == Unit::Word && !segments.is_empty() && is_blank(kept) {
            rejoin(&mut segments, end);
        } else {
            push(&mut segments, Fate::Same, at.0..start.0, at.1..start.1);
            push(&mut segments, Fate::Removed, start.0..end.0, start.1..start.1);
            push(&mut segments, Fate::Added, end.0..end.0, start.1..end.1);
        }
        at = end;
    }
    push(&mut segments, Fate::Same, at.0..before.len(), at.1..after.len());
    segments
}

/// How alike two texts are, from 0 to 1: the part of the tokens of both that have a partner.
pub fn ratio(before: &[u8], after: &[u8], unit: Unit) -> f64 {
    let (old, new) = (Tokens::new(before, unit), Tokens::new(after, unit));
    let all = old.pieces.len() + new.pieces.len();
    if all == 0 {
        return 1.0;
    }
    let options = Options { slide: false, ..Options::default() };
    let changes = tokens(&old.pieces, &new.pieces, &options);
    let alone: usize = changes.iter().map(|it| it.before.len() + it.after.len()).sum();
    part((all - alone) as u64, all as u64)
}

/// Whether nothing but blanks lies between two changes.
fn is_blank(kept: &[u8]) -> bool {
    kept.iter().all(|byte| matches!(byte, b' ' | b'\t'))
}

/// Extend the last change to `end` on both sides.
fn rejoin(segments: &mut Vec<Segment>, end: (usize, usize)) {
    let (mut removed, mut added) = (None, None);
    while let Some(last) = segments.pop_if(|last| last.fate != Fate::Same) {
        match last.fate {
            Fate::Removed => removed = Some(last),
            _ => added = Some(last),
        }
    }
    // A segment of the one side says where the other side has nothing yet.
    let start = |which: fn(&Segment) -> usize| removed.iter().chain(&added).map(which).min();
    let old = start(|segment| segment.before.start).unwrap_or(end.0);
    let new = start(|segment| segment.after.start).unwrap_or(end.1);
    push(segments, Fate::Removed, old..end.0, new..new);
    push(segments, Fate::Added, end.0..end.0, new..end.1);
}

fn push(segments: &mut Vec<Segment>, fate: Fate, before: Range<usize>, after: Range<usize>) {
    if !(before.is_empty() && after.is_empty()) {
        segments.push(Segment { fate, before, after });
    }
}

/// A text cut into what is compared.
pub(crate) struct Tokens<'a> {
    pub(crate) pieces: Vec<&'a [u8]>,
    starts: Vec<u32>,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(text: &'a [u8], unit: Unit) -> Self {
        let mut tokens = Self { pieces: Vec::new(), starts: vec![0] };
        for chunk in text.utf8_chunks() {
            match unit {
                Unit::Word => words(chunk.valid(), |piece| tokens.push(piece)),
                Unit::Grapheme => {
                    chunk.valid().graphemes(true).for_each(|piece| tokens.push(piece.as_bytes()));
                }
                Unit::CodePoint => {
                    let mut rest = chunk.valid();
                    while let Some(first) = rest.chars().next() {
                        let (piece, after) = rest.split_at(first.len_utf8());
                        tokens.push(piece.as_bytes());
                        rest = after;
                    }
                }
            }
            chunk.invalid().chunks(1).for_each(|byte| tokens.push(byte));
        }
        tokens
    }

    fn push(&mut self, piece: &'a [u8]) {
        let start = self.starts.last().copied().unwrap_or(0);
        self.starts.push(start + piece.len() as u32);
        self.pieces.push(piece);
    }

    /// The byte at which a token starts; the length of the text for the number of tokens.
    pub(crate) fn start(&self, token: u32) -> usize {
        self.starts[token as usize] as usize
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Word,
    Blank,
    Other,
}

impl Class {
    fn of(grapheme: &str) -> Self {
        match grapheme.chars().next() {
            Some('_') => Self::Word,
            Some(first) if first.is_alphanumeric() => Self::Word,
            // A line end is no blank: it stands by itself.
            Some(' ' | '\t' | '\u{b}' | '\u{c}') => Self::Blank,
            Some(first) if !first.is_ascii() && first.is_whitespace() => Self::Blank,
            _ => Self::Other,
        }
    }
}

fn words<'a>(text: &'a str, mut found: impl FnMut(&'a [u8])) {
    let mut run: Option<(usize, Class)> = None;
    for (at, grapheme) in text.grapheme_indices(true) {
        let class = Class::of(grapheme);
        match run {
            Some((_, running)) if running == class && class != Class::Other => continue,
            Some((start, _)) => found(&text.as_bytes()[start..at]),
            None => {}
        }
        run = Some((at, class));
    }
    if let Some((start, _)) = run {
        found(&text.as_bytes()[start..]);
    }
}

#[cfg(test)]
#[path = "words_tests.rs"]
mod tests;
