//! The one walk over a syntax tree that gathers [`Facts`].

use pyagent_source::Lines;
use ruff_python_ast::name::Name;
use ruff_python_ast::statement_visitor::{self, StatementVisitor};
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, ExprContext, Parameters, Pattern, Stmt, StmtIf, StmtTry,
    StmtWith, TypeParams,
};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashSet;

use crate::facts::{Context, Facts, ScopeId, ScopeKind, Suite};
use crate::source::Comments;
use crate::{effects, strings};

/// Gather the facts of a module. `first_party` tells whether a top-level module is the project's.
pub(crate) fn facts(
    body: &[Stmt],
    text: &str,
    lines: &Lines,
    comments: &Comments,
    tests: bool,
    first_party: &dyn Fn(&str) -> bool,
) -> Facts {
    let mut names = Names::default();
    names.visit_body(body);
    let mut walker = Walker {
        facts: Facts { suppressed: comments.file_suppressed(), ..Facts::default() },
        names: names.bound,
        text,
        lines,
        comments,
        tests,
        first_party,
        scope: 0,
        suite: None,
        context: Context::default(),
        annotation: false,
        at: None,
    };
    walker.push_scope(ScopeKind::Module);
    walker.visit_body(body);
    walker.facts.effect = effects::first(body).map(|at| lines.line(at));
    for name in comments.type_comment_names() {
        walker.mention(name);
    }
    walker.facts
}

/// The names that any import of the file binds: no other name matters.
#[derive(Default)]
struct Names {
    bound: FxHashSet<Name>,
}

impl<'a> StatementVisitor<'a> for Names {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        let members = match stmt {
            Stmt::Import(import) => &import.names,
            Stmt::ImportFrom(import) => &import.names,
            _ => return statement_visitor::walk_stmt(self, stmt),
        };
        for member in members {
            let bound = match &member.asname {
                Some(asname) => asname.id.clone(),
                None => Name::new(member.name.split('.').next().unwrap_or_default()),
            };
            self.bound.insert(bound);
        }
    }
}

/// Whether a statement does nothing but import, document or pass.
fn idle(stmt: &Stmt) -> bool {
    match stmt {
        Stmt::Import(_) | Stmt::ImportFrom(_) | Stmt::Pass(_) => true,
        Stmt::Expr(expr) => {
            matches!(&*expr.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        _ => false,
    }
}

pub(crate) struct Walker<'w> {
    pub(crate) facts: Facts,
    pub(crate) names: FxHashSet<Name>,
    pub(crate) text: &'w str,
    pub(crate) lines: &'w Lines,
    pub(crate) comments: &'w Comments<'w>,
    pub(crate) tests: bool,
    pub(crate) first_party: &'w dyn Fn(&str) -> bool,
    pub(crate) scope: ScopeId,
    pub(crate) suite: Option<u32>,
    pub(crate) context: Context,
    /// Strings are types here.
    pub(crate) annotation: bool,
    /// The place of the string whose contents are being walked.
    pub(crate) at: Option<TextSize>,
}

impl Walker<'_> {
    fn function<'a>(
        &mut self,
        parameters: Option<&'a Parameters>,
        type_params: Option<&'a TypeParams>,
        body: impl FnOnce(&mut Self),
    ) {
        if let Some(type_params) = type_params {
            self.visit_type_params(type_params);
        }
        if let Some(parameters) = parameters {
            // Defaults and annotations belong to the scope outside.
            self.visit_parameters(parameters);
        }
        let outer = self.push_scope(ScopeKind::Function);
        let context = self.context;
        self.context.function = true;
        for param in type_params.iter().flat_map(|params| &params.type_params) {
            self.bind(&param.name().id);
        }
        for parameter in parameters.iter().flat_map(|parameters| parameters.iter()) {
            self.bind(parameter.name().id());
            if self.tests {
                self.facts.parameters.insert(parameter.name().id().clone());
            }
        }
        body(self);
        self.context = context;
        self.scope = outer;
    }

    fn comprehension<'a>(&mut self, generators: &'a [Comprehension], elements: &[&'a Expr]) {
        // The first iterable is evaluated outside.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let outer = self.push_scope(ScopeKind::Comprehension);
        for (index, generator) in generators.iter().enumerate() {
            if index > 0 {
                self.visit_expr(&generator.iter);
            }
            self.visit_expr(&generator.target);
            for test in &generator.ifs {
                self.visit_expr(test);
            }
        }
        for element in elements {
            self.visit_expr(element);
        }
        self.scope = outer;
    }

    fn within(&mut self, change: impl FnOnce(&mut Context), walk: impl FnOnce(&mut Self)) {
        let outer = self.context;
        change(&mut self.context);
        walk(self);
        self.context = outer;
    }

    fn conditional(&mut self, stmt: &StmtIf) {
        self.visit_expr(&stmt.test);
        let typing = strings::is_type_checking(&stmt.test);
        let main = strings::is_main(&stmt.test);
        self.within(
            |context| {
                context.typing |= typing;
                context.main |= main;
            },
            |walker| walker.visit_body(&stmt.body),
        );
        for clause in &stmt.elif_else_clauses {
            let typing = clause.test.as_ref().is_some_and(strings::is_type_checking);
            self.within(
                |context| context.typing |= typing,
                |walker| walker.visit_elif_else_clause(clause),
            );
        }
    }

    fn attempt(&mut self, stmt: &StmtTry) {
        let guarded = stmt.handlers.iter().any(|ExceptHandler::ExceptHandler(handler)| {
            handler.type_.as_deref().is_none_or(strings::catches_import_error)
        });
        self.within(
            |context| context.guarded |= guarded,
            |walker| {
                walker.visit_body(&stmt.body);
                for ExceptHandler::ExceptHandler(handler) in &stmt.handlers {
                    if let Some(kind) = &handler.type_ {
                        walker.visit_expr(kind);
                    }
                    if let Some(name) = &handler.name {
                        walker.bind(&name.id);
                    }
                    walker.visit_body(&handler.body);
                }
                walker.visit_body(&stmt.orelse);
            },
        );
        self.visit_body(&stmt.finalbody);
    }

    fn with(&mut self, stmt: &StmtWith) {
        for item in &stmt.items {
            self.visit_with_item(item);
        }
        let guarded =
            stmt.items.iter().any(|item| strings::catches_import_error(&item.context_expr));
        self.within(
            |context| {
                context.watched = true;
                context.guarded |= guarded;
            },
            |walker| walker.visit_body(&stmt.body),
        );
    }

    /// A chain of attributes down to a name, or `None` if it starts elsewhere.
    fn chain(&mut self, expr: &Expr) -> Option<(Name, Vec<Name>, TextSize)> {
        let mut chain = Vec::new();
        let mut at = expr;
        while let Expr::Attribute(attribute) = at {
            self.facts.attributes.insert(strings::hash(&attribute.attr));
            chain.push(attribute.attr.id.clone());
            at = &attribute.value;
        }
        chain.reverse();
        match at {
            Expr::Name(name) => Some((name.id.clone(), chain, name.start())),
            other => {
                self.visit_expr(other);
                None
            }
        }
    }
}

impl<'a> Visitor<'a> for Walker<'_> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        if body.is_empty() {
            return;
        }
        let outer = self.suite;
        self.suite = Some(u32::try_from(self.facts.suites.len()).unwrap_or(u32::MAX));
        let works = !body.iter().all(idle);
        self.facts.suites.push(Suite { parent: outer, statements: body.len(), works });
        for stmt in body {
            self.visit_stmt(stmt);
        }
        self.suite = outer;
    }

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.statement_strings(stmt);
        match stmt {
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.import(stmt),
            Stmt::FunctionDef(def) => {
                self.collect_function(def);
                for decorator in &def.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(returns) = &def.returns {
                    self.visit_annotation(returns);
                }
                self.bind(&def.name.id);
                self.function(Some(&def.parameters), def.type_params.as_deref(), |walker| {
                    walker.visit_body(&def.body);
                });
            }
            Stmt::ClassDef(def) => {
                self.collect_class(def);
                for decorator in &def.decorator_list {
                    self.visit_decorator(decorator);
                }
                if let Some(type_params) = &def.type_params {
                    self.visit_type_params(type_params);
                }
                if let Some(arguments) = &def.arguments {
                    self.visit_arguments(arguments);
                }
                self.bind(&def.name.id);
                let outer = self.push_scope(ScopeKind::Class);
                self.visit_body(&def.body);
                self.scope = outer;
            }
            Stmt::Global(global) => {
                let scope = &mut self.facts.scopes[self.scope as usize];
                scope.globals.extend(global.names.iter().map(|name| name.id.clone()));
            }
            Stmt::Nonlocal(nonlocal) => {
                let scope = &mut self.facts.scopes[self.scope as usize];
                scope.nonlocals.extend(nonlocal.names.iter().map(|name| name.id.clone()));
            }
            Stmt::AugAssign(assign) => {
                if let Expr::Name(name) = &*assign.target {
                    self.read(&name.id, Vec::new(), name.start());
                }
                visitor::walk_stmt(self, stmt);
            }
            Stmt::AnnAssign(assign) if strings::is_type_alias(&assign.annotation) => {
                self.visit_annotation(&assign.annotation);
                if let Some(value) = &assign.value {
                    self.types(value);
                }
                self.visit_expr(&assign.target);
            }
            Stmt::If(conditional) => self.conditional(conditional),
            Stmt::Try(attempt) => self.attempt(attempt),
            Stmt::With(with) => self.with(with),
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_annotation(&mut self, expr: &'a Expr) {
        self.types(expr);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => match name.ctx {
                ExprContext::Store => self.bind(&name.id),
                ExprContext::Del => {
                    self.bind(&name.id);
                    self.read(&name.id, Vec::new(), name.start());
                }
                _ => self.read(&name.id, Vec::new(), name.start()),
            },
            Expr::Attribute(_) => {
                if let Some((name, chain, at)) = self.chain(expr) {
                    self.read(&name, chain, at);
                }
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                if let Expr::Name(name) = &*named.target {
                    self.bind_outside(&name.id);
                }
            }
            Expr::Lambda(lambda) => {
                self.function(lambda.parameters.as_deref(), None, |walker| {
                    walker.visit_expr(&lambda.body);
                });
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => match &comp.key {
                Some(key) => self.comprehension(&comp.generators, &[key, &comp.value]),
                None => self.comprehension(&comp.generators, &[&comp.value]),
            },
            Expr::Call(call) => self.call(call),
            Expr::Subscript(subscript) => self.subscript(subscript),
            Expr::StringLiteral(string) => self.string(string),
            _ => visitor::walk_expr(self, expr),
        }
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(&name.id);
        }
        visitor::walk_pattern(self, pattern);
    }
}
