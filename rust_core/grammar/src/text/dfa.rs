//! Lazy subset construction: the deterministic automaton of one pattern, state by state as reached.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::alphabet::Alphabet;
use super::lengths::{Edges, Lengths};
use super::letters::Letters;
use super::nfa::{MATCH, Nfa, Node, NodeId};
use super::transitions::Transitions;
use crate::automaton::DEAD;
use crate::{GrammarError, Limits};

/// States looked at before a state is taken for one that is not universal.
const UNIVERSAL_SEARCH: usize = 64;

/// A pattern as a deterministic automaton over the classes of an [`Alphabet`]. As every node of its
/// [`Nfa`] reaches a match, a state is dead if and only if it holds no node.
#[derive(Debug)]
pub(super) struct Dfa {
    nfa: Arc<Nfa>,
    alphabet: Arc<Alphabet>,
    /// Where the sets of `nfa` begin among those of the alphabet.
    first_set: u32,
    /// The nodes of each state in ascending order: those that read, and [`MATCH`].
    states: Vec<Box<[NodeId]>>,
    known: FxHashMap<Box<[NodeId]>, u32>,
    /// Nodes in all states.
    held: usize,
    transitions: Transitions,
    universal: FxHashMap<u32, bool>,
    lengths: Option<Lengths>,
    /// Marks of the closure that is being computed.
    seen: Vec<u32>,
    stamp: u32,
}

impl Dfa {
    /// The automaton of `nfa`, whose sets stand in the alphabet from number `first_set` on.
    pub(super) fn new(nfa: Arc<Nfa>, alphabet: Arc<Alphabet>, first_set: u32) -> Self {
        let transitions = Transitions::new(alphabet.classes());
        let mut dfa = Self {
            seen: vec![0; nfa.nodes.len()],
            nfa,
            alphabet,
            first_set,
            states: vec![Box::default()],
            known: FxHashMap::default(),
            held: 0,
            transitions,
            universal: FxHashMap::default(),
            lengths: None,
            stamp: 0,
        };
        dfa.known.insert(Box::default(), DEAD);
        dfa
    }

    /// Makes [`Letters::need`] available: with the lengths of what is accepted from every node.
    pub(super) fn measure(&mut self, min: u32, limits: &Limits) -> Result<(), GrammarError> {
        let mut edges = Edges::new(self.nfa.nodes.len());
        for (id, node) in (0..).zip(&self.nfa.nodes) {
            match node {
                Node::Match => edges.accept(id),
                Node::Set(_, next) => edges.read(id, *next),
                Node::Look(_, next) => edges.jump(id, *next),
                Node::Split(ways) => ways.iter().for_each(|&way| edges.jump(id, way)),
            }
        }
        self.lengths = Some(Lengths::new(&edges, min, limits)?);
        Ok(())
    }

    /// Bytes of memory that the states take by themselves.
    pub(super) fn subsets(&self) -> usize {
        self.held * 8 + self.states.len() * 48
    }

    /// Whether everything is accepted from here on.
    pub(super) fn accepts_all(&self, state: u32) -> bool {
        let nodes = &self.states[state as usize];
        nodes.first() == Some(&MATCH) && nodes.iter().any(|&node| self.is_last(node))
    }

    /// Whether a node reads any text to the end.
    fn is_last(&self, node: NodeId) -> bool {
        let Node::Set(_, next) = self.nfa.nodes[node as usize] else { return false };
        matches!(&self.nfa.nodes[next as usize], Node::Split(ways) if ways.contains(&MATCH))
            && self.is_forever(node)
    }

    /// Whether a node reads any character and comes back to itself.
    fn is_forever(&self, node: NodeId) -> bool {
        let Node::Set(set, next) = self.nfa.nodes[node as usize] else { return false };
        let back = next == node
            || matches!(&self.nfa.nodes[next as usize], Node::Split(ways) if ways.contains(&node));
        back && self.alphabet.is_all(self.first_set + set)
    }

    /// The state of what can be reached from some nodes without reading.
    fn close(&mut self, mut open: Vec<NodeId>) -> u32 {
        self.stamp += 1;
        let mut nodes = Vec::new();
        while let Some(node) = open.pop() {
            if std::mem::replace(&mut self.seen[node as usize], self.stamp) == self.stamp {
                continue;
            }
            match &self.nfa.nodes[node as usize] {
                Node::Match | Node::Set(..) => nodes.push(node),
                Node::Look(_, next) => open.push(*next),
                Node::Split(ways) => open.extend(ways),
            }
        }
        nodes.sort_unstable();
        if nodes.first() == Some(&MATCH)
            && let Some(&all) = nodes.iter().find(|&&node| self.is_last(node))
        {
            nodes = vec![MATCH, all];
        }
        let nodes: Box<[NodeId]> = nodes.into();
        if let Some(&state) = self.known.get(&nodes) {
            return state;
        }
        let state = u32::try_from(self.states.len()).unwrap_or(u32::MAX);
        self.held += nodes.len();
        self.states.push(nodes.clone());
        self.known.insert(nodes, state);
        state
    }

    /// Whether no state that can be reached from here has a dead end, as far as a short search shows.
    fn search_universal(&mut self, state: u32) -> bool {
        let mut seen = vec![state];
        let mut next = 0;
        while let Some(&at) = seen.get(next) {
            next += 1;
            if self.states[at as usize].iter().any(|&node| self.is_forever(node)) {
                continue;
            }
            for class in 0..self.alphabet.classes() {
                let to = self.step(at, class);
                if to == DEAD || seen.len() > UNIVERSAL_SEARCH {
                    return false;
                }
                if !seen.contains(&to) {
                    seen.push(to);
                }
            }
        }
        true
    }
}

impl Letters for Dfa {
    fn start(&mut self) -> u32 {
        let start = self.nfa.start.into_iter().collect();
        self.close(start)
    }

    fn step(&mut self, state: u32, class: u32) -> u32 {
        if state == DEAD {
            return DEAD;
        }
        if let Some(to) = self.transitions.get(state, class) {
            return to;
        }
        let mut open = Vec::new();
        for &node in &self.states[state as usize] {
            if let Node::Set(set, next) = self.nfa.nodes[node as usize]
                && self.alphabet.has(self.first_set + set, class)
            {
                open.push(next);
            }
        }
        let to = self.close(open);
        self.transitions.set(state, class, to);
        to
    }

    fn accepts(&mut self, state: u32) -> bool {
        self.states[state as usize].first() == Some(&MATCH)
    }

    fn universal(&mut self, state: u32) -> bool {
        if let Some(&universal) = self.universal.get(&state) {
            return universal;
        }
        let universal = state != DEAD && self.search_universal(state);
        self.universal.insert(state, universal);
        universal
    }

    fn need(&mut self, state: u32, least: u32) -> u32 {
        let nodes = self.states[state as usize].iter();
        match &self.lengths {
            Some(lengths) => {
                nodes.map(|&node| lengths.need(node, least)).min().unwrap_or(Lengths::NEVER)
            }
            None => least,
        }
    }

    fn memory(&self) -> usize {
        self.nfa.nodes.len() * (size_of::<Node>() + 12)
            + self.subsets()
            + self.transitions.memory()
            + self.universal.len() * 8
            + self.alphabet.memory()
            + self.lengths.as_ref().map_or(0, Lengths::memory)
    }
}

/// All texts but those of a finite set. There are always characters that none of these goes on with, so that
/// a text can be made as long as wanted: every state is live.
#[derive(Debug)]
pub(super) struct AllBut(pub(super) Dfa);

impl Letters for AllBut {
    // States are counted one up, since what is dead in the set is alive here.

    fn start(&mut self) -> u32 {
        self.0.start() + 1
    }

    fn step(&mut self, state: u32, class: u32) -> u32 {
        self.0.step(state - 1, class) + 1
    }

    fn accepts(&mut self, state: u32) -> bool {
        !self.0.accepts(state - 1)
    }

    fn universal(&mut self, _state: u32) -> bool {
        true
    }

    fn need(&mut self, state: u32, least: u32) -> u32 {
        if least == 0 && !self.accepts(state) { 1 } else { least }
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}
