//! Text whose lines end in CRLF, seen as if they ended in LF.

use memchr::memmem;

/// What ends most lines of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Newline {
    /// `\n`.
    #[default]
    Lf,
    /// `\r\n`.
    CrLf,
}

impl Newline {
    /// That of most lines; LF where there are as many of each, or none.
    pub fn of(text: &[u8]) -> Self {
        let crlf = memmem::find_iter(text, b"\r\n").count();
        let all = memchr::memchr_iter(b'\n', text).count();
        if crlf * 2 > all { Self::CrLf } else { Self::Lf }
    }

    /// The characters.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Lf => "\n",
            Self::CrLf => "\r\n",
        }
    }

    /// Append `text` with its line feeds written as this newline.
    pub(crate) fn push(self, text: &[u8], to: &mut Vec<u8>) {
        if self == Self::Lf {
            to.extend_from_slice(text);
            return;
        }
        for line in text.split_inclusive(|&byte| byte == b'\n') {
            match line.split_last() {
                Some((b'\n', line)) => {
                    to.extend_from_slice(line);
                    to.extend_from_slice(b"\r\n");
                }
                _ => to.extend_from_slice(line),
            }
        }
    }
}

/// A text with each `\r\n` as `\n`, and the way back to its own offsets.
///
/// Patterns are written for lines that end in `\n`; seen like this, `$`, `[^\n]` and `\n` mean the
/// same in every file, and no match ends between the two bytes of a newline.
pub(crate) struct Unified {
    pub(crate) text: Vec<u8>,
    /// Where in `text` the line feeds are before which a carriage return was.
    marks: Vec<usize>,
    pub(crate) newline: Newline,
}

impl Unified {
    /// The unified text; `None` where it is as it should be already.
    pub(crate) fn of(original: &[u8]) -> Option<Self> {
        let mut returns = memmem::find_iter(original, b"\r\n").peekable();
        returns.peek()?;
        let mut text = Vec::with_capacity(original.len());
        let (mut marks, mut from) = (Vec::new(), 0);
        for at in returns {
            text.extend_from_slice(&original[from..at]);
            marks.push(text.len());
            from = at + 1;
        }
        text.extend_from_slice(&original[from..]);
        let newline = Newline::of(original);
        Some(Self { text, marks, newline })
    }

    /// The offset in the original of an offset in `text`; that of a newline is where its `\r` is.
    pub(crate) fn original(&self, offset: usize) -> usize {
        offset + self.marks.partition_point(|&mark| mark < offset)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Newline, Unified};

    #[test]
    fn most_lines_decide() {
        for (text, expected) in [
            ("", Newline::Lf),
            ("a\r\nb", Newline::CrLf),
            ("a\r\nb\n", Newline::Lf),
            ("a\r\nb\r\nc\n", Newline::CrLf),
            ("a\rb\r", Newline::Lf),
        ] {
            assert_eq!(Newline::of(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn only_texts_with_crlf_are_unified() {
        assert!(Unified::of(b"a\nb\rc").is_none());
        let unified = Unified::of(b"a\r\nb\n\r\nc").expect("it has CRLF");
        assert_eq!(unified.text, b"a\nb\n\nc");
    }

    proptest! {
        #[test]
        fn offsets_lead_back(original in "[ab\r\n]{0,24}") {
            if let Some(unified) = Unified::of(original.as_bytes()) {
                for start in 0..=unified.text.len() {
                    for end in start..=unified.text.len() {
                        let piece = &original[unified.original(start)..unified.original(end)];
                        let piece = piece.replace("\r\n", "\n");
                        let expected = &unified.text[start..end];
                        prop_assert_eq!(piece.as_bytes(), expected);
                    }
                }
            } else {
                prop_assert!(!original.contains("\r\n"));
            }
        }

        #[test]
        fn line_feeds_become_the_newline(text in "[ab\n]{0,24}") {
            let mut crlf = Vec::new();
            Newline::CrLf.push(text.as_bytes(), &mut crlf);
            prop_assert_eq!(crlf, text.replace('\n', "\r\n").into_bytes());
        }
    }
}
