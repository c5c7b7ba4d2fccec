//! Names that hide in strings and calls: quoted types, `__all__`, doctests, dynamic lookups, paths.

use std::hash::{Hash, Hasher};

use ruff_python_ast::name::Name;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Expr, ExprCall, ExprStringLiteral, ExprSubscript, Stmt, StmtClassDef, StmtFunctionDef,
};
use ruff_text_size::Ranged;

use crate::facts::Exports;
use crate::walk::Walker;

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

/// A string longer than this is neither a type nor a path.
const LONGEST: usize = 4096;

pub(crate) fn hash(name: &str) -> u64 {
    let mut hasher = rustc_hash::FxHasher::default();
    name.hash(&mut hasher);
    hasher.finish()
}

/// The last part of a dotted name.
pub(crate) fn last(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(&name.id),
        Expr::Attribute(attribute) => Some(&attribute.attr),
        _ => None,
    }
}

pub(crate) fn is_type_checking(test: &Expr) -> bool {
    last(test) == Some("TYPE_CHECKING")
}

pub(crate) fn is_type_alias(annotation: &Expr) -> bool {
    last(annotation) == Some("TypeAlias")
}

/// Whether a test is `__name__ == "__main__"`.
pub(crate) fn is_main(test: &Expr) -> bool {
    let Expr::Compare(compare) = test else { return false };
    let is_name = |expr: &Expr| last(expr) == Some("__name__");
    is_name(&compare.left) || compare.comparators.iter().any(is_name)
}

/// Whether an `except` clause, or the call in a `with` statement, names an error that a failing
/// import raises.
pub(crate) fn catches_import_error(kind: &Expr) -> bool {
    match kind {
        Expr::Tuple(tuple) => tuple.elts.iter().any(catches_import_error),
        Expr::Call(call) => call.arguments.args.iter().any(catches_import_error),
        _ => matches!(
            last(kind),
            Some("ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException")
        ),
    }
}

/// The identifiers in a text.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

fn is_identifier(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// Every string within an expression.
struct Strings<'s>(&'s mut dyn FnMut(&str));

impl<'a> Visitor<'a> for Strings<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        if let Expr::StringLiteral(string) = expr {
            (self.0)(string.value.to_str());
        }
        visitor::walk_expr(self, expr);
    }
}

impl Walker<'_> {
    /// Names exported by a statement that touches `__all__`.
    pub(crate) fn statement_strings(&mut self, stmt: &Stmt) {
        let is_all = |expr: &Expr| matches!(expr, Expr::Name(name) if name.id == "__all__");
        let value = match stmt {
            Stmt::Assign(assign) if assign.targets.iter().any(is_all) => Some(&*assign.value),
            Stmt::AugAssign(assign) if is_all(&assign.target) => Some(&*assign.value),
            Stmt::AnnAssign(assign) if is_all(&assign.target) => assign.value.as_deref(),
            Stmt::Expr(expr) => match &*expr.value {
                Expr::Call(call) => match &*call.func {
                    Expr::Attribute(method) if is_all(&method.value) => Some(&*expr.value),
                    _ => None,
                },
                _ => None,
            },
            _ => None,
        };
        let Some(value) = value else { return };
        self.exports(stmt, value);
        let mut names = Vec::new();
        Strings(&mut |name| names.push(name.to_owned())).visit_expr(value);
        for name in names {
            self.mention(&name);
        }
        if computes(value) {
            self.dynamic(stmt.start(), "a computed `__all__`");
        }
    }

    /// Note whether a star import takes only names that are written down.
    fn exports(&mut self, stmt: &Stmt, value: &Expr) {
        let assigned = matches!(stmt, Stmt::Assign(_) | Stmt::AnnAssign(_));
        let literal = literal(value) && (!assigned || !value.is_call_expr());
        let always = assigned && self.suite == Some(0);
        let known = &mut self.facts.exports;
        *known = match *known {
            Exports::Unlisted if literal && always => Exports::Listed,
            Exports::Listed if literal => Exports::Listed,
            _ => Exports::Unknown,
        };
    }

    pub(crate) fn call(&mut self, call: &ExprCall) {
        let name = last(&call.func);
        let plain = matches!(&*call.func, Expr::Name(_));
        match name {
            Some("exec" | "eval") if plain => self.dynamic(call.start(), "`exec` or `eval`"),
            Some("globals" | "locals") if plain => {
                self.dynamic(call.start(), "`globals()` or `locals()`");
            }
            Some("vars" | "dir") if plain && call.arguments.is_empty() => {
                self.dynamic(call.start(), "`vars()` or `dir()`");
            }
            _ => {}
        }
        if let [_, Expr::StringLiteral(second), ..] = &*call.arguments.args {
            let second = second.value.to_str();
            if is_identifier(second) {
                self.facts.attribute_strings.insert(Name::new(second));
            }
        }
        match name {
            Some("usefixtures") => {
                for argument in &call.arguments.args {
                    if let Expr::StringLiteral(string) = argument {
                        self.facts.parameters.insert(Name::new(string.value.to_str()));
                    }
                }
            }
            Some("import_module" | "__import__" | "find_spec" | "reload") => {
                if let Some(Expr::StringLiteral(string)) = call.arguments.args.first() {
                    self.facts.paths.insert(string.value.to_str().to_owned());
                }
            }
            _ => {}
        }
        self.visit_expr(&call.func);
        let types = name.is_some_and(|name| TYPE_CALLS.contains(&name));
        let outer = self.annotation;
        self.annotation |= types;
        self.visit_arguments(&call.arguments);
        self.annotation = outer;
    }

    pub(crate) fn subscript(&mut self, subscript: &ExprSubscript) {
        self.visit_expr(&subscript.value);
        let generic = last(&subscript.value).is_some_and(|name| {
            GENERICS.contains(&name) || name.starts_with(|c: char| c.is_uppercase())
        });
        if last(&subscript.value) == Some("modules")
            && matches!(&*subscript.slice, Expr::Name(name) if name.id == "__name__")
        {
            self.dynamic(subscript.start(), "`sys.modules[__name__]`");
        }
        if generic { self.types(&subscript.slice) } else { self.visit_expr(&subscript.slice) }
    }

    pub(crate) fn string(&mut self, string: &ExprStringLiteral) {
        let value = string.value.to_str();
        if memchr::memmem::find(value.as_bytes(), b">>>").is_some() {
            self.doctest(value);
            return;
        }
        if value.len() > LONGEST {
            return;
        }
        if self.annotation {
            self.string_type(value, string.start());
        }
        if self.is_path(value) {
            self.facts.paths.insert(value.to_owned());
        }
    }

    /// `package.module`, `package.module.name` or `package.module:name`, of this project.
    fn is_path(&self, value: &str) -> bool {
        let Some(end) = value.find(['.', ':']) else { return false };
        value[end + 1..].split(['.', ':']).all(is_identifier) && (self.first_party)(&value[..end])
    }

    /// Note what pytest would treat as a fixture, or a test runner collect.
    pub(crate) fn collect_function(&mut self, def: &StmtFunctionDef) {
        let fixture = def.decorator_list.iter().any(|decorator| {
            let name = match &decorator.expression {
                Expr::Call(call) => last(&call.func),
                other => last(other),
            };
            name.is_some_and(|name| name.ends_with("fixture"))
        });
        if fixture {
            self.facts.collected.insert(def.name.id.clone());
        }
    }

    pub(crate) fn collect_class(&mut self, def: &StmtClassDef) {
        let tests = def.bases().iter().filter_map(last).any(|base| base.contains("Test"));
        if tests {
            self.facts.collected.insert(def.name.id.clone());
        }
    }
}

/// Whether an expression that goes into `__all__` holds nothing but strings.
fn literal(value: &Expr) -> bool {
    match value {
        Expr::List(list) => list.elts.iter().all(literal),
        Expr::Tuple(tuple) => tuple.elts.iter().all(literal),
        Expr::BinOp(sum) => literal(&sum.left) && literal(&sum.right),
        Expr::Call(call) => {
            let grows = matches!(last(&call.func), Some("append" | "extend"));
            grows && call.arguments.args.iter().all(literal)
        }
        expr => expr.is_string_literal_expr(),
    }
}

/// Whether the value of `__all__` is more than strings, lists and the `__all__` of other modules.
fn computes(value: &Expr) -> bool {
    match value {
        Expr::List(list) => list.elts.iter().any(computes),
        Expr::Tuple(tuple) => tuple.elts.iter().any(computes),
        Expr::BinOp(sum) => computes(&sum.left) || computes(&sum.right),
        Expr::Call(call) => {
            matches!(&*call.func, Expr::Name(name) if name.id != "list" && name.id != "tuple")
                || call.arguments.args.iter().any(computes)
        }
        Expr::Starred(starred) => computes(&starred.value),
        Expr::StringLiteral(_) => false,
        other => last(other) != Some("__all__"),
    }
}
