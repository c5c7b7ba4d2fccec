//! The automata over the text of numbers.

use rustc_hash::FxHashMap;

use crate::automaton::{Automaton, DEAD, State};

use super::reading::{Mode, Rules};
use super::values::{Place, Values};

/// The bytes that numbers are written with.
const BYTES: [u8; 15] = *b"0123456789-+.eE";
/// A step that was not calculated yet.
const UNKNOWN: State = State::MAX;

/// What an automaton is at, and how it goes on: the part that differs between kinds of sets.
pub(super) trait Steps: Send {
    type Mode: Copy + Eq + std::hash::Hash + Send;

    fn start(&self) -> Option<Self::Mode>;
    fn step(&self, mode: Self::Mode, byte: u8) -> Option<Self::Mode>;
    fn accepts(&self, mode: Self::Mode) -> bool;
    fn memory(&self) -> usize;
}

impl Steps for Rules {
    type Mode = Mode;

    fn start(&self) -> Option<Mode> {
        (!self.is_empty()).then_some(Mode::Start)
    }

    fn step(&self, mode: Mode, byte: u8) -> Option<Mode> {
        Self::step(self, mode, byte)
    }

    fn accepts(&self, mode: Mode) -> bool {
        Self::accepts(self, mode)
    }

    fn memory(&self) -> usize {
        Self::memory(self)
    }
}

impl Steps for Values {
    type Mode = Place;

    fn start(&self) -> Option<Place> {
        Self::start(self)
    }

    fn step(&self, mode: Place, byte: u8) -> Option<Place> {
        Self::step(self, mode, byte)
    }

    fn accepts(&self, mode: Place) -> bool {
        Self::accepts(self, mode)
    }

    fn memory(&self) -> usize {
        Self::memory(self)
    }
}

/// Numbers the modes of some [`Steps`] as they are met, and remembers where each byte led.
pub(super) struct Machine<S: Steps> {
    steps: S,
    states: FxHashMap<S::Mode, State>,
    /// By state, without [`DEAD`].
    rows: Vec<Row<S::Mode>>,
}

struct Row<M> {
    mode: M,
    accepts: bool,
    next: [State; BYTES.len()],
}

impl<S: Steps> Machine<S> {
    pub(super) fn new(steps: S) -> Self {
        Self { steps, states: FxHashMap::default(), rows: Vec::new() }
    }

    fn state(&mut self, mode: Option<S::Mode>) -> State {
        let Some(mode) = mode else { return DEAD };
        if let Some(&state) = self.states.get(&mode) {
            return state;
        }
        let accepts = self.steps.accepts(mode);
        self.rows.push(Row { mode, accepts, next: [UNKNOWN; BYTES.len()] });
        let state = State::try_from(self.rows.len()).expect("memory ends before states do");
        self.states.insert(mode, state);
        state
    }
}

impl<S: Steps> Automaton for Machine<S> {
    fn start(&mut self) -> State {
        self.state(self.steps.start())
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        let Some(class) = class(byte) else { return DEAD };
        let row = &self.rows[state as usize - 1];
        if row.next[class] != UNKNOWN {
            return row.next[class];
        }
        let next = self.steps.step(row.mode, byte);
        let next = self.state(next);
        self.rows[state as usize - 1].next[class] = next;
        next
    }

    fn accepts(&mut self, state: State) -> bool {
        self.rows[state as usize - 1].accepts
    }

    fn memory(&self) -> usize {
        let entry = size_of::<S::Mode>() + size_of::<State>() + 1;
        self.steps.memory()
            + self.rows.capacity() * size_of::<Row<S::Mode>>()
            + self.states.capacity() * entry
    }
}

fn class(byte: u8) -> Option<usize> {
    match byte {
        b'0'..=b'9' => Some(usize::from(byte - b'0')),
        b'-' => Some(10),
        b'+' => Some(11),
        b'.' => Some(12),
        b'e' => Some(13),
        b'E' => Some(14),
        _ => None,
    }
}
