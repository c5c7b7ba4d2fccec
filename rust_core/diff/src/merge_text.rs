//! The text of a merge, and where its conflicts are in it.

use std::ops::Range;

use crate::lines::Lines;
use crate::merge::{Conflict, Favor, MergeOptions, Merged, Stretch, Style, Verdict};

pub(crate) struct Writer<'a, 'o> {
    base: &'o Lines<'a>,
    ours: &'o Lines<'a>,
    theirs: &'o Lines<'a>,
    options: &'o MergeOptions<'o>,
    text: Vec<u8>,
    /// How many lines of `text` were counted, and up to which byte.
    counted: (u32, usize),
    conflicts: Vec<Conflict>,
}

impl<'a, 'o> Writer<'a, 'o> {
    pub(crate) fn new(
        base: &'o Lines<'a>,
        ours: &'o Lines<'a>,
        theirs: &'o Lines<'a>,
        options: &'o MergeOptions<'o>,
    ) -> Self {
        let room = ours.text().len().max(theirs.text().len()) + 256;
        let text = Vec::with_capacity(room);
        Self { base, ours, theirs, options, text, counted: (0, 0), conflicts: Vec::new() }
    }

    /// Our text, with what the stretches put in its place.
    pub(crate) fn write(mut self, stretches: &[Stretch]) -> Merged {
        let mut written = 0;
        for stretch in stretches {
            self.text.extend_from_slice(self.ours.span(written..stretch.ours.start));
            match (stretch.verdict, self.options.favor) {
                (Verdict::Conflict, None) => self.conflict(stretch),
                (Verdict::Ours, _) | (Verdict::Conflict, Some(Favor::Ours)) => {
                    self.text.extend_from_slice(self.ours.span(stretch.ours.clone()));
                }
                (Verdict::Theirs, _) | (Verdict::Conflict, Some(Favor::Theirs)) => {
                    self.text.extend_from_slice(self.theirs.span(stretch.theirs.clone()));
                }
                (Verdict::Conflict, Some(Favor::Union)) => {
                    let end = self.line_end(stretch);
                    self.whole_lines(self.ours.span(stretch.ours.clone()), end);
                    self.text.extend_from_slice(self.theirs.span(stretch.theirs.clone()));
                }
            }
            written = stretch.ours.end;
        }
        self.text.extend_from_slice(self.ours.span(written..self.ours.len() as u32));
        Merged { text: self.text, conflicts: self.conflicts }
    }

    fn conflict(&mut self, stretch: &Stretch) {
        let end = self.line_end(stretch);
        let MergeOptions { ours, base, theirs, style, .. } = *self.options;
        let first = self.line();
        self.marker(b'<', ours, end);
        self.whole_lines(self.ours.span(stretch.ours.clone()), end);
        if style != Style::Merge {
            self.marker(b'|', base, end);
            self.whole_lines(self.base.span(stretch.base.clone()), end);
        }
        self.marker(b'=', b"", end);
        self.whole_lines(self.theirs.span(stretch.theirs.clone()), end);
        self.marker(b'>', theirs, end);
        let Stretch { base, ours, theirs, .. } = stretch.clone();
        let result = first..self.line();
        self.conflicts.push(Conflict { base, ours, theirs, result });
    }

    /// How many lines there are so far, of which the last one has ended.
    fn line(&mut self) -> u32 {
        let (lines, byte) = self.counted;
        let more = memchr::memchr_iter(b'\n', &self.text[byte..]).count();
        self.counted = (lines + more as u32, self.text.len());
        self.counted.0
    }

    fn marker(&mut self, sign: u8, label: &[u8], end: &[u8]) {
        self.text.resize(self.text.len() + self.options.marker_size, sign);
        if !label.is_empty() {
            self.text.push(b' ');
            self.text.extend_from_slice(label);
        }
        self.text.extend_from_slice(end);
    }

    /// Append lines of which the last one is ended, so that a marker can follow.
    fn whole_lines(&mut self, lines: &[u8], end: &[u8]) {
        self.text.extend_from_slice(lines);
        if lines.last().is_some_and(|byte| *byte != b'\n') {
            self.text.extend_from_slice(end);
        }
    }

    /// How markers end: with a carriage return where the lines before the conflict do on both sides
    /// (those of the base decide where there are none).
    fn line_end(&self, stretch: &Stretch) -> &'static [u8] {
        let above =
            |lines, side: &Range<u32>| returns(lines, side.start.saturating_sub(1) as usize);
        let ours = above(self.ours, &stretch.ours);
        let theirs = || above(self.theirs, &stretch.theirs);
        let decided = match ours {
            Some(false) => ours,
            _ => match theirs() {
                Some(false) => Some(false),
                _ => returns(self.base, 0),
            },
        };
        if decided == Some(true) { b"\r\n" } else { b"\n" }
    }
}

/// Whether a line ends with a carriage return and a line feed; `None` where no line tells.
fn returns(lines: &Lines<'_>, at: usize) -> Option<bool> {
    let ended = |at: usize| lines.get(at).ends_with(b"\n");
    let told = match at {
        at if at >= lines.len() => None,
        at if ended(at) => Some(at),
        // The last line without a line feed: the one before it tells.
        at => at.checked_sub(1),
    };
    told.map(|at| lines.get(at).ends_with(b"\r\n"))
}
