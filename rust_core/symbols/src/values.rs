//! What names and expressions stand for, across files, as far as it can be known without running
//! them: modules, classes, their instances, functions.

use std::cell::RefCell;
use std::hash::Hash;

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use rustc_hash::FxHashMap;

use crate::classes::{ClassId, Classes};
use crate::facts::{Import, Owner, ScopeId, Shape, ShapeId, What};
use crate::tree::{File, Tree};

/// What an expression may stand for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Module(FileId),
    /// A package without a file, by its dotted name.
    Namespace(String),
    Class(ClassId),
    Instance(ClassId),
    /// What `super()` finds beyond this class.
    Super(ClassId),
    Function(FileId, u32),
    /// Something that comes from outside the tree, or of a builtin type.
    Outside,
    Unknown,
}

/// How many steps are followed: assignments, imports, attributes, base classes.
const FARTHEST: u32 = 24;

/// Base classes that have no members of their own to speak of.
const EMPTY: &[&str] = &["object", "ABC", "Generic", "Protocol"];

/// Builtins whose calls make objects of their own types.
const BUILTINS: &[&str] = &[
    "abs",
    "bool",
    "bytearray",
    "bytes",
    "complex",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "hash",
    "hex",
    "id",
    "input",
    "int",
    "len",
    "list",
    "map",
    "memoryview",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "range",
    "repr",
    "round",
    "set",
    "slice",
    "sorted",
    "str",
    "tuple",
    "zip",
];

/// The tree together with its class hierarchy.
pub(crate) struct World<'t> {
    pub(crate) tree: &'t Tree,
    pub(crate) classes: Classes,
    variables: Answers<(FileId, ScopeId, Name)>,
    /// What functions return.
    pub(crate) returns: Answers<(FileId, u32)>,
}

/// Answers by what was asked; `None` while one is being looked for.
pub(crate) type Answers<K> = RefCell<FxHashMap<K, Option<Vec<Value>>>>;

impl<'t> World<'t> {
    pub(crate) fn new(tree: &'t Tree) -> Self {
        let mut world = Self {
            tree,
            classes: Classes::listed(tree),
            variables: RefCell::default(),
            returns: RefCell::default(),
        };
        let bases: Vec<_> = world.classes.all().map(|class| world.bases(class)).collect();
        world.classes.link(&bases);
        // What was found before the classes were linked may lack what they inherit.
        world.variables.take();
        world.returns.take();
        world
    }

    /// For each base of a class, what it may be.
    fn bases(&self, class: ClassId) -> Vec<Vec<Value>> {
        let (file, index) = self.classes.place(class);
        let Some(known) = self.tree.file(file) else { return Vec::new() };
        let bases = known.facts.classes[index as usize].bases.iter();
        bases
            .filter(|&&base| !shape_name(known, base).is_some_and(|name| EMPTY.contains(&name)))
            .map(|&base| self.of_shape(file, base, FARTHEST))
            .collect()
    }

    pub(crate) fn of(&self, file: FileId, shape: ShapeId) -> Vec<Value> {
        self.of_shape(file, shape, FARTHEST)
    }

    pub(crate) fn of_shape(&self, file: FileId, shape: ShapeId, left: u32) -> Vec<Value> {
        let Some(known) = self.tree.file(file) else { return vec![Value::Unknown] };
        let Some(left) = left.checked_sub(1) else { return vec![Value::Unknown] };
        match &known.facts.shapes[shape as usize] {
            Shape::Name(name, scope, order) => {
                self.of_name(file, known, name, *scope, *order, left)
            }
            Shape::Attribute(of, name) => {
                let owners = self.of_shape(file, *of, left);
                merged(owners.iter().flat_map(|owner| self.of_attribute(file, owner, name, left)))
            }
            Shape::Call(of) if is_builtin_type(known, *of) => vec![Value::Outside],
            Shape::Call(of) => {
                let called = self.of_shape(file, *of, left);
                merged(called.iter().flat_map(|value| self.of_call(value, left)))
            }
            Shape::TypeOf(of) => {
                let instances = self.of_shape(file, *of, left);
                merged(instances.into_iter().map(|value| match value {
                    Value::Instance(class) => Value::Class(class),
                    Value::Outside => Value::Outside,
                    _ => Value::Unknown,
                }))
            }
            Shape::Super(scope) => match known.facts.class_around(*scope) {
                Some(class) => vec![Value::Super(self.classes.id(file, class))],
                None => vec![Value::Unknown],
            },
            Shape::Either(parts) => {
                merged(parts.iter().flat_map(|&part| self.of_shape(file, part, left)))
            }
            Shape::Plain => vec![Value::Outside],
            Shape::Other => vec![Value::Unknown],
        }
    }

    fn of_name(
        &self,
        file: FileId,
        known: &File,
        name: &Name,
        scope: ScopeId,
        order: u32,
        left: u32,
    ) -> Vec<Value> {
        match known.facts.resolve(scope, name, order) {
            Some(at) => self.of_variable(file, at, name, left),
            None => match self.starred(file, name, left) {
                Some((module, 0)) => self.of_variable(module, 0, name, left),
                _ if name == "type" => vec![Value::Unknown],
                _ => vec![Value::Outside],
            },
        }
    }

    /// The module from which a star import of `file` brings in `name`.
    pub(crate) fn starred(
        &self,
        file: FileId,
        name: &Name,
        left: u32,
    ) -> Option<(FileId, ScopeId)> {
        let left = left.checked_sub(1)?;
        let known = self.tree.file(file)?;
        for import in known.facts.imports.iter().rev() {
            let Some((level, module)) = &import.from else { continue };
            if import.scope != 0 || !import.members.iter().any(crate::facts::Member::is_star) {
                continue;
            }
            for other in self.modules(file, *level, module) {
                if other != file && self.exports(other, name) {
                    if self.binds(other, name) {
                        return Some((other, 0));
                    }
                    if let Some(found) = self.starred(other, name, left) {
                        return Some(found);
                    }
                }
            }
        }
        None
    }

    /// Whether `from module import *` brings in a name that the module has.
    pub(crate) fn exports(&self, file: FileId, name: &Name) -> bool {
        match self.tree.file(file).and_then(|known| known.facts.exported.as_ref()) {
            Some(exported) => exported.contains(name),
            None => !name.starts_with('_'),
        }
    }

    pub(crate) fn binds(&self, file: FileId, name: &Name) -> bool {
        let known = self.tree.file(file);
        known.is_some_and(|known| known.facts.scope(0).bound.contains_key(name))
    }

    /// The files that the module part of a `from` import means.
    pub(crate) fn modules(&self, file: FileId, level: u32, module: &str) -> Vec<FileId> {
        let modules = &self.tree.modules;
        let base = modules.base_name(file, level, module);
        base.map(|base| modules.absolute(file, &base)).unwrap_or_default()
    }

    pub(crate) fn of_variable(
        &self,
        file: FileId,
        scope: ScopeId,
        name: &Name,
        left: u32,
    ) -> Vec<Value> {
        let Some(left) = left.checked_sub(1) else { return vec![Value::Unknown] };
        let key = (file, scope, name.clone());
        once(&self.variables, key, || {
            let bindings = self.tree.file(file).map(|known| {
                let bound = known.facts.scope(scope).bound.get(name);
                (known, bound.map(Vec::as_slice).unwrap_or_default())
            });
            match bindings {
                Some((known, bindings)) if !bindings.is_empty() => {
                    merged(bindings.iter().flat_map(|&binding| {
                        let what = known.facts.bindings[binding as usize].what;
                        self.of_binding(file, known, what, left)
                    }))
                }
                _ => vec![Value::Unknown],
            }
        })
    }

    pub(crate) fn of_binding(
        &self,
        file: FileId,
        known: &File,
        what: What,
        left: u32,
    ) -> Vec<Value> {
        match what {
            What::Import(statement, member) => {
                self.of_import(file, &known.facts.imports[statement as usize], member, left)
            }
            What::Class(class) => vec![Value::Class(self.classes.id(file, class))],
            What::Function(function) => vec![Value::Function(file, function)],
            What::Parameter(function, at) => self.of_parameter(file, known, function, at, left),
            What::Value(shape) => self.of_shape(file, shape, left),
            What::Declared(shape) => instances(self.of_shape(file, shape, left)),
            What::Other => vec![Value::Unknown],
        }
    }

    fn of_import(&self, file: FileId, import: &Import, member: u32, left: u32) -> Vec<Value> {
        let member = &import.members[member as usize];
        let modules = &self.tree.modules;
        let Some((level, module)) = &import.from else {
            let dotted = match &member.asname {
                Some(_) => member.name.as_str(),
                None => member.name.split('.').next().unwrap_or_default(),
            };
            return self.of_dotted(file, dotted);
        };
        let Some(base) = modules.base_name(file, *level, module) else {
            return vec![Value::Unknown];
        };
        match self.of_dotted(file, &base).as_slice() {
            // `from . import name` in a package: what is looked for cannot be what is being bound.
            found if found.contains(&Value::Module(file)) => {
                let submodules = modules.submodules(file, &member.name);
                submodules.into_iter().map(Value::Module).collect()
            }
            [Value::Outside] => vec![Value::Outside],
            found => {
                merged(found.iter().flat_map(|of| self.of_attribute(file, of, &member.name, left)))
            }
        }
    }

    /// The module of a dotted name.
    fn of_dotted(&self, file: FileId, dotted: &str) -> Vec<Value> {
        let found = self.tree.modules.absolute(file, dotted);
        if !found.is_empty() {
            return found.into_iter().map(Value::Module).collect();
        }
        let within = format!("{dotted}.");
        let modules = &self.tree.modules.files;
        if modules.iter().any(|module| module.name.starts_with(&within)) {
            return vec![Value::Namespace(dotted.to_owned())];
        }
        vec![Value::Outside]
    }

    fn of_attribute(&self, from: FileId, owner: &Value, name: &Name, left: u32) -> Vec<Value> {
        match owner {
            Value::Module(file) => self.of_module_attribute(*file, name, left),
            Value::Namespace(dotted) => self.of_dotted(from, &format!("{dotted}.{name}")),
            Value::Class(class) | Value::Instance(class) | Value::Super(class) => {
                let own = !matches!(owner, Value::Super(_));
                self.of_member(*class, name, own, left)
            }
            Value::Outside => vec![Value::Outside],
            Value::Function(..) | Value::Unknown => vec![Value::Unknown],
        }
    }

    fn of_module_attribute(&self, file: FileId, name: &Name, left: u32) -> Vec<Value> {
        if self.binds(file, name) {
            return self.of_variable(file, 0, name, left);
        }
        if let Some((other, scope)) = self.starred(file, name, left) {
            return self.of_variable(other, scope, name, left);
        }
        let submodules = self.tree.modules.submodules(file, name);
        if submodules.is_empty() {
            return vec![Value::Unknown];
        }
        submodules.into_iter().map(Value::Module).collect()
    }
}

/// Whether a shape is a builtin that the file does not bind, and whose calls make objects of
/// builtin types.
fn is_builtin_type(known: &File, callee: ShapeId) -> bool {
    match &known.facts.shapes[callee as usize] {
        Shape::Name(name, scope, order) => {
            BUILTINS.contains(&name.as_str()) && known.facts.resolve(*scope, name, *order).is_none()
        }
        _ => false,
    }
}

/// The last part of a dotted name.
pub(crate) fn shape_name(known: &File, shape: ShapeId) -> Option<&str> {
    match &known.facts.shapes[shape as usize] {
        Shape::Name(name, ..) | Shape::Attribute(_, name) => Some(name),
        _ => None,
    }
}

/// The function in whose body a scope lies, the innermost.
pub(crate) fn function_around(known: &File, scope: ScopeId) -> Option<u32> {
    let mut next = Some(scope);
    while let Some(id) = next {
        if let Owner::Function(function) = known.facts.scope(id).owner {
            return Some(function);
        }
        next = known.facts.scope(id).parent;
    }
    None
}

pub(crate) fn instances(values: Vec<Value>) -> Vec<Value> {
    merged(values.into_iter().map(|value| match value {
        Value::Class(class) => Value::Instance(class),
        // An instance of a class from outside may be one of a subclass of the tree.
        Value::Outside => Value::Outside,
        _ => Value::Unknown,
    }))
}

pub(crate) fn merged(values: impl Iterator<Item = Value>) -> Vec<Value> {
    let mut found = Vec::new();
    for value in values {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

/// Each answer is found once: with many assignments and many returns, the ways between them
/// would be too many. What leads back to itself is unknown.
pub(crate) fn once<K: Clone + Eq + Hash>(
    known: &Answers<K>,
    key: K,
    find: impl FnOnce() -> Vec<Value>,
) -> Vec<Value> {
    if let Some(answer) = known.borrow().get(&key) {
        return answer.clone().unwrap_or_else(|| vec![Value::Unknown]);
    }
    known.borrow_mut().insert(key.clone(), None);
    let answer = find();
    known.borrow_mut().insert(key, Some(answer.clone()));
    answer
}
