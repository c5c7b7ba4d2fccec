//! Diffs on a terminal: in colours, with the words that changed, or as one text with the words that
//! changed inside it.

use std::ops::Range;

use crate::headings::Headings;
use crate::hunks::{Hunk, Part, hunks};
use crate::lines::Lines;
use crate::refine;
use crate::unified::{Unified, push_hunk_header};
use crate::visible::{Shown, shown};
use crate::words::{Fate, Unit, segments};
use crate::{Algorithm, Change};

/// What turns a style on; `RESET` turns all of them off.
pub(crate) const RESET: &str = "\x1b[0m";
pub(crate) const BOLD: &str = "\x1b[1m";
pub(crate) const CYAN: &str = "\x1b[36m";
pub(crate) const DIM: &str = "\x1b[2m";
pub(crate) const RED: &str = "\x1b[31m";
pub(crate) const GREEN: &str = "\x1b[32m";
/// For words, on top of the colour of their line.
const REVERSE: &str = "\x1b[7m";
const NOT_REVERSE: &str = "\x1b[27m";

/// How a text diff is shown to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terminal<'a> {
    /// Names, context and headings.
    pub unified: Unified<'a>,
    /// Whether there are colours; without them words are put in brackets as git does.
    pub colours: bool,
}

impl Terminal<'_> {
    /// A unified diff in colours, with the words marked that differ within a line. What would act
    /// on the terminal is shown by name, so this is no patch.
    pub fn lines(&self, before: &Lines<'_>, after: &Lines<'_>, changes: &[Change]) -> String {
        let mut out = String::new();
        self.each_hunk(before, after, changes, &mut out, |part, out| match part {
            Part::Same(lines, _) => {
                for at in lines {
                    self.line(out, ' ', "", before.get(at as usize), &[]);
                }
            }
            Part::Changed(change) => self.change(out, change, before, after),
        });
        out
    }

    /// The changed text once, with removed words and added ones beside each other, as git's
    /// `--word-diff`.
    pub fn words(&self, before: &Lines<'_>, after: &Lines<'_>, changes: &[Change]) -> String {
        let mut out = String::new();
        self.each_hunk(before, after, changes, &mut out, |part, out| match part {
            Part::Same(lines, _) => push_lines(out, before.span(lines)),
            Part::Changed(change) => self.change_by_words(out, change, before, after),
        });
        out
    }

    fn each_hunk<'c>(
        &self,
        before: &Lines<'_>,
        after: &Lines<'_>,
        changes: &'c [Change],
        out: &mut String,
        mut show: impl FnMut(Part<'c>, &mut String),
    ) {
        if changes.is_empty() {
            return;
        }
        self.names(out);
        let mut headings = crate::headings::Finder::new(self.unified.headings, before.text());
        for hunk in hunks(changes, before.len(), after.len(), self.unified.context) {
            self.header(out, &hunk, headings.above(before.offset(hunk.before.start)));
            for part in hunk.parts() {
                show(part, out);
            }
        }
    }

    fn names(&self, out: &mut String) {
        let mut names = Vec::new();
        self.unified.names(&mut names);
        for line in String::from_utf8_lossy(&names).lines() {
            self.styled(out, BOLD, line);
            out.push('\n');
        }
    }

    fn header(&self, out: &mut String, hunk: &Hunk<'_>, heading: &[u8]) {
        let mut header = Vec::new();
        push_hunk_header(hunk, b"", &mut header);
        self.styled(out, CYAN, String::from_utf8_lossy(&header).trim_end());
        if !heading.is_empty() {
            out.push(' ');
            push_shown(out, heading);
        }
        out.push('\n');
    }

    fn styled(&self, out: &mut String, style: &str, text: &str) {
        if self.colours {
            out.extend([style, text, RESET]);
        } else {
            out.push_str(text);
        }
    }

    fn change(&self, out: &mut String, change: &Change, before: &Lines<'_>, after: &Lines<'_>) {
        let rows = refine::rows(change, before, after);
        let marks = |side: usize, row: &refine::Row| {
            row.marks.as_ref().map_or_else(Vec::new, |marks| marks[side].clone())
        };
        for row in &rows {
            if let Some(at) = row.before {
                self.line(out, '-', RED, before.get(at as usize), &marks(0, row));
            }
        }
        for row in &rows {
            if let Some(at) = row.after {
                self.line(out, '+', GREEN, after.get(at as usize), &marks(1, row));
            }
        }
    }

    fn line(&self, out: &mut String, sign: char, style: &str, line: &[u8], marks: &[Range<usize>]) {
        let colours = self.colours && !style.is_empty();
        if colours {
            out.push_str(style);
        }
        out.push(sign);
        push_marked(out, line, if colours { marks } else { &[] });
        if colours {
            out.push_str(RESET);
        }
        out.push('\n');
        if !line.ends_with(b"\n") {
            out.push_str("\\ No newline at end of file\n");
        }
    }

    /// A change as one text if both sides have most words in common, as after a line was broken
    /// elsewhere, else line by line.
    fn change_by_words(
        &self,
        out: &mut String,
        change: &Change,
        before: &Lines<'_>,
        after: &Lines<'_>,
    ) {
        let old = before.span(change.before.clone());
        let new = after.span(change.after.clone());
        let whole = segments(old, new, Unit::Word, Algorithm::Myers);
        if refine::is_edit(&whole, old, new) {
            return self.mixed(out, old, new);
        }
        let rows = refine::rows(change, before, after);
        for alike in rows.chunk_by(|one, next| one.marks.is_some() == next.marks.is_some()) {
            let old = alike.iter().filter_map(|row| row.before);
            let new = alike.iter().filter_map(|row| row.after);
            if alike[0].marks.is_none() {
                for line in old.map(|at| before.get(at as usize)) {
                    self.mixed(out, line, b"");
                }
                for line in new.map(|at| after.get(at as usize)) {
                    self.mixed(out, b"", line);
                }
                continue;
            }
            for (one, two) in old.zip(new) {
                self.mixed(out, before.get(one as usize), after.get(two as usize));
            }
        }
    }

    /// The words of two texts in each other.
    fn mixed(&self, out: &mut String, before: &[u8], after: &[u8]) {
        for segment in segments(before, after, Unit::Word, Algorithm::Myers) {
            let (text, open, close) = match segment.fate {
                Fate::Same => (&before[segment.before], "", ""),
                Fate::Removed if self.colours => (&before[segment.before], RED, RESET),
                Fate::Removed => (&before[segment.before], "[-", "-]"),
                Fate::Added if self.colours => (&after[segment.after], GREEN, RESET),
                Fate::Added => (&after[segment.after], "{+", "+}"),
            };
            // A style ends with its line, so that a pager shows each line as it should be.
            for line in text.split_inclusive(|byte| *byte == b'\n') {
                if line != b"\n" {
                    out.push_str(open);
                    push_shown(out, line);
                    out.push_str(close);
                }
                if line.ends_with(b"\n") {
                    out.push('\n');
                }
            }
        }
        if !out.ends_with('\n') {
            out.push('\n');
        }
    }
}

/// Append lines as they are, without a sign before them.
fn push_lines(out: &mut String, text: &[u8]) {
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        push_shown(out, line);
        out.push('\n');
    }
}

/// Append a line as it may be shown, tabs as they are.
fn push_shown(out: &mut String, line: &[u8]) {
    push_marked(out, line, &[]);
}

/// Append a line with the given ranges of bytes reversed.
fn push_marked(out: &mut String, line: &[u8], marks: &[Range<usize>]) {
    let mut marks = marks.iter().peekable();
    let mut open = false;
    for (at, piece) in shown(line) {
        while marks.next_if(|range| at >= range.end).is_some() {
            out.push_str(if open { NOT_REVERSE } else { "" });
            open = false;
        }
        if !open && marks.peek().is_some_and(|range| range.contains(&at)) {
            out.push_str(REVERSE);
            open = true;
        }
        match piece {
            Shown::Itself(text) => out.push_str(text),
            Shown::Tab => out.push('\t'),
            Shown::Instead(name) => out.push_str(&name),
        }
    }
    if open {
        out.push_str(NOT_REVERSE);
    }
}

impl Default for Terminal<'_> {
    fn default() -> Self {
        let headings = Headings::default();
        Self { unified: Unified { headings, ..Unified::default() }, colours: false }
    }
}

#[cfg(test)]
#[path = "terminal_tests.rs"]
mod tests;
