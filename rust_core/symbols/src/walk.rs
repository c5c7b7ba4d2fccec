//! The one walk over a syntax tree that gathers [`Facts`]: statements.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    AnyParameterRef, ExceptHandler, Expr, ExprContext, Identifier, Parameters, Pattern,
    PatternKeyword, Stmt, StmtAnnAssign, StmtAssign, StmtClassDef, StmtFunctionDef, StmtIf,
    StmtImport, StmtImportFrom, TypeParam, TypeParams,
};
use ruff_text_size::{Ranged, TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{
    Binding, Class, Facts, Function, Import, Member, Owner, Parameter, ParameterKind, Role, Scope,
    ScopeId, ScopeKind, Shape, ShapeId, Use, UseKind, What,
};
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
    typing: bool,
    /// How many branches, loops and handlers of the scope the walk is in.
    branches: u32,
    /// Bindings of names that are declared as `nonlocal`.
    nonlocal: Vec<(ScopeId, Name, u32)>,
}

pub(crate) fn index(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Walker<'_> {
    /// A range of the file for one of the tree that is being walked.
    pub(crate) fn range(&self, range: TextRange) -> TextRange {
        range + self.shift
    }

    fn push(&mut self, kind: ScopeKind, owner: Owner) -> ScopeId {
        let outer = self.scope;
        self.scope = index(self.facts.scopes.len());
        self.facts.scopes.push(Scope {
            kind,
            parent: (kind != ScopeKind::Module).then_some(outer),
            bound: FxHashMap::default(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
            owner,
        });
        outer
    }

    fn written(&mut self, name: &Name, range: TextRange, kind: UseKind) {
        self.order += 1;
        if self.interest.contains(name) {
            let range = self.range(range);
            let (scope, order) = (self.scope, self.order);
            self.facts.uses.push(Use { name: name.clone(), range, scope, order, kind });
        }
    }

    fn bind_as(&mut self, name: &Name, range: TextRange, what: What, kind: UseKind) {
        self.written(name, range, kind);
        let id = index(self.facts.bindings.len());
        let range = self.range(range);
        let (order, firm) = (self.order, self.branches == 0);
        self.facts.bindings.push(Binding { range, order, what, firm, ends: false });
        let table = &self.facts.scopes[self.scope as usize];
        if table.nonlocals.contains(name) {
            self.nonlocal.push((self.scope, name.clone(), id));
            return;
        }
        let target = if table.globals.contains(name) { 0 } else { self.scope };
        self.facts.scopes[target as usize].bound.entry(name.clone()).or_default().push(id);
    }

    /// Bindings of `nonlocal` names belong to a function outside, which may bind them later on.
    fn settle(&mut self) {
        for (scope, name, id) in std::mem::take(&mut self.nonlocal) {
            let outer = self.facts.resolve(scope, &name, u32::MAX);
            if let Some(outer) = outer.filter(|&outer| outer != 0) {
                self.facts.scopes[outer as usize].bound.entry(name).or_default().push(id);
            }
        }
    }

    /// The name that was bound last has no value afterwards.
    fn end(&mut self) {
        if let Some(binding) = self.facts.bindings.last_mut() {
            binding.ends = true;
        }
    }

    fn branch(&mut self, walk: impl FnOnce(&mut Self)) {
        self.branches += 1;
        walk(self);
        self.branches -= 1;
    }

    fn bind(&mut self, name: &Identifier, what: What) {
        self.bind_as(&name.id, name.range, what, UseKind::Bind);
    }

    /// Bind outside of comprehensions, as an assignment expression does.
    fn bind_outside(&mut self, name: &Name, range: TextRange, what: What) {
        let inner = self.scope;
        while self.facts.scope(self.scope).kind == ScopeKind::Comprehension {
            let Some(parent) = self.facts.scope(self.scope).parent else { break };
            self.scope = parent;
        }
        self.bind_as(name, range, what, UseKind::Bind);
        self.scope = inner;
    }

    fn type_params(&mut self, params: Option<&TypeParams>) -> Option<ScopeId> {
        let params = params?;
        let outer = self.push(ScopeKind::Types, Owner::None);
        for param in &params.type_params {
            let (TypeParam::TypeVar(_) | TypeParam::ParamSpec(_) | TypeParam::TypeVarTuple(_)) =
                param;
            self.bind(param.name(), What::Other);
        }
        for param in &params.type_params {
            visitor::walk_type_param(self, param);
        }
        Some(outer)
    }

    fn parameters(&mut self, function: u32, parameters: &Parameters) {
        for (at, parameter) in parameters.iter_source_order().enumerate() {
            self.bind(parameter.name_ident(), What::Parameter(function, index(at)));
        }
    }

    fn described(&mut self, parameters: &Parameters) -> Vec<Parameter> {
        let kind = |parameter: AnyParameterRef<'_>| {
            let is_in = |list: &[ruff_python_ast::ParameterWithDefault]| {
                list.iter().any(|one| one.range() == parameter.range())
            };
            match parameter {
                AnyParameterRef::Variadic(_) => ParameterKind::Starred,
                AnyParameterRef::NonVariadic(_) if is_in(&parameters.posonlyargs) => {
                    ParameterKind::PositionalOnly
                }
                AnyParameterRef::NonVariadic(_) if is_in(&parameters.kwonlyargs) => {
                    ParameterKind::Keyword
                }
                AnyParameterRef::NonVariadic(_) => ParameterKind::Plain,
            }
        };
        parameters
            .iter_source_order()
            .map(|parameter| Parameter {
                name: parameter.name().id().clone(),
                kind: kind(parameter),
                annotation: parameter.annotation().map(|expr| self.type_shape(expr)),
            })
            .collect()
    }

    fn function(&mut self, def: &StmtFunctionDef) {
        let decorators = self.decorators(&def.decorator_list);
        let id = index(self.facts.functions.len());
        let outer = self.scope;
        let types = self.type_params(def.type_params.as_deref());
        self.visit_parameters(&def.parameters);
        if let Some(returns) = &def.returns {
            self.visit_annotation(returns);
        }
        let parameters = self.described(&def.parameters);
        let returns = def.returns.as_deref().map(|expr| self.type_shape(expr));
        self.facts.functions.push(Function {
            name: def.name.id.clone(),
            name_range: self.range(def.name.range),
            range: self.range(def.range),
            scope: index(self.facts.scopes.len()),
            outer,
            decorators,
            parameters,
            returns: returns.filter(|_| !def.is_async),
            returned: Vec::new(),
            is_lazy: def.is_async,
        });
        let within = self.push(ScopeKind::Function, Owner::Function(id));
        self.parameters(id, &def.parameters);
        self.docstring(&def.body);
        self.visit_body(&def.body);
        self.scope = types.unwrap_or(within);
        // Bound last: decorators and defaults are evaluated before.
        self.bind(&def.name, What::Function(id));
    }

    fn class(&mut self, def: &StmtClassDef) {
        let decorators = self.decorators(&def.decorator_list);
        let id = index(self.facts.classes.len());
        let outer = self.scope;
        let types = self.type_params(def.type_params.as_deref());
        let bases = def.bases().iter().map(|base| self.base_shape(base)).collect();
        if let Some(arguments) = &def.arguments {
            self.visit_arguments(arguments);
        }
        self.facts.classes.push(Class {
            name: def.name.id.clone(),
            name_range: self.range(def.name.range),
            scope: index(self.facts.scopes.len()),
            outer,
            bases,
            decorators,
            has_type_params: def.type_params.is_some(),
            assigned: FxHashMap::default(),
        });
        let within = self.push(ScopeKind::Class, Owner::Class(id));
        let branches = std::mem::take(&mut self.branches);
        self.docstring(&def.body);
        self.visit_body(&def.body);
        self.branches = branches;
        self.scope = types.unwrap_or(within);
        self.bind(&def.name, What::Class(id));
    }

    fn decorators(&mut self, list: &[ruff_python_ast::Decorator]) -> Vec<ShapeId> {
        list.iter()
            .map(|decorator| {
                self.visit_expr(&decorator.expression);
                match &decorator.expression {
                    Expr::Call(call) => self.shape(&call.func),
                    other => self.shape(other),
                }
            })
            .collect()
    }

    fn import(&mut self, stmt: &StmtImport) {
        let members = stmt.names.iter();
        let members = members.map(|alias| self.member(&alias.name, alias.asname.as_ref()));
        let members: Vec<Member> = members.collect();
        self.imported(stmt.range, None, members);
    }

    fn import_from(&mut self, stmt: &StmtImportFrom) {
        let module = stmt.module.as_ref().map(|name| name.id.clone()).unwrap_or_default();
        let members = stmt.names.iter();
        let members = members.map(|alias| self.member(&alias.name, alias.asname.as_ref()));
        let members: Vec<Member> = members.collect();
        self.imported(stmt.range, Some((stmt.level, module)), members);
    }

    fn member(&self, name: &Identifier, asname: Option<&Identifier>) -> Member {
        Member {
            name: name.id.clone(),
            range: self.range(name.range),
            asname: asname.map(|name| (name.id.clone(), self.range(name.range))),
        }
    }

    fn imported(&mut self, range: TextRange, from: Option<(u32, Name)>, members: Vec<Member>) {
        let id = index(self.facts.imports.len());
        for (at, member) in members.iter().enumerate() {
            let at = index(at);
            let (name, range) = match &member.asname {
                Some((name, range)) => (name.clone(), *range),
                None if member.is_star() => continue,
                None => {
                    let top = member.name.split('.').next().unwrap_or_default();
                    (Name::new(top), TextRange::at(member.range.start(), length(top)))
                }
            };
            // The ranges are those of the file already.
            let shift = std::mem::take(&mut self.shift);
            self.bind_as(&name, range, What::Import(id, at), UseKind::Import(id, at));
            self.shift = shift;
        }
        let range = self.range(range);
        let (scope, typing) = (self.scope, self.typing);
        self.facts.imports.push(Import { range, scope, from, members, typing });
    }

    fn assign(&mut self, stmt: &StmtAssign) {
        self.visit_expr(&stmt.value);
        let what = What::Value(self.shape(&stmt.value));
        for target in &stmt.targets {
            self.exported(target, &stmt.value);
            if let Expr::Name(name) = target {
                self.bind_as(&name.id, name.range, what, UseKind::Bind);
            } else {
                self.assigned(target, what);
                self.visit_expr(target);
            }
        }
    }

    /// An assignment to an attribute of the first parameter of a method.
    fn assigned(&mut self, target: &Expr, what: What) {
        if let Expr::Attribute(attribute) = target
            && let Expr::Name(name) = &*attribute.value
            && let Owner::Function(function) = self.facts.scope(self.scope).owner
            && let Some(class) = self.facts.class_of(function)
            && let Some(first) = self.facts.functions[function as usize].parameters.first()
            && first.name == name.id
        {
            let assigned = &mut self.facts.classes[class as usize].assigned;
            assigned.entry(attribute.attr.id.clone()).or_default().push(what);
        }
    }

    fn annotated(&mut self, stmt: &StmtAnnAssign) {
        if let Some(value) = &stmt.value {
            let alias = last(&stmt.annotation) == Some("TypeAlias");
            let outer = self.annotation;
            self.annotation |= alias;
            self.visit_expr(value);
            self.annotation = outer;
            self.exported(&stmt.target, value);
        }
        self.visit_annotation(&stmt.annotation);
        match &*stmt.target {
            Expr::Name(name) => {
                let what = What::Declared(self.type_shape(&stmt.annotation));
                self.bind_as(&name.id, name.range, what, UseKind::Bind);
            }
            target => {
                let what = What::Declared(self.type_shape(&stmt.annotation));
                self.assigned(target, what);
                self.visit_expr(target);
            }
        }
    }

    /// Declared names are written too: `global` in a function means the module's variable.
    fn declared(&mut self, names: &[Identifier], nonlocal: bool) {
        for name in names {
            let table = &mut self.facts.scopes[self.scope as usize];
            let declared = if nonlocal { &mut table.nonlocals } else { &mut table.globals };
            declared.insert(name.id.clone());
            self.written(&name.id, name.range, UseKind::Bind);
            if !nonlocal && self.scope != 0 {
                // The module may never bind it itself.
                self.facts.scopes[0].bound.entry(name.id.clone()).or_default();
            }
        }
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

trait ParameterName {
    fn name_ident(&self) -> &Identifier;
}

impl ParameterName for AnyParameterRef<'_> {
    fn name_ident(&self) -> &Identifier {
        &self.as_parameter().name
    }
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

impl Walker<'_> {
    /// The function whose own body is being walked.
    fn function_here(&mut self) -> Option<&mut Function> {
        match self.facts.scope(self.scope).owner {
            Owner::Function(function) => self.facts.functions.get_mut(function as usize),
            Owner::Class(_) | Owner::None => None,
        }
    }

    fn lambda(&mut self, lambda: &ruff_python_ast::ExprLambda) {
        if let Some(parameters) = lambda.parameters.as_deref() {
            self.visit_parameters(parameters);
        }
        let outer = self.push(ScopeKind::Function, Owner::None);
        for parameter in lambda.parameters.iter().flat_map(|all| all.iter_source_order()) {
            self.bind(parameter.name_ident(), What::Other);
        }
        self.visit_expr(&lambda.body);
        self.scope = outer;
    }

    fn comprehension(&mut self, generators: &[ruff_python_ast::Comprehension], elements: &[&Expr]) {
        // The first iterable is evaluated outside.
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let outer = self.push(ScopeKind::Comprehension, Owner::None);
        for (at, generator) in generators.iter().enumerate() {
            if at > 0 {
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

    /// `case Class(name=…)` reads the attribute, as a keyword of a call names one.
    fn class_pattern(&mut self, class: &Expr, keywords: &[PatternKeyword]) {
        let receiver = self.shape(class);
        let receiver = self.add(Shape::Call(receiver));
        for keyword in keywords {
            let range = self.range(keyword.attr.range);
            self.note_attribute(&keyword.attr.id, range, range, receiver, class.range(), false);
        }
    }

    fn docstring(&mut self, body: &[Stmt]) {
        if let Some(Stmt::Expr(first)) = body.first()
            && let Expr::StringLiteral(string) = &*first.value
        {
            self.note_text(string, Role::Doc);
        }
    }
}
