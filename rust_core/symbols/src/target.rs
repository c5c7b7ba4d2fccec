//! What a target such as `package.module.Class.method` or `path.py:12:name` means.

use pyagent_source::FileId;
use ruff_python_ast::name::Name;
use ruff_text_size::{TextRange, TextSize};

use crate::SymbolsError;
use crate::classes::ClassId;
use crate::facts::{ScopeId, ScopeKind, What};
use crate::tree::Tree;
use crate::values::{Value, World};

/// A target as it was given, in parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address<'a> {
    Dotted(Vec<&'a str>),
    Line(&'a str, u32, &'a str),
}

/// What is to be renamed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// A variable of these scopes: more than one where a module has a stub beside it.
    Variable(Vec<(FileId, ScopeId)>),
    /// A member of these classes.
    Member(Vec<ClassId>),
}

impl<'a> Address<'a> {
    pub(crate) fn parse(target: &'a str) -> Result<Self, SymbolsError> {
        let error = |reason: &str| Err(not_found(target, reason));
        if let Some((rest, name)) = target.rsplit_once(':')
            && let Some((path, line)) = rest.rsplit_once(':')
        {
            let path = path.strip_prefix("./").unwrap_or(path);
            return match line.parse() {
                Ok(line) if line > 0 && !name.is_empty() => Ok(Self::Line(path, line, name)),
                _ => error("is not of the form path:line:name"),
            };
        }
        let parts: Vec<&str> = target.split('.').collect();
        if parts.len() < 2 || parts.iter().any(|part| part.is_empty()) {
            return error("is neither package.module.name nor path:line:name");
        }
        Ok(Self::Dotted(parts))
    }

    /// The name itself.
    pub(crate) fn name(&self) -> &'a str {
        match self {
            Self::Dotted(parts) => parts.last().copied().unwrap_or_default(),
            Self::Line(_, _, name) => name,
        }
    }
}

pub(crate) fn not_found(target: &str, reason: &str) -> SymbolsError {
    SymbolsError::Target { target: target.to_owned(), reason: reason.to_owned() }
}

impl World<'_> {
    pub(crate) fn target(&self, text: &str, address: &Address<'_>) -> Result<Target, SymbolsError> {
        match address {
            Address::Dotted(parts) => self.dotted(text, parts),
            Address::Line(path, line, name) => self.at_line(text, path, *line, &Name::new(name)),
        }
    }

    fn dotted(&self, text: &str, parts: &[&str]) -> Result<Target, SymbolsError> {
        let mut reason = "no module of the tree is named so".to_owned();
        for end in (0..=parts.len()).rev() {
            let module = parts[..end].join(".");
            let files = named(self.tree, &module);
            if files.is_empty() {
                continue;
            }
            if end == parts.len() {
                // Its package may still have something else of this name.
                continue;
            }
            let found: Vec<Target> =
                files.iter().filter_map(|&file| self.within(file, &parts[end..])).collect();
            if let Some(target) = joined(found) {
                return Ok(target);
            }
            reason = if named(self.tree, text).is_empty() {
                format!("`{module}` has no `{}`", parts[end..].join("."))
            } else {
                "is a module: what is renamed is what a module defines".to_owned()
            };
            break;
        }
        Err(not_found(text, &reason))
    }

    /// What a path of names means from a module inwards: through classes and functions.
    fn within(&self, file: FileId, parts: &[&str]) -> Option<Target> {
        let known = self.tree.file(file)?;
        let (name, path) = parts.split_last()?;
        let name = Name::new(name);
        let (mut file, mut known, mut scope) = (file, known, 0);
        for part in path {
            let part = Name::new(part);
            let value = self.of_variable(file, scope, &part, 8).into_iter().next()?;
            (file, scope) = match value {
                Value::Class(class) => {
                    let (file, index) = self.classes.place(class);
                    (file, self.tree.file(file)?.facts.classes[index as usize].scope)
                }
                Value::Function(file, function) => {
                    (file, self.tree.file(file)?.facts.functions[function as usize].scope)
                }
                _ => return None,
            };
            known = self.tree.file(file)?;
        }
        let bound = known.facts.scope(scope).bound.contains_key(&name);
        if known.facts.scope(scope).kind == ScopeKind::Class {
            let class = self.classes.id(file, known.facts.class_around(scope)?);
            return self.member(class, &name);
        }
        if bound {
            return Some(self.variable(file, scope, &name));
        }
        let (other, scope) = self.starred(file, &name, 8).filter(|_| scope == 0)?;
        Some(self.variable(other, scope, &name))
    }

    /// The file that defines a target.
    pub(crate) fn home(&self, target: &Target) -> FileId {
        match target {
            Target::Variable(places) => places.first().map_or(0, |&(file, _)| file),
            Target::Member(classes) => {
                classes.first().map_or(0, |&class| self.classes.place(class).0)
            }
        }
    }

    /// The class, or the nearest ancestor, that has the member.
    fn member(&self, class: ClassId, name: &Name) -> Option<Target> {
        let definers = self.definers(name);
        let ancestors = self.classes.ancestors(class);
        let found = ancestors.iter().find(|each| definers.contains(each))?;
        Some(Target::Member(vec![*found]))
    }

    /// A variable, or where it was imported from under its own name.
    fn variable(&self, mut file: FileId, mut scope: ScopeId, name: &Name) -> Target {
        for _ in 0..16 {
            let Some((other, 0)) = self.origin(file, scope, name) else { break };
            (file, scope) = (other, 0);
        }
        Target::Variable(vec![(file, scope)])
    }

    /// The module that all bindings of a variable import it from.
    fn origin(&self, file: FileId, scope: ScopeId, name: &Name) -> Option<(FileId, ScopeId)> {
        let known = self.tree.file(file)?;
        let bindings = known.facts.scope(scope).bound.get(name)?;
        let mut found = None;
        for &binding in bindings {
            let What::Import(statement, member) = known.facts.bindings[binding as usize].what
            else {
                return None;
            };
            let import = &known.facts.imports[statement as usize];
            let (level, module) = import.from.as_ref()?;
            if import.members[member as usize].name != *name {
                return None;
            }
            let modules = self.modules(file, *level, module);
            let other = modules.into_iter().find(|&other| other != file)?;
            let place =
                if self.binds(other, name) { (other, 0) } else { self.starred(other, name, 8)? };
            if found.is_some_and(|found| found != place) {
                return None;
            }
            found = Some(place);
        }
        found
    }

    fn at_line(
        &self,
        text: &str,
        path: &str,
        line: u32,
        name: &Name,
    ) -> Result<Target, SymbolsError> {
        let files = &self.tree.modules.files;
        let file = files.iter().position(|file| file.path == path);
        let file = file.ok_or_else(|| not_found(text, "no file of the tree has this path"))?;
        let Some(known) = self.tree.file(file) else {
            return Err(not_found(text, "the file could not be parsed"));
        };
        let here = |range: TextRange| known.line(range.start()) == line;
        let facts = &known.facts;
        let uses = facts.uses.iter().filter(|written| written.name == *name && here(written.range));
        let mut candidates: Vec<(TextSize, Target)> = uses
            .filter_map(|written| {
                let scope = facts.resolve_use(written)?;
                Some((written.range.start(), self.at_scope(file, scope, name)?))
            })
            .collect();
        let attributes = facts.attributes.iter();
        for attribute in attributes.filter(|one| one.name == *name && here(one.range)) {
            let values = self.of(file, attribute.receiver);
            let found = values.iter().find_map(|value| match value {
                Value::Class(class) | Value::Instance(class) => self.member(*class, name),
                Value::Module(module) => self.within(*module, &[name.as_str()]),
                _ => None,
            });
            candidates.extend(found.map(|target| (attribute.range.start(), target)));
        }
        candidates.sort_by_key(|(at, _)| *at);
        let mut found: Vec<Target> = Vec::new();
        for (_, target) in candidates {
            if !found.contains(&target) {
                found.push(target);
            }
        }
        match found.len() {
            0 => Err(not_found(text, "no symbol of the tree has this name on this line")),
            1 => Ok(found.remove(0)),
            _ => Err(not_found(text, "several symbols have this name on this line")),
        }
    }

    fn at_scope(&self, file: FileId, scope: ScopeId, name: &Name) -> Option<Target> {
        let known = self.tree.file(file)?;
        if known.facts.scope(scope).kind == ScopeKind::Class {
            let class = self.classes.id(file, known.facts.class_around(scope)?);
            return self.member(class, name);
        }
        Some(self.variable(file, scope, name))
    }

    /// The classes that have the member themselves: in their body, or by assigning to it on their
    /// instances.
    pub(crate) fn definers(&self, name: &Name) -> Vec<ClassId> {
        let mut found = Vec::new();
        for (file, known) in self.tree.readable() {
            for (index, class) in known.facts.classes.iter().enumerate() {
                if known.facts.scope(class.scope).bound.contains_key(name) {
                    found.push(self.classes.id(file, crate::walk::index(index)));
                }
            }
            for attribute in known.facts.attributes.iter().filter(|one| one.store) {
                if attribute.name != *name {
                    continue;
                }
                if let [Value::Instance(class) | Value::Class(class)] =
                    self.of(file, attribute.receiver).as_slice()
                {
                    found.push(*class);
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// The files of a module, its stub among them.
pub(crate) fn named(tree: &Tree, module: &str) -> Vec<FileId> {
    let files = tree.modules.files.iter().enumerate();
    files.filter(|(_, file)| file.name == module).map(|(id, _)| id).collect()
}

/// What the files of one module answer together.
fn joined(found: Vec<Target>) -> Option<Target> {
    found.into_iter().reduce(|first, second| match (first, second) {
        (Target::Variable(mut places), Target::Variable(more)) => {
            places.extend(more);
            Target::Variable(places)
        }
        (Target::Member(mut classes), Target::Member(more)) => {
            classes.extend(more);
            Target::Member(classes)
        }
        (first, _) => first,
    })
}
