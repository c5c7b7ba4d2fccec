//! How Python looks names up, within one file.
//!
//! The rules are those of the [language reference][model] and of `CPython`'s symbol tables: a class
//! body is seen by itself alone, `global` holds for nested functions too, and a name that a class
//! body reads before it binds it is a global.
//!
//! [model]: https://docs.python.org/3/reference/executionmodel.html#resolution-of-names

use ruff_python_ast::name::Name;

use crate::facts::{Facts, Owner, ScopeId, ScopeKind, Use, UseKind};

impl Facts {
    pub(crate) fn scope(&self, id: ScopeId) -> &crate::facts::Scope {
        &self.scopes[id as usize]
    }

    fn binds(&self, scope: ScopeId, name: &str) -> bool {
        self.scope(scope).bound.contains_key(name)
    }

    /// The scopes in which a name written in `scope` is looked up, nearest first, the module last.
    pub(crate) fn visible(&self, scope: ScopeId) -> impl Iterator<Item = ScopeId> + '_ {
        let mut next = Some(scope);
        // Only scopes of type parameters so far: they look into the class around them.
        let mut beside = true;
        std::iter::from_fn(move || {
            let here = next?;
            beside &= self.scope(here).kind == ScopeKind::Types;
            next = self.scope(here).parent;
            while let Some(id) = next
                && self.scope(id).kind == ScopeKind::Class
                && !beside
            {
                next = self.scope(id).parent;
            }
            Some(here)
        })
    }

    /// The scope that holds the variable which `name` means in `scope`, or `None` where no scope of
    /// the file binds it: a builtin, or a name from a star import.
    pub(crate) fn resolve(&self, scope: ScopeId, name: &Name, order: u32) -> Option<ScopeId> {
        for here in self.visible(scope) {
            let table = self.scope(here);
            if table.globals.contains(name) {
                return self.binds(0, name).then_some(0);
            }
            if table.nonlocals.contains(name) || !table.bound.contains_key(name) {
                continue;
            }
            if here == scope && table.kind == ScopeKind::Class && self.is_early(here, name, order) {
                // `LOAD_NAME`: what the body does not have yet is a global, whatever lies between.
                return self.binds(0, name).then_some(0);
            }
            return Some(here);
        }
        None
    }

    /// Whether a class body reads the name before its first binding there.
    fn is_early(&self, scope: ScopeId, name: &Name, order: u32) -> bool {
        let bindings = self.scope(scope).bound.get(name);
        bindings
            .is_some_and(|all| all.iter().all(|&index| self.bindings[index as usize].order > order))
    }

    /// Whether a class body reads a name that may be its own or the module's, as it goes.
    pub(crate) fn is_ambiguous(&self, written: &Use) -> bool {
        let table = self.scope(written.scope);
        let Some(bindings) = table.bound.get(&written.name) else { return false };
        let mut bindings = bindings.iter().map(|&index| &self.bindings[index as usize]);
        table.kind == ScopeKind::Class
            && written.kind == UseKind::Read
            && self.binds(0, &written.name)
            && (bindings.clone().any(|one| one.ends)
                || (!bindings.clone().all(|one| one.order > written.order)
                    && !bindings.any(|one| one.firm && one.order < written.order)))
    }

    /// The scope of the variable that a written name means.
    pub(crate) fn resolve_use(&self, written: &Use) -> Option<ScopeId> {
        self.resolve(written.scope, &written.name, written.order)
    }

    /// The class in whose body `scope` lies, the innermost.
    pub(crate) fn class_around(&self, scope: ScopeId) -> Option<u32> {
        let mut next = Some(scope);
        while let Some(id) = next {
            if let Owner::Class(class) = self.scope(id).owner {
                return Some(class);
            }
            next = self.scope(id).parent;
        }
        None
    }

    /// The class of which the function is a method.
    pub(crate) fn class_of(&self, function: u32) -> Option<u32> {
        let outer = self.functions[function as usize].outer;
        match self.scope(outer).owner {
            Owner::Class(class) => Some(class),
            Owner::Function(_) | Owner::None => None,
        }
    }
}
