//! What one file says about its names, owned, so that the syntax tree can be dropped as soon as the
//! file has been walked.

use ruff_python_ast::name::Name;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

/// Index of a scope in [`Facts::scopes`]; the module is 0.
pub(crate) type ScopeId = u32;

/// Index of an expression's outline in [`Facts::shapes`].
pub(crate) type ShapeId = u32;

/// The kinds of scope that differ in how names are looked up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    Module,
    Class,
    /// A function or a lambda.
    Function,
    /// A comprehension: assignment expressions bind outside of it.
    Comprehension,
    /// The type parameters of a class, function or alias (PEP 695): looks into the class around it.
    Types,
}

#[derive(Debug)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeKind,
    pub(crate) parent: Option<ScopeId>,
    /// The bindings of each name, as indices into [`Facts::bindings`].
    pub(crate) bound: FxHashMap<Name, Vec<u32>>,
    pub(crate) globals: FxHashSet<Name>,
    pub(crate) nonlocals: FxHashSet<Name>,
    /// The class whose body this is, or the function.
    pub(crate) owner: Owner,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    None,
    Class(u32),
    Function(u32),
}

/// Where a name gets a value.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(crate) range: TextRange,
    /// How many names were met before: the order of evaluation within a scope.
    pub(crate) order: u32,
    pub(crate) what: What,
    /// It happens whenever the scope is executed: it is in no branch, loop or handler.
    pub(crate) firm: bool,
    /// The name has no value afterwards: it is deleted, or that of a caught exception.
    pub(crate) ends: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum What {
    /// A member of an import statement, as indices.
    Import(u32, u32),
    Class(u32),
    Function(u32),
    /// A parameter, by function and place.
    Parameter(u32, u32),
    /// The value of this outline.
    Value(ShapeId),
    /// A value of the type of this outline.
    Declared(ShapeId),
    Other,
}

/// A name where it is written.
#[derive(Debug)]
pub(crate) struct Use {
    pub(crate) name: Name,
    pub(crate) range: TextRange,
    /// The scope it is written in.
    pub(crate) scope: ScopeId,
    pub(crate) order: u32,
    pub(crate) kind: UseKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum UseKind {
    Read,
    /// Where it gets a value, or is deleted or declared.
    Bind,
    /// The name that an import statement binds, with the indices of the statement and its member.
    Import(u32, u32),
}

/// An attribute where it is written: `receiver.name`.
#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) name: Name,
    pub(crate) range: TextRange,
    /// The whole expression.
    pub(crate) whole: TextRange,
    pub(crate) receiver: ShapeId,
    /// The receiver as it is written, to know the same one again.
    pub(crate) text: TextRange,
    pub(crate) scope: ScopeId,
    /// It is assigned or deleted.
    pub(crate) store: bool,
    /// It is called: the ranges of the positional arguments before any starred one.
    pub(crate) arguments: Option<Vec<TextRange>>,
}

/// A call with a keyword of interest.
#[derive(Debug)]
pub(crate) struct Call {
    /// What is called; for `partial(f, …)` it is `f`.
    pub(crate) callee: ShapeId,
    pub(crate) keywords: Vec<(Name, TextRange)>,
}

/// A string that may name something.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) value: String,
    /// Its contents in the file; `None` where they are not written as they are (escapes, parts).
    pub(crate) content: Option<TextRange>,
    pub(crate) range: TextRange,
    pub(crate) role: Role,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// In `__all__`.
    Exported,
    /// In `__slots__` or `__match_args__` of this class.
    Slot(u32),
    /// Beside an object, as in `getattr(object, "name")`.
    Attribute(ShapeId),
    /// The names that `pytest.mark.parametrize` gives to a function's parameters.
    Parametrized,
    /// A docstring.
    Doc,
    /// Anything else that is an identifier or a dotted path.
    Other,
}

/// What is known of an expression without running it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shape {
    Name(Name, ScopeId, u32),
    Attribute(ShapeId, Name),
    Call(ShapeId),
    /// `super()` in this scope.
    Super(ScopeId),
    /// `type(x)` or `x.__class__`.
    TypeOf(ShapeId),
    /// One of several.
    Either(Vec<ShapeId>),
    /// Of a type that is not the project's: a literal.
    Plain,
    Other,
}

/// One import statement.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) range: TextRange,
    pub(crate) scope: ScopeId,
    /// Level and module of a `from` import.
    pub(crate) from: Option<(u32, Name)>,
    pub(crate) members: Vec<Member>,
    /// Under `if TYPE_CHECKING`.
    pub(crate) typing: bool,
}

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: Name,
    pub(crate) range: TextRange,
    pub(crate) asname: Option<(Name, TextRange)>,
}

impl Member {
    pub(crate) fn is_star(&self) -> bool {
        self.name == "*"
    }

    /// The end of the member, with its alias.
    pub(crate) fn end(&self) -> TextSize {
        self.asname.as_ref().map_or(self.range.end(), |(_, range)| range.end())
    }
}

#[derive(Debug)]
pub(crate) struct Class {
    pub(crate) name: Name,
    pub(crate) name_range: TextRange,
    /// The scope of its body.
    pub(crate) scope: ScopeId,
    /// The scope that binds its name.
    pub(crate) outer: ScopeId,
    pub(crate) bases: Vec<ShapeId>,
    pub(crate) decorators: Vec<ShapeId>,
    pub(crate) has_type_params: bool,
    /// What methods assign to the attributes of their first parameter.
    pub(crate) assigned: FxHashMap<Name, Vec<What>>,
}

#[derive(Debug)]
pub(crate) struct Function {
    pub(crate) name: Name,
    pub(crate) name_range: TextRange,
    /// From the first decorator on.
    pub(crate) range: TextRange,
    pub(crate) scope: ScopeId,
    pub(crate) outer: ScopeId,
    pub(crate) decorators: Vec<ShapeId>,
    pub(crate) parameters: Vec<Parameter>,
    /// Its return type, unless it is asynchronous.
    pub(crate) returns: Option<ShapeId>,
    /// What its `return` statements hand back.
    pub(crate) returned: Vec<ShapeId>,
    /// A call makes a generator or a coroutine.
    pub(crate) is_lazy: bool,
}

#[derive(Debug)]
pub(crate) struct Parameter {
    pub(crate) name: Name,
    pub(crate) annotation: Option<ShapeId>,
    pub(crate) kind: ParameterKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ParameterKind {
    PositionalOnly,
    Plain,
    Keyword,
    Starred,
}

/// Everything that one walk over a file gathers.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    pub(crate) scopes: Vec<Scope>,
    pub(crate) bindings: Vec<Binding>,
    pub(crate) shapes: Vec<Shape>,
    pub(crate) imports: Vec<Import>,
    pub(crate) classes: Vec<Class>,
    pub(crate) functions: Vec<Function>,
    /// Only names of interest, from here on.
    pub(crate) uses: Vec<Use>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) calls: Vec<Call>,
    pub(crate) texts: Vec<Text>,
    /// The names in `__all__`, if the module has one that can be read.
    pub(crate) exported: Option<FxHashSet<Name>>,
    /// The first thing that may look names up by their text: `exec`, `eval`, `globals()`.
    pub(crate) dynamic: Option<(TextSize, &'static str)>,
}
