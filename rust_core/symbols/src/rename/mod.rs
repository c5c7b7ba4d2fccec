//! Renaming a symbol wherever a tree defines or uses it.

mod conflicts;
mod documentation;
mod keywords;
mod members;
mod symbols;

use std::path::Path;
use std::sync::atomic::AtomicBool;

use pyagent_source::{FileId, with_module};
use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::{TextRange, TextSize};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::SymbolsError;
use crate::classes::ClassId;
use crate::facts::ScopeId;
use crate::plan::{Group, Note, Plan, plan};
use crate::target::{Address, Target, not_found};
use crate::tree::{Contents, Options};
use crate::values::World;

pub(crate) use symbols::Certainty;

/// How a symbol is to be renamed.
#[derive(Debug, Clone, Default)]
pub struct Rename {
    /// Which files are looked at.
    pub files: Options,
    /// Also mentions in docstrings, each docstring as a group of its own.
    pub docstrings: bool,
    /// Only what is certain: uses on objects of unknown type and in strings are noted instead.
    pub certain: bool,
}

/// Plan to rename the symbol `target` of the tree under `root` to `new`.
///
/// The target is `package.module.name`, `package.module.Class.member`,
/// `package.module.function.parameter`, or `path:line:name`. The first group of the plan holds all
/// that is certain; each other group is a use that may be of the symbol.
pub fn rename(
    root: &Path,
    target: &str,
    new: &str,
    options: &Rename,
    cancel: &AtomicBool,
) -> Result<Plan, SymbolsError> {
    let address = Address::parse(target)?;
    let old = Name::new(address.name());
    let new = Name::new(new);
    check_name(&new)?;
    if old == new {
        return Err(name_error(&new, "is its name already"));
    }
    let mut interest: FxHashSet<Name> = [old.clone(), new.clone()].into_iter().collect();
    interest.extend(mangled(&address));
    let tree = Contents::read(root, &options.files, cancel)?.walk(&interest, cancel)?;
    let world = World::new(&tree);
    let found = world.target(target, &address)?;
    let mut renaming = Renaming {
        world: &world,
        home: world.home(&found),
        old,
        new,
        symbols: FxHashSet::default(),
        classes: FxHashSet::default(),
        certain: Group { kind: "rename", ..Group::default() },
        others: FxHashMap::default(),
        order: Vec::new(),
        notes: Vec::new(),
        certain_only: options.certain,
    };
    renaming.run(target, found)?;
    if options.docstrings {
        renaming.docstrings();
    }
    renaming.finish()
}

/// The name under which a private member is found from outside of its class.
fn mangled(address: &Address<'_>) -> Option<Name> {
    let Address::Dotted(parts) = address else { return None };
    let [.., class, name] = parts[..] else { return None };
    is_private(name).then(|| Name::new(format!("_{}{name}", class.trim_start_matches('_'))))
}

/// Whether a class body mangles the name.
fn is_private(name: &str) -> bool {
    name.starts_with("__") && !name.ends_with("__")
}

fn is_special(name: &str) -> bool {
    name.len() > 4 && name.starts_with("__") && name.ends_with("__")
}

fn name_error(name: &str, reason: &str) -> SymbolsError {
    SymbolsError::Name { name: name.to_owned(), reason: reason.to_owned() }
}

/// Whether the name can be one: the parser has the last word, also on the normal form (NFKC).
fn check_name(name: &Name) -> Result<(), SymbolsError> {
    let text = format!("{name} = 0\n");
    let parsed = with_module(&text, |module| match module.syntax().body.as_slice() {
        [Stmt::Assign(assign)] => match assign.targets.as_slice() {
            [Expr::Name(target)] => {
                target.id == *name && target.range.len() == crate::walk::length(name)
            }
            _ => false,
        },
        _ => false,
    });
    match parsed {
        _ if name == "__debug__" => Err(name_error(name, "cannot be assigned to")),
        Ok(true) => Ok(()),
        Ok(false) | Err(_) => Err(name_error(name, "is not an identifier, or is a keyword")),
    }
}

/// A rename in the making.
struct Renaming<'w> {
    world: &'w World<'w>,
    /// The file that defines the symbol, which comes first.
    home: FileId,
    old: Name,
    new: Name,
    /// The variables that are renamed, all of them `old`.
    symbols: FxHashSet<(FileId, ScopeId)>,
    /// The classes whose member is renamed.
    classes: FxHashSet<ClassId>,
    certain: Group,
    /// Uses that may be of the symbol, by what makes them belong together.
    others: FxHashMap<String, Group>,
    order: Vec<String>,
    notes: Vec<Note>,
    certain_only: bool,
}

impl Renaming<'_> {
    fn run(&mut self, text: &str, target: Target) -> Result<(), SymbolsError> {
        match target {
            Target::Variable(places) => {
                self.close(places);
                self.close_parameters();
                self.check_symbols()?;
                self.rename_symbols(text)?;
                self.rename_module_attributes();
                self.rename_keywords()?;
            }
            Target::Member(classes) => {
                if is_special(&self.old) || is_special(&self.new) {
                    return Err(not_found(text, "names with two underscores around are Python's"));
                }
                if is_private(&self.new) && !is_private(&self.old) {
                    return Err(name_error(&self.new, "would be private to the class body"));
                }
                self.close_members(&classes);
                self.check_members()?;
                self.check_symbols()?;
                self.rename_symbols(text)?;
                self.rename_members();
            }
        }
        self.strings();
        self.explain();
        Ok(())
    }

    /// The renamed variables, those of the defining file first.
    fn in_order(&self) -> Vec<(FileId, ScopeId)> {
        let mut symbols: Vec<(FileId, ScopeId)> = self.symbols.iter().copied().collect();
        symbols.sort_unstable_by_key(|&(file, scope)| (file != self.home, file, scope));
        symbols
    }

    /// An edit that belongs to the symbol for certain.
    fn edit(&mut self, file: FileId, range: TextRange) {
        let new = self.new.clone();
        self.certain.replace(file, range, &new);
    }

    /// An edit that may belong to the symbol; those of one `key` stay together.
    fn maybe(
        &mut self,
        key: String,
        kind: &'static str,
        file: FileId,
        range: TextRange,
        why: &str,
    ) {
        if self.certain_only {
            self.note(file, range, kind, why.to_owned());
            return;
        }
        let new = self.new.clone();
        let names = vec![self.old.to_string()];
        let group = self.others.entry(key.clone()).or_insert_with(|| {
            self.order.push(key);
            Group { kind, names, why: why.to_owned(), ..Group::default() }
        });
        group.replace(file, range, &new);
    }

    fn note(&mut self, file: FileId, range: TextRange, kind: &'static str, message: String) {
        let Some(known) = self.world.tree.file(file) else { return };
        let (path, line) = (known.path.clone(), known.line(range.start()));
        self.notes.push(Note { path, line, kind, name: self.old.to_string(), message });
    }

    /// The reason for the group of all that is certain.
    fn explain(&mut self) {
        let home = self.home;
        self.certain.settle(home);
        let count = self.certain.replaces.len();
        let mut files: Vec<FileId> = self.certain.replaces.iter().map(|(file, _)| *file).collect();
        files.sort_unstable();
        files.dedup();
        let place = |count: usize, what: &str| match count {
            1 => format!("1 {what}"),
            _ => format!("{count} {what}s"),
        };
        self.certain.names = vec![self.old.to_string()];
        self.certain.why = format!(
            "`{}` becomes `{}` in {} of {}{}",
            self.old,
            self.new,
            place(count, "place"),
            place(files.len(), "file"),
            self.family(),
        );
    }

    fn finish(mut self) -> Result<Plan, SymbolsError> {
        for &(file, _) in &self.certain.replaces {
            if let Some(reason) = self.objection(file) {
                let path = self.world.tree.modules.files[file].path.clone();
                return Err(SymbolsError::File { path, reason });
            }
        }
        let mut others = std::mem::take(&mut self.others);
        let mut groups = vec![std::mem::take(&mut self.certain)];
        for key in std::mem::take(&mut self.order) {
            let Some(mut group) = others.remove(&key) else { continue };
            group.settle(self.home);
            let refused = group
                .replaces
                .iter()
                .find_map(|(file, one)| Some((*file, one.start, self.objection(*file)?)));
            match refused {
                Some((file, start, reason)) => {
                    let at = TextSize::new(crate::walk::index(start));
                    self.note(file, TextRange::empty(at), group.kind, format!("the file {reason}"));
                }
                None => groups.push(group),
            }
        }
        Ok(plan(self.world.tree, groups, self.notes))
    }

    /// Why a file cannot hold the new name, if so.
    fn objection(&self, file: FileId) -> Option<String> {
        let known = self.world.tree.file(file)?;
        crate::edit::objection(&known.bytes, &known.text, &self.new)
    }
}

#[cfg(test)]
#[path = "../rename_tests.rs"]
mod tests;
