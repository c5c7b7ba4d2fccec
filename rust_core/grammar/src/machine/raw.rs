//! An automaton with its transitions at hand.

use crate::automaton::{Automaton, Loops, State};

/// A transition that has not been computed.
const UNKNOWN: u32 = u32::MAX;

/// An automaton over the bytes of the text itself.
pub(crate) struct Raw {
    automaton: Box<dyn Automaton>,
    start: State,
    rows: Vec<Option<Box<[u32; 256]>>>,
}

impl Raw {
    /// Wrap an automaton.
    pub(crate) fn new(mut automaton: Box<dyn Automaton>) -> Self {
        let start = automaton.start();
        Self { automaton, start, rows: Vec::new() }
    }

    /// Where reading begins, or 0.
    pub(crate) fn start(&self) -> State {
        self.start
    }

    /// Where a byte leads, or 0.
    pub(crate) fn step(&mut self, state: State, byte: u8) -> State {
        if self.rows.len() <= state as usize {
            self.rows.resize_with(state as usize + 1, || None);
        }
        let row = self.rows[state as usize].get_or_insert_with(|| Box::new([UNKNOWN; 256]));
        if row[byte as usize] == UNKNOWN {
            row[byte as usize] = self.automaton.step(state, byte);
        }
        row[byte as usize]
    }

    /// Whether what was read may be all.
    pub(crate) fn accepts(&mut self, state: State) -> bool {
        self.automaton.accepts(state)
    }

    /// The characters that change nothing.
    pub(crate) fn loops(&mut self, state: State) -> Loops {
        self.automaton.loops(state)
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        self.automaton.memory() + self.rows.iter().flatten().count() * 1040 + self.rows.len() * 8
    }
}

/// Exactly one text.
pub(crate) struct Word(pub(crate) Vec<u8>);

impl Automaton for Word {
    fn start(&mut self) -> State {
        1
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        if self.0.get(state as usize - 1) == Some(&byte) { state + 1 } else { 0 }
    }

    fn accepts(&mut self, state: State) -> bool {
        state as usize == self.0.len() + 1
    }

    fn memory(&self) -> usize {
        self.0.len()
    }
}

/// JSON white space, or none if it is not wanted.
pub(crate) struct Spaces(pub(crate) bool);

impl Automaton for Spaces {
    fn start(&mut self) -> State {
        1
    }

    fn step(&mut self, _: State, byte: u8) -> State {
        u32::from(self.0 && matches!(byte, b' ' | b'\n' | b'\t' | b'\r'))
    }

    fn accepts(&mut self, _: State) -> bool {
        true
    }

    fn memory(&self) -> usize {
        0
    }
}
