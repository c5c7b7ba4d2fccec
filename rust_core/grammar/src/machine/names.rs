//! The names that an object's schema knows, as a tree that key states walk along.

use rustc_hash::FxHashMap;

use crate::ir::ObjectSpec;

/// No known name begins like this.
pub(crate) const OFF: u32 = 0;

/// A known name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// By index into [`ObjectSpec::properties`].
    Property(u32),
    /// It may not be used.
    Forbidden,
}

/// All known names in the order of their bytes.
#[derive(Debug)]
pub(crate) struct Names {
    nodes: Vec<Node>,
    edges: FxHashMap<(u32, u8), u32>,
    sorted: Vec<Known>,
    /// By property: its place in the order of bytes.
    places: Vec<u32>,
}

/// A prefix of names: those of places `low..high` begin with it, and the one at `end` is it.
#[derive(Debug, Clone, Copy)]
struct Node {
    low: u32,
    high: u32,
    end: Option<u32>,
}

impl Names {
    /// The names of an object.
    pub(crate) fn new(spec: &ObjectSpec) -> Self {
        let properties = spec
            .properties
            .iter()
            .zip(0..)
            .map(|(property, index)| (property.name.as_bytes(), Known::Property(index)));
        let forbidden = spec.forbidden.iter().map(|name| (name.as_bytes(), Known::Forbidden));
        let mut all: Vec<(&[u8], Known)> = properties.chain(forbidden).collect();
        all.sort_by_key(|(name, _)| *name);
        let mut names = Self {
            nodes: vec![Node { low: 0, high: 0, end: None }; 2],
            edges: FxHashMap::default(),
            sorted: all.iter().map(|(_, known)| *known).collect(),
            places: vec![0; spec.properties.len()],
        };
        for (place, (name, known)) in (0..).zip(all) {
            if let Known::Property(index) = known {
                names.places[index as usize] = place;
            }
            names.add(name, place);
        }
        names
    }

    /// The node of the empty prefix.
    pub(crate) fn root() -> u32 {
        1
    }

    /// The prefix that is one byte longer, or [`OFF`].
    pub(crate) fn step(&self, node: u32, byte: u8) -> u32 {
        if node == OFF { OFF } else { self.edges.get(&(node, byte)).copied().unwrap_or(OFF) }
    }

    /// The name that is the prefix itself.
    pub(crate) fn known(&self, node: u32) -> Option<Known> {
        self.nodes[node as usize].end.map(|place| self.sorted[place as usize])
    }

    /// The places of the names that begin with the prefix.
    pub(crate) fn places(&self, node: u32) -> std::ops::Range<u32> {
        self.nodes[node as usize].low..self.nodes[node as usize].high
    }

    /// The place of a property.
    pub(crate) fn place(&self, property: usize) -> u32 {
        self.places[property]
    }

    /// How many names there are.
    pub(crate) fn len(&self) -> usize {
        self.sorted.len()
    }

    /// About how many bytes they take.
    pub(crate) fn memory(&self) -> usize {
        self.nodes.len() * 40 + self.sorted.len() * 16
    }

    fn add(&mut self, name: &[u8], place: u32) {
        let mut node = Self::root();
        self.widen(node, place);
        for &byte in name {
            let next = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
            let child = *self.edges.entry((node, byte)).or_insert(next);
            if child == next {
                self.nodes.push(Node { low: place, high: place, end: None });
            }
            node = child;
            self.widen(node, place);
        }
        self.nodes[node as usize].end = Some(place);
    }

    fn widen(&mut self, node: u32, place: u32) {
        self.nodes[node as usize].high = place + 1;
    }
}
