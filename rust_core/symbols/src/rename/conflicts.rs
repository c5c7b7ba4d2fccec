//! Why a name cannot be given: it would hide, or be hidden by, another meaning of it.

use pyagent_source::FileId;
use ruff_text_size::TextSize;

use super::symbols::Certainty;
use super::{Renaming, is_private};
use crate::SymbolsError;
use crate::facts::{Facts, Member, ScopeId, ScopeKind, Use};

impl Renaming<'_> {
    pub(super) fn check_symbols(&self) -> Result<(), SymbolsError> {
        for (file, scope) in self.in_order() {
            let Some(known) = self.world.tree.file(file) else { continue };
            self.check_scope(file, &known.facts, scope)?;
            for written in &known.facts.uses {
                if known.facts.is_ambiguous(written) && [0, written.scope].contains(&scope) {
                    let what =
                        "cannot be given: the class may read its own variable or the module's";
                    return Err(self.collision(file, written.range.start(), what));
                }
                if written.name == self.old {
                    self.check_use(file, &known.facts, scope, written)?;
                } else if written.name == self.new {
                    self.check_other(file, &known.facts, scope, written)?;
                }
            }
            if known.facts.scope(scope).kind == ScopeKind::Class {
                self.check_early(file, &known.facts, scope)?;
            }
            if scope == 0 {
                self.check_module(file, &known.facts)?;
            }
        }
        Ok(())
    }

    fn collision(&self, file: FileId, at: TextSize, what: &str) -> SymbolsError {
        self.world.tree.collision(file, at, format!("`{}` {what}", self.new))
    }

    /// The scope of the variable has another of the new name.
    fn check_scope(&self, file: FileId, facts: &Facts, scope: ScopeId) -> Result<(), SymbolsError> {
        let table = facts.scope(scope);
        if let Some(bindings) = table.bound.get(&self.new) {
            let first = bindings.iter().map(|&one| facts.bindings[one as usize].range.start());
            let at = first.min().unwrap_or_default();
            return Err(self.collision(file, at, "is bound here already"));
        }
        if table.globals.contains(&self.new) || table.nonlocals.contains(&self.new) {
            let at = facts.uses.iter().find(|one| one.name == self.new && one.scope == scope);
            let at = at.map(|one| one.range.start()).unwrap_or_default();
            return Err(self.collision(file, at, "is declared here already"));
        }
        Ok(())
    }

    /// A use of the variable would mean something of a scope in between.
    fn check_use(
        &self,
        file: FileId,
        facts: &Facts,
        scope: ScopeId,
        written: &Use,
    ) -> Result<(), SymbolsError> {
        let starred = !self.world.binds(file, &self.old);
        let resolved = facts.resolve_use(written).or(starred.then_some(0));
        if resolved != Some(scope) {
            return Ok(());
        }
        let at = written.range.start();
        let member = facts.scope(scope).kind == ScopeKind::Class;
        if is_private(&self.new) && !member && facts.class_around(written.scope).is_some() {
            return Err(self.collision(file, at, "would be private to the class here"));
        }
        for between in facts.visible(written.scope).take_while(|&between| between != scope) {
            let table = facts.scope(between);
            let declared = table.globals.contains(&self.old) || table.nonlocals.contains(&self.old);
            if table.bound.contains_key(&self.new)
                || (!declared
                    && (table.globals.contains(&self.new) || table.nonlocals.contains(&self.new)))
            {
                return Err(self.collision(file, at, "would mean something else here"));
            }
        }
        Ok(())
    }

    /// A use of another thing of the new name would come to mean the variable.
    fn check_other(
        &self,
        file: FileId,
        facts: &Facts,
        scope: ScopeId,
        written: &Use,
    ) -> Result<(), SymbolsError> {
        let resolved = facts.resolve_use(written);
        for here in facts.visible(written.scope) {
            let global = facts.scope(here).globals.contains(&self.new);
            if (global && scope == 0) || (here == scope && resolved != Some(here)) {
                let what = "is used here for something else";
                return Err(self.collision(file, written.range.start(), what));
            }
            if global || resolved == Some(here) {
                return Ok(());
            }
        }
        Ok(())
    }

    /// A class body that reads the name before it binds it reads a global; once it no longer binds
    /// the name, it would read that of a function around it.
    fn check_early(&self, file: FileId, facts: &Facts, scope: ScopeId) -> Result<(), SymbolsError> {
        let early = facts.uses.iter().find(|one| {
            one.name == self.old && one.scope == scope && facts.resolve_use(one) != Some(scope)
        });
        let outer = |&outer: &ScopeId| outer != 0 && outer != scope;
        let mut around = facts.visible(scope).filter(outer);
        match early {
            Some(one) if around.any(|each| facts.scope(each).bound.contains_key(&self.old)) => {
                let what = "would let this read the variable of a function around the class";
                Err(self.collision(file, one.range.start(), what))
            }
            _ => Ok(()),
        }
    }

    fn check_module(&self, file: FileId, facts: &Facts) -> Result<(), SymbolsError> {
        let bindings = facts.scope(0).bound.get(&self.old).into_iter().flatten();
        let places = bindings.map(|&one| facts.bindings[one as usize].range.start());
        let at = places.min().unwrap_or_default();
        if !self.world.tree.modules.submodules(file, &self.new).is_empty() {
            return Err(self.collision(file, at, "is a module of this package"));
        }
        let hidden = self.new.starts_with('_') && facts.exported.is_none();
        for (other, known) in self.world.tree.readable() {
            let starred = known.facts.imports.iter().find(|import| {
                import.members.iter().any(Member::is_star)
                    && import.from.as_ref().is_some_and(|(level, module)| {
                        other != file && self.world.modules(other, *level, module).contains(&file)
                    })
            });
            let Some(import) = starred.filter(|_| self.world.exports(file, &self.old)) else {
                continue;
            };
            let at = import.range.start();
            if hidden && self.symbols.contains(&(other, 0)) {
                return Err(self.collision(
                    other,
                    at,
                    "would not be brought in by this star import",
                ));
            }
            let used = known.facts.uses.iter().find(|one| {
                one.name == self.new && known.facts.resolve_use(one).is_none_or(|scope| scope == 0)
            });
            if let Some(used) = used.filter(|_| !hidden) {
                let what = "is used here for something else, and a star import would bring it in";
                return Err(self.collision(other, used.range.start(), what));
            }
        }
        Ok(())
    }

    /// A class that shares the member, or an object of one, has another of the new name.
    pub(super) fn check_members(&self) -> Result<(), SymbolsError> {
        for class in self.world.classes.all() {
            let related = self.world.inherits(class, &self.classes) == Certainty::Yes
                || self
                    .world
                    .classes
                    .descendants(class)
                    .iter()
                    .any(|each| self.classes.contains(each));
            let Some((file, known, described)) = self.world.class(class).filter(|_| related) else {
                continue;
            };
            if let Some(bindings) = known.facts.scope(described.scope).bound.get(&self.new) {
                let first = bindings.iter();
                let first = first.map(|&one| known.facts.bindings[one as usize].range.start());
                let at = first.min().unwrap_or_else(|| described.name_range.start());
                return Err(self.collision(file, at, "is a member of the class already"));
            }
        }
        for (file, known) in self.world.tree.readable() {
            for attribute in known.facts.attributes.iter().filter(|one| one.name == self.new) {
                let certainty = self.world.has_member(file, attribute.receiver, &self.classes);
                if certainty == Certainty::Yes {
                    let at = attribute.range.start();
                    return Err(self.collision(file, at, "is used here for something else"));
                }
            }
        }
        Ok(())
    }
}
