//! Nondeterministic automata over characters: Thompson's construction from a parsed pattern.

use regex_syntax::hir::{Class, Hir, HirKind, Look};
use rustc_hash::FxHashMap;

use super::alphabet::CharSet;
use super::look;

/// Index of a node.
pub(super) type NodeId = u32;

/// The node in which a text is accepted.
pub(super) const MATCH: NodeId = 0;

/// One node; a text is followed through any of the ways there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    /// The text may end here.
    Match,
    /// A character of a set, by its number, leads on.
    Set(u32, NodeId),
    /// Goes on in each of these without reading.
    Split(Vec<NodeId>),
    /// Goes on where the characters around allow it; [`look::resolve`] takes these out.
    Look(Look, NodeId),
}

/// A nondeterministic automaton. After [`Builder::finish`] it is without [`Node::Look`] and every
/// node can reach [`MATCH`], unless `start` is `None`.
#[derive(Debug, Clone)]
pub(super) struct Nfa {
    /// Where reading begins; `None` if nothing is accepted.
    pub(super) start: Option<NodeId>,
    /// All nodes; [`MATCH`] is the first.
    pub(super) nodes: Vec<Node>,
    /// The sets that nodes refer to.
    pub(super) sets: Vec<CharSet>,
}

/// Puts an automaton together from its end to its beginning.
#[derive(Debug)]
pub(super) struct Builder {
    nodes: Vec<Node>,
    sets: Vec<CharSet>,
    numbers: FxHashMap<CharSet, u32>,
    /// Whether a set without characters or a look-around was met, which may leave dead ends.
    dead_ends: bool,
}

impl Builder {
    /// A builder that knows the end only.
    pub(super) fn new() -> Self {
        let numbers = FxHashMap::default();
        Self { nodes: vec![Node::Match], sets: Vec::new(), numbers, dead_ends: false }
    }

    /// Adds a node.
    pub(super) fn push(&mut self, node: Node) -> NodeId {
        self.nodes.push(node);
        u32::try_from(self.nodes.len() - 1).unwrap_or(u32::MAX)
    }

    /// Adds a way to a split.
    pub(super) fn branch(&mut self, split: NodeId, way: NodeId) {
        if let Node::Split(ways) = &mut self.nodes[split as usize] {
            ways.push(way);
        }
    }

    /// The number of a set.
    pub(super) fn set(&mut self, set: CharSet) -> u32 {
        if let Some(&number) = self.numbers.get(&set) {
            return number;
        }
        self.dead_ends |= set.0.is_empty();
        let number = u32::try_from(self.sets.len()).unwrap_or(u32::MAX);
        self.sets.push(set.clone());
        self.numbers.insert(set, number);
        number
    }

    /// Any text, then `next`.
    pub(super) fn anything(&mut self, next: NodeId) -> NodeId {
        let any = self.set(CharSet::any());
        let node = self.push(Node::Split(Vec::new()));
        let body = self.push(Node::Set(any, node));
        self.nodes[node as usize] = Node::Split(vec![body, next]);
        node
    }

    /// What `hir` matches, then `next`. Its depth is bounded by the parsers.
    pub(super) fn add(&mut self, hir: &Hir, next: NodeId) -> NodeId {
        match hir.kind() {
            HirKind::Empty => next,
            HirKind::Literal(literal) => {
                let text = String::from_utf8_lossy(&literal.0);
                text.chars().rev().fold(next, |next, character| {
                    let set = self.set(CharSet::single(character));
                    self.push(Node::Set(set, next))
                })
            }
            HirKind::Class(class) => {
                let set = self.set(charset(class));
                self.push(Node::Set(set, next))
            }
            HirKind::Look(look) => {
                self.dead_ends = true;
                self.push(Node::Look(*look, next))
            }
            HirKind::Capture(capture) => self.add(&capture.sub, next),
            HirKind::Concat(parts) => {
                parts.iter().rev().fold(next, |next, part| self.add(part, next))
            }
            HirKind::Alternation(parts) => {
                let ways = parts.iter().map(|part| self.add(part, next)).collect();
                self.push(Node::Split(ways))
            }
            HirKind::Repetition(repetition) => {
                let body = &repetition.sub;
                let mut at = next;
                let mut copies = repetition.min;
                if let Some(max) = repetition.max {
                    for _ in repetition.min..max {
                        let more = self.add(body, at);
                        at = self.push(Node::Split(vec![more, next]));
                    }
                } else {
                    let again = self.push(Node::Split(Vec::new()));
                    let first = self.add(body, again);
                    self.nodes[again as usize] = Node::Split(vec![first, next]);
                    at = if copies == 0 { again } else { first };
                    copies = copies.saturating_sub(1);
                }
                (0..copies).fold(at, |at, _| self.add(body, at))
            }
        }
    }

    /// The automaton that begins at `start`.
    pub(super) fn finish(self, start: NodeId) -> Nfa {
        let looks = self.nodes.iter().any(|node| matches!(node, Node::Look(..)));
        let nfa = Nfa { start: Some(start), nodes: self.nodes, sets: self.sets };
        let nfa = if looks { look::resolve(&nfa) } else { nfa };
        if self.dead_ends { nfa.trimmed() } else { nfa }
    }
}

/// About how many nodes [`Builder::add`] makes.
pub(super) fn estimate(hir: &Hir) -> u64 {
    match hir.kind() {
        HirKind::Empty => 0,
        HirKind::Literal(literal) => literal.0.len() as u64,
        HirKind::Class(_) | HirKind::Look(_) => 1,
        HirKind::Capture(capture) => estimate(&capture.sub),
        HirKind::Concat(parts) | HirKind::Alternation(parts) => {
            parts.iter().map(estimate).fold(1, u64::saturating_add)
        }
        HirKind::Repetition(repetition) => {
            let copies = repetition.max.unwrap_or(repetition.min).max(1);
            (estimate(&repetition.sub) + 1).saturating_mul(u64::from(copies))
        }
    }
}

/// The characters of a class.
pub(super) fn charset(class: &Class) -> CharSet {
    match class {
        Class::Unicode(class) => CharSet::from(class),
        // Patterns are parsed as UTF-8, so that classes of bytes are ASCII.
        Class::Bytes(class) => {
            let ranges = class.ranges().iter();
            CharSet(ranges.map(|range| (range.start().into(), range.end().into())).collect())
        }
    }
}

impl Nfa {
    /// Those nodes only from which [`MATCH`] can be reached.
    fn trimmed(mut self) -> Self {
        let mut before: Vec<Vec<NodeId>> = vec![Vec::new(); self.nodes.len()];
        for (id, node) in (0..).zip(&self.nodes) {
            match node {
                Node::Match => {}
                Node::Set(set, _) if self.sets[*set as usize].0.is_empty() => {}
                Node::Set(_, next) | Node::Look(_, next) => before[*next as usize].push(id),
                Node::Split(ways) => ways.iter().for_each(|way| before[*way as usize].push(id)),
            }
        }
        let mut live = vec![false; self.nodes.len()];
        live[MATCH as usize] = true;
        let mut open = vec![MATCH];
        while let Some(node) = open.pop() {
            for &source in &before[node as usize] {
                if !std::mem::replace(&mut live[source as usize], true) {
                    open.push(source);
                }
            }
        }
        for (id, node) in self.nodes.iter_mut().enumerate() {
            if !live[id] {
                *node = Node::Split(Vec::new());
            } else if let Node::Split(ways) = node {
                ways.retain(|&way| live[way as usize]);
            }
        }
        self.start = self.start.filter(|&start| live[start as usize]);
        self
    }
}

/// The automaton of what both accept, if it has at most `most` nodes: pairs of nodes, of which those are kept from
/// which a match can be reached. A conjunction needs no exploration then to know its live states.
pub(super) fn intersect(a: &Nfa, b: &Nfa, most: usize) -> Option<Nfa> {
    let mut builder = Builder::new();
    let mut known: FxHashMap<(NodeId, NodeId), NodeId> = FxHashMap::default();
    known.insert((MATCH, MATCH), MATCH);
    let mut open = Vec::new();
    let mut pair = |builder: &mut Builder, open: &mut Vec<_>, a: NodeId, b: NodeId| {
        *known.entry((a, b)).or_insert_with(|| {
            let id = builder.push(Node::Split(Vec::new()));
            open.push((a, b, id));
            id
        })
    };
    let start = a.start.zip(b.start).map(|(a, b)| pair(&mut builder, &mut open, a, b));
    while let Some((first, second, id)) = open.pop() {
        let node = match (&a.nodes[first as usize], &b.nodes[second as usize]) {
            (Node::Split(ways), _) => Node::Split(
                ways.iter().map(|&way| pair(&mut builder, &mut open, way, second)).collect(),
            ),
            (_, Node::Split(ways)) => Node::Split(
                ways.iter().map(|&way| pair(&mut builder, &mut open, first, way)).collect(),
            ),
            (Node::Set(x, next), Node::Set(y, other)) => {
                let set = builder.set(a.sets[*x as usize].and(&b.sets[*y as usize]));
                Node::Set(set, pair(&mut builder, &mut open, *next, *other))
            }
            _ => Node::Split(Vec::new()),
        };
        builder.nodes[id as usize] = node;
        if builder.nodes.len() > most {
            return None;
        }
    }
    let nfa = Nfa { start, nodes: builder.nodes, sets: builder.sets };
    Some(nfa.trimmed())
}
