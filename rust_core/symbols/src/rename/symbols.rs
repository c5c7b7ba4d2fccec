//! Variables: the ones that follow a renamed one, and every place that they are written in.

use pyagent_source::FileId;
use ruff_text_size::TextRange;

use super::Renaming;
use crate::SymbolsError;
use crate::facts::{Import, Member, Role, ScopeId, ShapeId, UseKind};
use crate::target::not_found;
use crate::values::Value;

/// Whether an expression stands for something that is renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    Yes,
    Maybe,
    No,
}

impl Renaming<'_> {
    /// Add the variables, and all that import them under their own name.
    pub(super) fn close(&mut self, places: Vec<(FileId, ScopeId)>) {
        let mut pending = places;
        while let Some((file, scope)) = pending.pop() {
            if !self.symbols.insert((file, scope)) || scope != 0 {
                continue;
            }
            pending.extend(self.beside(file));
            for (other, known) in self.world.tree.readable() {
                for import in &known.facts.imports {
                    if self.follows(other, import, file) {
                        let order = u32::MAX;
                        let scope = known.facts.resolve(import.scope, &self.old, order);
                        pending.push((other, scope.unwrap_or(0)));
                    }
                }
            }
        }
    }

    /// The stub of a module, or the module of a stub, where it has the variable too.
    fn beside(&self, file: FileId) -> Vec<(FileId, ScopeId)> {
        let modules = &self.world.tree.modules.files;
        let stem = |id: FileId| modules[id].path.rsplit_once('.').map(|(stem, _)| stem.to_owned());
        let others = modules.iter().enumerate().filter(|(id, other)| {
            *id != file && other.name == modules[file].name && stem(*id) == stem(file)
        });
        others.map(|(id, _)| (id, 0)).filter(|&(id, _)| self.world.binds(id, &self.old)).collect()
    }

    /// Whether an import of `other` binds the variable of `file` under its own name.
    fn follows(&self, other: FileId, import: &Import, file: FileId) -> bool {
        if other == file {
            return false;
        }
        let own = |member: &Member| {
            member.name == self.old
                && member.asname.as_ref().is_none_or(|(name, _)| *name == self.old)
        };
        let starred = |member: &Member| {
            member.is_star()
                && self.world.exports(file, &self.old)
                && !self.world.binds(other, &self.old)
        };
        import.members.iter().any(|member| own(member) || starred(member))
            && self.imports_from(other, import, file)
    }

    fn imports_from(&self, other: FileId, import: &Import, file: FileId) -> bool {
        import.from.as_ref().is_some_and(|(level, module)| {
            self.world.modules(other, *level, module).contains(&file)
        })
    }

    /// Whether the import gets the variable from a module in which it is renamed.
    fn imports_renamed(&self, other: FileId, import: &Import) -> bool {
        import.from.as_ref().is_some_and(|(level, module)| {
            let modules = self.world.modules(other, *level, module);
            modules.iter().any(|&module| self.symbols.contains(&(module, 0)))
        })
    }

    /// Every place in which a renamed variable is written in its own file.
    pub(super) fn rename_symbols(&mut self, text: &str) -> Result<(), SymbolsError> {
        let (world, old) = (self.world, self.old.clone());
        let mut order: Vec<FileId> = self.in_order().into_iter().map(|(file, _)| file).collect();
        order.dedup();
        for file in order {
            let Some(known) = world.tree.file(file) else { continue };
            for written in known.facts.uses.iter().filter(|written| written.name == old) {
                let starred = !world.binds(file, &self.old);
                let scope = known.facts.resolve_use(written).or(starred.then_some(0));
                if !scope.is_some_and(|scope| self.symbols.contains(&(file, scope))) {
                    continue;
                }
                match written.kind {
                    UseKind::Import(statement, member) => {
                        let import = &known.facts.imports[statement as usize];
                        let member = &import.members[member as usize];
                        self.rename_import(text, file, import, member)?;
                    }
                    UseKind::Read | UseKind::Bind => self.edit(file, written.range),
                }
            }
        }
        self.rename_aliased();
        self.exported()
    }

    /// An import statement that binds a renamed variable.
    fn rename_import(
        &mut self,
        text: &str,
        file: FileId,
        import: &Import,
        member: &Member,
    ) -> Result<(), SymbolsError> {
        if let Some((_, range)) = &member.asname {
            self.edit(file, *range);
        } else if self.imports_renamed(file, import) {
            self.edit(file, member.range);
        } else if import.from.is_none() && member.name.contains('.') {
            return Err(not_found(
                text,
                &format!("is bound by `import {}`, which can give no other name", member.name),
            ));
        } else {
            // Something else that goes by the name here: it is only called differently.
            let alias = format!("{} as {}", self.old, self.new);
            self.certain.replace(file, member.range, &alias);
        }
        Ok(())
    }

    /// `from module import old as other`: the first name is that of the module's variable.
    fn rename_aliased(&mut self) {
        let world = self.world;
        for (file, known) in world.tree.readable() {
            for import in &known.facts.imports {
                let aliased = |member: &&Member| member.name == self.old && member.asname.is_some();
                if import.members.iter().any(|member| aliased(&member))
                    && self.imports_renamed(file, import)
                {
                    for member in import.members.iter().filter(aliased).collect::<Vec<_>>() {
                        self.edit(file, member.range);
                    }
                }
            }
        }
    }

    /// The names in the `__all__` of modules whose variable is renamed.
    fn exported(&mut self) -> Result<(), SymbolsError> {
        let world = self.world;
        for (file, known) in world.tree.readable() {
            if !self.symbols.contains(&(file, 0)) {
                continue;
            }
            for text in &known.facts.texts {
                if text.role != Role::Exported || text.value != self.old.as_str() {
                    continue;
                }
                match text.content {
                    Some(range) => self.edit(file, range),
                    None => {
                        return Err(SymbolsError::File {
                            path: known.path.clone(),
                            reason: format!("`{}` is spelled with escapes in `__all__`", self.old),
                        });
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether an expression is a module whose variable is renamed.
    fn is_module(&self, file: FileId, receiver: ShapeId) -> Certainty {
        let values = self.world.of(file, receiver);
        let hit = |value: &Value| match value {
            Value::Module(module) => self.symbols.contains(&(*module, 0)),
            _ => false,
        };
        match values.iter().filter(|value| hit(value)).count() {
            0 => Certainty::No,
            hits if hits == values.len() => Certainty::Yes,
            _ => Certainty::Maybe,
        }
    }

    /// `module.old`, and `getattr(module, "old")`.
    pub(super) fn rename_module_attributes(&mut self) {
        let (world, old) = (self.world, self.old.clone());
        let why = "the module here is one of several that may be imported";
        for (file, known) in world.tree.readable() {
            for attribute in known.facts.attributes.iter().filter(|one| one.name == old) {
                match self.is_module(file, attribute.receiver) {
                    Certainty::Yes => self.edit(file, attribute.range),
                    Certainty::Maybe => {
                        let key = self.key(file, attribute.scope, attribute.text);
                        self.maybe(key, "possible-use", file, attribute.range, why);
                    }
                    Certainty::No => {}
                }
            }
            for text in &known.facts.texts {
                let Role::Attribute(receiver) = text.role else { continue };
                if text.value != self.old.as_str() {
                    continue;
                }
                let certainty = self.is_module(file, receiver);
                self.rename_text(file, text.content, text.range, certainty, why);
            }
        }
    }

    /// A string that names an attribute.
    pub(super) fn rename_text(
        &mut self,
        file: FileId,
        content: Option<TextRange>,
        range: TextRange,
        certainty: Certainty,
        why: &str,
    ) {
        match (certainty, content) {
            (Certainty::No, _) => {}
            (_, None) => {
                let message = "the name is in a string that is not written in one piece";
                self.note(file, range, "string", message.to_owned());
            }
            (Certainty::Yes, Some(content)) => self.edit(file, content),
            (Certainty::Maybe, Some(content)) => {
                let key = format!("{file}:{}", content.start().to_u32());
                self.maybe(key, "possible-use", file, content, why);
            }
        }
    }

    /// What makes uses belong together: the same text in the same function means the same object.
    pub(super) fn key(&self, file: FileId, scope: ScopeId, receiver: TextRange) -> String {
        let known = self.world.tree.file(file);
        let function = known.and_then(|known| crate::values::function_around(known, scope));
        let (start, end) = (receiver.start().to_usize(), receiver.end().to_usize());
        let text = known.and_then(|known| known.text.get(start..end)).unwrap_or_default();
        format!("{file}:{function:?}:{text}")
    }
}
