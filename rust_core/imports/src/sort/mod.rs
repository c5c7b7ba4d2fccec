//! Import blocks in the order of isort's default profile, as ruff's rule I001 applies it.
//!
//! Sections: `__future__`, standard library, third party, first party, relative imports. Within a
//! section plain imports come before `from` imports, each sorted by module without regard to case;
//! members are sorted by type: constants, classes, the rest. `from` imports of one module are
//! joined; one that does not fit on its line, or ends with a trailing comma, is written with one
//! member to a line.

mod block;
mod key;
mod merge;
mod render;

use ruff_python_ast::Stmt;
use ruff_text_size::TextRange;
use rustc_hash::FxHashMap;

pub(crate) use block::{Block, Directives, Trailer, blocks};
pub(crate) use key::Section;

use crate::source::{Comments, layout, line_end, line_start, next_line};
use merge::Merged;
use render::Style;

/// What sorting depends on beside the text.
pub(crate) struct Settings<'s> {
    pub(crate) section: &'s dyn Fn(&str) -> Section,
    pub(crate) line_length: usize,
    pub(crate) is_stub: bool,
}

/// What is to be done about one block.
#[derive(Debug)]
pub(crate) enum Verdict {
    Sorted,
    /// Replace the text of `range`; `moves` tells whether the project's own modules come to be
    /// imported in another order.
    Unsorted {
        range: TextRange,
        text: String,
        moves: bool,
    },
    /// Out of order, and left alone for this reason.
    Unusual(&'static str),
}

/// A file in which blocks are judged.
pub(crate) struct Sorter<'s> {
    text: &'s str,
    comments: &'s Comments<'s>,
    directives: &'s Directives,
    settings: &'s Settings<'s>,
    style: Style<'s>,
}

impl<'s> Sorter<'s> {
    pub(crate) fn new(
        text: &'s str,
        comments: &'s Comments<'s>,
        directives: &'s Directives,
        settings: &'s Settings<'s>,
        indent: &'s str,
    ) -> Self {
        let style = Style { line_end: line_ending(text), indent };
        Self { text, comments, directives, settings, style }
    }

    pub(crate) fn judge(&self, block: &Block<'_>) -> Verdict {
        let Some((first, last)) = block.range() else { return Verdict::Sorted };
        let start = line_start(self.text, first.start().to_usize());
        let line_stop = next_line(self.text, last.end().to_usize());
        let stop = if block.trailer == Trailer::None {
            line_stop
        } else {
            trailing_lines_end(self.text, line_stop)
        };
        if let Some(reason) = self.unusual(block, start, stop) {
            return self.left(block, reason);
        }
        let indentation = &self.text[start..first.start().to_usize()];
        let merged = Merged::new(block, self.text, self.comments, line_stop);
        let rendered = render::render(&merged, self.settings, &self.style, indentation);
        let Some(rendered) = rendered else {
            return self.left(block, "two comments would have to share a line");
        };
        let mut expected = rendered.text;
        for _ in 0..block.trailer.lines(self.settings.is_stub) {
            expected.push_str(self.style.line_end);
        }
        let actual = &self.text[start..stop];
        if same(actual, &expected) {
            return Verdict::Sorted;
        }
        if !rendered.order.is_sorted() && rebinds(&merged) {
            return Verdict::Unusual("the order decides what a name is bound to");
        }
        let moves = !rendered.own.is_sorted();
        if !actual.ends_with(['\n', '\r']) {
            expected.truncate(expected.trim_end_matches(['\n', '\r']).len());
        }
        let range = TextRange::new(crate::source::offset(start), crate::source::offset(stop));
        Verdict::Unsorted { range, text: render::indented(&expected, indentation), moves }
    }

    fn left(&self, block: &Block<'_>, reason: &'static str) -> Verdict {
        if self.in_order(block) { Verdict::Sorted } else { Verdict::Unusual(reason) }
    }

    /// Why the block is not rewritten, if so.
    fn unusual(&self, block: &Block<'_>, start: usize, stop: usize) -> Option<&'static str> {
        if self.directives.skip_file {
            return Some("a comment asks linters to leave the file alone");
        }
        if self.style.line_end == "\r" {
            return Some("the file ends its lines with a lone carriage return");
        }
        let text = &self.text[start..stop];
        if text.contains('\x0c') {
            return Some("the block holds a form feed");
        }
        let range = TextRange::new(crate::source::offset(start), crate::source::offset(stop));
        for comment in self.comments.within(range) {
            let comment = &self.text[*comment];
            if silences(comment) {
                return Some("a comment in the block asks linters to leave it alone");
            }
            if !comment.is_ascii() {
                return Some("a comment in the block is not ASCII, so that its width is unclear");
            }
        }
        block.imports.iter().find_map(|stmt| self.unusual_statement(stmt))
    }

    fn unusual_statement(&self, stmt: &Stmt) -> Option<&'static str> {
        use ruff_text_size::Ranged;
        if layout(self.text, stmt.range()).is_some() {
            return Some("a statement in the block shares its line or is continued by a backslash");
        }
        let text = &self.text[stmt.range()];
        let code_is_ascii =
            text.lines().all(|line| line.split('#').next().is_some_and(str::is_ascii));
        if !code_is_ascii {
            return Some("a name in the block is not ASCII, so that its width is unclear");
        }
        match stmt {
            Stmt::Import(import) if import.is_lazy => Some("the block holds a lazy import"),
            Stmt::ImportFrom(import) if import.is_lazy => Some("the block holds a lazy import"),
            Stmt::Import(import) if import.names.len() > 1 => {
                let end = line_end(self.text, stmt.end().to_usize());
                let range = TextRange::new(stmt.start(), crate::source::offset(end));
                (!self.comments.within(range).is_empty())
                    .then_some("a comment belongs to several imports")
            }
            _ => None,
        }
    }

    /// Whether a block that is not rewritten is in order, as far as can be told without doing so.
    fn in_order(&self, block: &Block<'_>) -> bool {
        let keys =
            block.imports.iter().map(|stmt| key::StatementKey::new(stmt, self.settings.section));
        keys.is_sorted() && block.imports.iter().all(|stmt| key::members_in_order(stmt))
    }
}

/// Whether a name is bound to several things, or to whatever a star brings.
fn rebinds(merged: &Merged<'_>) -> bool {
    let mut meanings: FxHashMap<&str, (&str, u32, &str)> = FxHashMap::default();
    let plain = merged.plain.iter().map(|one| {
        let whole = if one.asname.is_some() { one.name } else { one.binds() };
        (one.binds(), (whole, 0, ""))
    });
    let from = merged.from.iter().flat_map(|from| {
        let module = from.module.unwrap_or_default();
        from.members.iter().map(move |one| (one.binds(), (module, from.level + 1, one.name)))
    });
    plain
        .chain(from)
        .any(|(name, meaning)| name == "*" || *meanings.entry(name).or_insert(meaning) != meaning)
}

/// `noqa` for everything or for this rule; directives of isort never stand inside a block.
pub(crate) fn silences(comment: &str) -> bool {
    let lower = comment.to_ascii_lowercase();
    let Some(at) = lower.find("noqa") else { return lower.contains("isort:") };
    match lower[at + 4..].trim_start().strip_prefix(':') {
        None => true,
        Some(codes) => codes.contains("i001") || !codes.contains(|c: char| c.is_ascii_digit()),
    }
}

/// The line end of the file's first line.
pub(crate) fn line_ending(text: &str) -> &'static str {
    match memchr::memchr2(b'\n', b'\r', text.as_bytes()) {
        Some(at) if text[at..].starts_with("\r\n") => "\r\n",
        Some(at) if text[at..].starts_with('\r') => "\r",
        _ => "\n",
    }
}

/// The end of the blank lines from `at` on.
fn trailing_lines_end(text: &str, at: usize) -> usize {
    let mut end = at;
    while end < text.len() {
        let stop = line_end(text, end);
        if !text[end..stop].trim().is_empty() {
            break;
        }
        end = next_line(text, end);
    }
    end
}

/// Equality but for white space at the start of lines.
fn same(one: &str, two: &str) -> bool {
    lines(one).map(str::trim_start).eq(lines(two).map(str::trim_start))
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    std::iter::from_fn(move || {
        (at < text.len()).then(|| {
            let line = &text[at..line_end(text, at)];
            at = next_line(text, at);
            line
        })
    })
}

#[cfg(test)]
mod tests;
