//! Which methods may become functions, as far as their class and their name say.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::FxHashSet;

use super::anatomy::Anatomy;
use super::{Extraction, Reason, class_name, function_name};
use crate::classes::ClassId;
use crate::facts::{Facts, Member, Owner, Role, ScopeId, UseKind};
use crate::members::has_decorator;
use crate::rename::Certainty;
use crate::target::Address;
use crate::tree::{File, Tree};
use crate::values::{World, shape_name};

/// A method that may become a function.
#[derive(Debug)]
pub(super) struct Method {
    pub(super) file: FileId,
    pub(super) class: ClassId,
    pub(super) name: Name,
    /// `Class.method`.
    pub(super) qualified: String,
    pub(super) at: TextSize,
    pub(super) name_range: TextRange,
    /// The name of the class that is a statement of the module, and has this one in it.
    pub(super) top: TextRange,
    pub(super) class_range: TextRange,
    pub(super) is_static: bool,
}

impl Method {
    /// Whether an address names this method.
    pub(super) fn is_meant(&self, world: &World<'_>, text: &str, address: &Address<'_>) -> bool {
        let module = &world.tree.modules.files[self.file];
        match address {
            Address::Dotted(_) => {
                let full = format!("{}.{}", module.name, self.qualified);
                full == text || full.ends_with(&format!(".{text}"))
            }
            Address::Line(path, line, name) => {
                let on_line = |known: &File| known.line(self.name_range.start()) == *line;
                module.path == *path
                    && self.name == *name
                    && world.tree.file(self.file).is_some_and(on_line)
            }
        }
    }
}

/// The names of all methods that may become functions.
pub(super) fn names(tree: &Tree) -> FxHashSet<Name> {
    let mut found = FxHashSet::default();
    for (_, known) in tree.readable() {
        for function in 0..known.facts.functions.len() {
            let function = crate::walk::index(function);
            if may_become_function(known, function) {
                let name = &known.facts.functions[function as usize].name;
                found.insert(name.clone());
                found.insert(function_name(name));
            }
        }
    }
    found
}

fn may_become_function(known: &File, function: u32) -> bool {
    let described = &known.facts.functions[function as usize];
    let name = described.name.as_str();
    let special = name.starts_with('_') && name.ends_with('_');
    let decorated = described.decorators.len();
    known.facts.class_of(function).is_some()
        && !special
        && !is_of_test(name)
        && (decorated == 0 || (decorated == 1 && has_decorator(known, function, &["staticmethod"])))
}

/// Methods that test runners look for by name.
fn is_of_test(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["test", "setup", "teardown"].iter().any(|start| lower.starts_with(start))
}

/// All methods that may become functions, by file.
pub(super) fn all(world: &World<'_>) -> Vec<Method> {
    let mut found = Vec::new();
    for (file, known) in world.tree.readable() {
        if world.tree.modules.files[file].is_stub {
            continue;
        }
        for index in 0..known.facts.functions.len() {
            let function = crate::walk::index(index);
            if may_become_function(known, function)
                && let Some(method) = method(world, file, known, function)
            {
                found.push(method);
            }
        }
    }
    found
}

fn method(world: &World<'_>, file: FileId, known: &File, function: u32) -> Option<Method> {
    let described = &known.facts.functions[function as usize];
    let class = known.facts.class_of(function)?;
    let (path, top) = enclosing(&known.facts, class)?;
    Some(Method {
        file,
        class: world.classes.id(file, class),
        name: described.name.clone(),
        qualified: format!("{path}.{}", described.name),
        at: described.name_range.start(),
        name_range: described.name_range,
        top: known.facts.classes[top as usize].name_range,
        class_range: known.facts.classes[class as usize].name_range,
        is_static: has_decorator(known, function, &["staticmethod"]),
    })
}

/// The dotted name of a class within its module, and the outermost class; `None` where a function
/// or type parameters stand in between.
fn enclosing(facts: &Facts, class: u32) -> Option<(String, u32)> {
    let described = &facts.classes[class as usize];
    if described.has_type_params {
        return None;
    }
    if described.outer == 0 {
        return Some((described.name.to_string(), class));
    }
    let Owner::Class(outer) = facts.scope(described.outer).owner else { return None };
    let (path, top) = enclosing(facts, outer)?;
    Some((format!("{path}.{}", described.name), top))
}

impl Extraction<'_> {
    /// Whether anything that is known of the tree speaks against the method becoming a function.
    pub(super) fn check(&self, method: &Method, anatomy: &Anatomy) -> Result<(), Reason> {
        let world = self.world;
        let Some((file, known, described)) = world.class(method.class) else {
            return Err(method.reason("the class could not be read".to_owned()));
        };
        let of_protocol = described.bases.iter();
        let mut of_protocol = of_protocol.filter_map(|&base| shape_name(known, base));
        if of_protocol.any(|name| name == "Protocol") {
            return Err(method.reason("the class is a protocol".to_owned()));
        }
        let facts = &known.facts;
        let count =
            |scope: ScopeId, name: &Name| facts.scope(scope).bound.get(name).map_or(0, Vec::len);
        if count(described.scope, &method.name) > 1 {
            return Err(method.reason("the class binds the name more than once".to_owned()));
        }
        if count(described.outer, &described.name) > 1 {
            return Err(method.reason("the name of the class is bound more than once".to_owned()));
        }
        if let Some(name) = anatomy.signature.iter().find(|name| {
            let within = facts.visible(described.scope).take_while(|&scope| scope != 0);
            within.into_iter().any(|scope| facts.scope(scope).bound.contains_key(*name))
        }) {
            let text = format!("its signature uses `{name}`, which the class binds");
            return Err(method.reason(text));
        }
        self.check_family(method)?;
        self.check_stub(method)?;
        self.check_name(method, file, known)?;
        self.check_class_body(method, known, described.scope)
    }

    fn check_family(&self, method: &Method) -> Result<(), Reason> {
        let world = self.world;
        let family = world.family(&[method.class], &method.name);
        let mut others: Vec<ClassId> =
            family.into_iter().filter(|&class| class != method.class).collect();
        others.sort_unstable();
        match others.first() {
            Some(&other) => Err(method.reason(format!(
                "`{}` has a method of this name too, and one overrides the other",
                class_name(world, other)
            ))),
            None => Ok(()),
        }
    }

    fn check_stub(&self, method: &Method) -> Result<(), Reason> {
        let modules = &self.world.tree.modules.files;
        let name = &modules[method.file].name;
        if modules.iter().any(|other| other.is_stub && other.name == *name) {
            return Err(method.reason("the module has a stub".to_owned()));
        }
        Ok(())
    }

    /// The function must not hide, or be hidden by, anything in its module.
    fn check_name(&self, method: &Method, file: FileId, known: &File) -> Result<(), Reason> {
        let name = function_name(&method.name);
        let facts = &known.facts;
        let taken = |at: TextSize, what: &str| {
            Err(Reason { file, at, text: format!("the name `{name}` {what}") })
        };
        if let Some(bindings) = facts.scope(0).bound.get(&name) {
            let first = bindings.iter().map(|&one| facts.bindings[one as usize].range.start());
            return taken(first.min().unwrap_or(method.at), "is taken in the module");
        }
        let free = facts
            .uses
            .iter()
            .find(|one| one.name == name && facts.resolve_use(one).is_none_or(|scope| scope == 0));
        if let Some(used) = free {
            return taken(used.range.start(), "means something else in the module");
        }
        let twins = facts.functions.iter().enumerate().filter(|(index, other)| {
            function_name(&other.name) == name
                && may_become_function(known, crate::walk::index(*index))
        });
        if twins.count() > 1 {
            return taken(method.at, "belongs to methods of several classes of the module");
        }
        if !self.world.tree.modules.submodules(file, &name).is_empty() {
            return taken(method.at, "is that of a module of this package");
        }
        self.check_star_imports(file, &name)
    }

    fn check_star_imports(&self, file: FileId, name: &Name) -> Result<(), Reason> {
        let world = self.world;
        if !world.exports(file, name) {
            return Ok(());
        }
        for (other, known) in world.tree.readable() {
            let starred = known.facts.imports.iter().any(|import| {
                import.members.iter().any(Member::is_star)
                    && import.from.as_ref().is_some_and(|(level, module)| {
                        other != file && world.modules(other, *level, module).contains(&file)
                    })
            });
            let used = known.facts.uses.iter().find(|one| {
                one.name == *name && known.facts.resolve_use(one).is_none_or(|scope| scope == 0)
            });
            if let Some(used) = used.filter(|_| starred) {
                let text = format!(
                    "`{name}` means something else here, and a star import brings \
                                    in the names of the method's module"
                );
                return Err(Reason { file: other, at: used.range.start(), text });
            }
        }
        Ok(())
    }

    /// The class body may use its method by name, and strings may.
    fn check_class_body(
        &self,
        method: &Method,
        known: &File,
        scope: ScopeId,
    ) -> Result<(), Reason> {
        for written in known.facts.uses.iter().filter(|one| one.name == method.name) {
            let other = written.range != method.name_range || written.kind != UseKind::Bind;
            if other && known.facts.resolve_use(written) == Some(scope) {
                let (file, at) = (method.file, written.range.start());
                return Err(Reason { file, at, text: "the class body uses it by name".to_owned() });
            }
        }
        self.check_strings(method)
    }

    fn check_strings(&self, method: &Method) -> Result<(), Reason> {
        let world = self.world;
        let family: FxHashSet<ClassId> = [method.class].into_iter().collect();
        for (file, known) in world.tree.readable() {
            for text in &known.facts.texts {
                let means = match text.role {
                    Role::Attribute(receiver) => {
                        text.value == method.name.as_str()
                            && world.has_member(file, receiver, &family) != Certainty::No
                    }
                    Role::Other => {
                        let path = text.value.replace(':', ".");
                        path.ends_with(&format!(".{}", method.qualified))
                            || path == method.qualified
                    }
                    _ => false,
                };
                if means {
                    let at = text.range.start();
                    let text = "a string here may look it up by its name".to_owned();
                    return Err(Reason { file, at, text });
                }
            }
        }
        Ok(())
    }
}
