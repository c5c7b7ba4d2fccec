//! Conditions joined by and, or and not: all combinations of the states of their automata.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use super::dfa::Dfa;
use super::letters::Letters;
use super::syntax::Expr;
use crate::automaton::DEAD;
use crate::{GrammarError, Limits};

/// Places in the table of transitions per state that [`Limits::states`] allows for.
const CELLS_PER_STATE: usize = 64;

/// A condition on a text: on its characters, and on how many there are.
#[derive(Debug)]
pub(super) struct Condition {
    pub(super) expr: Expr<usize>,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
}

/// A deterministic automaton that tells which of some conditions hold. State 0 is left out.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) start: u32,
    pub(super) classes: usize,
    /// By state and class.
    pub(super) rows: Vec<u32>,
    /// By state; bit i: the text so far satisfies condition i.
    pub(super) verdicts: Vec<u32>,
}

/// Where the parts stand. What is decided for good, whatever follows, is told in bits and its parts are
/// forgotten: that keeps apart only what can still make a difference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    leaves: Box<[u32]>,
    /// Characters so far, up to the number from which on no condition cares.
    count: u32,
    decided: u32,
    holds: u32,
}

struct Explorer<'a> {
    leaves: &'a mut [Dfa],
    conditions: &'a [Condition],
    known: FxHashMap<Place, u32>,
    open: VecDeque<Place>,
    verdicts: Vec<u32>,
}

/// Explores at most 32 conditions over leaves that share an alphabet of so many classes.
pub(super) fn explore(
    leaves: &mut [Dfa],
    conditions: &[Condition],
    classes: u32,
    limits: &Limits,
) -> Result<Table, GrammarError> {
    let (known, open) = (FxHashMap::default(), VecDeque::new());
    let mut explorer = Explorer { leaves, conditions, known, open, verdicts: vec![0] };
    let leaves = explorer.leaves.iter_mut().map(Letters::start).collect();
    let start = explorer.state(Place { leaves, count: 0, decided: 0, holds: 0 });
    let mut rows = vec![DEAD; classes as usize];
    while let Some(place) = explorer.open.pop_front() {
        for class in 0..classes {
            let leaves = explorer.leaves.iter_mut().zip(&place.leaves);
            let leaves = leaves.map(|(leaf, &state)| leaf.step(state, class)).collect();
            let next = Place { leaves, count: place.count + 1, ..place };
            rows.push(explorer.state(next));
        }
        let cells = limits.states.saturating_mul(CELLS_PER_STATE);
        if explorer.verdicts.len() > limits.states || rows.len() > cells {
            return Err(GrammarError::Limit {
                what: "the automaton of several conditions on one text".to_owned(),
                option: "states",
                limit: limits.states as u64,
            });
        }
        // A state may be a large set of nodes.
        if explorer.leaves.iter().map(Dfa::subsets).sum::<usize>() > limits.memory {
            return Err(GrammarError::Limit {
                what: "the automaton of several conditions on one text".to_owned(),
                option: "memory",
                limit: limits.memory as u64,
            });
        }
    }
    Ok(Table { start, classes: classes as usize, rows, verdicts: explorer.verdicts })
}

impl Explorer<'_> {
    /// The number of a place.
    fn state(&mut self, mut place: Place) -> u32 {
        self.decide(&mut place);
        if let Some(&state) = self.known.get(&place) {
            return state;
        }
        let state = u32::try_from(self.verdicts.len()).unwrap_or(u32::MAX);
        let verdict = self.verdict(&place);
        self.verdicts.push(verdict);
        self.open.push_back(place.clone());
        self.known.insert(place, state);
        state
    }

    /// Settles what no further character can change.
    fn decide(&self, place: &mut Place) {
        let mut cares_up_to = 0;
        for (index, condition) in self.conditions.iter().enumerate() {
            let bit = 1 << index;
            if place.decided & bit != 0 {
                continue;
            }
            let count = place.count;
            let outcome = match self.decided(&condition.expr, &place.leaves) {
                Some(false) => Some(false),
                _ if condition.max.is_some_and(|max| count > max) => Some(false),
                Some(true) if condition.max.is_none() && count >= condition.min => Some(true),
                _ => None,
            };
            if let Some(holds) = outcome {
                place.decided |= bit;
                place.holds |= if holds { bit } else { 0 };
                forget(&condition.expr, &mut place.leaves);
            } else {
                let border = condition.max.map_or(condition.min, |max| max.saturating_add(1));
                cares_up_to = border.max(cares_up_to);
            }
        }
        place.count = place.count.min(cares_up_to);
    }

    /// Which conditions hold where the text ends here.
    fn verdict(&mut self, place: &Place) -> u32 {
        let mut verdict = place.holds;
        for (index, condition) in self.conditions.iter().enumerate() {
            let length = condition.min..=condition.max.unwrap_or(u32::MAX);
            if place.decided >> index & 1 == 0
                && length.contains(&place.count)
                && holds(&condition.expr, &mut |leaf| self.leaves[leaf].accepts(place.leaves[leaf]))
            {
                verdict |= 1 << index;
            }
        }
        verdict
    }

    /// Whether an expression holds, where no further character can change it.
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

/// Makes the leaves of an expression that is decided all alike.
fn forget(expr: &Expr<usize>, states: &mut [u32]) {
    match expr {
        Expr::Leaf(leaf) => states[*leaf] = DEAD,
        Expr::Not(expr) => forget(expr, states),
        Expr::And(parts) | Expr::Or(parts) => parts.iter().for_each(|part| forget(part, states)),
    }
}

/// Whether an expression holds, given which leaves do.
pub(super) fn holds(expr: &Expr<usize>, leaf: &mut impl FnMut(usize) -> bool) -> bool {
    match expr {
        Expr::Leaf(index) => leaf(*index),
        Expr::Not(expr) => !holds(expr, leaf),
        Expr::And(parts) => parts.iter().all(|part| holds(part, leaf)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, leaf)),
    }
}

impl Table {
    /// For each state, where one comes from.
    pub(super) fn before(&self) -> Vec<Vec<u32>> {
        let mut before: Vec<Vec<u32>> = vec![Vec::new(); self.verdicts.len()];
        for (from, row) in (0_u32..).zip(self.rows.chunks_exact(self.classes)) {
            for &to in row {
                if before[to as usize].last() != Some(&from) {
                    before[to as usize].push(from);
                }
            }
        }
        before
    }
}
