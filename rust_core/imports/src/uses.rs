//! Which of a module's names other files of the project read.

use pyagent_source::{FileId, Modules};
use ruff_python_ast::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{Bound, Exports, Facts, Read, Scope, ScopeId, ScopeKind, Statement};
use crate::unused::exempt;

/// What is known of the whole project when one file's imports are judged.
#[derive(Debug, Default)]
pub(crate) struct Uses {
    /// Names of a module that another file imports or reads.
    names: FxHashSet<(FileId, Name)>,
    /// Modules that are handed around as objects, and where.
    pub(crate) escaped: FxHashMap<FileId, (FileId, u32)>,
    /// Modules that another file imports everything from.
    pub(crate) starred: FxHashMap<FileId, FileId>,
    /// For each module the files that import it, and go on to, when they are imported.
    importers: FxHashMap<FileId, Importers>,
    /// Likewise, where the file is one of tests.
    tests: FxHashMap<FileId, Importers>,
    /// Parameters of functions in tests, which may be fixtures.
    pub(crate) parameters: FxHashSet<Name>,
    /// Names given as strings to `getattr`, `monkeypatch.setattr` and the like.
    pub(crate) attribute_strings: FxHashSet<Name>,
    /// Hashes of all attributes read anywhere.
    pub(crate) attributes: FxHashSet<u64>,
}

/// The first of several files, and whether there are more.
#[derive(Debug, Clone, Copy)]
struct Importers {
    first: FileId,
    more: bool,
}

impl Uses {
    pub(crate) fn reads(&self, file: FileId, name: &str) -> bool {
        self.names.contains(&(file, Name::new(name)))
    }

    /// Whether no file but `importer` imports `module` when it is imported itself.
    pub(crate) fn only_importer(&self, module: FileId, importer: FileId) -> bool {
        !others(&self.importers, module, importer)
    }

    /// Whether another file of tests than `importer` imports `module`.
    pub(crate) fn other_tests_import(&self, module: FileId, importer: FileId) -> bool {
        others(&self.tests, module, importer)
    }

    fn note_import(&mut self, module: FileId, importer: FileId, in_test: bool) {
        note(&mut self.importers, module, importer);
        if in_test {
            note(&mut self.tests, module, importer);
        }
    }
}

fn others(known: &FxHashMap<FileId, Importers>, module: FileId, importer: FileId) -> bool {
    known.get(&module).is_some_and(|files| files.more || files.first != importer)
}

fn note(known: &mut FxHashMap<FileId, Importers>, module: FileId, importer: FileId) {
    let files = known.entry(module).or_insert(Importers { first: importer, more: false });
    files.more |= files.first != importer;
}

/// The scopes whose binding of `name` a read in `scope` may see.
pub(crate) fn visible(scopes: &[Scope], scope: ScopeId, name: &Name) -> Vec<ScopeId> {
    let mut found = Vec::new();
    let mut at = Some(scope);
    let start = scope;
    while let Some(id) = at {
        let scope = &scopes[id as usize];
        at = scope.parent;
        if scope.globals.contains(name) {
            found.push(0);
            break;
        }
        if scope.kind == ScopeKind::Class && id != start {
            // Names of a class are seen by its own body alone. A comprehension in a class body is
            // given the benefit of the doubt: its first iterable does see them.
            if scopes[start as usize].kind != ScopeKind::Comprehension {
                continue;
            }
        }
        if scope.bound.contains_key(name) {
            found.push(id);
            // A class body reads the name outside as long as its own is not bound.
            if scope.kind != ScopeKind::Class {
                break;
            }
        }
    }
    found
}

/// What the names of one module stand for, to follow attributes across modules.
pub(crate) struct Project<'p> {
    pub(crate) modules: &'p Modules,
    pub(crate) facts: &'p [Option<Facts>],
    /// Of each file, the imported names that it reads itself, as statement and member.
    pub(crate) read: &'p [FxHashSet<(u32, u32)>],
}

impl Project<'_> {
    /// The modules that a member of an import statement binds its name to, if it binds a module.
    pub(crate) fn bound_modules(
        &self,
        file: FileId,
        statement: &Statement,
        member: usize,
    ) -> Vec<FileId> {
        self.bound_modules_at(file, statement, member, 0)
    }

    fn bound_modules_at(
        &self,
        file: FileId,
        statement: &Statement,
        member: usize,
        depth: usize,
    ) -> Vec<FileId> {
        let member = &statement.members[member];
        match &statement.from {
            None if member.asname.is_some() => self.modules.absolute(file, &member.name),
            None => {
                let top = member.name.split('.').next().unwrap_or_default();
                self.modules.absolute(file, top)
            }
            Some(from) => {
                let Some(base) = self.modules.base_name(file, from.level, from.name()) else {
                    return Vec::new();
                };
                let mut found = Vec::new();
                for package in self.modules.absolute(file, &base) {
                    found.extend(self.attribute(package, &member.name, depth + 1));
                }
                if found.is_empty() {
                    let joined = format!("{base}.{}", member.name);
                    found = self.modules.absolute(file, joined.trim_start_matches('.'));
                }
                found
            }
        }
    }

    /// The modules that attribute `name` of a module is: a submodule, or a module it imports.
    fn attribute(&self, module: FileId, name: &str, depth: usize) -> Vec<FileId> {
        // Modules that re-export each other could go round for ever.
        const DEEPEST: usize = 8;
        let mut found = self.modules.submodules(module, name);
        if depth > DEEPEST {
            return found;
        }
        let Some(facts) = &self.facts[module] else { return found };
        let bound = facts.scopes.first().and_then(|scope| scope.bound.get(name));
        for &(statement, member) in bound.map(|bound| &bound.imports).into_iter().flatten() {
            let statement = &facts.statements[statement as usize];
            for id in self.bound_modules_at(module, statement, member as usize, depth) {
                if !found.contains(&id) {
                    found.push(id);
                }
            }
        }
        found
    }

    /// Gather the uses across all files.
    pub(crate) fn uses(&self, extra_paths: &[String]) -> Uses {
        let mut uses = Uses::default();
        for (file, facts) in self.facts.iter().enumerate() {
            let Some(facts) = facts else { continue };
            uses.parameters.extend(facts.parameters.iter().cloned());
            uses.attribute_strings.extend(facts.attribute_strings.iter().cloned());
            uses.attributes.extend(&facts.attributes);
            self.imported(file, facts, &mut uses);
            self.read(file, facts, &mut uses);
            for path in &facts.paths {
                self.path(file, path, &mut uses);
            }
        }
        if !self.facts.is_empty() {
            for path in extra_paths {
                self.path(0, path, &mut uses);
            }
        }
        uses
    }

    fn imported(&self, file: FileId, facts: &Facts, uses: &mut Uses) {
        for (index, statement) in (0_u32..).zip(&facts.statements) {
            let executed = statement.context.at_import();
            for (at, member) in (0_u32..).zip(&statement.members) {
                let stays = executed && self.stays(file, statement, (index, at));
                let Some(from) = &statement.from else {
                    if stays {
                        self.note(file, self.modules.absolute(file, &member.name), uses);
                    }
                    continue;
                };
                let Some(base) = self.modules.base_name(file, from.level, from.name()) else {
                    continue;
                };
                for module in self.modules.absolute(file, &base) {
                    if stays {
                        self.note(file, self.modules.submodules(module, &member.name), uses);
                        self.note(file, vec![module], uses);
                    }
                    if module != file {
                        self.taken(file, module, &member.name, uses);
                    }
                }
            }
        }
    }

    /// Whether an import is there for good: a superfluous one is no reason to take another away.
    fn stays(&self, file: FileId, statement: &Statement, member: (u32, u32)) -> bool {
        self.modules.files[file].is_init
            || exempt(statement, member.1 as usize)
            || self.read[file].contains(&member)
    }

    fn note(&self, file: FileId, modules: Vec<FileId>, uses: &mut Uses) {
        for module in modules {
            uses.note_import(module, file, self.modules.files[file].is_test());
        }
    }

    fn taken(&self, file: FileId, module: FileId, name: &Name, uses: &mut Uses) {
        let listed = |facts: &Facts| facts.exports == Exports::Listed;
        if name != "*" {
            uses.names.insert((module, name.clone()));
        } else if !self.facts[module].as_ref().is_some_and(listed) {
            uses.starred.insert(module, file);
        }
    }

    fn read(&self, file: FileId, facts: &Facts, uses: &mut Uses) {
        for ((name, scope), read) in &facts.reads {
            for scope in visible(&facts.scopes, *scope, name) {
                let Some(bound) = facts.scopes[scope as usize].bound.get(name) else { continue };
                self.follow(file, facts, bound, read, uses);
            }
        }
    }

    fn follow(&self, file: FileId, facts: &Facts, bound: &Bound, read: &Read, uses: &mut Uses) {
        for &(statement, member) in &bound.imports {
            let statement = &facts.statements[statement as usize];
            let modules = self.bound_modules(file, statement, member as usize);
            if modules.is_empty() {
                continue;
            }
            if let Some(line) = read.bare {
                for &module in &modules {
                    uses.escaped.entry(module).or_insert((file, line));
                }
            }
            for chain in &read.chains {
                self.walk(file, statement.line, &modules, chain, uses);
            }
        }
    }

    /// Mark every module attribute on the way along a chain, and the module at its end, if it ends
    /// at one, as handed around.
    fn walk(&self, file: FileId, line: u32, start: &[FileId], chain: &[Name], uses: &mut Uses) {
        let mut modules = start.to_vec();
        for name in chain {
            let mut next = Vec::new();
            for &module in &modules {
                if module != file {
                    uses.names.insert((module, name.clone()));
                }
                if name == "__dict__" {
                    uses.escaped.entry(module).or_insert((file, line));
                }
                next.extend(self.attribute(module, name, 0));
            }
            if next.is_empty() {
                return;
            }
            modules = next;
        }
        for module in modules {
            uses.escaped.entry(module).or_insert((file, line));
        }
    }

    /// A string such as `package.module.name`.
    fn path(&self, file: FileId, path: &str, uses: &mut Uses) {
        let dotted = path.replace(':', ".");
        let (modules, rest) = self.modules.split(file, &dotted);
        let chain: Vec<Name> =
            rest.split('.').filter(|part| !part.is_empty()).map(Name::new).collect();
        self.walk(file, 0, &modules, &chain, uses);
    }
}
