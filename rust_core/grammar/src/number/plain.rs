//! Integers without a point and without an exponent.

use crate::automaton::{Automaton, DEAD, State};

/// An automaton over the texts of integers, of which only those of digits are left.
///
/// Every state stays live: an integer that goes on from it has a text of digits that begins alike, as a fraction of
/// zeros may be left out, and the first digit of a text with an exponent is that of the number.
pub(crate) struct Plain(pub(crate) Box<dyn Automaton>);

impl Automaton for Plain {
    fn start(&mut self) -> State {
        self.0.start()
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        if matches!(byte, b'.' | b'e' | b'E') { DEAD } else { self.0.step(state, byte) }
    }

    fn accepts(&mut self, state: State) -> bool {
        self.0.accepts(state)
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}

#[cfg(test)]
#[path = "plain_tests.rs"]
mod tests;
