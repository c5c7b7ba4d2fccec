//! Scopes, bindings and reads, as the walk comes by them.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{From, Member, Scope, ScopeId, ScopeKind, Statement};
use crate::source::layout;
use crate::walk::Walker;

impl Walker<'_> {
    pub(crate) fn push_scope(&mut self, kind: ScopeKind) -> ScopeId {
        let outer = self.scope;
        let parent = (kind != ScopeKind::Module).then_some(outer);
        self.scope = u32::try_from(self.facts.scopes.len()).unwrap_or(u32::MAX);
        self.facts.scopes.push(Scope {
            kind,
            parent,
            bound: FxHashMap::default(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
        });
        outer
    }

    /// The scope in which a name that is bound here ends up.
    fn target(&self, name: &Name) -> ScopeId {
        let scope = &self.facts.scopes[self.scope as usize];
        if scope.globals.contains(name) { 0 } else { self.scope }
    }

    pub(crate) fn bind(&mut self, name: &Name) {
        if self.facts.scopes[self.scope as usize].nonlocals.contains(name) {
            // The binding belongs to some scope outside: whatever that is, it is not superfluous.
            self.mention(name);
        } else if self.names.contains(name) {
            let target = self.target(name) as usize;
            self.facts.scopes[target].bound.entry(name.clone()).or_default().other = true;
        }
    }

    /// Bind outside of comprehensions, as an assignment expression does.
    pub(crate) fn bind_outside(&mut self, name: &Name) {
        let inner = self.scope;
        while self.facts.scopes[self.scope as usize].kind == ScopeKind::Comprehension {
            let Some(parent) = self.facts.scopes[self.scope as usize].parent else { break };
            self.scope = parent;
        }
        self.bind(name);
        self.scope = inner;
    }

    pub(crate) fn read(&mut self, name: &Name, chain: Vec<Name>, at: TextSize) {
        if !self.names.contains(name) {
            return;
        }
        let line = self.lines.line(self.at.unwrap_or(at));
        let read = self.facts.reads.entry((name.clone(), self.scope)).or_default();
        if chain.is_empty() {
            read.bare.get_or_insert(line);
        } else {
            read.chains.insert(chain);
        }
    }

    pub(crate) fn mention(&mut self, name: &str) {
        if let Some(known) = self.names.get(name) {
            self.facts.mentioned.insert(known.clone());
        }
    }

    pub(crate) fn dynamic(&mut self, at: TextSize, what: &'static str) {
        let line = self.lines.line(self.at.unwrap_or(at));
        self.facts.dynamic.get_or_insert((line, what));
    }

    /// Walk an expression whose strings are types.
    pub(crate) fn types(&mut self, expr: &Expr) {
        let outer = std::mem::replace(&mut self.annotation, true);
        self.visit_expr(expr);
        self.annotation = outer;
    }

    /// Walk the expression that a string at `at` holds; strings within it are types in turn.
    pub(crate) fn string_type(&mut self, value: &str, at: TextSize) {
        let outer = self.at;
        self.at = Some(outer.unwrap_or(at));
        // Parenthesized, since a type in a string may run over several lines.
        let text = format!("({})", value.trim());
        // Text that is no expression reads no name.
        let _ = pyagent_source::with_module(&text, |module| {
            for stmt in &module.syntax().body {
                self.visit_stmt(stmt);
            }
        });
        self.at = outer;
    }

    pub(crate) fn import(&mut self, stmt: &Stmt) {
        let (from, names) = match stmt {
            Stmt::Import(import) => (None, &import.names),
            Stmt::ImportFrom(import) => {
                let module = import.module.as_ref().map(|module| module.id.clone());
                (Some(From { module, level: import.level }), &import.names)
            }
            _ => return,
        };
        let index = u32::try_from(self.facts.statements.len()).unwrap_or(u32::MAX);
        let mut members = Vec::with_capacity(names.len());
        for (at, alias) in names.iter().enumerate() {
            let member = Member {
                name: alias.name.id.clone(),
                asname: alias.asname.as_ref().map(|asname| asname.id.clone()),
                range: alias.range(),
            };
            match member.binding() {
                Some(binding) => {
                    let name = Name::new(binding);
                    let target = self.target(&name) as usize;
                    let bound = self.facts.scopes[target].bound.entry(name).or_default();
                    bound.imports.push((index, u32::try_from(at).unwrap_or(u32::MAX)));
                }
                None => self.dynamic(stmt.start(), "a star import"),
            }
            members.push(member);
        }
        let range = stmt.range();
        self.facts.statements.push(Statement {
            range,
            line: self.lines.line(range.start()),
            end_line: self.lines.line(range.end()),
            scope: self.scope,
            suite: self.suite.unwrap_or(0),
            from,
            members,
            context: self.context,
            suppressed: self.comments.suppressed(self.text, range),
            fixed: layout(self.text, range),
        });
    }
}
