//! Deterministic automata over classes of characters, and the bound on how many characters there are.

use rustc_hash::FxHashMap;

use super::lengths::Lengths;
use crate::automaton::DEAD;

/// A deterministic automaton over the classes of an alphabet; every state but [`DEAD`] is live.
pub(super) trait Letters: Send {
    /// Where reading begins.
    fn start(&mut self) -> u32;

    /// Where a character of a class leads.
    fn step(&mut self, state: u32, class: u32) -> u32;

    /// Whether the text may end here.
    fn accepts(&mut self, state: u32) -> bool;

    /// Whether every continuation stays live; `false` where that is not known.
    fn universal(&mut self, state: u32) -> bool;

    /// How many characters the shortest accepted continuation of at least `least` characters has;
    /// [`Lengths::NEVER`] if there is none. Only for what was measured when it was made.
    fn need(&mut self, state: u32, least: u32) -> u32;

    /// Bytes of memory.
    fn memory(&self) -> usize;
}

/// Another automaton with a bound on the number of characters: no state per length is made before a text
/// of the length is met.
#[derive(Debug)]
pub(super) struct Bounded<L> {
    inner: L,
    min: u32,
    max: Option<u32>,
    /// State of `inner`, characters wanted at least, and characters left.
    states: Vec<(u32, u32, u32)>,
    known: FxHashMap<(u32, u32, u32), u32>,
}

impl<L: Letters> Bounded<L> {
    /// `inner`, which can measure, within bounds.
    pub(super) fn new(inner: L, min: u32, max: Option<u32>) -> Self {
        Self { inner, min, max, states: vec![(DEAD, 0, 0)], known: FxHashMap::default() }
    }

    /// The state of a place, [`DEAD`] if nothing of a length that is left can be accepted from there.
    fn state(&mut self, inner: u32, least: u32, left: u32) -> u32 {
        if inner == DEAD {
            return DEAD;
        }
        if let Some(&state) = self.known.get(&(inner, least, left)) {
            return state;
        }
        let need = self.inner.need(inner, least);
        let state = if need == Lengths::NEVER || self.max.is_some() && need > left {
            DEAD
        } else {
            self.states.push((inner, least, left));
            u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX)
        };
        self.known.insert((inner, least, left), state);
        state
    }
}

impl<L: Letters> Letters for Bounded<L> {
    fn start(&mut self) -> u32 {
        let inner = self.inner.start();
        self.state(inner, self.min, self.max.unwrap_or(0))
    }

    fn step(&mut self, state: u32, class: u32) -> u32 {
        let (inner, least, left) = self.states[state as usize];
        if state == DEAD || self.max.is_some() && left == 0 {
            return DEAD;
        }
        let inner = self.inner.step(inner, class);
        self.state(inner, least.saturating_sub(1), left.saturating_sub(1))
    }

    fn accepts(&mut self, state: u32) -> bool {
        let (inner, least, _) = self.states[state as usize];
        state != DEAD && least == 0 && self.inner.accepts(inner)
    }

    fn universal(&mut self, state: u32) -> bool {
        self.max.is_none() && self.inner.universal(self.states[state as usize].0)
    }

    fn need(&mut self, _state: u32, least: u32) -> u32 {
        least
    }

    fn memory(&self) -> usize {
        self.inner.memory() + self.states.len() * 40
    }
}
