//! The walk over a syntax tree: what is known of expressions without running them.

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Expr, ExprAttribute, ExprCall, ExprContext, ExprSubscript, Operator};
use ruff_text_size::{Ranged, TextRange};

use crate::facts::{Attribute, Call, Role, Shape, ShapeId};
use crate::walk::{Walker, index};

/// Callables whose string arguments are types.
const TYPE_CALLS: &[&str] = &[
    "cast",
    "assert_type",
    "TypeVar",
    "ParamSpec",
    "TypeVarTuple",
    "NewType",
    "NamedTuple",
    "TypedDict",
    "ForwardRef",
    "TypeAliasType",
];

/// Subscripted names of lower case whose string arguments are types.
const GENERICS: &[&str] = &["list", "dict", "set", "tuple", "type", "frozenset", "deque"];

/// Types around the type that matters.
const WRAPPERS: &[&str] =
    &["Optional", "Annotated", "ClassVar", "Final", "Required", "NotRequired"];

/// Callables that take an object and the name of one of its attributes.
const BY_NAME: &[&str] = &["getattr", "setattr", "hasattr", "delattr", "object"];

/// Callables that take the name of an attribute alone.
const OF_NAME: &[&str] = &["attrgetter", "methodcaller"];

/// The last part of a dotted name.
pub(crate) fn last(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

impl Walker<'_> {
    pub(crate) fn add(&mut self, shape: Shape) -> ShapeId {
        self.facts.shapes.push(shape);
        index(self.facts.shapes.len() - 1)
    }

    pub(crate) fn shape(&mut self, expr: &Expr) -> ShapeId {
        let shape = match expr {
            Expr::Name(name) => Shape::Name(name.id.clone(), self.scope, self.order),
            Expr::Attribute(attribute) if attribute.attr.id == "__class__" => {
                Shape::TypeOf(self.shape(&attribute.value))
            }
            Expr::Attribute(attribute) => {
                Shape::Attribute(self.shape(&attribute.value), attribute.attr.id.clone())
            }
            Expr::Call(call) => self.call_shape(call),
            Expr::If(choice) => {
                Shape::Either(vec![self.shape(&choice.body), self.shape(&choice.orelse)])
            }
            Expr::Named(named) => return self.shape(&named.value),
            Expr::StringLiteral(_)
            | Expr::BytesLiteral(_)
            | Expr::FString(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::List(_)
            | Expr::Tuple(_)
            | Expr::Dict(_)
            | Expr::Set(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_)
            | Expr::Lambda(_) => Shape::Plain,
            _ => Shape::Other,
        };
        self.add(shape)
    }

    fn call_shape(&mut self, call: &ExprCall) -> Shape {
        match &*call.func {
            Expr::Name(name) if name.id == "super" => Shape::Super(self.scope),
            Expr::Name(name) if name.id == "type" && call.arguments.args.len() == 1 => {
                Shape::TypeOf(self.shape(&call.arguments.args[0]))
            }
            func => Shape::Call(self.shape(func)),
        }
    }

    /// A base class; of `Base[T]` it is `Base`.
    pub(crate) fn base_shape(&mut self, expr: &Expr) -> ShapeId {
        match expr {
            Expr::Subscript(subscript) => self.shape(&subscript.value),
            other => self.shape(other),
        }
    }

    /// The class that a type annotation names, its options for a union.
    pub(crate) fn type_shape(&mut self, expr: &Expr) -> ShapeId {
        match expr {
            Expr::BinOp(sum) if sum.op == Operator::BitOr => {
                let parts = vec![self.type_shape(&sum.left), self.type_shape(&sum.right)];
                self.add(Shape::Either(parts))
            }
            Expr::Tuple(tuple) => {
                let parts = tuple.elts.iter().map(|part| self.type_shape(part)).collect();
                self.add(Shape::Either(parts))
            }
            Expr::Subscript(subscript) => self.subscript_type(subscript),
            Expr::StringLiteral(string) => {
                let text = format!("({})", string.value.to_str());
                let parsed = pyagent_source::with_module(&text, |module| {
                    match module.syntax().body.first() {
                        Some(ruff_python_ast::Stmt::Expr(stmt)) => self.type_shape(&stmt.value),
                        _ => self.add(Shape::Other),
                    }
                });
                parsed.unwrap_or_else(|_| self.add(Shape::Other))
            }
            other => self.shape(other),
        }
    }

    fn subscript_type(&mut self, subscript: &ExprSubscript) -> ShapeId {
        match (last(&subscript.value), &*subscript.slice) {
            (Some("Annotated"), Expr::Tuple(parts)) if !parts.elts.is_empty() => {
                self.type_shape(&parts.elts[0])
            }
            (Some("Union"), slice) => self.type_shape(slice),
            (Some(name), slice) if WRAPPERS.contains(&name) => self.type_shape(slice),
            (Some("type" | "Type"), _) => self.add(Shape::Other),
            _ => self.shape(&subscript.value),
        }
    }

    pub(crate) fn attribute(
        &mut self,
        attribute: &ExprAttribute,
        arguments: Option<Vec<TextRange>>,
    ) {
        self.visit_expr(&attribute.value);
        if !self.interest.contains(&attribute.attr.id) {
            return;
        }
        let receiver = self.shape(&attribute.value);
        let (range, whole) = (self.range(attribute.attr.range), self.range(attribute.range));
        let store = !matches!(attribute.ctx, ExprContext::Load);
        let text = attribute.value.range();
        self.note_attribute(&attribute.attr.id, range, whole, receiver, text, store);
        if let Some(noted) = self.facts.attributes.last_mut() {
            noted.arguments = arguments;
        }
    }

    pub(crate) fn note_attribute(
        &mut self,
        name: &Name,
        range: TextRange,
        whole: TextRange,
        receiver: ShapeId,
        text: TextRange,
        store: bool,
    ) {
        if self.interest.contains(name) {
            self.facts.attributes.push(Attribute {
                name: name.clone(),
                range,
                whole,
                receiver,
                text: self.range(text),
                scope: self.scope,
                store,
                arguments: None,
            });
        }
    }

    pub(crate) fn call(&mut self, call: &ExprCall) {
        let name = last(&call.func);
        self.dynamic(call, name);
        match &*call.func {
            Expr::Attribute(method) => {
                let plain = call.arguments.args.iter().take_while(|arg| !arg.is_starred_expr());
                let arguments = plain.map(|arg| self.range(arg.range())).collect();
                self.attribute(method, Some(arguments));
            }
            func => self.visit_expr(func),
        }
        self.named(call, name);
        let types = name.is_some_and(|name| TYPE_CALLS.contains(&name));
        let outer = self.annotation;
        self.annotation |= types;
        self.visit_arguments(&call.arguments);
        self.annotation = outer;
        self.keywords(call, name);
    }

    fn dynamic(&mut self, call: &ExprCall, name: Option<&str>) {
        if !call.func.is_name_expr() {
            return;
        }
        let what = match name {
            Some("exec") => "exec",
            Some("eval") => "eval",
            Some("globals") => "globals()",
            Some("locals") => "locals()",
            Some("vars") if call.arguments.is_empty() => "vars()",
            _ => return,
        };
        let at = self.range(call.func.range()).start();
        self.facts.dynamic.get_or_insert((at, what));
    }

    /// Names given as strings beside an object.
    fn named(&mut self, call: &ExprCall, name: Option<&str>) {
        let Some(name) = name else { return };
        let args = &call.arguments.args;
        match &**args {
            [object, Expr::StringLiteral(string), ..] if BY_NAME.contains(&name) => {
                let receiver = self.shape(object);
                self.note_text(string, Role::Attribute(receiver));
            }
            [Expr::StringLiteral(string), ..] if OF_NAME.contains(&name) => {
                let receiver = self.add(Shape::Other);
                self.note_text(string, Role::Attribute(receiver));
            }
            [names, ..] if name == "parametrize" => match names {
                Expr::StringLiteral(string) => self.note_text(string, Role::Parametrized),
                Expr::List(list) => self.parametrized(&list.elts),
                Expr::Tuple(tuple) => self.parametrized(&tuple.elts),
                _ => {}
            },
            _ => {}
        }
    }

    fn parametrized(&mut self, names: &[Expr]) {
        for name in names {
            if let Expr::StringLiteral(string) = name {
                self.note_text(string, Role::Parametrized);
            }
        }
    }

    fn keywords(&mut self, call: &ExprCall, name: Option<&str>) {
        let keywords: Vec<(Name, TextRange)> = call
            .arguments
            .keywords
            .iter()
            .filter_map(|keyword| keyword.arg.as_ref())
            .filter(|arg| self.interest.contains(&arg.id))
            .map(|arg| (arg.id.clone(), self.range(arg.range)))
            .collect();
        if keywords.is_empty() {
            return;
        }
        let callee = match (name, call.arguments.args.first()) {
            (Some("partial" | "partialmethod"), Some(first)) => self.shape(first),
            (Some("replace"), Some(first)) => {
                // `dataclasses.replace(instance, field=…)` calls the class of the instance.
                let instance = self.shape(first);
                self.add(Shape::TypeOf(instance))
            }
            _ => self.shape(&call.func),
        };
        self.facts.calls.push(Call { callee, keywords });
    }

    pub(crate) fn subscript(&mut self, subscript: &ExprSubscript) {
        self.visit_expr(&subscript.value);
        let name = last(&subscript.value);
        let generic = name.is_some_and(|name| {
            GENERICS.contains(&name) || name.starts_with(|c: char| c.is_uppercase())
        });
        let literal = name == Some("Literal");
        let types = (self.annotation || generic) && !literal;
        let outer = std::mem::replace(&mut self.annotation, types);
        self.visit_expr(&subscript.slice);
        self.annotation = outer;
    }
}
