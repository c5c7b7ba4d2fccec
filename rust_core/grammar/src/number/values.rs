//! Finite sets of numbers, each in its usual spelling.

use rustc_hash::FxHashMap;

use super::Decimal;

/// A tree of the spellings of some numbers.
#[derive(Debug, Default)]
pub(super) struct Values {
    nodes: Vec<Node>,
    edges: FxHashMap<(u32, u8), u32>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Node {
    /// What spelling ends here.
    end: Option<End>,
}

/// What may follow a spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// A point and zeros.
    Integer,
    /// Zeros.
    Fraction,
    /// Nothing.
    Exponent,
}

/// Where in the spellings the text stands: each part alone makes it live.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    node: Option<u32>,
    zeros: Zeros,
}

/// Zeros behind a spelling that is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Zeros {
    /// None can come from here.
    None,
    /// One must come.
    Wanted,
    /// Any number may.
    Some,
}

impl Values {
    pub(super) fn new(values: &[Decimal]) -> Self {
        let mut tree = Self { nodes: vec![Node::default()], edges: FxHashMap::default() };
        for value in values {
            let end = if value.is_integer() { End::Integer } else { End::Fraction };
            tree.insert(&value.plain(), end);
            if value.is_zero() {
                tree.insert("-0", end);
            }
            if value.is_long() || value.magnitude() > 16 || value.magnitude() < -3 {
                tree.insert_scientific(value);
            }
        }
        tree
    }

    /// What the usual printers of floating-point numbers write where they write an exponent.
    fn insert_scientific(&mut self, value: &Decimal) {
        if value.is_zero() {
            return;
        }
        let (mantissa, exponent) = value.scientific();
        let size = exponent.unsigned_abs();
        let signs: &[&str] = if exponent < 0 { &["-"] } else { &["", "+"] };
        for letter in ["e", "E"] {
            for sign in signs {
                self.insert(&format!("{mantissa}{letter}{sign}{size}"), End::Exponent);
                self.insert(&format!("{mantissa}{letter}{sign}{size:02}"), End::Exponent);
            }
        }
    }

    fn insert(&mut self, text: &str, end: End) {
        let mut node = 0;
        for byte in text.bytes() {
            let next = u32::try_from(self.nodes.len()).expect("memory ends before nodes do");
            node = *self.edges.entry((node, byte)).or_insert(next);
            if node == next {
                self.nodes.push(Node::default());
            }
        }
        self.nodes[node as usize].end = Some(end);
    }

    pub(super) fn start(&self) -> Option<Place> {
        (self.nodes.len() > 1).then_some(Place { node: Some(0), zeros: Zeros::None })
    }

    pub(super) fn step(&self, place: Place, byte: u8) -> Option<Place> {
        let node = place.node.and_then(|node| self.edges.get(&(node, byte)).copied());
        let zeros = match (byte, place.zeros, place.node.and_then(|node| self.end(node))) {
            (b'.', _, Some(End::Integer)) => Zeros::Wanted,
            (b'0', Zeros::Wanted | Zeros::Some, _) | (b'0', _, Some(End::Fraction)) => Zeros::Some,
            _ => Zeros::None,
        };
        (node.is_some() || zeros != Zeros::None).then_some(Place { node, zeros })
    }

    pub(super) fn accepts(&self, place: Place) -> bool {
        place.zeros == Zeros::Some || place.node.is_some_and(|node| self.end(node).is_some())
    }

    pub(super) fn memory(&self) -> usize {
        let entry = size_of::<(u32, u8)>() + size_of::<u32>() + 1;
        self.nodes.capacity() * size_of::<Node>() + self.edges.capacity() * entry
    }

    fn end(&self, node: u32) -> Option<End> {
        self.nodes[node as usize].end
    }
}
