//! Where import blocks begin and end.

use ruff_python_ast::{ExceptHandler, Stmt};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::silences;
use crate::source::{Comments, line_end, line_start, offset};

/// What follows a block, which decides how many blank lines do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trailer {
    /// Nothing, or the block is nested: blank lines are not touched.
    None,
    Statement,
    Definition,
}

impl Trailer {
    pub(crate) fn lines(self, is_stub: bool) -> usize {
        match self {
            Self::None => 0,
            Self::Definition if !is_stub => 2,
            Self::Statement | Self::Definition => 1,
        }
    }
}

/// Import statements with nothing but blank lines and comments between them.
#[derive(Debug)]
pub(crate) struct Block<'a> {
    pub(crate) imports: Vec<&'a Stmt>,
    pub(crate) trailer: Trailer,
}

impl Block<'_> {
    /// The ranges of the first and the last statement.
    pub(crate) fn range(&self) -> Option<(TextRange, TextRange)> {
        Some((self.imports.first()?.range(), self.imports.last()?.range()))
    }
}

/// Comments that steer isort.
#[derive(Debug, Default)]
pub(crate) struct Directives {
    pub(crate) skip_file: bool,
    splits: Vec<TextSize>,
    exclusions: Vec<TextRange>,
}

impl Directives {
    pub(crate) fn new(text: &str, comments: &Comments<'_>) -> Self {
        let mut found = Self::default();
        let mut off = None;
        for &range in &comments.ranges {
            let comment = text[range].trim_end();
            let body = comment.trim_start_matches('#').trim_start();
            if body.starts_with("ruff: noqa") || body.starts_with("flake8: noqa") {
                found.skip_file |= silences(comment);
            }
            if !comment.contains("isort") {
                continue;
            }
            let body = body.strip_prefix("ruff:").map_or(body, str::trim_start);
            let Some(word) = body.strip_prefix("isort:").map(str::trim) else {
                if comment.ends_with("isort:skip") || comment.ends_with("isort: skip") {
                    found.exclusions.push(line(text, range));
                }
                continue;
            };
            match word.split_whitespace().next() {
                Some("skip_file") => found.skip_file = true,
                Some("split") => found.splits.push(range.start()),
                Some("skip") => found.exclusions.push(line(text, range)),
                Some("off") => off = off.or(Some(range.start())),
                Some("on") => {
                    if let Some(start) = off.take() {
                        found.exclusions.push(TextRange::new(start, range.end()));
                    }
                }
                _ => {}
            }
        }
        if let Some(start) = off {
            found.exclusions.push(TextRange::new(start, offset(text.len())));
        }
        found
    }

    fn excludes(&self, stmt: &Stmt) -> bool {
        // The comment of a statement over several lines stands on its last line.
        self.exclusions
            .iter()
            .any(|range| range.contains(stmt.start()) || range.contains_inclusive(stmt.end()))
    }

    fn splits(&self, from: TextSize, to: TextSize) -> bool {
        self.splits.iter().any(|&split| from <= split && split < to)
    }
}

fn line(text: &str, range: TextRange) -> TextRange {
    let at = range.start().to_usize();
    TextRange::new(offset(line_start(text, at)), offset(line_end(text, at)))
}

/// All blocks of a module, nested ones too.
pub(crate) fn blocks<'a>(body: &'a [Stmt], text: &str, directives: &Directives) -> Vec<Block<'a>> {
    let mut builder = Builder { text, directives, found: Vec::new() };
    builder.suite(body, false);
    builder.found.sort_by_key(|block| block.range().map(|(first, _)| first.start()));
    builder.found
}

struct Builder<'b, 'a> {
    text: &'b str,
    directives: &'b Directives,
    found: Vec<Block<'a>>,
}

impl<'a> Builder<'_, 'a> {
    fn suite(&mut self, body: &'a [Stmt], nested: bool) {
        let mut imports: Vec<&'a Stmt> = Vec::new();
        for stmt in body {
            let is_import = matches!(stmt, Stmt::Import(_) | Stmt::ImportFrom(_))
                && !self.directives.excludes(stmt);
            let split =
                imports.last().is_some_and(|last| self.directives.splits(last.end(), stmt.start()));
            if !is_import || split {
                let trailer = if nested { Trailer::None } else { self.trailer(stmt) };
                self.finish(&mut imports, trailer);
            }
            if is_import {
                imports.push(stmt);
            } else {
                self.nested(stmt);
            }
        }
        self.finish(&mut imports, Trailer::None);
    }

    fn finish(&mut self, imports: &mut Vec<&'a Stmt>, trailer: Trailer) {
        if !imports.is_empty() {
            self.found.push(Block { imports: std::mem::take(imports), trailer });
        }
    }

    fn trailer(&self, stmt: &Stmt) -> Trailer {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) if !self.comment_break(stmt) => {
                Trailer::Definition
            }
            _ => Trailer::Statement,
        }
    }

    /// Whether a comment stands above the definition with a blank line between them: the comment
    /// is then what follows the block.
    fn comment_break(&self, stmt: &Stmt) -> bool {
        let mut blank = false;
        let mut end = line_start(self.text, stmt.start().to_usize());
        while end > 0 {
            let stop = self.text[..end].trim_end_matches(['\n', '\r']);
            // Only the one line end belongs to the line above.
            let stop = match &self.text[stop.len()..end] {
                gap if gap.len() <= 2 && (gap.len() == 1 || gap == "\r\n") => stop.len(),
                gap => end - if gap.ends_with("\r\n") { 2 } else { 1 },
            };
            let start = line_start(self.text, stop);
            let line = self.text[start..stop].trim();
            match (blank, line.chars().next()) {
                (true, Some('#')) => return true,
                (_, None) => blank = true,
                (false, Some('#' | '@')) => {}
                (_, Some(_)) => return false,
            }
            end = start;
        }
        false
    }

    fn nested(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.suite(&def.body, true),
            Stmt::ClassDef(def) => self.suite(&def.body, true),
            Stmt::For(stmt) => {
                self.suite(&stmt.body, true);
                self.suite(&stmt.orelse, true);
            }
            Stmt::While(stmt) => {
                self.suite(&stmt.body, true);
                self.suite(&stmt.orelse, true);
            }
            Stmt::If(stmt) => {
                self.suite(&stmt.body, true);
                for clause in &stmt.elif_else_clauses {
                    self.suite(&clause.body, true);
                }
            }
            Stmt::With(stmt) => self.suite(&stmt.body, true),
            Stmt::Match(stmt) => {
                for case in &stmt.cases {
                    self.suite(&case.body, true);
                }
            }
            Stmt::Try(stmt) => {
                self.suite(&stmt.body, true);
                for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    self.suite(&handler.body, true);
                }
                self.suite(&stmt.orelse, true);
                self.suite(&stmt.finalbody, true);
            }
            _ => {}
        }
    }
}
