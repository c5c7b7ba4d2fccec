//! The lines of a patch, with their numbers.

use crate::error::PatchError;

/// A cursor over the lines of a patch.
pub(crate) struct Scan<'a> {
    lines: Vec<&'a [u8]>,
    at: usize,
}

impl<'a> Scan<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        let mut lines: Vec<&[u8]> = text.split(|&byte| byte == b'\n').collect();
        // What stands behind the last line feed is no line.
        if lines.last().is_some_and(|line| line.is_empty()) {
            lines.pop();
        }
        Self { lines, at: 0 }
    }

    /// The line under the cursor, without its line feed.
    pub(crate) fn peek(&self) -> Option<&'a [u8]> {
        self.lines.get(self.at).copied()
    }

    /// The line `ahead` lines behind the one under the cursor.
    pub(crate) fn look(&self, ahead: usize) -> Option<&'a [u8]> {
        self.lines.get(self.at + ahead).copied()
    }

    /// The `count` lines above the cursor, nearest first.
    pub(crate) fn above(&self, count: usize) -> impl Iterator<Item = &'a [u8]> {
        self.lines[..self.at].iter().rev().take(count).copied()
    }

    pub(crate) fn next(&mut self) -> Option<&'a [u8]> {
        let line = self.peek()?;
        self.at += 1;
        Some(line)
    }

    pub(crate) fn advance(&mut self) {
        self.at += 1;
    }

    /// Number of the line under the cursor, from 1.
    pub(crate) fn number(&self) -> u32 {
        number(self.at)
    }

    /// An error at the line under the cursor.
    pub(crate) fn error(&self, reason: impl Into<String>) -> PatchError {
        PatchError::Syntax { line: self.number(), reason: reason.into() }
    }

    /// An error at the line before the cursor.
    pub(crate) fn error_before(&self, reason: impl Into<String>) -> PatchError {
        PatchError::Syntax { line: number(self.at.saturating_sub(1)), reason: reason.into() }
    }
}

/// Number of a line from its index. A patch of more than four thousand million lines is not read.
fn number(index: usize) -> u32 {
    u32::try_from(index + 1).unwrap_or(u32::MAX)
}

/// A line without the carriage return that a patch in CRLF has on each of its own lines.
pub(crate) fn chomp(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
