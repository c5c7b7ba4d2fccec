//! Which white space counts when lines are compared.

use std::borrow::Cow;

/// Which white space counts when lines are compared, in git's terms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Whitespace {
    /// All of it: lines are equal where their bytes are.
    #[default]
    Exact,
    /// None at the end of a line, a carriage return there included (`--ignore-space-at-eol`).
    AtEnd,
    /// Any run counts as one blank, and none at the end of a line (`-b`).
    Amount,
    /// None at all (`-w`).
    All,
}

impl Whitespace {
    /// The line as it is compared.
    pub(crate) fn key(self, line: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Exact => Cow::Borrowed(line),
            Self::AtEnd => Cow::Borrowed(line.trim_ascii_end()),
            Self::Amount => Cow::Owned(with_single_blanks(line.trim_ascii_end())),
            Self::All => Cow::Owned(line.iter().copied().filter(|byte| !is_blank(*byte)).collect()),
        }
    }

    /// Whether two lines count as equal.
    pub(crate) fn same(self, one: &[u8], other: &[u8]) -> bool {
        one == other || (self != Self::Exact && self.key(one) == self.key(other))
    }
}

fn with_single_blanks(line: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(line.len());
    for &byte in line {
        match (is_blank(byte), key.last()) {
            (true, Some(b' ')) => {}
            (true, _) => key.push(b' '),
            (false, _) => key.push(byte),
        }
    }
    key
}

fn is_blank(byte: u8) -> bool {
    byte.is_ascii_whitespace() || byte == 0x0b
}
