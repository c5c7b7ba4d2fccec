//! Finite sets of texts and what is left without them: tries over bytes.

use crate::automaton::{Automaton, DEAD, State};

/// A list of words as an automaton: its states are the prefixes of words, or, where the words are what is
/// left out, all prefixes of texts.
///
/// The words stand sorted in one list; a prefix is the range of words that begin with it and its length,
/// so that a state is made when it is reached and no trie is built up front.
#[derive(Debug)]
pub(super) struct Words {
    list: Vec<Box<[u8]>>,
    /// Whether the words are those that are not accepted. Every text can then be made longer than all of
    /// them, so that every state is live.
    negated: bool,
    states: Vec<Prefix>,
    /// Rows by state, a place for each column.
    table: Vec<State>,
    /// Bytes that all states treat alike share a column.
    columns: [u8; 256],
    width: usize,
    /// By place in a character, the state of texts that no word begins with.
    others: [State; PLACES],
}

/// The words that begin with what was read.
#[derive(Debug, Clone, Copy)]
struct Prefix {
    first: u32,
    last: u32,
    /// Bytes read, where there are words.
    length: u32,
    place: usize,
}

/// Places in a character: between two, inside before one, two or three more bytes, and behind the first bytes
/// E0, ED, F0 and F4, which not every second byte may follow.
const PLACES: usize = 8;

/// A transition that was not computed.
const UNKNOWN: State = State::MAX;

/// A column for each byte that stands in some word, and for the others one by what they do in a character.
fn columns(words: &[Box<[u8]>]) -> ([u8; 256], usize) {
    let mut used = [false; 256];
    words.iter().flat_map(|word| word.iter()).for_each(|&byte| used[byte as usize] = true);
    let mut known: Vec<(bool, [Option<usize>; PLACES])> = Vec::new();
    let mut columns = [0; 256];
    for byte in 0..=255 {
        let used = used[byte as usize];
        let moves = std::array::from_fn(|place| advance(place, byte));
        let same = known.iter().position(|other| !used && !other.0 && other.1 == moves);
        if same.is_none() {
            known.push((used, moves));
        }
        // There are at most as many columns as bytes.
        columns[byte as usize] = u8::try_from(same.unwrap_or(known.len() - 1)).unwrap_or(u8::MAX);
    }
    (columns, known.len())
}

/// Where a byte leads in a character (RFC 3629), if anywhere.
fn advance(place: usize, byte: u8) -> Option<usize> {
    Some(match (place, byte) {
        (0, 0..=0x7F) | (1, 0x80..=0xBF) => 0,
        (0, 0xC2..=0xDF) | (2, 0x80..=0xBF) | (4, 0xA0..=0xBF) | (5, 0x80..=0x9F) => 1,
        (0, 0xE0) => 4,
        (0, 0xED) => 5,
        (0, 0xE1..=0xEF) | (3, 0x80..=0xBF) | (6, 0x90..=0xBF) | (7, 0x80..=0x8F) => 2,
        (0, 0xF0) => 6,
        (0, 0xF4) => 7,
        (0, 0xF1..=0xF3) => 3,
        _ => return None,
    })
}

impl Words {
    /// The automaton of some words, or of all texts but them.
    pub(super) fn new<'a>(words: impl IntoIterator<Item = &'a str>, negated: bool) -> Self {
        let words = words.into_iter().map(|word| word.as_bytes().into());
        let mut list: Vec<Box<[u8]>> = words.collect();
        list.sort_unstable();
        list.dedup();
        let count = as_u32(list.len());
        let (columns, width) = columns(&list);
        let mut words = Self {
            list,
            negated,
            states: Vec::new(),
            table: Vec::new(),
            columns,
            width,
            others: [DEAD; PLACES],
        };
        for last in [0, count] {
            words.push(Prefix { first: 0, last, length: 0, place: 0 });
        }
        words
    }

    /// The words of a prefix that go on with a byte.
    fn narrow(&self, prefix: Prefix, byte: u8) -> (u32, u32) {
        let words = &self.list[prefix.first as usize..prefix.last as usize];
        let next = |word: &[u8]| word.get(prefix.length as usize).copied();
        let low = words.partition_point(|word| next(word) < Some(byte));
        let high = words.partition_point(|word| next(word) <= Some(byte));
        (prefix.first + as_u32(low), prefix.first + as_u32(high))
    }

    /// A new state.
    fn push(&mut self, prefix: Prefix) -> State {
        self.states.push(prefix);
        self.table.resize(self.table.len() + self.width, UNKNOWN);
        as_u32(self.states.len() - 1)
    }

    fn compute(&mut self, state: State, byte: u8) -> State {
        let prefix = self.states[state as usize];
        let Some(place) = advance(prefix.place, byte) else { return DEAD };
        let (first, last) = self.narrow(prefix, byte);
        if first < last {
            return self.push(Prefix { first, last, length: prefix.length + 1, place });
        }
        if self.negated && self.others[place] == DEAD {
            self.others[place] = self.push(Prefix { first, last, length: 0, place });
        }
        self.others[place]
    }
}

/// Words are counted in 32 bits.
fn as_u32(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Automaton for Words {
    fn start(&mut self) -> State {
        u32::from(self.negated || !self.list.is_empty())
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        let cell = state as usize * self.width + self.columns[byte as usize] as usize;
        if self.table[cell] == UNKNOWN {
            self.table[cell] = self.compute(state, byte);
        }
        self.table[cell]
    }

    fn accepts(&mut self, state: State) -> bool {
        let Prefix { first, last, length, place } = self.states[state as usize];
        let is_word = first < last && self.list[first as usize].len() == length as usize;
        place == 0 && is_word != self.negated
    }

    fn universal(&mut self, state: State) -> bool {
        self.negated && self.states[state as usize].place == 0
    }

    fn memory(&self) -> usize {
        self.list.iter().map(|word| word.len() + 16).sum::<usize>()
            + self.states.len() * size_of::<Prefix>()
            + self.table.capacity() * 4
    }
}
