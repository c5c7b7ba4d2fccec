//! Which tokens stay inside of a scalar, and where others leave it, without a look at every token.
//!
//! Where an automaton stands in a state that most characters do not leave, all tokens below a node of the trie that
//! have no other characters are answered at once. What characters there are below a node is known from the
//! vocabulary.

use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use crate::automaton::{Loops, SPACES};
use crate::grammar::lock;
use crate::machine::utf8;
use crate::vocab::{NO_TOKEN, Trie};

/// Kinds of characters, as bits: letters and digits are taken together where patterns do, other ASCII
/// characters are on their own.
pub(crate) type Kinds = u64;

/// All characters that are not ASCII, but for white space.
const OTHERS: Kinds = 1 << 62;

/// White space that is not ASCII.
const WIDE_SPACES: Kinds = 1 << 61;

/// Bytes that cannot stand there in UTF-8.
const INVALID: Kinds = 1 << 63;

/// The kind of a byte.
fn kind(byte: u8) -> Kinds {
    let number = match byte {
        b'a'..=b'f' => 0,
        b'g'..=b'z' => 1,
        b'A'..=b'F' => 2,
        b'G'..=b'Z' => 3,
        b'0'..=b'9' => 4,
        b' '..=b'/' => 5 + byte - b' ',
        b':'..=b'@' => 21 + byte - b':',
        b'['..=b'`' => 28 + byte - b'[',
        b'{'..=b'~' => 34 + byte - b'{',
        b'\n' => 38,
        b'\r' => 39,
        b'\t' => 40,
        0..0x80 => 41,
        0x80.. => return OTHERS | WIDE_SPACES,
    };
    1 << number
}

/// The kinds of which all characters are among some.
fn kinds(loops: Loops) -> Kinds {
    let missing = (0..0x80).filter(|byte| loops.ascii >> byte & 1 == 0);
    let missing = missing.fold(INVALID, |missing, byte| missing | kind(byte));
    let others = if loops.others { 0 } else { OTHERS };
    let spaces = if loops.spaces { 0 } else { WIDE_SPACES };
    !(missing | others | spaces)
}

/// What is known of the tokens below each node of a trie.
#[derive(Debug, Default)]
pub(crate) struct Subtrees {
    /// The kinds of characters between the node and the tokens below.
    below: Vec<Kinds>,
    /// All tokens in preorder.
    order: Vec<u32>,
    /// By node: how many tokens end at nodes before it.
    first: Vec<u32>,
    /// By place in `order`: the kinds of all characters of the token.
    whole: Vec<Kinds>,
    /// By kinds: the tokens that have no others.
    only: Mutex<FxHashMap<Kinds, Arc<[i32]>>>,
}

/// So many sets of kinds are kept; they are those of the loops in patterns, of which there are few.
const SETS: usize = 64;

impl Subtrees {
    /// Look at all nodes once.
    pub(crate) fn new(trie: &Trie) -> Self {
        let nodes = trie.len();
        let mut subtrees = Self { below: vec![0; nodes], ..Self::default() };
        let mut parents = vec![0; nodes];
        let mut own = vec![0; nodes];
        let mut path = vec![(trie.skip[0], 0, utf8::BOUNDARY, 0)];
        let mut whole: Vec<Kinds> = vec![0; nodes];
        for node in 0..u32::try_from(nodes).unwrap_or(u32::MAX) {
            subtrees.first.push(u32::try_from(subtrees.order.len()).unwrap_or(u32::MAX));
            subtrees.order.extend(trie.tokens_at(node));
            if node == 0 {
                continue;
            }
            while path.last().is_some_and(|(end, ..)| *end <= node) {
                path.pop();
            }
            let Some((_, parent, state, point)) = path.last().copied() else { break };
            let byte = trie.byte[node as usize];
            let next = if state == 0 { 0 } else { utf8::step(state, byte) };
            let point = point_behind(state, point, byte);
            parents[node as usize] = parent;
            own[node as usize] = match next {
                0 => INVALID,
                utf8::BOUNDARY if byte < 0x80 => kind(byte),
                utf8::BOUNDARY if is_space(point) => WIDE_SPACES,
                utf8::BOUNDARY => OTHERS,
                // A token that ends within a character may become any.
                _ if trie.token[node as usize] != NO_TOKEN => OTHERS | WIDE_SPACES,
                _ => 0,
            };
            whole[node as usize] = whole[parent as usize] | own[node as usize];
            let tokens = trie.tokens_at(node).map(|_| whole[node as usize]);
            subtrees.whole.extend(tokens);
            path.push((trie.skip[node as usize], node, next, point));
        }
        subtrees.first.push(u32::try_from(subtrees.order.len()).unwrap_or(u32::MAX));
        for node in (1..nodes).rev() {
            let parent: u32 = parents[node];
            subtrees.below[parent as usize] |= own[node] | subtrees.below[node];
        }
        subtrees
    }

    /// All tokens, as a row.
    pub(crate) fn all(&self, words: usize) -> Arc<[i32]> {
        let mut row = vec![0; words];
        set(&mut row, &self.order);
        row.into()
    }

    /// The tokens that have characters of some kinds only, as a row of so many words.
    fn only(&self, kinds: Kinds, words: usize) -> Arc<[i32]> {
        let mut only = lock(&self.only);
        if let Some(known) = only.get(&kinds) {
            return known.clone();
        }
        let mut row = vec![0; words];
        let fit = self.order.iter().zip(&self.whole).filter(|(_, whole)| **whole & !kinds == 0);
        fit.for_each(|(token, _)| set(&mut row, std::slice::from_ref(token)));
        let row: Arc<[i32]> = row.into();
        if only.len() >= SETS {
            only.clear();
        }
        only.insert(kinds, row.clone());
        row
    }

    /// The tokens at the nodes of a range.
    fn tokens(&self, from: u32, to: u32) -> &[u32] {
        &self.order[self.first[from as usize] as usize..self.first[to as usize] as usize]
    }

    /// About how many bytes they take.
    pub(crate) fn memory(&self) -> usize {
        8 * (self.below.len() + self.whole.len()) + 4 * (self.order.len() + self.first.len())
    }
}

/// What is known of a code point behind one more byte.
fn point_behind(state: u32, point: u32, byte: u8) -> u32 {
    let byte = u32::from(byte);
    match byte {
        _ if state != utf8::BOUNDARY => point << 6 | byte & 0x3f,
        0xc0..0xe0 => byte & 0x1f,
        0xe0..0xf0 => byte & 0xf,
        _ => byte & 0x7,
    }
}

fn is_space(point: u32) -> bool {
    SPACES.iter().any(|(first, last)| (first..=last).contains(&&point))
}

/// An automaton of what stands inside of something.
pub(crate) trait Inside {
    /// Where a byte leads, or 0.
    fn step(&mut self, state: u32, byte: u8) -> u32;

    /// What ends it with a byte that leads nowhere, if that may be: handed on with the exit.
    fn leaves(&mut self, state: u32, byte: u8) -> Option<u32>;

    /// The characters that change nothing.
    fn loops(&mut self, state: u32) -> Loops;
}

/// A node at which something is left.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Exit {
    /// The node behind the byte that ends it.
    pub node: u32,
    /// Bytes up to there.
    pub depth: u32,
    /// How it is left.
    pub how: u32,
}

/// The tokens that stay inside, and where others leave.
#[derive(Debug)]
pub(crate) struct Inner {
    /// As a row.
    pub inside: Arc<[i32]>,
    /// In preorder.
    pub exits: Vec<Exit>,
}

impl Inner {
    /// About how many bytes it takes.
    pub(crate) fn memory(&self) -> usize {
        4 * self.inside.len() + 12 * self.exits.len()
    }
}

/// A state is not asked for what it stays in before it stands at a subtree of more nodes.
const SMALL: u32 = 24;

/// The kinds of characters that the states met so far stay in.
#[derive(Default)]
struct Known(Vec<Kinds>);

/// Not asked yet: no state stays in bytes that cannot be.
const UNKNOWN: Kinds = Kinds::MAX;

impl Known {
    fn kinds(&mut self, inside: &mut impl Inside, state: u32, nodes: u32) -> Kinds {
        if self.0.len() <= state as usize {
            self.0.resize(state as usize + 1, UNKNOWN);
        }
        let known = &mut self.0[state as usize];
        if *known != UNKNOWN {
            return *known;
        }
        if nodes <= SMALL {
            return 0;
        }
        *known = kinds(inside.loops(state));
        *known
    }
}

/// Go through a trie. `widest` has the tokens that can stay inside at most.
pub(crate) fn scan(
    (trie, subtrees): (&Trie, &Subtrees),
    inside: &mut impl Inside,
    start: u32,
    widest: &Arc<[i32]>,
) -> Inner {
    let mut known = Known::default();
    let first = known.kinds(inside, start, u32::MAX);
    // Where nearly everything stays, what does not is taken away; else what does is added.
    let wide = first & OTHERS != 0;
    let mut row = match first {
        _ if wide => widest.to_vec(),
        0 => vec![0; widest.len()],
        stays => subtrees.only(stays, widest.len()).to_vec(),
    };
    let mut exits = Vec::new();
    let mut path = vec![(trie.skip[0], start)];
    let mut node = 1;
    while node < trie.skip[0] {
        while path.last().is_some_and(|(end, _)| *end <= node) {
            path.pop();
        }
        let Some((_, state)) = path.last().copied() else { break };
        let byte = trie.byte[node as usize];
        let end = trie.skip[node as usize];
        let next = inside.step(state, byte);
        if next == 0 {
            if let Some(how) = inside.leaves(state, byte) {
                exits.push(Exit {
                    node,
                    depth: u32::try_from(path.len()).unwrap_or(u32::MAX),
                    how,
                });
            }
            if wide {
                clear(&mut row, subtrees.tokens(node, end));
            }
            node = end;
            continue;
        }
        if !wide {
            set(&mut row, subtrees.tokens(node, node + 1));
        }
        if end > node + 1 {
            let stays = known.kinds(inside, next, end - node);
            if subtrees.below[node as usize] & !stays == 0 {
                // What stays where it began is in the row already.
                if !wide && next != start {
                    set(&mut row, subtrees.tokens(node + 1, end));
                }
                node = end;
                continue;
            }
        }
        if end > node + 1 {
            path.push((end, next));
        }
        node += 1;
    }
    Inner { inside: row.into(), exits }
}

fn set(row: &mut [i32], tokens: &[u32]) {
    for token in tokens {
        row[*token as usize / 32] |= 1 << (token % 32);
    }
}

fn clear(row: &mut [i32], tokens: &[u32]) {
    for token in tokens {
        row[*token as usize / 32] &= !(1 << (token % 32));
    }
}
