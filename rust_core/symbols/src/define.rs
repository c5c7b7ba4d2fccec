//! The walk over a syntax tree: classes, functions, lambdas and comprehensions.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    AnyParameterRef, Comprehension, Decorator, Expr, ExprLambda, ParameterWithDefault, Parameters,
    PatternKeyword, Stmt, StmtClassDef, StmtFunctionDef, TypeParam, TypeParams,
};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use crate::facts::{
    Class, Function, Owner, Parameter, ParameterKind, Role, ScopeId, ScopeKind, Shape, ShapeId,
    What,
};
use crate::walk::{Walker, index};

impl Walker<'_> {
    pub(crate) fn type_params(&mut self, params: Option<&TypeParams>) -> Option<ScopeId> {
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

    pub(crate) fn parameters(&mut self, function: u32, parameters: &Parameters) {
        for (at, parameter) in parameters.iter_source_order().enumerate() {
            self.bind(&parameter.as_parameter().name, What::Parameter(function, index(at)));
        }
    }

    pub(crate) fn described(&mut self, parameters: &Parameters) -> Vec<Parameter> {
        let kind = |parameter: AnyParameterRef<'_>| {
            let is_in = |list: &[ParameterWithDefault]| {
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

    pub(crate) fn function(&mut self, def: &StmtFunctionDef) {
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

    pub(crate) fn class(&mut self, def: &StmtClassDef) {
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

    pub(crate) fn decorators(&mut self, list: &[Decorator]) -> Vec<ShapeId> {
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

    /// The function whose own body is being walked.
    pub(crate) fn function_here(&mut self) -> Option<&mut Function> {
        match self.facts.scope(self.scope).owner {
            Owner::Function(function) => self.facts.functions.get_mut(function as usize),
            Owner::Class(_) | Owner::None => None,
        }
    }

    pub(crate) fn lambda(&mut self, lambda: &ExprLambda) {
        if let Some(parameters) = lambda.parameters.as_deref() {
            self.visit_parameters(parameters);
        }
        let outer = self.push(ScopeKind::Function, Owner::None);
        for parameter in lambda.parameters.iter().flat_map(|all| all.iter_source_order()) {
            self.bind(&parameter.as_parameter().name, What::Other);
        }
        self.visit_expr(&lambda.body);
        self.scope = outer;
    }

    pub(crate) fn comprehension(&mut self, generators: &[Comprehension], elements: &[&Expr]) {
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
    pub(crate) fn class_pattern(&mut self, class: &Expr, keywords: &[PatternKeyword]) {
        let receiver = self.shape(class);
        let receiver = self.add(Shape::Call(receiver));
        for keyword in keywords {
            let range = self.range(keyword.attr.range);
            self.note_attribute(&keyword.attr.id, range, range, receiver, class.range(), false);
        }
    }

    pub(crate) fn docstring(&mut self, body: &[Stmt]) {
        if let Some(Stmt::Expr(first)) = body.first()
            && let Expr::StringLiteral(string) = &*first.value
        {
            self.note_text(string, Role::Doc);
        }
    }
}
