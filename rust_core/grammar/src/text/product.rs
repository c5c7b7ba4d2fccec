//! Conditions joined by and, or and not: the product of their automata, explored as a whole.

use std::collections::VecDeque;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::alphabet::Alphabet;
use super::dfa::Dfa;
use super::lengths::{Edges, Lengths};
use super::letters::Letters;
use super::syntax::Expr;
use crate::automaton::DEAD;
use crate::{GrammarError, Limits};

/// Places in the table of transitions per state that [`Limits::states`] allows for.
const CELLS_PER_STATE: usize = 256;

/// The state in which every text is accepted.
const ALL: u32 = 1;

/// A product that was explored, so that its live states are known exactly.
#[derive(Debug)]
pub(super) struct Product {
    start: u32,
    classes: usize,
    /// By state and class.
    table: Vec<u32>,
    accepts: Vec<bool>,
    universal: Vec<bool>,
    lengths: Option<Lengths>,
}

/// The exploration under way.
struct Explorer<'a> {
    leaves: &'a mut [Dfa],
    expr: &'a Expr<usize>,
    known: FxHashMap<Box<[u32]>, u32>,
    open: VecDeque<Box<[u32]>>,
    accepts: Vec<bool>,
}

impl Product {
    /// Explores `expr` over `leaves`, which share an alphabet.
    pub(super) fn new(
        leaves: &mut [Dfa],
        expr: &Expr<usize>,
        alphabet: &Arc<Alphabet>,
        limits: &Limits,
    ) -> Result<Self, GrammarError> {
        let classes = alphabet.classes() as usize;
        let known = FxHashMap::default();
        let accepts = vec![false, true];
        let mut explorer = Explorer { leaves, expr, known, open: VecDeque::new(), accepts };
        let first: Vec<u32> = explorer.leaves.iter_mut().map(Letters::start).collect();
        let start = explorer.state(first);
        let mut table = vec![DEAD; classes];
        table.resize(2 * classes, ALL);
        while let Some(states) = explorer.open.pop_front() {
            for class in 0..alphabet.classes() {
                let leaves = explorer.leaves.iter_mut().zip(&states);
                let next = leaves.map(|(leaf, &state)| leaf.step(state, class)).collect();
                table.push(explorer.state(next));
            }
            let cells = limits.states.saturating_mul(CELLS_PER_STATE);
            if explorer.accepts.len() > limits.states || table.len() > cells {
                return Err(GrammarError::Limit {
                    what: "the automaton of several conditions on one text".to_owned(),
                    option: "states",
                    limit: limits.states as u64,
                });
            }
        }
        let accepts = explorer.accepts;
        let mut product =
            Self { start, classes, table, accepts, universal: Vec::new(), lengths: None };
        product.prune();
        Ok(product)
    }

    /// Makes [`Letters::need`] available.
    pub(super) fn measure(
        &mut self,
        min: u32,
        max: Option<u32>,
        limits: &Limits,
    ) -> Result<(), GrammarError> {
        let mut edges = Edges::new(self.accepts.len());
        for (from, row) in (0_u32..).zip(self.table.chunks_exact(self.classes)) {
            if self.accepts[from as usize] {
                edges.accept(from);
            }
            let mut targets = row.to_vec();
            targets.sort_unstable();
            targets.dedup();
            targets.iter().filter(|&&to| to != DEAD).for_each(|&to| edges.read(from, to));
        }
        self.lengths = Some(Lengths::new(&edges, min, max, limits)?);
        Ok(())
    }

    /// Makes dead what accepts nothing, and finds what never comes to that.
    fn prune(&mut self) {
        let states = self.accepts.len();
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); states];
        for (from, row) in (0_u32..).zip(self.table.chunks_exact(self.classes)) {
            for &to in row {
                if before[to as usize].last() != Some(&from) {
                    before[to as usize].push(from);
                }
            }
        }
        let live = reaching(&before, |state| self.accepts[state]);
        for (state, row) in self.table.chunks_exact_mut(self.classes).enumerate() {
            row.iter_mut()
                .filter(|to| !live[**to as usize] || !live[state])
                .for_each(|to| *to = DEAD);
        }
        self.start = if live[self.start as usize] { self.start } else { DEAD };
        let table = &self.table;
        let classes = self.classes;
        let mortal = reaching(&before, |state| table[state * classes..][..classes].contains(&DEAD));
        self.universal = mortal.into_iter().map(|mortal| !mortal).collect();
    }
}

/// The states from which one that is `wanted` can be reached.
fn reaching(before: &[Vec<u32>], wanted: impl Fn(usize) -> bool) -> Vec<bool> {
    let mut found: Vec<bool> = (0..before.len()).map(wanted).collect();
    let mut open: Vec<usize> = (0..before.len()).filter(|&state| found[state]).collect();
    while let Some(state) = open.pop() {
        for &source in &before[state] {
            if !std::mem::replace(&mut found[source as usize], true) {
                open.push(source as usize);
            }
        }
    }
    found
}

impl Explorer<'_> {
    /// The number of a combination of states. What is decided already needs no further look at the parts.
    fn state(&mut self, states: Vec<u32>) -> u32 {
        match self.decided(self.expr, &states) {
            Some(true) => return ALL,
            Some(false) => return DEAD,
            None => {}
        }
        let states: Box<[u32]> = states.into();
        if let Some(&state) = self.known.get(&states) {
            return state;
        }
        let state = u32::try_from(self.accepts.len()).unwrap_or(u32::MAX);
        let accepts = holds(self.expr, &mut |leaf| self.leaves[leaf].accepts(states[leaf]));
        self.accepts.push(accepts);
        self.open.push_back(states.clone());
        self.known.insert(states, state);
        state
    }

    /// Whether the conditions hold, where no further character can change it.
    fn decided(&self, expr: &Expr<usize>, states: &[u32]) -> Option<bool> {
        match expr {
            Expr::Leaf(leaf) if states[*leaf] == DEAD => Some(false),
            Expr::Leaf(leaf) => self.leaves[*leaf].accepts_all(states[*leaf]).then_some(true),
            Expr::Not(expr) => self.decided(expr, states).map(|holds| !holds),
            Expr::And(parts) => self.all_of(parts, states, true),
            Expr::Or(parts) => self.all_of(parts, states, false),
        }
    }

    /// All of the parts decided as `wanted`, or one of them decided otherwise.
    fn all_of(&self, parts: &[Expr<usize>], states: &[u32], wanted: bool) -> Option<bool> {
        let mut open = false;
        for part in parts {
            match self.decided(part, states) {
                Some(holds) if holds == wanted => {}
                Some(holds) => return Some(holds),
                None => open = true,
            }
        }
        (!open).then_some(wanted)
    }
}

/// Whether the conditions hold, given which leaves do.
pub(super) fn holds(expr: &Expr<usize>, leaf: &mut impl FnMut(usize) -> bool) -> bool {
    match expr {
        Expr::Leaf(index) => leaf(*index),
        Expr::Not(expr) => !holds(expr, leaf),
        Expr::And(parts) => parts.iter().all(|part| holds(part, leaf)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, leaf)),
    }
}

impl Letters for Product {
    fn start(&mut self) -> u32 {
        self.start
    }

    fn step(&mut self, state: u32, class: u32) -> u32 {
        self.table[state as usize * self.classes + class as usize]
    }

    fn accepts(&mut self, state: u32) -> bool {
        self.accepts[state as usize]
    }

    fn universal(&mut self, state: u32) -> bool {
        self.universal[state as usize]
    }

    fn need(&mut self, state: u32, least: u32) -> u32 {
        self.lengths.as_ref().map_or(least, |lengths| lengths.need(state, least))
    }

    fn memory(&self) -> usize {
        self.table.len() * 4
            + self.accepts.len() * 2
            + self.lengths.as_ref().map_or(0, Lengths::memory)
    }
}
