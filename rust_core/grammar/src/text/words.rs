//! A finite set of texts: a trie over bytes.

use crate::automaton::{Automaton, DEAD, State};

/// A set of words as an automaton: its states are the prefixes of words.
///
/// The words stand sorted in one buffer; a prefix is the range of words that begin with it and its length,
/// so that a state is made when it is reached and no trie is built up front.
#[derive(Debug)]
pub(super) struct Words {
    list: Vec<Box<[u8]>>,
    /// First word, one past the last word, and length of the prefix.
    states: Vec<(u32, u32, u32)>,
    known: rustc_hash::FxHashMap<(u32, u8), State>,
}

impl Words {
    /// The automaton of some words.
    pub(super) fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut words: Vec<Box<[u8]>> =
            words.into_iter().map(|word| word.as_bytes().into()).collect();
        words.sort_unstable();
        words.dedup();
        let all = u32::try_from(words.len()).unwrap_or(u32::MAX);
        Self {
            list: words,
            states: vec![(0, 0, 0), (0, all, 0)],
            known: rustc_hash::FxHashMap::default(),
        }
    }

    /// The words of a state that go on with a byte.
    fn narrow(&self, state: State, byte: u8) -> (u32, u32) {
        let (first, last, length) = self.states[state as usize];
        let words = &self.list[first as usize..last as usize];
        let at = |word: &[u8]| word.get(length as usize).map(|&byte| u16::from(byte));
        let low = words.partition_point(|word| at(word) < Some(u16::from(byte)));
        let high = words.partition_point(|word| at(word) <= Some(u16::from(byte)));
        let place = |index: usize| first + u32::try_from(index).unwrap_or(u32::MAX);
        (place(low), place(high))
    }
}

impl Automaton for Words {
    fn start(&mut self) -> State {
        u32::from(!self.list.is_empty())
    }

    fn step(&mut self, state: State, byte: u8) -> State {
        if let Some(&to) = self.known.get(&(state, byte)) {
            return to;
        }
        let (first, last) = self.narrow(state, byte);
        let to = if first < last {
            self.states.push((first, last, self.states[state as usize].2 + 1));
            u32::try_from(self.states.len() - 1).unwrap_or(u32::MAX)
        } else {
            DEAD
        };
        self.known.insert((state, byte), to);
        to
    }

    fn accepts(&mut self, state: State) -> bool {
        let (first, last, length) = self.states[state as usize];
        first < last && self.list[first as usize].len() == length as usize
    }

    fn memory(&self) -> usize {
        self.list.iter().map(|word| word.len() + 16).sum::<usize>()
            + self.states.len() * 12
            + self.known.len() * 16
    }
}
