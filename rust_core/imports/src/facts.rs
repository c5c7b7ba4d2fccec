//! What one file says about its imports: all that the analysis of the project needs to know, owned,
//! so that the syntax tree can be dropped as soon as the file has been walked.

use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

/// Index of a scope in [`Facts::scopes`]; the module is 0.
pub(crate) type ScopeId = u32;

/// Index of a list of statements in [`Facts::suites`]; the module's own is 0.
pub(crate) type SuiteId = u32;

/// The kinds of scope that differ in how names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    /// A function, a lambda or a comprehension.
    Function,
    /// A comprehension: assignment expressions bind outside of it.
    Comprehension,
}

/// What one name is bound by in one scope.
#[derive(Debug, Default, Clone)]
pub(crate) struct Bound {
    /// The statements and members that import it, as indices.
    pub(crate) imports: Vec<(u32, u32)>,
    /// Something other than an import binds it too.
    pub(crate) other: bool,
}

#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) parent: Option<ScopeId>,
    /// Only names that some import of the file binds are kept.
    pub(crate) bound: FxHashMap<Name, Bound>,
    pub(crate) globals: FxHashSet<Name>,
    pub(crate) nonlocals: FxHashSet<Name>,
}

#[derive(Debug)]
pub(crate) struct Suite {
    pub(crate) parent: Option<SuiteId>,
    pub(crate) statements: usize,
    /// One of the statements does more than import, document or pass.
    pub(crate) works: bool,
}

/// What is known of a module's `__all__`, which says what a star import takes.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exports {
    /// There is none that is always there.
    #[default]
    Unlisted,
    /// It holds nothing but the strings that are written down.
    Listed,
    /// It holds more.
    Unknown,
}

/// The circumstances in which an import statement is executed.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // four independent facts, not a state
pub(crate) struct Context {
    /// Inside a function or lambda: not when the module is imported.
    pub(crate) function: bool,
    /// Under `if TYPE_CHECKING`.
    pub(crate) typing: bool,
    /// In a `try` statement that handles a failing import.
    pub(crate) guarded: bool,
    /// Inside a `with` statement, which may watch the import.
    pub(crate) watched: bool,
    /// Under `if __name__ == "__main__"`.
    pub(crate) main: bool,
}

impl Context {
    /// Whether the statement is executed whenever the module is imported.
    pub(crate) fn at_import(self) -> bool {
        !(self.function || self.typing || self.main)
    }
}

/// One member of an import statement.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) name: Name,
    pub(crate) asname: Option<Name>,
    pub(crate) range: TextRange,
}

impl Member {
    /// The name that the member binds; `None` for a star.
    pub(crate) fn binding(&self) -> Option<&str> {
        match &self.asname {
            Some(asname) => Some(asname),
            None if self.name == "*" => None,
            None => self.name.split('.').next(),
        }
    }
}

/// Why a statement cannot be edited, whatever it imports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fixed {
    /// It shares its line with other code.
    SharedLine,
    /// It is continued with a backslash.
    Backslash,
}

/// One `import` or `from … import` statement.
#[derive(Debug)]
pub(crate) struct Statement {
    pub(crate) range: TextRange,
    pub(crate) line: u32,
    pub(crate) end_line: u32,
    pub(crate) scope: ScopeId,
    pub(crate) suite: SuiteId,
    /// `None` for a plain `import`.
    pub(crate) from: Option<From>,
    pub(crate) members: Vec<Member>,
    pub(crate) context: Context,
    /// A comment that asks linters to leave the statement alone.
    pub(crate) suppressed: bool,
    pub(crate) fixed: Option<Fixed>,
}

/// The module part of a `from` import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct From {
    pub(crate) module: Option<Name>,
    pub(crate) level: u32,
}

impl From {
    /// The module part; empty where there are only dots.
    pub(crate) fn name(&self) -> &str {
        self.module.as_deref().unwrap_or_default()
    }
}

/// The reads of one name in one scope.
#[derive(Debug, Default)]
pub(crate) struct Read {
    /// Line of a read of the name alone, not of one of its attributes.
    pub(crate) bare: Option<u32>,
    /// The attributes that are read of it, outermost last, without repeats.
    pub(crate) chains: FxHashSet<Vec<Name>>,
}

/// Everything that one walk over a file gathers.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) suites: Vec<Suite>,
    pub(crate) statements: Vec<Statement>,
    pub(crate) reads: FxHashMap<(Name, ScopeId), Read>,
    /// Names read from places whose scope does not matter: `__all__`, doctests, type comments.
    pub(crate) mentioned: FxHashSet<Name>,
    pub(crate) exports: Exports,
    /// Line of the first thing that may read any name: `exec`, `globals()`, a star import ...
    pub(crate) dynamic: Option<(u32, &'static str)>,
    /// A comment asks linters to leave the file alone.
    pub(crate) suppressed: bool,
    /// Strings that look like dotted paths into this project.
    pub(crate) paths: FxHashSet<String>,
    /// Names passed as a string beside an object, as to `getattr` and `monkeypatch.setattr`.
    pub(crate) attribute_strings: FxHashSet<Name>,
    /// Hashes of the names of all attributes that are read; a collision only keeps an import.
    pub(crate) attributes: FxHashSet<u64>,
    /// Names of the parameters of functions, which pytest fills with fixtures.
    pub(crate) parameters: FxHashSet<Name>,
    /// Functions decorated as pytest fixtures, and classes that a test runner may collect.
    pub(crate) collected: FxHashSet<Name>,
    /// Line of the first statement that does more than define, at import time.
    pub(crate) effect: Option<u32>,
}
