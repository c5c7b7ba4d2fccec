//! From a description of a set of texts to automata.

use std::sync::Arc;

use regex_syntax::hir::Hir;

use super::alphabet::{Alphabet, CharSet};
use super::bytes::Bytes;
use super::dfa::Dfa;
use super::letters::{Bounded, Letters};
use super::nfa::{self, Builder, MATCH, Nfa, Node, NodeId};
use super::product::Product;
use super::syntax::{self, Expr, Piece};
use super::{Atom, TextSet, TextSpec, formats, pattern, regex};
use crate::automaton::Automaton;
use crate::{GrammarError, Limits};

/// Up to so many nodes, conditions that all have to hold become one automaton.
const MERGED_NODES: usize = 5_000;

/// Conditions on a text, each with its automaton, and bounds on its length.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) leaves: Vec<Nfa>,
    pub(super) expr: Expr<usize>,
    pub(super) min: u32,
    pub(super) max: Option<u32>,
}

impl Lowered {
    /// The conditions of `spec`.
    pub(super) fn new(spec: &TextSpec, limits: &Limits) -> Result<Self, GrammarError> {
        let expr = Expr::And(Vec::new());
        let mut lowered = Self { leaves: Vec::new(), expr, min: spec.min, max: spec.max };
        let mut parts = Vec::new();
        for atom in &spec.atoms {
            match lowered.atom(atom, limits)? {
                Some(Expr::And(more)) => parts.extend(more),
                part => parts.extend(part),
            }
        }
        if parts.len() == 1
            && let Some(only) = parts.pop()
        {
            lowered.expr = only;
        } else {
            if parts.is_empty() {
                parts.push(lowered.leaf(&Piece::whole(syntax::any_text(0, None)), limits)?);
            }
            lowered.expr = Expr::And(parts);
        }
        lowered.merge();
        Ok(lowered)
    }

    /// Makes one automaton of conditions that all have to hold, where that is one of moderate size.
    fn merge(&mut self) {
        while let Expr::And(parts) = &mut self.expr {
            let mut plain = parts.iter().enumerate().filter_map(|(at, part)| match part {
                Expr::Leaf(leaf) => Some((at, *leaf)),
                _ => None,
            });
            let (Some((_, first)), Some((at, second))) = (plain.next(), plain.next()) else {
                return;
            };
            let (a, b) = (&self.leaves[first], &self.leaves[second]);
            let Some(both) = nfa::intersect(a, b, MERGED_NODES) else { return };
            parts.remove(at);
            if let (1, Some(only)) = (parts.len(), parts.first()) {
                self.expr = only.clone();
            }
            self.leaves[first] = both;
            self.remove(second);
        }
    }

    /// Takes out a leaf that is referred to no more.
    fn remove(&mut self, leaf: usize) {
        fn renumber(expr: &mut Expr<usize>, gone: usize) {
            match expr {
                Expr::Leaf(leaf) if *leaf > gone => *leaf -= 1,
                Expr::Leaf(_) => {}
                Expr::Not(expr) => renumber(expr, gone),
                Expr::And(parts) | Expr::Or(parts) => {
                    for part in parts {
                        renumber(part, gone);
                    }
                }
            }
        }
        self.leaves.remove(leaf);
        renumber(&mut self.expr, leaf);
    }

    /// One atom; `None` where bounds on the length say it all.
    fn atom(&mut self, atom: &Atom, limits: &Limits) -> Result<Option<Expr<usize>>, GrammarError> {
        let expr = match &atom.set {
            TextSet::Words(words) => Some(self.words(words, limits)?),
            set if atom.negated => Some(self.expr(&parse(set, limits)?, limits)?),
            set => self.positive(parse(set, limits)?, limits)?,
        };
        Ok(expr.map(|expr| if atom.negated { Expr::Not(Box::new(expr)) } else { expr }))
    }

    /// Conditions that all have to hold: what they say on the length alone joins the bounds.
    fn positive(
        &mut self,
        expr: Expr<Piece>,
        limits: &Limits,
    ) -> Result<Option<Expr<usize>>, GrammarError> {
        match expr {
            Expr::And(parts) => {
                let mut kept = Vec::new();
                for part in parts {
                    kept.extend(self.positive(part, limits)?);
                }
                Ok(match kept.len() {
                    0 => None,
                    1 => kept.pop(),
                    _ => Some(Expr::And(kept)),
                })
            }
            Expr::Leaf(mut piece) => {
                if let Some((star, min, max)) = piece.counted() {
                    piece = star;
                    self.min = self.min.max(min);
                    self.max =
                        self.max.map_or(max, |bound| Some(max.map_or(bound, |max| max.min(bound))));
                }
                if piece.is_any() { Ok(None) } else { self.leaf(&piece, limits).map(Some) }
            }
            other => self.expr(&other, limits).map(Some),
        }
    }

    fn expr(&mut self, expr: &Expr<Piece>, limits: &Limits) -> Result<Expr<usize>, GrammarError> {
        let each = |lowered: &mut Self, parts: &[Expr<Piece>]| {
            parts.iter().map(|part| lowered.expr(part, limits)).collect::<Result<Vec<_>, _>>()
        };
        Ok(match expr {
            Expr::Leaf(piece) => self.leaf(piece, limits)?,
            Expr::Not(expr) => Expr::Not(Box::new(self.expr(expr, limits)?)),
            Expr::And(parts) => Expr::And(each(self, parts)?),
            Expr::Or(parts) => Expr::Or(each(self, parts)?),
        })
    }

    fn leaf(&mut self, piece: &Piece, limits: &Limits) -> Result<Expr<usize>, GrammarError> {
        piece.check(limits)?;
        let mut builder = Builder::new();
        let end = if piece.open_end { builder.anything(MATCH) } else { MATCH };
        let mut start = builder.add(&piece.hir, end);
        if piece.open_start {
            start = builder.anything(start);
        }
        self.leaves.push(builder.finish(start));
        Ok(Expr::Leaf(self.leaves.len() - 1))
    }

    /// Words, their common beginnings shared.
    fn words(&mut self, words: &[String], limits: &Limits) -> Result<Expr<usize>, GrammarError> {
        let size = words.iter().map(String::len).fold(words.len(), usize::saturating_add);
        if size > limits.states.saturating_mul(64) {
            return Err(GrammarError::Limit {
                what: "a list of words".to_owned(),
                option: "states",
                limit: limits.states as u64,
            });
        }
        let mut sorted: Vec<&str> = words.iter().map(String::as_str).collect();
        sorted.sort_unstable();
        let mut builder = Builder::new();
        let start = trie(&mut builder, &sorted);
        self.leaves.push(builder.finish(start));
        Ok(Expr::Leaf(self.leaves.len() - 1))
    }

    /// The automaton over bytes.
    pub(super) fn automaton(self, limits: &Limits) -> Result<Box<dyn Automaton>, GrammarError> {
        let (min, max) = (self.min, self.max);
        let bounded = min > 0 || max.is_some();
        let (mut leaves, alphabet) = automata(self.leaves);
        let expr = self.expr;
        if matches!(expr, Expr::Leaf(_))
            && leaves.len() == 1
            && let Some(mut dfa) = leaves.pop()
        {
            if bounded {
                dfa.measure(min, max, limits)?;
            }
            return Ok(boxed(dfa, bounded, min, max, &alphabet));
        }
        let mut product = Product::new(&mut leaves, expr, alphabet.classes(), limits)?;
        if bounded {
            product.measure(min, max, limits)?;
        }
        Ok(boxed(product, bounded, min, max, &alphabet))
    }
}

/// The automata of some leaves, over one alphabet.
pub(super) fn automata(leaves: Vec<Nfa>) -> (Vec<Dfa>, Arc<Alphabet>) {
    let mut sets = Vec::new();
    let mut firsts = Vec::new();
    for leaf in &leaves {
        firsts.push(u32::try_from(sets.len()).unwrap_or(u32::MAX));
        sets.extend(leaf.sets.iter().cloned());
    }
    let alphabet = Arc::new(Alphabet::new(&sets));
    let leaves = leaves.into_iter().zip(firsts);
    let leaves = leaves.map(|(nfa, first)| Dfa::new(nfa, Arc::clone(&alphabet), first));
    (leaves.collect(), alphabet)
}

/// An automaton over characters as one over bytes, within bounds on the length if there are any.
fn boxed<L: Letters + 'static>(
    letters: L,
    bounded: bool,
    min: u32,
    max: Option<u32>,
    alphabet: &Alphabet,
) -> Box<dyn Automaton> {
    if bounded {
        Box::new(Bytes::new(Bounded::new(letters, min, max), alphabet))
    } else {
        Box::new(Bytes::new(letters, alphabet))
    }
}

/// The trie of sorted words.
fn trie(builder: &mut Builder, words: &[&str]) -> NodeId {
    let root = builder.push(Node::Split(Vec::new()));
    // The nodes on the way to the end of the word before.
    let mut path = vec![(root, ' ')];
    for word in words {
        let before = path[1..].iter().map(|&(_, character)| character);
        let shared = word.chars().zip(before).take_while(|(a, b)| a == b).count();
        path.truncate(shared + 1);
        for character in word.chars().skip(shared) {
            let node = builder.push(Node::Split(Vec::new()));
            let set = builder.set(CharSet::single(character));
            let edge = builder.push(Node::Set(set, node));
            builder.branch(path[path.len() - 1].0, edge);
            path.push((node, character));
        }
        builder.branch(path[path.len() - 1].0, MATCH);
    }
    root
}

/// What a set consists of; words aside.
pub(super) fn parse(set: &TextSet, limits: &Limits) -> Result<Expr<Piece>, GrammarError> {
    match set {
        TextSet::Pattern(pattern) => pattern::parse(pattern, limits),
        TextSet::Regex(pattern) => regex::parse(pattern, limits),
        TextSet::Format(name) => formats::parse(name),
        TextSet::Words(_) => Ok(Expr::Leaf(Piece::whole(Hir::empty()))),
    }
}

/// Fails where a set is malformed or its automaton would be too large.
pub(super) fn check(set: &TextSet, limits: &Limits) -> Result<(), GrammarError> {
    fn expr(of: &Expr<Piece>, limits: &Limits) -> Result<(), GrammarError> {
        match of {
            Expr::Leaf(piece) => match piece.counted() {
                Some((star, ..)) => star.check(limits),
                None => piece.check(limits),
            },
            Expr::Not(of) => expr(of, limits),
            Expr::And(parts) | Expr::Or(parts) => {
                parts.iter().try_for_each(|part| expr(part, limits))
            }
        }
    }
    expr(&parse(set, limits)?, limits)
}

/// Tells of one text after the other whether it satisfies conditions.
pub(super) struct Tester {
    leaves: Vec<Dfa>,
    expr: Expr<usize>,
    alphabet: Arc<Alphabet>,
    min: u32,
    max: Option<u32>,
}

impl Tester {
    /// The conditions of `spec`.
    pub(super) fn new(spec: &TextSpec, limits: &Limits) -> Result<Self, GrammarError> {
        let lowered = Lowered::new(spec, limits)?;
        let (min, max) = (lowered.min, lowered.max);
        let (leaves, alphabet) = automata(lowered.leaves);
        let expr = lowered.expr;
        Ok(Self { leaves, expr, alphabet, min, max })
    }

    /// Whether a text satisfies them.
    pub(super) fn contains(&mut self, text: &str) -> bool {
        let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
        if length < self.min || self.max.is_some_and(|max| length > max) {
            return false;
        }
        let (leaves, alphabet) = (&mut self.leaves, &self.alphabet);
        super::explore::holds(&self.expr, &mut |leaf| {
            let dfa = &mut leaves[leaf];
            let start = dfa.start();
            let mut classes = text.chars().map(|c| alphabet.class_of(u32::from(c)));
            let end = classes.try_fold(start, |state, class| {
                Some(dfa.step(state, class)).filter(|&to| to != crate::automaton::DEAD)
            });
            end.is_some_and(|state| dfa.accepts(state))
        })
    }
}
