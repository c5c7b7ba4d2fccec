//! Finding single lines of a text without a table of all of them.

/// Texts are gone through in pieces of so many bytes, whose line feeds are only counted.
const PIECE: usize = 4096;

/// A place in a text that moves down line by line, or by many lines at once.
#[derive(Clone, Debug)]
pub(crate) struct Walk<'a> {
    text: &'a [u8],
    /// How many lines lie above the place.
    line: u32,
    offset: usize,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, line: 0, offset: 0 }
    }

    /// The byte at which the line starts.
    pub(crate) fn offset(&self) -> usize {
        self.offset
    }

    /// Go to the start of a line that is known to be at `offset`.
    pub(crate) fn place(&mut self, line: u32, offset: usize) {
        (self.line, self.offset) = (line, offset);
    }

    /// Go down to the start of a line, or to the end of the text.
    pub(crate) fn seek(&mut self, line: u32) {
        while self.line < line {
            let rest = &self.text[self.offset..];
            let piece = &rest[..rest.len().min(PIECE)];
            let wanted = (line - self.line) as usize;
            let count = memchr::memchr_iter(b'\n', piece).count();
            if piece.is_empty() {
                return;
            }
            if count < wanted {
                self.line += count as u32;
                self.offset += piece.len();
                continue;
            }
            let end = memchr::memchr_iter(b'\n', piece).nth(wanted - 1);
            self.place(line, self.offset + end.map_or(piece.len(), |at| at + 1));
        }
    }

    /// The line at the place, with its line feed, and go below it; `None` at the end.
    pub(crate) fn next_line(&mut self) -> Option<&'a [u8]> {
        let rest = &self.text[self.offset..];
        let len = memchr::memchr(b'\n', rest).map_or(rest.len(), |at| at + 1);
        if len == 0 {
            return None;
        }
        self.place(self.line + 1, self.offset + len);
        Some(&rest[..len])
    }

    /// The next `count` lines, or what there is of them, and how many those are.
    pub(crate) fn take(&mut self, count: u32) -> (&'a [u8], u32) {
        let (start, first) = (self.offset, self.line);
        while self.line - first < count && self.next_line().is_some() {}
        (&self.text[start..self.offset], self.line - first)
    }
}

/// How many lines a text has.
pub(crate) fn count_lines(text: &[u8]) -> usize {
    let unended = text.last().is_some_and(|byte| *byte != b'\n');
    memchr::memchr_iter(b'\n', text).count() + usize::from(unended)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Walk, count_lines};
    use crate::lines::Lines;

    #[test]
    fn lines_far_down_are_found() {
        let text: Vec<u8> = (0..5000).flat_map(|at| format!("line {at}\n").into_bytes()).collect();
        let mut walk = Walk::new(&text);
        for line in [0, 1, 2, 700, 4998, 4999] {
            walk.seek(line);
            assert_eq!(walk.clone().next_line(), Some(format!("line {line}\n").as_bytes()));
        }
        walk.seek(9999);
        assert_eq!(walk.next_line(), None);
    }

    proptest! {
        #[test]
        fn as_the_table_of_lines_has_them(
            text in "[a\n]{0,40}", line in 0_u32..12, count in 0_u32..5,
        ) {
            let lines = Lines::new(text.as_bytes());
            prop_assert_eq!(count_lines(text.as_bytes()), lines.len());
            let mut walk = Walk::new(text.as_bytes());
            walk.seek(line);
            let start = line.min(lines.len() as u32);
            prop_assert_eq!(walk.offset(), lines.offset(start));
            let end = (start + count).min(lines.len() as u32);
            prop_assert_eq!(walk.take(count), (lines.span(start..end), end - start));
        }
    }
}
