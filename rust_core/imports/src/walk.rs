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

use crate::facts::{Context, Facts, From, Member, Scope, ScopeId, ScopeKind, Statement, Suite};
use crate::source::{Comments, layout};
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

pub(crate) struct Walker<'w> {
    pub(crate) facts: Facts,
    names: FxHashSet<Name>,
    text: &'w str,
    lines: &'w Lines,
    comments: &'w Comments<'w>,
    pub(crate) tests: bool,
    pub(crate) first_party: &'w dyn Fn(&str) -> bool,
    scope: ScopeId,
    suite: Option<u32>,
    context: Context,
    /// Strings are types here.
    pub(crate) annotation: bool,
    /// The place of the string whose contents are being walked.
    at: Option<TextSize>,
}

impl Walker<'_> {
    fn push_scope(&mut self, kind: ScopeKind) -> ScopeId {
        let outer = self.scope;
        let parent = (kind != ScopeKind::Module).then_some(outer);
        self.scope = u32::try_from(self.facts.scopes.len()).unwrap_or(u32::MAX);
        self.facts.scopes.push(Scope {
            kind,
            parent,
            bound: rustc_hash::FxHashMap::default(),
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
    fn bind_outside(&mut self, name: &Name) {
        let inner = self.scope;
        while self.facts.scopes[self.scope as usize].kind == ScopeKind::Comprehension {
            let Some(parent) = self.facts.scopes[self.scope as usize].parent else { break };
            self.scope = parent;
        }
        self.bind(name);
        self.scope = inner;
    }

    fn read(&mut self, name: &Name, chain: Vec<Name>, at: TextSize) {
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
    pub(crate) fn types<'a>(&mut self, expr: &'a Expr) {
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

    fn import(&mut self, stmt: &Stmt) {
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

    fn conditional<'a>(&mut self, stmt: &'a StmtIf) {
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

    fn attempt<'a>(&mut self, stmt: &'a StmtTry) {
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

    fn with<'a>(&mut self, stmt: &'a StmtWith) {
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
        self.facts.suites.push(Suite { parent: outer, statements: body.len() });
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
