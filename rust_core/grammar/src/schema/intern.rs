//! Values that are kept once each and referred to by index.

use std::hash::Hash;
use std::rc::Rc;

use rustc_hash::FxHashMap;

/// A list without duplicates.
#[derive(Debug)]
pub(super) struct Interner<T: ?Sized> {
    items: Vec<Rc<T>>,
    ids: FxHashMap<Rc<T>, u32>,
}

impl<T: Hash + Eq + ?Sized> Interner<T> {
    pub(super) fn new() -> Self {
        Self { items: Vec::new(), ids: FxHashMap::default() }
    }

    /// The value with an index.
    pub(super) fn get(&self, id: u32) -> Rc<T> {
        Rc::clone(&self.items[id as usize])
    }

    /// The index of a value, given one if it is new.
    pub(super) fn intern(&mut self, item: impl AsRef<T> + Into<Rc<T>>) -> u32 {
        if let Some(&id) = self.ids.get(item.as_ref()) {
            return id;
        }
        let item = item.into();
        let id = u32::try_from(self.items.len()).unwrap_or(u32::MAX);
        self.items.push(Rc::clone(&item));
        self.ids.insert(item, id);
        id
    }
}
