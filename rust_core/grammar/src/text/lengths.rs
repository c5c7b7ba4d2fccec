//! Which lengths a text may still have: distance tables of an automaton whose letters do not matter.
//!
//! The nodes that accept some text of exactly t characters follow from those for t - 1, so that the sequence
//! of these sets is periodic in the end (Chrobak, Finite automata and unary languages, 1986); usually
//! after a step or two. Lengths of any size are answered from the part before it repeats.

use rustc_hash::FxHashMap;

use crate::{GrammarError, Limits};

/// The graph of an automaton, backwards.
#[derive(Debug)]
pub(super) struct Edges {
    /// By node: where reading one character leads here from.
    reads: Vec<Vec<u32>>,
    /// By node: where one gets here from without reading.
    jumps: Vec<Vec<u32>>,
    accepts: Vec<u32>,
}

impl Edges {
    /// A graph without edges.
    pub(super) fn new(nodes: usize) -> Self {
        Self { reads: vec![Vec::new(); nodes], jumps: vec![Vec::new(); nodes], accepts: Vec::new() }
    }

    /// The text may end in a node.
    pub(super) fn accept(&mut self, node: u32) {
        self.accepts.push(node);
    }

    /// One character leads from a node to another.
    pub(super) fn read(&mut self, from: u32, to: u32) {
        self.reads[to as usize].push(from);
    }

    /// One node leads to another without reading.
    pub(super) fn jump(&mut self, from: u32, to: u32) {
        self.jumps[to as usize].push(from);
    }

    /// Those nodes, and all that get to one of them without reading.
    fn close(&self, mut open: Vec<u32>) -> Vec<u64> {
        let mut set = vec![0_u64; self.reads.len().div_ceil(64)];
        while let Some(node) = open.pop() {
            let (word, bit) = (node as usize / 64, 1 << (node % 64));
            if set[word] & bit == 0 {
                set[word] |= bit;
                open.extend(&self.jumps[node as usize]);
            }
        }
        set
    }

    /// The nodes that read one character to get into a set.
    fn before(&self, set: &[u64]) -> Vec<u64> {
        let mut open = Vec::new();
        for (word, bits) in set.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                open.extend(&self.reads[word * 64 + bits.trailing_zeros() as usize]);
                bits &= bits - 1;
            }
        }
        self.close(open)
    }
}

/// Shortest lengths by node and lower bound.
#[derive(Debug)]
pub(super) struct Lengths {
    nodes: usize,
    /// By lower bound and node: the shortest length that is no less.
    shortest: Vec<u32>,
    /// Rows of `shortest`.
    rows: u32,
    /// The first row that comes again, and after how many rows.
    cycle: Option<(u32, u32)>,
}

impl Lengths {
    /// The length of what does not exist.
    pub(super) const NEVER: u32 = u32::MAX;

    /// Measures for lower bounds up to `min`; lengths over `max` need not be told from [`Self::NEVER`].
    pub(super) fn new(
        edges: &Edges,
        min: u32,
        max: Option<u32>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let nodes = edges.reads.len();
        let cells = limits.states.saturating_mul(64);
        let mut layers = vec![edges.close(edges.accepts.clone())];
        let mut known: FxHashMap<Vec<u64>, usize> = FxHashMap::default();
        let mut cycle = None;
        while cycle.is_none() && max.is_none_or(|max| layers.len() <= max as usize) {
            let layer = edges.before(&layers[layers.len() - 1]);
            known.insert(layers[layers.len() - 1].clone(), layers.len() - 1);
            cycle = known.get(&layer).map(|&first| (first, layers.len() - first));
            if cycle.is_none() {
                layers.push(layer);
            }
            if layers.len().saturating_mul(nodes) > cells {
                return Err(GrammarError::Limit {
                    what: "a pattern with bounds on the length of the text".to_owned(),
                    option: "states",
                    limit: limits.states as u64,
                });
            }
        }
        let rows = layers.len().min(cycle.map_or(min as usize + 1, |_| layers.len()));
        let mut shortest = vec![Self::NEVER; rows * nodes];
        let mut next = vec![Self::NEVER; nodes];
        if let Some((first, period)) = cycle {
            // What comes after the last layer is what came from the first of the cycle on.
            for (layer, set) in layers.iter().enumerate().skip(first).rev() {
                mark(set, &mut next, as_length(layer + period));
            }
        }
        for (layer, set) in layers.iter().enumerate().rev() {
            mark(set, &mut next, as_length(layer));
            if layer < rows {
                shortest[layer * nodes..(layer + 1) * nodes].copy_from_slice(&next);
            }
        }
        let cycle = cycle.map(|(first, period)| (as_length(first), as_length(period)));
        Ok(Self { nodes, shortest, rows: as_length(rows), cycle })
    }

    /// The shortest length of at least `least` that is accepted from a node.
    pub(super) fn need(&self, node: u32, least: u32) -> u32 {
        let (row, shift) = match self.cycle {
            _ if least < self.rows => (least, 0),
            Some((first, period)) => {
                let row = first + (least - first) % period;
                (row, least - row)
            }
            None => return Self::NEVER,
        };
        let length = self.shortest[row as usize * self.nodes + node as usize];
        if length == Self::NEVER { Self::NEVER } else { length.saturating_add(shift) }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.shortest.len() * 4
    }
}

/// Enters a length for the nodes of a set.
fn mark(set: &[u64], lengths: &mut [u32], length: u32) {
    for (node, place) in lengths.iter_mut().enumerate() {
        if set[node / 64] >> (node % 64) & 1 == 1 {
            *place = length;
        }
    }
}

/// Lengths are counted in 32 bits.
fn as_length(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
