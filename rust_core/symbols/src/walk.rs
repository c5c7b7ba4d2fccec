//! The one walk over a syntax tree that gathers [`Facts`]: statements.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{ExceptHandler, Expr, ExprContext, Pattern, Stmt, StmtIf};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashSet;

use crate::facts::{Facts, Owner, Role, ScopeId, ScopeKind, UseKind, What};
use crate::shapes::last;

/// Gather the facts of a module; uses are kept of the names in `interest` alone.
pub(crate) fn facts(body: &[Stmt], text: &str, interest: &FxHashSet<Name>) -> Facts {
    let mut walker = Walker {
        facts: Facts::default(),
        text,
        interest,
        scope: 0,
        order: 0,
        shift: TextSize::new(0),
        annotation: false,
        typing: false,
        branches: 0,
        nonlocal: Vec::new(),
    };
    walker.push(ScopeKind::Module, Owner::None);
    walker.docstring(body);
    walker.visit_body(body);
    walker.settle();
    let mut facts = walker.facts;
    // A string may have been met as a part of something and by itself: the part says more.
    facts.texts.sort_by_key(|text| (text.range.start(), text.role == Role::Other));
    facts.texts.dedup_by_key(|text| text.range);
    facts
}

pub(crate) struct Walker<'w> {
    pub(crate) facts: Facts,
    pub(crate) text: &'w str,
    pub(crate) interest: &'w FxHashSet<Name>,
    pub(crate) scope: ScopeId,
    pub(crate) order: u32,
    /// What ranges within the string that is being walked are to be moved by.
    pub(crate) shift: TextSize,
    /// Strings are types here.
    pub(crate) annotation: bool,
    /// Under `if TYPE_CHECKING`.
    pub(crate) typing: bool,
    /// How many branches, loops and handlers of the scope the walk is in.
    pub(crate) branches: u32,
    /// Bindings of names that are declared as `nonlocal`.
    pub(crate) nonlocal: Vec<(ScopeId, Name, u32)>,
}

pub(crate) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Walker<'_> {
    /// A range of the file for one of the tree that is being walked.
    pub(crate) fn range(&self, range: TextRange) -> TextRange {
        range + self.shift
    }

    fn conditional(&mut self, stmt: &StmtIf) {
        self.visit_expr(&stmt.test);
        let outer = self.typing;
        self.typing |= last(&stmt.test) == Some("TYPE_CHECKING");
        self.visit_body(&stmt.body);
        self.typing = outer;
        for clause in &stmt.elif_else_clauses {
            self.visit_elif_else_clause(clause);
        }
    }
}

pub(crate) fn length(text: &str) -> TextSize {
    TextSize::new(index(text.len()))
}

impl<'a> Visitor<'a> for Walker<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function(def),
            Stmt::ClassDef(def) => self.class(def),
            Stmt::Import(stmt) => self.import(stmt),
            Stmt::ImportFrom(stmt) => self.import_from(stmt),
            Stmt::Assign(stmt) => self.assign(stmt),
            Stmt::AnnAssign(stmt) => self.annotated(stmt),
            Stmt::AugAssign(assign) => {
                self.exported(&assign.target, &assign.value);
                visitor::walk_stmt(self, stmt);
            }
            Stmt::Return(returned) => {
                visitor::walk_stmt(self, stmt);
                if let Some(value) = &returned.value {
                    let shape = self.shape(value);
                    if let Some(function) = self.function_here() {
                        function.returned.push(shape);
                    }
                }
            }
            Stmt::Global(stmt) => self.declared(&stmt.names, false),
            Stmt::Nonlocal(stmt) => self.declared(&stmt.names, true),
            Stmt::If(stmt) => self.branch(|walker| walker.conditional(stmt)),
            Stmt::While(_) | Stmt::For(_) | Stmt::Try(_) | Stmt::Match(_) => {
                self.branch(|walker| visitor::walk_stmt(walker, stmt));
            }
            Stmt::TypeAlias(alias) => {
                let types = self.type_params(alias.type_params.as_deref());
                let outer = std::mem::replace(&mut self.annotation, true);
                self.visit_expr(&alias.value);
                self.annotation = outer;
                self.scope = types.unwrap_or(self.scope);
                self.visit_expr(&alias.name);
            }
            Stmt::Expr(expr) => {
                self.exporting_call(&expr.value);
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_annotation(&mut self, expr: &'a Expr) {
        let outer = std::mem::replace(&mut self.annotation, true);
        self.visit_expr(expr);
        self.annotation = outer;
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(except) = handler;
        if let Some(kind) = &except.type_ {
            self.visit_expr(kind);
        }
        if let Some(name) = &except.name {
            let what = except.type_.as_deref().map(|kind| What::Declared(self.type_shape(kind)));
            self.bind(name, what.unwrap_or(What::Other));
            self.end();
        }
        self.visit_body(&except.body);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        visitor::walk_pattern(self, pattern);
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            Pattern::MatchClass(pattern) => {
                self.class_pattern(&pattern.cls, &pattern.arguments.keywords);
                None
            }
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name, What::Other);
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Store => {
                    self.bind_as(&name.id, name.range, What::Other, UseKind::Bind);
                }
                ExprContext::Del => {
                    self.bind_as(&name.id, name.range, What::Other, UseKind::Bind);
                    self.end();
                }
                _ => self.written(&name.id, name.range, UseKind::Read),
            },
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = &*named.target {
                    let what = What::Value(self.shape(&named.value));
                    self.bind_outside(&name.id, name.range, what);
                }
            }
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                if let Some(function) = self.function_here() {
                    function.is_lazy = true;
                }
                visitor::walk_expr(self, expr);
            }
            Expr::Lambda(lambda) => self.lambda(lambda),
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => match &comp.key {
                Some(key) => self.comprehension(&comp.generators, &[key, &comp.value]),
                None => self.comprehension(&comp.generators, &[&comp.value]),
            },
            Expr::Attribute(attribute) => self.attribute(attribute, None),
            Expr::Call(call) => self.call(call),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::StringLiteral(string) => self.string(string),
            _ => visitor::walk_expr(self, expr),
        }
    }
}
