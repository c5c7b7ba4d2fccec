//! What is known of a vocabulary before any grammar: the tokens that may stand inside of a string without a
//! pattern, and those that end it.

use std::sync::{Arc, Mutex, OnceLock};

use rustc_hash::FxHashMap;

use super::scan::Subtrees;
use crate::grammar::lock;
use crate::machine::{BODY_START, Bodies, Body};
use crate::vocab::{NO_TOKEN, Trie, Vocabulary};

/// No node of a trie.
pub(crate) const NO_NODE: u32 = u32::MAX;

/// Tables of a vocabulary, shared by all its grammars and threads. Built once, in a walk over all tokens.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// The tokens that stay inside of a free string.
    pub(crate) inside: Arc<[i32]>,
    /// By token: the characters it begins in a free string, up to its closing quote if it has one.
    pub(crate) characters: Vec<u16>,
    /// What stands behind the closing quote of the tokens that end a free string, with those tokens.
    pub(crate) behind: Trie,
    /// What stands before it, in preorder, the empty text first.
    pub(crate) prefixes: Vec<Prefix>,
    /// By characters left: the tokens that stay inside.
    within: Vec<OnceLock<Arc<[i32]>>>,
    /// The tokens that are nothing but white space, as bits of words.
    pub(crate) space: Box<[(u32, i32)]>,
    /// What stands behind the white space, if any, that a token begins with, for tokens that go on with what may
    /// stand between or begin the parts of a JSON text.
    pub(crate) spaced: Trie,
    /// Strings that begin within tokens of the vocabulary's trie.
    pub(crate) begun: Begins,
    /// The same within [`Tables::spaced`].
    pub(crate) begun_spaced: Begins,
    /// What characters there are below each node.
    pub(crate) subtrees: Subtrees,
    /// Strings with a pattern that grammars of this vocabulary have.
    pub(crate) bodies: Arc<Bodies>,
    /// All tokens that stand for text.
    pub(crate) all: Arc<[i32]>,
}

/// By node of a trie: what a free string that begins there may go on with.
#[derive(Debug, Default)]
pub(crate) struct Begins(Mutex<FxHashMap<u32, Arc<Begun>>>);

impl Begins {
    /// What a free string that begins at a node may go on with.
    pub(crate) fn at(&self, trie: &Trie, node: u32) -> Arc<Begun> {
        lock(&self.0).entry(node).or_insert_with(|| Arc::new(Begun::new(trie, node))).clone()
    }
}

/// The tokens below a node behind which a free string has begun.
#[derive(Debug, Default)]
pub(crate) struct Begun {
    /// Those that stay inside, as bits of words.
    pub inside: Box<[(u32, i32)]>,
    /// The nodes behind the closing quote of the others.
    pub exits: Box<[u32]>,
}

/// A text that some tokens have before a closing quote.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Prefix {
    /// Its last byte.
    pub byte: u8,
    /// The first prefix in preorder that does not begin with this one.
    pub skip: u32,
    /// How many bytes it has.
    pub depth: u32,
    /// The node of the vocabulary's trie behind the quote, or [`NO_NODE`].
    pub behind: u32,
}

impl Tables {
    /// The tables of a vocabulary.
    pub(crate) fn new(vocabulary: &Vocabulary) -> Self {
        let mut tables = Self { characters: vec![0; vocabulary.size()], ..Self::default() };
        let mut inside = vec![0; vocabulary.words()];
        let mut closing = Vec::new();
        tables.scan(vocabulary.trie(), &mut inside, &mut closing);
        let suffix = |token: u32, from: u32| &vocabulary.bytes(token)[from as usize..];
        closing.sort_by(|(left, from), (right, start)| {
            suffix(*left, *from).cmp(suffix(*right, *start)).then(left.cmp(right))
        });
        let from: rustc_hash::FxHashMap<u32, u32> = closing.iter().copied().collect();
        let order: Vec<u32> = closing.iter().map(|(token, _)| *token).collect();
        tables.behind = Trie::build(&order, |token| suffix(token, from[&token]));
        let longest = usize::from(tables.characters.iter().copied().max().unwrap_or(0));
        tables.within = vec![OnceLock::new(); longest];
        tables.split(vocabulary);
        tables.subtrees = Subtrees::new(vocabulary.trie());
        tables.all = tables.subtrees.all(vocabulary.words());
        tables.inside = inside.into();
        tables
    }

    /// The most characters that one token has.
    pub(crate) fn longest(&self) -> u32 {
        u32::try_from(self.within.len()).unwrap_or(u32::MAX)
    }

    /// The tokens that stay inside of a free string that may have so many more characters.
    pub(crate) fn within(&self, characters: u32) -> Arc<[i32]> {
        let Some(place) = self.within.get(characters as usize) else { return self.inside.clone() };
        let narrow = || {
            let mut row = self.inside.to_vec();
            for (token, length) in self.characters.iter().enumerate() {
                if u32::from(*length) > characters {
                    row[token / 32] &= !(1 << (token % 32));
                }
            }
            row.into()
        };
        place.get_or_init(narrow).clone()
    }

    /// About how many bytes they take, masks by length included.
    pub(crate) fn memory(&self) -> usize {
        let rows = 1 + self.within.iter().filter(|row| row.get().is_some()).count();
        rows * 4 * self.inside.len()
            + 2 * self.characters.len()
            + self.behind.memory()
            + self.spaced.memory()
            + self.subtrees.memory()
            + 16 * self.prefixes.len()
    }

    /// Sort out the tokens that begin with white space or a part of JSON.
    fn split(&mut self, vocabulary: &Vocabulary) {
        let tokens = 0..u32::try_from(vocabulary.size()).unwrap_or(u32::MAX);
        let text =
            |token: &u32| !vocabulary.is_special(*token) && !vocabulary.bytes(*token).is_empty();
        let (blank, rest): (Vec<u32>, Vec<u32>) = tokens
            .filter(text)
            .partition(|token| behind_space(vocabulary.bytes(*token)).is_empty());
        self.space = words(blank);
        let part = |token: &u32| {
            behind_space(vocabulary.bytes(*token))
                .first()
                .is_some_and(|byte| b"\"{}[],:-0123456789tfn".contains(byte))
        };
        let mut order: Vec<u32> = rest.into_iter().filter(part).collect();
        order.sort_by_key(|token| (behind_space(vocabulary.bytes(*token)), *token));
        self.spaced = Trie::build(&order, |token| behind_space(vocabulary.bytes(token)));
    }

    /// Walk over all tokens as the inside of a string; `closing` gets those that end it, and where.
    fn scan(&mut self, trie: &Trie, inside: &mut [i32], closing: &mut Vec<(u32, u32)>) {
        let mut body = Body::free();
        let mut prefixes: Vec<(u32, u32)> = Vec::new();
        let mut path = vec![At { end: trie.skip[0], node: 0, state: BODY_START, characters: 0 }];
        let mut node = 1;
        while node < trie.skip[0] {
            while path.last().is_some_and(|at| at.end <= node) {
                path.pop();
            }
            let Some(at) = path.last().copied() else { break };
            let byte = trie.byte[node as usize];
            let end = trie.skip[node as usize];
            if byte == b'"' && body.closes(at.state) {
                let depth = u32::try_from(path.len()).unwrap_or(u32::MAX);
                for below in node..end {
                    for token in trie.tokens_at(below) {
                        self.characters[token as usize] = at.characters;
                        closing.push((token, depth));
                    }
                }
                prefixes.push((at.node, node));
                node = end;
                continue;
            }
            let state = body.step(at.state, byte);
            if state == 0 {
                node = end;
                continue;
            }
            let characters = at.characters.saturating_add(u16::from(at.state == BODY_START));
            for token in trie.tokens_at(node) {
                inside[token as usize / 32] |= 1 << (token % 32);
                self.characters[token as usize] = characters;
            }
            path.push(At { end, node, state, characters });
            node += 1;
        }
        self.keep(trie, &prefixes);
    }

    /// Note the prefixes as a tree of their own: `found` has each one's node, and that behind the quote.
    fn keep(&mut self, trie: &Trie, found: &[(u32, u32)]) {
        let behind: rustc_hash::FxHashMap<u32, u32> = found.iter().copied().collect();
        // A node is wanted if a prefix ends in its subtree; ends are found by bisection.
        let mut ends: Vec<u32> = found.iter().map(|(node, _)| *node).collect();
        ends.sort_unstable();
        let wanted = |node: u32| {
            let first = ends.partition_point(|end| *end < node);
            ends.get(first).is_some_and(|end| *end < trie.skip[node as usize])
        };
        let mut open: Vec<(u32, usize)> = Vec::new();
        let mut node = 0;
        while node < trie.skip[0] {
            if !wanted(node) {
                node = trie.skip[node as usize];
                continue;
            }
            while let Some((end, place)) = open.last().copied().filter(|(end, _)| *end <= node) {
                let _ = end;
                self.prefixes[place].skip = u32::try_from(self.prefixes.len()).unwrap_or(NO_NODE);
                open.pop();
            }
            let depth = u32::try_from(open.len()).unwrap_or(NO_NODE);
            open.push((trie.skip[node as usize], self.prefixes.len()));
            let behind = behind.get(&node).copied().unwrap_or(NO_NODE);
            self.prefixes.push(Prefix { byte: trie.byte[node as usize], skip: 0, depth, behind });
            node += 1;
        }
        let all = u32::try_from(self.prefixes.len()).unwrap_or(NO_NODE);
        for (_, place) in open {
            self.prefixes[place].skip = all;
        }
    }
}

impl Begun {
    fn new(trie: &Trie, from: u32) -> Self {
        let mut body = Body::free();
        let mut exits = Vec::new();
        let mut tokens = Vec::new();
        let last = trie.skip[from as usize];
        let mut path = vec![(last, BODY_START)];
        let mut node = from + 1;
        while node < last {
            while path.last().is_some_and(|(end, _)| *end <= node) {
                path.pop();
            }
            let Some((_, state)) = path.last().copied() else { break };
            let byte = trie.byte[node as usize];
            let end = trie.skip[node as usize];
            let closes = byte == b'"' && body.closes(state);
            let next = if closes { 0 } else { body.step(state, byte) };
            if next == 0 {
                exits.extend(closes.then_some(node));
                node = end;
                continue;
            }
            tokens.extend(trie.tokens_at(node));
            path.push((end, next));
            node += 1;
        }
        Self { inside: words(tokens), exits: exits.into() }
    }
}

/// Tokens as bits of words.
fn words(mut tokens: Vec<u32>) -> Box<[(u32, i32)]> {
    tokens.sort_unstable();
    let mut words: Vec<(u32, i32)> = Vec::new();
    for token in tokens {
        match words.last_mut() {
            Some((word, bits)) if *word == token / 32 => *bits |= 1 << (token % 32),
            _ => words.push((token / 32, 1 << (token % 32))),
        }
    }
    words.into()
}

/// What stands behind the white space that a text begins with.
fn behind_space(bytes: &[u8]) -> &[u8] {
    let space = |byte: &u8| matches!(byte, b' ' | b'\n' | b'\t' | b'\r');
    let first = bytes.iter().position(|byte| !space(byte)).unwrap_or(bytes.len());
    &bytes[first..]
}

/// A node on the way from the root.
#[derive(Clone, Copy)]
struct At {
    end: u32,
    node: u32,
    state: u32,
    characters: u16,
}

/// A first token at or below a node.
pub(crate) fn token_below(trie: &Trie, node: u32) -> Option<u32> {
    let end = trie.skip[node as usize];
    (node..end).map(|node| trie.token[node as usize]).find(|token| *token != NO_TOKEN)
}
