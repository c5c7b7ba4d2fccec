//! Making functions of methods that do not use their instance or class.

mod anatomy;
mod candidates;
mod moving;
mod uses;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use ruff_text_size::TextSize;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::SymbolsError;
use crate::classes::ClassId;
use crate::plan::{Group, Note, Plan, plan};
use crate::target::{Address, not_found};
use crate::tree::{Contents, Options, Tree};
use crate::values::World;
use anatomy::Anatomy;
use candidates::Method;

/// How methods are to become functions.
#[derive(Debug, Clone, Default)]
pub struct Extract {
    /// Which files are looked at.
    pub files: Options,
    /// Leave `name = staticmethod(name)` in the class, so that callers that nobody knows of still
    /// work. By default this is done for public methods, and where a use is left as it is.
    pub keep_alias: Option<bool>,
}

/// Why a method stays where it is, and the place that says so.
#[derive(Debug)]
struct Reason {
    file: FileId,
    at: TextSize,
    text: String,
}

/// Plan to make functions of the methods under `root` that use neither their instance nor their
/// class, or of the one method `target`: `Class.method`, `package.module.Class.method` or
/// `path:line:name`. Each method is a group.
pub fn extract(
    root: &Path,
    target: Option<&str>,
    options: &Extract,
    cancel: &AtomicBool,
) -> Result<Plan, SymbolsError> {
    let contents = Contents::read(root, &options.files, cancel)?;
    let address = target.map(Address::parse).transpose()?;
    let wanted = address.as_ref().map(|address| Name::new(address.name()));
    let interest = candidates::names(&contents.walk(&FxHashSet::default(), cancel)?);
    let interest =
        interest.into_iter().filter(|name| wanted.as_ref().is_none_or(|one| one == name));
    let tree = contents.walk(&interest.collect(), cancel)?;
    let world = World::new(&tree);
    let mut methods = candidates::all(&world);
    if let (Some(text), Some(address)) = (target, &address) {
        methods.retain(|method| method.is_meant(&world, text, address));
        match methods.len() {
            0 => return Err(not_found(text, "no method of a class of the tree is named so")),
            1 => {}
            _ => return Err(not_found(text, "several methods are named so: name the module too")),
        }
    }
    let mut extraction = Extraction {
        world: &world,
        keep_alias: options.keep_alias,
        shared: shared(&methods),
        notes: Vec::new(),
    };
    let mut groups = Vec::new();
    for (method, anatomy) in anatomies(&tree, &methods) {
        match extraction.group(method, anatomy) {
            Ok(group) => groups.push(group),
            Err(reason) => extraction.refused(method, reason, target)?,
        }
    }
    let notes = extraction.notes;
    Ok(plan(&tree, groups, notes))
}

/// The names that would become functions of more than one module.
fn shared(methods: &[Method]) -> FxHashSet<Name> {
    let mut seen: FxHashMap<&Name, FileId> = FxHashMap::default();
    let mut shared = FxHashSet::default();
    for method in methods {
        if seen.insert(&method.name, method.file).is_some_and(|file| file != method.file) {
            shared.insert(method.name.clone());
        }
    }
    shared
}

/// The methods with what their syntax says, file by file.
fn anatomies<'m>(
    tree: &Tree,
    methods: &'m [Method],
) -> Vec<(&'m Method, Result<Anatomy, &'static str>)> {
    let mut found = Vec::new();
    for file in methods.chunk_by(|one, other| one.file == other.file) {
        let Some(known) = file.first().and_then(|method| tree.file(method.file)) else { continue };
        let read = pyagent_source::with_module(&known.text, |module| {
            file.iter().map(|method| anatomy::of(module, known, method)).collect::<Vec<_>>()
        });
        found.extend(file.iter().zip(read.unwrap_or_default()));
    }
    found
}

/// Whether a class body mangles the name.
fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

/// The name of the function. A private name would be mangled within the class that calls it.
fn function_name(method: &Name) -> Name {
    if is_private(method) {
        Name::new(format!("_{}", method.trim_start_matches('_')))
    } else {
        method.clone()
    }
}

struct Extraction<'w> {
    world: &'w World<'w>,
    keep_alias: Option<bool>,
    /// Names that become functions of several modules.
    shared: FxHashSet<Name>,
    notes: Vec<Note>,
}

impl Extraction<'_> {
    fn group(
        &mut self,
        method: &Method,
        anatomy: Result<Anatomy, &'static str>,
    ) -> Result<Group, Reason> {
        let anatomy = anatomy.map_err(|text| method.reason(text.to_owned()))?;
        self.check(method, &anatomy)?;
        let name = function_name(&method.name);
        let uses = self.uses(method, &name)?;
        let alias = self.alias(method, &uses)?;
        let Some(known) = self.world.tree.file(method.file) else {
            return Err(method.reason("the file could not be read".to_owned()));
        };
        let (moved, replaces) = moving::moved(known, method, &anatomy, &name, alias.is_some());
        let mut group = Group {
            kind: "extract-method",
            names: vec![method.qualified.clone()],
            why: why(method, &uses, alias),
            ..Group::default()
        };
        group.moves.push((method.file, moved));
        group.replaces.extend(replaces.into_iter().map(|one| (method.file, one)));
        group.replaces.extend(uses.replaces);
        let files = group.replaces.iter().map(|(file, _)| *file).chain([method.file]);
        for file in files {
            if let Some(known) = self.world.tree.file(file)
                && let Some(reason) = crate::edit::objection(&known.bytes, &known.text, &name)
            {
                let text = format!("a file that would be edited {reason}");
                return Err(Reason { file, at: TextSize::new(0), text });
            }
        }
        Ok(group)
    }

    /// Whether the class keeps the name, and why.
    fn alias(&self, method: &Method, uses: &uses::Uses) -> Result<Option<&'static str>, Reason> {
        let outside = self.world.classes.has_outside_base(method.class);
        let reason = match () {
            () if uses.left > 0 => Some("a use may remain"),
            () if outside => Some("a base class is outside of the tree"),
            () if !method.name.starts_with('_') => Some("the method is public"),
            () => None,
        };
        match (self.keep_alias, uses.first_left) {
            (Some(false), Some((file, at))) => {
                let text = "a use here could not be rewritten, and no alias is wanted".to_owned();
                Err(Reason { file, at, text })
            }
            (Some(false), None) => Ok(None),
            (Some(true), _) => Ok(reason.or(Some("it was asked for"))),
            (None, _) => Ok(reason),
        }
    }

    /// A method that stays: an error if it was asked for by name.
    fn refused(
        &mut self,
        method: &Method,
        reason: Reason,
        target: Option<&str>,
    ) -> Result<(), SymbolsError> {
        let Some(known) = self.world.tree.file(reason.file) else { return Ok(()) };
        let place = format!("{}:{}", known.path, known.line(reason.at));
        if let Some(target) = target {
            return Err(not_found(target, &format!("{} ({place})", reason.text)));
        }
        if let Some(home) = self.world.tree.file(method.file)
            && reason.text != anatomy::USES_RECEIVER
        {
            self.notes.push(Note {
                path: home.path.clone(),
                line: home.line(method.at),
                kind: "kept-method",
                name: method.qualified.clone(),
                message: if (reason.file, reason.at) == (method.file, method.at) {
                    reason.text
                } else {
                    format!("{} ({place})", reason.text)
                },
            });
        }
        Ok(())
    }
}

fn why(method: &Method, uses: &uses::Uses, alias: Option<&str>) -> String {
    let rewritten = match (uses.count, uses.files) {
        (0, _) => String::new(),
        (1, _) => "; 1 use is rewritten".to_owned(),
        (count, 1) => format!("; {count} uses are rewritten"),
        (count, files) => format!("; {count} uses in {files} files are rewritten"),
    };
    let kept = alias.map(|reason| format!("; the class keeps the name, because {reason}"));
    let kept = kept.unwrap_or_default();
    format!("`{}` uses neither its instance nor its class{rewritten}{kept}", method.qualified)
}

impl Method {
    fn reason(&self, text: String) -> Reason {
        Reason { file: self.file, at: self.at, text }
    }
}

/// A class, for the messages.
fn class_name(world: &World<'_>, class: ClassId) -> String {
    world.class(class).map(|(_, _, described)| described.name.to_string()).unwrap_or_default()
}

#[cfg(test)]
#[path = "../extract_tests.rs"]
mod tests;
