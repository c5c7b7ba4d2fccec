//! From automata over characters to automata over UTF-8 bytes.

use rustc_hash::FxHashMap;

use super::alphabet::{Alphabet, END};
use super::letters::Letters;
use super::utf8::{BOUNDARY, Child, Decoder};
use crate::automaton::{Automaton, DEAD, Loops, SPACES, State};

/// A transition that was not computed.
const UNKNOWN: u32 = u32::MAX;

/// An automaton over characters together with how far into a character the bytes have come.
#[derive(Debug)]
pub(super) struct Bytes<L> {
    letters: L,
    decoder: Decoder,
    /// State of `letters` and node of `decoder`.
    states: Vec<(u32, u32)>,
    known: FxHashMap<(u32, u32), State>,
    /// Rows by state, a place for each column of the decoder, filled up to a power of two.
    table: Vec<State>,
    /// The length of a row is two to this power.
    shift: u32,
    /// The classes of characters that are not ASCII, and those of white space among them.
    beyond: (Vec<u32>, Vec<u32>),
}

impl<L: Letters> Bytes<L> {
    /// Reads `letters`, an automaton over the classes of `alphabet`, byte by byte.
    pub(super) fn new(letters: L, alphabet: &Alphabet) -> Self {
        let decoder = Decoder::new(alphabet);
        let shift = decoder.width().next_power_of_two().trailing_zeros();
        let table = vec![DEAD; 1 << shift];
        let states = vec![(DEAD, BOUNDARY)];
        Self {
            letters,
            decoder,
            states,
            known: FxHashMap::default(),
            table,
            shift,
            beyond: beyond(alphabet),
        }
    }

    /// The automaton over characters.
    pub(super) fn letters(&self) -> &L {
        &self.letters
    }

    /// Its state, between two characters.
    pub(super) fn letters_at(&self, state: State) -> Option<u32> {
        let (letters, node) = self.states[state as usize];
        (node == BOUNDARY).then_some(letters)
    }

    /// Inside a character: the state between characters before it, and the classes it can turn out to be of.
    pub(super) fn inside(&self, state: State) -> Option<(u32, &[u32])> {
        let (letters, node) = self.states[state as usize];
        (node != BOUNDARY).then(|| (letters, self.decoder.under(node)))
    }

    /// The characters that lead from a state to itself.
    pub(super) fn looping(&mut self, state: State) -> Loops {
        let (letters, node) = self.states[state as usize];
        if node != BOUNDARY || letters == DEAD {
            return Loops::default();
        }
        let (decoder, automaton) = (&self.decoder, &mut self.letters);
        let mut stays = |class: u32| automaton.step(letters, class) == letters;
        let class = |byte: u8| match decoder.child(BOUNDARY, byte) {
            Child::Class(class) => Some(class),
            _ => None,
        };
        // Most states that anything leads back to are led back to by one of these.
        if !b"eE0 -/.".iter().filter_map(|byte| class(*byte)).any(&mut stays) {
            return Loops::default();
        }
        let ascii = (0..0x80).filter(|byte| class(*byte).is_some_and(&mut stays));
        let ascii = ascii.fold(0, |ascii, byte| ascii | 1 << byte);
        let others = self.beyond.0.iter().copied().all(&mut stays);
        Loops { ascii, others, spaces: others && self.beyond.1.iter().copied().all(&mut stays) }
    }

    /// The number of a place, which is live.
    fn state(&mut self, letters: u32, node: u32) -> State {
        if letters == DEAD {
            return DEAD;
        }
        if let Some(&state) = self.known.get(&(letters, node)) {
            return state;
        }
        let state = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.states.push((letters, node));
        self.known.insert((letters, node), state);
        self.table.resize(self.table.len() + (1 << self.shift), UNKNOWN);
        state
    }

    /// Computes a transition.
    #[cold]
    fn compute(&mut self, state: State, byte: u8) -> State {
        let (letters, node) = self.states[state as usize];
        match self.decoder.child(node, byte) {
            Child::Invalid => DEAD,
            Child::Class(class) => {
                let to = self.letters.step(letters, class);
                self.state(to, BOUNDARY)
            }
            Child::Node(node) => {
                let (decoder, automaton) = (&self.decoder, &mut self.letters);
                let classes = decoder.under(node);
                if classes.iter().any(|&class| automaton.step(letters, class) != DEAD) {
                    self.state(letters, node)
                } else {
                    DEAD
                }
            }
        }
    }
}

impl<L: Letters> Automaton for Bytes<L> {
    fn start(&mut self) -> State {
        let start = self.letters.start();
        self.state(start, BOUNDARY)
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        let column = self.decoder.columns()[byte as usize] as usize;
        let cell = (state as usize) << self.shift | column;
        let to = self.table[cell];
        if to != UNKNOWN {
            return to;
        }
        let to = self.compute(state, byte);
        self.table[cell] = to;
        to
    }

    fn accepts(&mut self, state: State) -> bool {
        let (letters, node) = self.states[state as usize];
        node == BOUNDARY && self.letters.accepts(letters)
    }

    fn universal(&mut self, state: State) -> bool {
        let (letters, node) = self.states[state as usize];
        node == BOUNDARY && letters != DEAD && self.letters.universal(letters)
    }

    fn loops(&mut self, state: State) -> Loops {
        self.looping(state)
    }

    fn memory(&self) -> usize {
        self.letters.memory()
            + self.decoder.memory()
            + self.table.capacity() * 4
            + self.states.capacity() * 28
    }
}

/// The classes of the characters that are not ASCII, white space aside, and those of that.
fn beyond(alphabet: &Alphabet) -> (Vec<u32>, Vec<u32>) {
    let spaces = SPACES.iter().flat_map(|&(first, last)| first..=last);
    let mut spaces: Vec<u32> = spaces.map(|space| alphabet.class_of(space)).collect();
    let mut others = Vec::new();
    let mut from = 0x80;
    while from < END {
        let (class, until) = alphabet.stretch(from);
        let within =
            |&(first, last): &(u32, u32)| (last + 1).min(until).saturating_sub(first.max(from));
        // The surrogates lie within a larger stretch; see `Alphabet`.
        if SPACES.iter().map(within).sum::<u32>() < until - from {
            others.push(class);
        }
        from = until;
    }
    for classes in [&mut others, &mut spaces] {
        classes.sort_unstable();
        classes.dedup();
    }
    (others, spaces)
}
