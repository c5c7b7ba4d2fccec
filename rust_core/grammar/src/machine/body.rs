//! The inside of a JSON string: an automaton over texts behind the layer of escapes.

use rustc_hash::FxHashMap;

use super::escape::{Escape, Read};
use super::utf8::{AnyText, BOUNDARY};
use crate::automaton::{Automaton, DEAD, Loops, State};

/// A transition that has not been computed.
const UNKNOWN: u32 = u32::MAX;

/// The state a body begins in.
pub(crate) const BODY_START: State = 1;

/// An automaton over the bytes between the quotes of a string. States are numbered from 1 and live; the
/// closing quote is not part of it.
pub(crate) struct Body {
    text: Box<dyn Automaton>,
    states: Vec<(State, Escape)>,
    index: FxHashMap<(State, Escape), State>,
    rows: Vec<[u32; 256]>,
}

impl Body {
    /// Behind the opening quote; `None` if no text is accepted.
    pub(crate) fn new(mut text: Box<dyn Automaton>) -> Option<Self> {
        let start = text.start();
        let mut body = Self::empty(text);
        (start != DEAD).then(|| {
            body.number((start, Escape::No));
            body
        })
    }

    /// The inside of a string without a pattern.
    pub(crate) fn free() -> Self {
        let mut body = Self::empty(Box::new(AnyText));
        body.number((BOUNDARY, Escape::No));
        body
    }

    fn empty(text: Box<dyn Automaton>) -> Self {
        Self {
            text,
            states: vec![(DEAD, Escape::No)],
            index: FxHashMap::default(),
            rows: vec![[DEAD; 256]],
        }
    }

    /// Where a byte that is no closing quote leads, or 0.
    pub(crate) fn step(&mut self, state: State, byte: u8) -> State {
        let known = self.rows[state as usize][byte as usize];
        if known != UNKNOWN {
            return known;
        }
        let next = self.compute(state, byte);
        self.rows[state as usize][byte as usize] = next;
        next
    }

    /// Whether the string may be closed.
    pub(crate) fn closes(&mut self, state: State) -> bool {
        let (text, escape) = self.states[state as usize];
        escape == Escape::No && self.text.accepts(text)
    }

    /// Whether a byte begins a character.
    pub(crate) fn begins(&self, state: State, byte: u8) -> bool {
        self.states[state as usize].1 == Escape::No && byte & 0xc0 != 0x80
    }

    /// Whether a character may begin.
    pub(crate) fn between(&mut self, state: State) -> bool {
        let (text, escape) = self.states[state as usize];
        escape == Escape::No && self.at_boundary(text)
    }

    /// Whether any text may follow, now and later.
    pub(crate) fn universal(&mut self, state: State) -> bool {
        let (text, escape) = self.states[state as usize];
        escape == Escape::No && self.text.universal(text)
    }

    /// The characters that change nothing, of those that are written as they are.
    pub(crate) fn loops(&mut self, state: State) -> Loops {
        let (text, escape) = self.states[state as usize];
        if escape == Escape::No { plain(self.text.loops(text)) } else { Loops::default() }
    }

    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        self.text.memory() + self.states.len() * (1024 + 48)
    }

    fn compute(&mut self, state: State, byte: u8) -> State {
        let (text, escape) = self.states[state as usize];
        let next = match escape.read(byte) {
            Read::Refused => return DEAD,
            Read::Byte => (self.text.step(text, byte), Escape::No),
            Read::Char(char) => {
                (spell(text, char, &mut |state, byte| self.text.step(state, byte)), Escape::No)
            }
            Read::Escape(next) => {
                // Inside of a character no escape may begin.
                let begins = escape == Escape::No;
                if begins && !self.at_boundary(text) {
                    return DEAD;
                }
                if !next.viable(text, &mut |state, byte| self.text.step(state, byte)) {
                    return DEAD;
                }
                (text, next)
            }
        };
        if next.0 == DEAD { DEAD } else { self.number(next) }
    }

    /// Whether the automaton stands between two characters: only then it takes no continuation byte, and an
    /// ASCII character or the end may follow.
    fn at_boundary(&mut self, text: State) -> bool {
        self.text.accepts(text) || (0x80..0xc0).all(|byte| self.text.step(text, byte) == DEAD)
    }

    fn number(&mut self, state: (State, Escape)) -> State {
        if let Some(known) = self.index.get(&state) {
            return *known;
        }
        let number = u32::try_from(self.states.len()).unwrap_or(UNKNOWN - 1);
        self.states.push(state);
        self.index.insert(state, number);
        self.rows.push([UNKNOWN; 256]);
        number
    }
}

/// The characters that may stand in a string as they are, of some.
pub(crate) fn plain(loops: Loops) -> Loops {
    const ESCAPED: u128 = 0xffff_ffff | 1 << b'"' | 1 << b'\\';
    Loops { ascii: loops.ascii & !ESCAPED, ..loops }
}

/// Where the UTF-8 bytes of a character lead.
pub(crate) fn spell(state: State, char: char, step: &mut impl FnMut(State, u8) -> State) -> State {
    let mut bytes = [0; 4];
    char.encode_utf8(&mut bytes)
        .bytes()
        .fold(state, |state, byte| if state == DEAD { DEAD } else { step(state, byte) })
}
