//! The automaton of all valid UTF-8: what an unconstrained string is followed by.

use crate::automaton::{Automaton, DEAD, Loops, State};

/// Accepts every valid UTF-8 text (the well-formed byte sequences of the Unicode Standard, table 3-7).
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AnyText;

/// Between two characters.
pub(crate) const BOUNDARY: State = 1;

impl Automaton for AnyText {
    fn start(&mut self) -> State {
        BOUNDARY
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        step(state, byte)
    }

    fn accepts(&mut self, state: State) -> bool {
        state == BOUNDARY
    }

    fn universal(&mut self, state: State) -> bool {
        state == BOUNDARY
    }

    fn loops(&mut self, state: State) -> Loops {
        let between = state == BOUNDARY;
        Loops { ascii: if between { u128::MAX } else { 0 }, others: between, spaces: between }
    }

    fn memory(&self) -> usize {
        0
    }
}

/// Where a byte leads: 2 to 4 want so many less one continuation bytes; the others restrict the first of them.
pub(crate) fn step(state: State, byte: u8) -> State {
    match (state, byte) {
        (BOUNDARY, 0x00..=0x7f) | (2, 0x80..=0xbf) => BOUNDARY,
        (BOUNDARY, 0xf1..=0xf3) => 4,
        (BOUNDARY, 0xe0) => 5,
        (BOUNDARY, 0xed) => 6,
        (BOUNDARY, 0xf0) => 7,
        (BOUNDARY, 0xf4) => 8,
        (BOUNDARY, 0xc2..=0xdf) | (3, 0x80..=0xbf) | (5, 0xa0..=0xbf) | (6, 0x80..=0x9f) => 2,
        (BOUNDARY, 0xe1..=0xec | 0xee | 0xef)
        | (4, 0x80..=0xbf)
        | (7, 0x90..=0xbf)
        | (8, 0x80..=0x8f) => 3,
        _ => DEAD,
    }
}
