//! The text around statements: comments and lines.

use memchr::memmem;
use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange};

use crate::facts::Fixed;
use crate::strings;

/// The comments of a file, in order.
pub(crate) struct Comments<'t> {
    text: &'t str,
    pub(crate) ranges: Vec<TextRange>,
}

impl<'t> Comments<'t> {
    pub(crate) fn new(text: &'t str, tokens: &Tokens) -> Self {
        let ranges = if memchr::memchr(b'#', text.as_bytes()).is_none() {
            Vec::new()
        } else {
            tokens
                .iter()
                .filter(|token| token.kind() == TokenKind::Comment)
                .map(Ranged::range)
                .collect()
        };
        Self { text, ranges }
    }

    /// The comments that start within `range`.
    pub(crate) fn within(&self, range: TextRange) -> &[TextRange] {
        let from = self.ranges.partition_point(|comment| comment.start() < range.start());
        let to = self.ranges.partition_point(|comment| comment.start() < range.end());
        &self.ranges[from..to]
    }

    /// Whether a comment on the lines of `range` asks linters to leave its import alone.
    pub(crate) fn suppressed(&self, text: &str, range: TextRange) -> bool {
        let end = line_end(text, range.end().to_usize());
        let whole = TextRange::new(range.start(), offset(end));
        self.within(whole).iter().any(|&comment| suppresses(&text[comment]))
    }

    /// Whether a comment asks linters to leave the whole file alone.
    pub(crate) fn file_suppressed(&self) -> bool {
        self.ranges.iter().any(|&range| {
            let comment = self.text[range].trim_start_matches('#').trim_start();
            (comment.starts_with("ruff: noqa") || comment.starts_with("flake8: noqa"))
                && suppresses(&self.text[range])
                || comment.starts_with("pylint: disable-file")
                || comment.starts_with("pylint: skip-file")
                || (comment.starts_with("pylint: disable")
                    && comment.contains("unused-import")
                    && self.alone(range))
        })
    }

    fn alone(&self, range: TextRange) -> bool {
        let start = range.start().to_usize();
        self.text[line_start(self.text, start)..start].trim().is_empty()
    }

    /// The identifiers in comments that are types by the rules of PEP 484.
    pub(crate) fn type_comment_names(&self) -> impl Iterator<Item = &'t str> {
        let text = self.text;
        let kinds = self.ranges.iter().filter_map(move |&range| {
            let comment = text[range].trim_start_matches('#').trim_start();
            comment.strip_prefix("type:")
        });
        kinds.flat_map(strings::words)
    }
}

/// `noqa` without codes or for unused imports and redefinitions, and the like of other linters.
fn suppresses(comment: &str) -> bool {
    let lower = comment.to_ascii_lowercase();
    if let Some(at) = memmem::find(lower.as_bytes(), b"noqa") {
        let rest = lower[at + 4..].trim_start();
        return match rest.strip_prefix(':') {
            None => true,
            Some(codes) => {
                codes.contains("f401")
                    || codes.contains("f811")
                    || codes.contains("f4 ")
                    || !codes.contains(|c: char| c.is_ascii_digit())
            }
        };
    }
    lower.contains("unused-import")
        || lower.contains("pyright: ignore")
        || lower.contains("pyright:ignore")
        || lower.contains("reportunusedimport")
        || lower.contains("w0611")
        || lower.contains("noinspection pyunresolvedreferences")
}

/// Why the statement at `range` cannot be cut out by lines, if so.
pub(crate) fn layout(text: &str, range: TextRange) -> Option<Fixed> {
    let (start, end) = (range.start().to_usize(), range.end().to_usize());
    let before = &text[line_start(text, start)..start];
    let after = text[end..line_end(text, end)].trim_start_matches([' ', '\t', '\x0c']);
    if before.contains(|c: char| !matches!(c, ' ' | '\t'))
        || !(after.is_empty() || after.starts_with('#'))
    {
        return Some(if after.starts_with('\\') { Fixed::Backslash } else { Fixed::SharedLine });
    }
    // The line above may be continued onto this one.
    let above = text[..line_start(text, start)].trim_end_matches(['\n', '\r']);
    if text[start..end].contains('\\') || (above.ends_with('\\') && !in_comment(above)) {
        return Some(Fixed::Backslash);
    }
    None
}

fn in_comment(above: &str) -> bool {
    above[line_start(above, above.len())..].contains('#')
}

/// The start of the line that holds `at`.
pub(crate) fn line_start(text: &str, at: usize) -> usize {
    memchr::memrchr2(b'\n', b'\r', &text.as_bytes()[..at]).map_or(0, |end| end + 1)
}

/// The end of the line that holds `at`, before its line end.
pub(crate) fn line_end(text: &str, at: usize) -> usize {
    memchr::memchr2(b'\n', b'\r', &text.as_bytes()[at..]).map_or(text.len(), |end| at + end)
}

/// The start of the line after the one that holds `at`.
pub(crate) fn next_line(text: &str, at: usize) -> usize {
    let end = line_end(text, at);
    let rest = &text.as_bytes()[end..];
    if rest.starts_with(b"\r\n") { end + 2 } else { end + rest.len().min(1) }
}

/// An offset as the tree counts them; sources are far below the limit.
pub(crate) fn offset(at: usize) -> ruff_text_size::TextSize {
    ruff_text_size::TextSize::new(u32::try_from(at).unwrap_or(u32::MAX))
}
