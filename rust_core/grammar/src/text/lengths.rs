//! Which lengths a text may still have: distance tables of an automaton whose letters do not matter.
//!
//! Let need(n, k) be the length of the shortest text of at least k characters that is accepted from node n. need(n, 0)
//! is a distance, and need(n, k + 1) is one more than the least need(m, k) of the nodes m that one character
//! leads to. So need(., k) - k follows from the row before in the same way at every k: once a row comes again, all
//! that follow do, and lengths of any size are answered from those before (compare Chrobak, Finite
//! automata and unary languages, 1986).

use std::sync::Arc;

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

    /// Distances to acceptance.
    fn distances(&self) -> Vec<u32> {
        let mut row = vec![Lengths::NEVER; self.reads.len()];
        let mut level = self.accepts.clone();
        let mut distance = 0;
        while !level.is_empty() {
            let mut found = Vec::new();
            while let Some(node) = level.pop() {
                if row[node as usize] == Lengths::NEVER {
                    row[node as usize] = distance;
                    level.extend(&self.jumps[node as usize]);
                    found.extend(&self.reads[node as usize]);
                }
            }
            level = found;
            distance += 1;
        }
        row
    }

    /// For each node, the least value of those that one character leads to.
    fn before(&self, row: &[u32]) -> Vec<u32> {
        let mut least = vec![Lengths::NEVER; row.len()];
        for (node, sources) in self.reads.iter().enumerate() {
            for &source in sources {
                least[source as usize] = least[source as usize].min(row[node]);
            }
        }
        let mut order: Vec<u32> = (0..).take(row.len()).collect();
        order.retain(|&node| least[node as usize] != Lengths::NEVER);
        order.sort_unstable_by_key(|&node| least[node as usize]);
        // In the order of values, the first to get to a node brings the least.
        let mut next = vec![Lengths::NEVER; row.len()];
        let mut open = Vec::new();
        for start in order {
            let value = least[start as usize];
            open.push(start);
            while let Some(node) = open.pop() {
                if next[node as usize] == Lengths::NEVER {
                    next[node as usize] = value;
                    open.extend(&self.jumps[node as usize]);
                }
            }
        }
        next
    }
}

/// Shortest lengths by node and lower bound.
#[derive(Debug)]
pub(super) struct Lengths {
    /// By lower bound and node: by how much the shortest length is above the bound.
    rows: Vec<Row>,
    /// Which row comes after the last.
    again: Option<usize>,
}

/// A row, shared with the table that finds it again.
type Row = Arc<[u32]>;

impl Lengths {
    /// The length of what does not exist.
    pub(super) const NEVER: u32 = u32::MAX;

    /// Measures for lower bounds up to `min`.
    pub(super) fn new(edges: &Edges, min: u32, limits: &Limits) -> Result<Self, GrammarError> {
        let mut rows: Vec<Row> = vec![edges.distances().into()];
        let mut known: FxHashMap<Row, usize> = FxHashMap::default();
        let mut again = None;
        while again.is_none() && rows.len() <= min as usize {
            let last = &rows[rows.len() - 1];
            let next: Row = edges.before(last).into();
            known.insert(Arc::clone(last), rows.len() - 1);
            again = known.get(&next).copied();
            if again.is_none() {
                rows.push(next);
            }
            if rows.len().saturating_mul(edges.reads.len()) > limits.states.saturating_mul(64) {
                return Err(GrammarError::Limit {
                    what: "a pattern with a lower bound on the length of the text".to_owned(),
                    option: "states",
                    limit: limits.states as u64,
                });
            }
        }
        Ok(Self { rows, again })
    }

    /// The shortest length of at least `least` that is accepted from a node.
    pub(super) fn need(&self, node: u32, least: u32) -> u32 {
        let mut row = least as usize;
        if row >= self.rows.len() {
            // No bound above those measured is asked for.
            let again = self.again.unwrap_or(0);
            row = again + (row - again) % (self.rows.len() - again);
        }
        let above = self.rows[row][node as usize];
        if above == Self::NEVER { Self::NEVER } else { least.saturating_add(above) }
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        self.rows.iter().map(|row| row.len() * 4 + 16).sum()
    }
}
