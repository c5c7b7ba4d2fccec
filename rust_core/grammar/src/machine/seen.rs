//! The values that an array in which no two items are equal holds so far, and the names of an object whose
//! members are counted.

use super::intern::Interner;

/// A set of values, by number; 0 is the empty one.
pub(crate) type SeenId = u32;

/// A value, so written that equal values are written alike.
pub(crate) type Canonical = Box<str>;

/// All sets.
pub(crate) struct SeenSets {
    sets: Interner<Vec<Canonical>>,
}

impl SeenSets {
    /// Only the empty set.
    pub(crate) fn new() -> Self {
        let mut sets = Interner::default();
        sets.insert(Vec::new());
        Self { sets }
    }

    /// The set with one more value; `None` if it is in there.
    pub(crate) fn with(&mut self, id: SeenId, value: Canonical) -> Option<SeenId> {
        let set = self.sets.get(id);
        let place = set.binary_search(&value).err()?;
        let mut set = set.clone();
        set.insert(place, value);
        Some(self.sets.insert(set))
    }

    /// The values of a set.
    pub(crate) fn get(&self, id: SeenId) -> &[Canonical] {
        self.sets.get(id)
    }
}
