//! The walk over a syntax tree: names that hide in strings.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprStringLiteral};
use ruff_text_size::{Ranged, TextRange, TextSize};

use crate::facts::{Owner, Role, Text};
use crate::walk::Walker;

/// Longer strings are neither types nor paths.
const LONGEST: usize = 4096;

/// The identifiers in a text, each with its place.
pub(crate) fn words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut rest = 0;
    std::iter::from_fn(move || {
        let start = rest + text[rest..].find(is_word)?;
        let end = text[start..].find(|c| !is_word(c)).map_or(text.len(), |length| start + length);
        rest = end;
        Some((start, &text[start..end]))
    })
}

/// Every string within an expression.
struct Strings<'s>(&'s mut dyn FnMut(&ExprStringLiteral));

impl<'a> Visitor<'a> for Strings<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::StringLiteral(string) = expr {
            (self.0)(string);
        }
        visitor::walk_expr(self, expr);
    }
}

fn strings(value: &Expr) -> Vec<ExprStringLiteral> {
    let mut found = Vec::new();
    Strings(&mut |string| found.push(string.clone())).visit_expr(value);
    found
}

impl Walker<'_> {
    /// The contents of a string in the file, where it is written as it is.
    fn content(&self, string: &ExprStringLiteral) -> Option<TextRange> {
        let part = string.as_single_part_string()?;
        let range = self.range(part.content_range());
        (self.text.get(range.start().to_usize()..range.end().to_usize()) == Some(&*part.value))
            .then_some(range)
    }

    pub(crate) fn note_text(&mut self, string: &ExprStringLiteral, role: Role) {
        let value = string.value.to_str();
        if words(value).any(|(_, word)| self.interest.contains(word)) {
            let content = self.content(string);
            let range = self.range(string.range());
            self.facts.texts.push(Text { value: value.to_owned(), content, range, role });
        }
    }

    pub(crate) fn string(&mut self, string: &ExprStringLiteral) {
        let value = string.value.to_str();
        if value.len() > LONGEST {
            return;
        }
        if self.annotation
            && let Some(content) = self.content(string)
        {
            self.string_type(value, content);
        } else if is_path(value) || self.annotation {
            self.note_text(string, Role::Other);
        }
    }

    /// Walk the expression that a string holds; strings within it are types in turn.
    fn string_type(&mut self, value: &str, content: TextRange) {
        // Parenthesized, since a type in a string may run over several lines; the parenthesis
        // takes the place of the quote before the contents.
        let text = format!("({value})");
        let outer = std::mem::replace(&mut self.shift, content.start() - TextSize::new(1));
        // Text that is no expression names nothing.
        let _ = pyagent_source::with_module(&text, |module| {
            for stmt in &module.syntax().body {
                self.visit_stmt(stmt);
            }
        });
        self.shift = outer;
    }

    /// Names that `__all__` and the like list.
    pub(crate) fn exported(&mut self, target: &Expr, value: &Expr) {
        let Expr::Name(name) = target else { return };
        let role = match (name.id.as_str(), self.facts.scope(self.scope).owner) {
            ("__all__", Owner::None) if self.scope == 0 => Role::Exported,
            ("__slots__" | "__match_args__", Owner::Class(class)) => Role::Slot(class),
            _ => return,
        };
        self.list(value, role);
    }

    /// `__all__.extend([…])` and the like.
    pub(crate) fn exporting_call(&mut self, value: &Expr) {
        if let Expr::Call(call) = value
            && let Expr::Attribute(method) = &*call.func
            && matches!(&*method.value, Expr::Name(name) if name.id == "__all__")
            && self.scope == 0
        {
            self.list(value, Role::Exported);
        }
    }

    fn list(&mut self, value: &Expr, role: Role) {
        let found = strings(value);
        if role == Role::Exported {
            let names = self.facts.exported.get_or_insert_default();
            names.extend(found.iter().map(|string| Name::new(string.value.to_str())));
        }
        for string in &found {
            self.note_text(string, role);
        }
    }
}

/// An identifier, or several with dots or a colon between them.
pub(crate) fn is_path(value: &str) -> bool {
    !value.is_empty()
        && value.split(['.', ':']).all(|part| {
            !part.is_empty()
                && !part.starts_with(|c: char| c.is_ascii_digit())
                && part.chars().all(|c| c.is_alphanumeric() || c == '_')
        })
}
