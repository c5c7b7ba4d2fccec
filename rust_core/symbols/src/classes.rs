//! The class hierarchy of a tree.

use pyagent_source::FileId;
use rustc_hash::FxHashSet;

use crate::tree::Tree;
use crate::values::Value;

/// A class of the tree.
pub(crate) type ClassId = u32;

/// Every class, its bases within the tree, and whether it has others.
#[derive(Debug, Default)]
pub(crate) struct Classes {
    /// The number of the first class of each file.
    first: Vec<u32>,
    places: Vec<(FileId, u32)>,
    bases: Vec<Vec<ClassId>>,
    /// A base is outside of the tree, or not known.
    outside: Vec<bool>,
    ancestors: Vec<Vec<ClassId>>,
    descendants: Vec<Vec<ClassId>>,
}

impl Classes {
    pub(crate) fn listed(tree: &Tree) -> Self {
        let mut classes = Self::default();
        for (id, file) in tree.files.iter().enumerate() {
            classes.first.push(crate::walk::index(classes.places.len()));
            let count = file.as_ref().map_or(0, |file| file.facts.classes.len());
            classes.places.extend((0..crate::walk::index(count)).map(|index| (id, index)));
        }
        // Enough to resolve bases by; they are linked afterwards.
        classes.bases = vec![Vec::new(); classes.places.len()];
        classes.ancestors =
            (0..classes.places.len()).map(|id| vec![crate::walk::index(id)]).collect();
        classes
    }

    pub(crate) fn link(&mut self, bases: &[Vec<Vec<Value>>]) {
        let class = |value: &Value| match value {
            Value::Class(class) => Some(*class),
            _ => None,
        };
        self.outside = bases
            .iter()
            .map(|all| all.iter().any(|values| values.iter().any(|value| class(value).is_none())))
            .collect();
        self.bases =
            bases.iter().map(|all| all.iter().flatten().filter_map(class).collect()).collect();
        self.ancestors = self.all().map(|class| self.linearized(class)).collect();
        self.descendants = vec![Vec::new(); self.places.len()];
        for class in self.all() {
            for &ancestor in self.ancestors[class as usize].iter().skip(1) {
                self.descendants[ancestor as usize].push(class);
            }
        }
    }

    /// The class and all classes that it inherits from, each once: depth first, the last mention of
    /// each counting, which is the method resolution order but in rare cases of conflict.
    fn linearized(&self, class: ClassId) -> Vec<ClassId> {
        let mut order = Vec::new();
        let mut open = FxHashSet::default();
        self.visit(class, &mut open, &mut order);
        let mut seen = FxHashSet::default();
        let mut last: Vec<ClassId> =
            order.into_iter().rev().filter(|&each| seen.insert(each)).collect();
        last.reverse();
        last
    }

    fn visit(&self, class: ClassId, open: &mut FxHashSet<ClassId>, order: &mut Vec<ClassId>) {
        // A class that is its own ancestor is a misreading: it is entered once.
        if !open.insert(class) || order.len() > 4096 {
            return;
        }
        order.push(class);
        for &base in &self.bases[class as usize] {
            self.visit(base, open, order);
        }
        open.remove(&class);
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = ClassId> + use<> {
        0..crate::walk::index(self.places.len())
    }

    pub(crate) fn id(&self, file: FileId, index: u32) -> ClassId {
        self.first[file] + index
    }

    pub(crate) fn place(&self, class: ClassId) -> (FileId, u32) {
        self.places[class as usize]
    }

    /// The class itself and its ancestors in the tree, in the order in which members are looked up.
    pub(crate) fn ancestors(&self, class: ClassId) -> &[ClassId] {
        &self.ancestors[class as usize]
    }

    pub(crate) fn descendants(&self, class: ClassId) -> &[ClassId] {
        &self.descendants[class as usize]
    }

    /// Whether the class or an ancestor has a base that is not a class of the tree.
    pub(crate) fn has_outside_base(&self, class: ClassId) -> bool {
        self.ancestors(class).iter().any(|&each| self.outside[each as usize])
    }
}
