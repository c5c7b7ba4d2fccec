//! Unified diffs: what `git diff` and `diff -u` write and every patch program reads.
//!
//! ```
//! use pyagent_diff::Options;
//! use pyagent_diff::unified::Unified;
//!
//! let names = (Some(&b"a/x.py"[..]), Some(&b"b/x.py"[..]));
//! let style = Unified { from_name: names.0, to_name: names.1, ..Unified::default() };
//! let (before, after) = (b"def f():\n    return 1\n", b"def f():\n    return 2\n");
//! let diff = style.diff(before, after, &Options::default());
//! assert_eq!(
//!     String::from_utf8_lossy(&diff),
//!     "--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n def f():\n-    return 1\n+    return 2\n"
//! );
//! ```

use std::ops::Range;

use crate::headings::{Finder, Headings};
use crate::hunks::{Hunk, Part, clamped, groups};
use crate::walk::Walk;
use crate::{Change, Options, Whitespace, lines};

/// What a line without a line feed is followed by.
const NO_NEWLINE: &[u8] = b"\n\\ No newline at end of file\n";

/// Room for a small diff, so that most are written without asking for more.
const ROOM: usize = 1024;

/// How a unified diff is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unified<'a> {
    /// The name of the first text, quoted where it must be; `/dev/null` for `None`.
    pub from_name: Option<&'a [u8]>,
    /// The name of the second text, likewise.
    pub to_name: Option<&'a [u8]>,
    /// How many unchanged lines stand around each change.
    pub context: usize,
    /// Which lines serve as headings of hunks.
    pub headings: Headings,
}

impl Default for Unified<'_> {
    fn default() -> Self {
        Self {
            from_name: Some(b"a"),
            to_name: Some(b"b"),
            context: 3,
            headings: Headings::default(),
        }
    }
}

impl Unified<'_> {
    /// The diff of two texts; empty where no line differs.
    ///
    /// Where white space was ignored, unchanged lines are those of the first text, as with GNU
    /// diff, so that the diff applies to it.
    pub fn diff(&self, before: &[u8], after: &[u8], options: &Options) -> Vec<u8> {
        let changes = lines(before, after, options);
        if changes.is_empty() {
            return Vec::new();
        }
        let mut out = Vec::with_capacity(ROOM);
        self.names(&mut out);
        self.hunks(&mut Sides::new(before, after, options.whitespace), &changes, &mut out);
        out
    }

    /// Append the two lines with the names.
    pub fn names(&self, out: &mut Vec<u8>) {
        for (mark, name) in [(b"--- ", self.from_name), (b"+++ ", self.to_name)] {
            out.extend_from_slice(mark);
            match name {
                None => out.extend_from_slice(b"/dev/null"),
                Some(name) => push_name_with_end(name, out),
            }
            out.push(b'\n');
        }
    }

    /// Append the hunks. Only lines that are shown are looked at, all others are counted.
    fn hunks(&self, sides: &mut Sides<'_>, changes: &[Change], out: &mut Vec<u8>) {
        let mut headings = Finder::new(self.headings, sides.before);
        for changes in groups(changes, self.context) {
            let hunk = sides.hunk(changes, self.context);
            push_hunk_header(&hunk, headings.above(sides.old.offset()), out);
            for part in hunk.parts() {
                match part {
                    Part::Same(lines, _) => push_lines(b' ', &mut sides.old, lines.len(), out),
                    Part::Changed(change) => sides.change(change, out),
                }
            }
        }
    }
}

/// The two texts of a diff, each with the place that it is written up to.
struct Sides<'a> {
    before: &'a [u8],
    old: Walk<'a>,
    new: Walk<'a>,
    /// How far after the old place the new one lies, as long as unchanged lines have the same
    /// bytes.
    ahead: Option<i64>,
}

impl<'a> Sides<'a> {
    fn new(before: &'a [u8], after: &'a [u8], whitespace: Whitespace) -> Self {
        let exact = whitespace == Whitespace::Exact;
        let (old, new) = (Walk::new(before), Walk::new(after));
        Self { before, old, new, ahead: exact.then_some(0) }
    }

    /// Go to the first line of the hunk that these changes make.
    fn hunk<'c>(&mut self, changes: &'c [Change], context: usize) -> Hunk<'c> {
        let (first, last) = (&changes[0], &changes[changes.len() - 1]);
        let above = clamped(context).min(first.before.start).min(first.after.start);
        self.old.seek(first.before.start - above);
        let mut end = self.old.clone();
        end.seek(last.before.end);
        let (_, below) = end.take(clamped(context));
        Hunk {
            before: first.before.start - above..last.before.end + below,
            after: first.after.start - above..last.after.end + below,
            changes,
        }
    }

    fn change(&mut self, change: &Change, out: &mut Vec<u8>) {
        match self.ahead {
            Some(ahead) => {
                let offset = (self.old.offset() as i64 + ahead) as usize;
                self.new.place(change.after.start, offset);
            }
            None => self.new.seek(change.after.start),
        }
        push_lines(b'-', &mut self.old, change.before.len(), out);
        push_lines(b'+', &mut self.new, change.after.len(), out);
        let ahead = self.new.offset() as i64 - self.old.offset() as i64;
        self.ahead = self.ahead.map(|_| ahead);
    }
}

/// Append `@@ -l,s +l,s @@ heading`.
pub(crate) fn push_hunk_header(hunk: &Hunk<'_>, heading: &[u8], out: &mut Vec<u8>) {
    out.extend_from_slice(b"@@ -");
    push_range(&hunk.before, out);
    out.extend_from_slice(b" +");
    push_range(&hunk.after, out);
    out.extend_from_slice(b" @@");
    if !heading.is_empty() {
        out.push(b' ');
        out.extend_from_slice(heading);
    }
    out.push(b'\n');
}

/// A range as POSIX asks for it: an empty one is named by the line before it, and a single line has
/// no count.
fn push_range(range: &Range<u32>, out: &mut Vec<u8>) {
    let count = range.len();
    push_number(range.start + u32::from(count > 0), out);
    if count != 1 {
        out.push(b',');
        push_number(range.end - range.start, out);
    }
}

fn push_number(number: u32, out: &mut Vec<u8>) {
    let mut digits = [0; 10];
    let (mut at, mut rest) = (digits.len(), number);
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[at..]);
}

fn push_lines(mark: u8, walk: &mut Walk<'_>, count: usize, out: &mut Vec<u8>) {
    for line in (0..count).map_while(|_| walk.next_line()) {
        out.push(mark);
        out.extend_from_slice(line);
        if line.last() != Some(&b'\n') {
            out.extend_from_slice(NO_NEWLINE);
        }
    }
}

/// A name after `---` or `+++`: a tab ends one with a blank, or GNU patch would stop at the blank.
fn push_name_with_end(name: &[u8], out: &mut Vec<u8>) {
    push_name(name, out);
    if name.contains(&b' ') {
        out.push(b'\t');
    }
}

/// Append a name, quoted in C's way where it has a control character, a quote or a backslash, as
/// git does it with `core.quotePath` off, and where it is not UTF-8.
pub fn push_name(name: &[u8], out: &mut Vec<u8>) {
    let text = std::str::from_utf8(name);
    if text.is_ok() && !name.iter().any(|byte| needs_quotes(*byte)) {
        out.extend_from_slice(name);
        return;
    }
    out.push(b'"');
    for chunk in name.utf8_chunks() {
        for &byte in chunk.valid().as_bytes() {
            match byte {
                b'"' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
                0x07..=0x0d => {
                    out.extend_from_slice(&[b'\\', b"abtnvfr"[usize::from(byte - 0x07)]]);
                }
                _ if needs_quotes(byte) => push_octal(byte, out),
                _ => out.push(byte),
            }
        }
        chunk.invalid().iter().for_each(|byte| push_octal(*byte, out));
    }
    out.push(b'"');
}

fn push_octal(byte: u8, out: &mut Vec<u8>) {
    let digits = [byte >> 6, (byte >> 3) & 7, byte & 7].map(|digit| b'0' + digit);
    out.push(b'\\');
    out.extend_from_slice(&digits);
}

fn needs_quotes(byte: u8) -> bool {
    matches!(byte, 0..=0x1f | 0x7f | b'"' | b'\\')
}

#[cfg(test)]
#[path = "unified_tests.rs"]
mod tests;
