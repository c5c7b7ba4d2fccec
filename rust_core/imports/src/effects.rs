//! Whether importing a module does more than define names.

use ruff_python_ast::{Decorator, ExceptHandler, Expr, Stmt};
use ruff_text_size::{Ranged, TextSize};

use crate::strings::last;

/// Decorators that register nothing anywhere.
const PURE: &[&str] = &[
    "property",
    "staticmethod",
    "classmethod",
    "dataclass",
    "cached_property",
    "lru_cache",
    "cache",
    "wraps",
    "contextmanager",
    "asynccontextmanager",
    "total_ordering",
    "overload",
    "final",
    "abstractmethod",
    "runtime_checkable",
    "override",
    "singledispatch",
    "unique",
    "deprecated",
];

/// Bases whose subclasses are registered nowhere.
const PLAIN_BASES: &[&str] = &[
    "object",
    "Exception",
    "ValueError",
    "TypeError",
    "RuntimeError",
    "KeyError",
    "OSError",
    "Protocol",
    "Generic",
    "NamedTuple",
    "TypedDict",
    "Enum",
    "IntEnum",
    "StrEnum",
    "ABC",
];

/// The place of the first statement with an effect beyond defining names.
pub(crate) fn first(body: &[Stmt]) -> Option<TextSize> {
    body.iter().find_map(effect)
}

fn effect(stmt: &Stmt) -> Option<TextSize> {
    let here = match stmt {
        Stmt::Expr(expr) => !matches!(
            &*expr.value,
            Expr::StringLiteral(_) | Expr::EllipsisLiteral(_) | Expr::Name(_)
        ),
        Stmt::Assign(assign) => assign.targets.iter().any(outside),
        Stmt::AugAssign(assign) => outside(&assign.target),
        Stmt::AnnAssign(assign) => outside(&assign.target),
        Stmt::FunctionDef(def) => def.decorator_list.iter().any(registers),
        Stmt::ClassDef(def) => {
            def.decorator_list.iter().any(registers)
                || !def.keywords().is_empty()
                || def.bases().iter().any(unknown)
        }
        Stmt::Delete(_)
        | Stmt::For(_)
        | Stmt::While(_)
        | Stmt::With(_)
        | Stmt::Raise(_)
        | Stmt::Assert(_)
        | Stmt::Match(_) => true,
        Stmt::If(stmt) => {
            return first(&stmt.body)
                .or_else(|| stmt.elif_else_clauses.iter().find_map(|clause| first(&clause.body)));
        }
        Stmt::Try(stmt) => {
            let handlers = || {
                stmt.handlers
                    .iter()
                    .find_map(|ExceptHandler::ExceptHandler(handler)| first(&handler.body))
            };
            return first(&stmt.body)
                .or_else(handlers)
                .or_else(|| first(&stmt.orelse))
                .or_else(|| first(&stmt.finalbody));
        }
        _ => false,
    };
    here.then(|| stmt.start())
}

/// Whether an assignment reaches into another object.
fn outside(target: &Expr) -> bool {
    matches!(target, Expr::Attribute(_) | Expr::Subscript(_))
}

fn registers(decorator: &Decorator) -> bool {
    let called = match &decorator.expression {
        Expr::Call(call) => &call.func,
        other => other,
    };
    last(called).is_none_or(|name| !PURE.contains(&name))
}

fn unknown(base: &Expr) -> bool {
    let base = match base {
        Expr::Subscript(subscript) => &subscript.value,
        other => other,
    };
    last(base).is_none_or(|name| !PLAIN_BASES.contains(&name))
}
