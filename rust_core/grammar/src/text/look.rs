//! Takes `^`, `$`, `\b` and the like out of an automaton.
//!
//! A node is paired with the kind of character before it and with the kinds that may follow: an assertion
//! narrows the latter, and the next character has to be of one of them. What is left reads characters
//! only, so that whether a node can still reach a match is a matter of plain reachability.

use regex_syntax::hir::{Class, HirKind, Look};
use rustc_hash::FxHashMap;

use super::alphabet::CharSet;
use super::nfa::{MATCH, Nfa, Node, NodeId};

/// A kind of neighbour, as bits: the border of the text, or characters that no assertion tells apart.
type Kind = u8;

/// No character but the start or the end of the text.
const BORDER: Kind = 1;
const LINE_FEED: Kind = 2;
const CARRIAGE_RETURN: Kind = 4;
/// A word character in ASCII.
const ASCII: Kind = 8;
/// A word character in Unicode.
const UNICODE: Kind = 16;

/// The sets of characters that kinds are told apart by.
struct Marks {
    line_feed: CharSet,
    carriage_return: CharSet,
    ascii: CharSet,
    unicode: CharSet,
}

impl Marks {
    /// The sets that the assertions in use need; the others stay empty and tell nothing apart.
    fn new(looks: &[Look]) -> Self {
        let mut marks = Self {
            line_feed: CharSet::default(),
            carriage_return: CharSet::default(),
            ascii: CharSet::default(),
            unicode: CharSet::default(),
        };
        for look in looks {
            match look {
                Look::Start | Look::End => {}
                Look::StartLF | Look::EndLF => marks.line_feed = CharSet::single('\n'),
                Look::StartCRLF | Look::EndCRLF => {
                    marks.line_feed = CharSet::single('\n');
                    marks.carriage_return = CharSet::single('\r');
                }
                Look::WordUnicode
                | Look::WordUnicodeNegate
                | Look::WordStartUnicode
                | Look::WordEndUnicode
                | Look::WordStartHalfUnicode
                | Look::WordEndHalfUnicode => marks.unicode = word(),
                _ => marks.ascii = ascii_word(),
            }
        }
        marks
    }

    /// The kinds of characters there are, each with its set.
    fn kinds(&self) -> Vec<(Kind, CharSet)> {
        let mut kinds = vec![(0, CharSet::any())];
        let marks = [
            (&self.line_feed, LINE_FEED),
            (&self.carriage_return, CARRIAGE_RETURN),
            (&self.ascii, ASCII),
            (&self.unicode, UNICODE),
        ];
        for (mark, bit) in marks {
            let not = mark.not();
            kinds = kinds
                .into_iter()
                .flat_map(|(kind, set)| [(kind | bit, set.and(mark)), (kind, set.and(&not))])
                .filter(|(_, set)| !set.0.is_empty())
                .collect();
        }
        kinds
    }
}

/// The word characters of Unicode, as the `regex` crate has them.
fn word() -> CharSet {
    match regex_syntax::parse(r"\w").map(regex_syntax::hir::Hir::into_kind) {
        Ok(HirKind::Class(Class::Unicode(class))) => CharSet::from(&class),
        _ => ascii_word(),
    }
}

/// The word characters of ASCII.
fn ascii_word() -> CharSet {
    let ranges = [('0', '9'), ('A', 'Z'), ('_', '_'), ('a', 'z')];
    CharSet(ranges.iter().map(|&(a, b)| (u32::from(a), u32::from(b))).collect())
}

/// Whether an assertion holds between two neighbours.
fn holds(look: Look, before: Kind, after: Kind) -> bool {
    let is = |kind: Kind, bit| kind & bit != 0;
    let (a, b) = (is(before, ASCII), is(after, ASCII));
    let (u, v) = (is(before, UNICODE), is(after, UNICODE));
    match look {
        Look::Start => is(before, BORDER),
        Look::End => is(after, BORDER),
        Look::StartLF => is(before, BORDER) || is(before, LINE_FEED),
        Look::EndLF => is(after, BORDER) || is(after, LINE_FEED),
        Look::StartCRLF => {
            is(before, BORDER)
                || is(before, LINE_FEED)
                || is(before, CARRIAGE_RETURN) && !is(after, LINE_FEED)
        }
        Look::EndCRLF => {
            is(after, BORDER)
                || is(after, CARRIAGE_RETURN)
                || is(after, LINE_FEED) && !is(before, CARRIAGE_RETURN)
        }
        Look::WordAscii => a != b,
        Look::WordAsciiNegate => a == b,
        Look::WordUnicode => u != v,
        Look::WordUnicodeNegate => u == v,
        Look::WordStartAscii => !a && b,
        Look::WordEndAscii => a && !b,
        Look::WordStartUnicode => !u && v,
        Look::WordEndUnicode => u && !v,
        Look::WordStartHalfAscii => !a,
        Look::WordEndHalfAscii => !b,
        Look::WordStartHalfUnicode => !u,
        Look::WordEndHalfUnicode => !v,
    }
}

/// A node of the old automaton, the kind before it, and which kinds may follow, as bits.
type Place = (NodeId, u8, u32);

/// An automaton without assertions that accepts the same texts.
pub(super) fn resolve(nfa: &Nfa) -> Nfa {
    let looks = nfa.nodes.iter().filter_map(|node| match node {
        Node::Look(look, _) => Some(*look),
        _ => None,
    });
    let looks: Vec<Look> = looks.collect();
    let mut kinds = Marks::new(&looks).kinds();
    kinds.push((BORDER, CharSet::default()));
    let mut resolver = Resolver {
        nfa,
        kinds,
        nodes: vec![Node::Match],
        sets: nfa.sets.clone(),
        numbers: nfa.sets.iter().cloned().zip(0..).collect(),
        narrowed: FxHashMap::default(),
        known: FxHashMap::default(),
        open: Vec::new(),
    };
    resolver.run()
}

/// The work of [`resolve`].
struct Resolver<'a> {
    nfa: &'a Nfa,
    /// The last one is the border of the text.
    kinds: Vec<(Kind, CharSet)>,
    nodes: Vec<Node>,
    sets: Vec<CharSet>,
    numbers: FxHashMap<CharSet, u32>,
    /// Old set and kind to the new set of those characters of the set that are of the kind.
    narrowed: FxHashMap<(u32, u8), u32>,
    known: FxHashMap<Place, NodeId>,
    open: Vec<(Place, NodeId)>,
}

impl Resolver<'_> {
    fn run(&mut self) -> Nfa {
        let border = self.kinds.len() - 1;
        let all = (1_u32 << self.kinds.len()) - 1;
        let start = self.nfa.start.map(|start| self.node((start, as_u8(border), all)));
        while let Some((place, id)) = self.open.pop() {
            self.nodes[id as usize] = self.expand(place);
        }
        let (nodes, sets) = (std::mem::take(&mut self.nodes), std::mem::take(&mut self.sets));
        Nfa { start, nodes, sets }
    }

    /// The new node of a place.
    fn node(&mut self, place: Place) -> NodeId {
        if let Some(&id) = self.known.get(&place) {
            return id;
        }
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.nodes.push(Node::Split(Vec::new()));
        self.known.insert(place, id);
        self.open.push((place, id));
        id
    }

    /// What the new node of a place does.
    fn expand(&mut self, (node, before, after): Place) -> Node {
        let nfa = self.nfa;
        match &nfa.nodes[node as usize] {
            Node::Match => {
                let ends = after >> (self.kinds.len() - 1) & 1 == 1;
                Node::Split(if ends { vec![MATCH] } else { Vec::new() })
            }
            Node::Split(ways) => {
                Node::Split(ways.iter().map(|&way| self.node((way, before, after))).collect())
            }
            Node::Look(look, next) => {
                let kinds = (0..self.kinds.len()).filter(|&kind| {
                    after >> kind & 1 == 1
                        && holds(*look, self.kinds[before as usize].0, self.kinds[kind].0)
                });
                let after = kinds.fold(0, |bits, kind| bits | 1 << kind);
                let next = (after != 0).then(|| self.node((*next, before, after)));
                Node::Split(next.into_iter().collect())
            }
            Node::Set(set, next) => {
                let all = (1_u32 << self.kinds.len()) - 1;
                let kinds = (0..self.kinds.len() - 1).filter(|kind| after >> kind & 1 == 1);
                let kinds: Vec<u8> = kinds.map(as_u8).collect();
                let mut ways = Vec::new();
                for kind in kinds {
                    if let Some(set) = self.narrow(*set, kind) {
                        let next = self.node((*next, kind, all));
                        self.nodes.push(Node::Set(set, next));
                        ways.push(u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX));
                    }
                }
                Node::Split(ways)
            }
        }
    }

    /// The characters of a set that are of a kind, if there are any.
    fn narrow(&mut self, set: u32, kind: u8) -> Option<u32> {
        if let Some(&number) = self.narrowed.get(&(set, kind)) {
            return Some(number);
        }
        let characters = self.nfa.sets[set as usize].and(&self.kinds[kind as usize].1);
        if characters.0.is_empty() {
            return None;
        }
        let next = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        let number = *self.numbers.entry(characters.clone()).or_insert(next);
        if number == next {
            self.sets.push(characters);
        }
        self.narrowed.insert((set, kind), number);
        Some(number)
    }
}

/// There are a handful of kinds.
fn as_u8(kind: usize) -> u8 {
    u8::try_from(kind).unwrap_or(u8::MAX)
}
