//! Values numbered in the order in which they are met.

use std::hash::Hash;

use indexmap::IndexSet;
use rustc_hash::FxBuildHasher;

/// A set of values that are referred to by number.
#[derive(Debug, Clone)]
pub(crate) struct Interner<T> {
    items: IndexSet<T, FxBuildHasher>,
}

impl<T: Hash + Eq> Default for Interner<T> {
    fn default() -> Self {
        Self { items: IndexSet::default() }
    }
}

impl<T: Hash + Eq> Interner<T> {
    /// The number of a value, given to it now if it has none.
    pub(crate) fn insert(&mut self, item: T) -> u32 {
        let (index, _) = self.items.insert_full(item);
        u32::try_from(index).unwrap_or(u32::MAX)
    }

    /// The value of a number.
    pub(crate) fn get(&self, id: u32) -> &T {
        &self.items[id as usize]
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}
