//! Names that the examples of a docstring read.
//!
//! The examples of one docstring share a copy of the module's names, as the standard library's
//! `doctest` runs them: what an example binds itself, later ones do not read from the module.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use rustc_hash::FxHashSet;

use crate::strings::words;
use crate::walk::Walker;

/// The names that examples read of the module, and those that they have bound so far.
#[derive(Default)]
struct Examples {
    read: FxHashSet<Name>,
    bound: FxHashSet<Name>,
}

impl Examples {
    fn note(&mut self, name: &str) {
        let name = Name::new(name);
        if !self.bound.contains(&name) {
            self.read.insert(name);
        }
    }

    /// Take one example; of one that is not Python every word counts as read.
    fn take(&mut self, source: &str) {
        let parsed = pyagent_source::with_module(source, |module| {
            let body = &module.syntax().body;
            self.visit_body(body);
            // An option may skip the example, so that it binds nothing.
            if !source.contains("doctest:") {
                body.iter().for_each(|stmt| self.bind(stmt));
            }
        });
        if parsed.is_err() {
            words(source).for_each(|word| self.note(word));
        }
    }

    /// Note what a statement binds whenever it is executed.
    fn bind(&mut self, stmt: &Stmt) {
        let members = match stmt {
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) => &import.names,
            _ => return,
        };
        for member in members {
            let top = || Name::new(member.name.split('.').next().unwrap_or_default());
            self.bound.insert(member.asname.as_ref().map_or_else(top, |asname| asname.id.clone()));
        }
    }
}

impl<'a> Visitor<'a> for Examples {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) if name.ctx != ExprContext::Store => self.note(&name.id),
            // It may be code, to be evaluated or timed.
            Expr::StringLiteral(string) => {
                words(string.value.to_str()).for_each(|word| self.note(word));
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

/// The examples in a text: each is what follows `>>>`, and the lines after it that begin with `...`.
fn examples(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines().map(str::trim_start) {
        if let Some(code) = line.strip_prefix(">>>") {
            found.push(code.strip_prefix(' ').unwrap_or(code).to_owned());
            open = true;
        } else if let (true, Some(code), Some(last)) =
            (open, line.strip_prefix("..."), found.last_mut())
        {
            last.push('\n');
            last.push_str(code.strip_prefix(' ').unwrap_or(code));
        } else {
            open = false;
        }
    }
    found
}

impl Walker<'_> {
    pub(crate) fn doctest(&mut self, text: &str) {
        let mut all = Examples::default();
        for example in examples(text) {
            all.take(&example);
        }
        for name in all.read {
            self.mention(&name);
        }
    }
}

#[cfg(test)]
#[path = "doctest_tests.rs"]
mod tests;
