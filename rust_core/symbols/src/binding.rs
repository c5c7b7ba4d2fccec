//! The walk over a syntax tree: scopes, and names that are written and bound in them.

use ruff_python_ast::Identifier;
use ruff_python_ast::name::Name;
use ruff_text_size::TextRange;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::facts::{Binding, Owner, Scope, ScopeId, ScopeKind, Use, UseKind, What};
use crate::walk::{Walker, index};

impl Walker<'_> {
    pub(crate) fn push(&mut self, kind: ScopeKind, owner: Owner) -> ScopeId {
        let outer = self.scope;
        self.scope = index(self.facts.scopes.len());
        self.facts.scopes.push(Scope {
            kind,
            parent: (kind != ScopeKind::Module).then_some(outer),
            bound: FxHashMap::default(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
            owner,
        });
        outer
    }

    pub(crate) fn written(&mut self, name: &Name, range: TextRange, kind: UseKind) {
        self.order += 1;
        if self.interest.contains(name) {
            let range = self.range(range);
            let (scope, order) = (self.scope, self.order);
            self.facts.uses.push(Use { name: name.clone(), range, scope, order, kind });
        }
    }

    pub(crate) fn bind_as(&mut self, name: &Name, range: TextRange, what: What, kind: UseKind) {
        self.written(name, range, kind);
        let id = index(self.facts.bindings.len());
        let range = self.range(range);
        let (order, firm) = (self.order, self.branches == 0);
        self.facts.bindings.push(Binding { range, order, what, firm, ends: false });
        let table = &self.facts.scopes[self.scope as usize];
        if table.nonlocals.contains(name) {
            self.nonlocal.push((self.scope, name.clone(), id));
            return;
        }
        let target = if table.globals.contains(name) { 0 } else { self.scope };
        self.facts.scopes[target as usize].bound.entry(name.clone()).or_default().push(id);
    }

    /// Bindings of `nonlocal` names belong to a function outside, which may bind them later on.
    pub(crate) fn settle(&mut self) {
        for (scope, name, id) in std::mem::take(&mut self.nonlocal) {
            let outer = self.facts.resolve(scope, &name, u32::MAX);
            if let Some(outer) = outer.filter(|&outer| outer != 0) {
                self.facts.scopes[outer as usize].bound.entry(name).or_default().push(id);
            }
        }
    }

    /// The name that was bound last has no value afterwards.
    pub(crate) fn end(&mut self) {
        if let Some(binding) = self.facts.bindings.last_mut() {
            binding.ends = true;
        }
    }

    pub(crate) fn branch(&mut self, walk: impl FnOnce(&mut Self)) {
        self.branches += 1;
        walk(self);
        self.branches -= 1;
    }

    pub(crate) fn bind(&mut self, name: &Identifier, what: What) {
        self.bind_as(&name.id, name.range, what, UseKind::Bind);
    }

    /// Bind outside of comprehensions, as an assignment expression does.
    pub(crate) fn bind_outside(&mut self, name: &Name, range: TextRange, what: What) {
        let inner = self.scope;
        while self.facts.scope(self.scope).kind == ScopeKind::Comprehension {
            let Some(parent) = self.facts.scope(self.scope).parent else { break };
            self.scope = parent;
        }
        self.bind_as(name, range, what, UseKind::Bind);
        self.scope = inner;
    }
}
