//! From a description of a set of texts to automata.

use std::sync::Arc;

use super::alphabet::{Alphabet, CharSet};
use super::bytes::Bytes;
use super::counted::{self, Counted};
use super::dfa::{AllBut, Dfa};
use super::letters::{Bounded, Letters};
use super::nfa::{self, Builder, MATCH, Nfa, Node};
use super::product::Product;
use super::syntax::{self, Expr, Piece};
use super::{Atom, TextSet, TextSpec, formats, pattern, regex};
use crate::automaton::Automaton;
use crate::{GrammarError, Limits};

/// Up to so many nodes, conditions that all have to hold become one automaton.
const MERGED_NODES: usize = 2_000;

/// Conditions on a text, each with its automaton, and bounds on its length.
#[derive(Debug)]
pub(super) struct Lowered {
    pub(super) leaves: Vec<Arc<Nfa>>,
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
            self.leaves[first] = Arc::new(both);
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

    /// A new leaf.
    fn push(&mut self, nfa: Arc<Nfa>) -> Expr<usize> {
        self.leaves.push(nfa);
        Expr::Leaf(self.leaves.len() - 1)
    }

    /// Narrows the bounds on the length.
    fn bound(&mut self, min: u32, max: Option<u32>) {
        self.min = self.min.max(min);
        self.max = self.max.into_iter().chain(max).min();
    }

    /// A format; if `bounded`, its length joins the bounds, and is a condition like others if not.
    fn format(&mut self, name: &str, bounded: bool) -> Result<Expr<usize>, GrammarError> {
        let format = formats::find(name)?;
        let leaf = self.push(Arc::clone(&format.nfa));
        if bounded {
            self.bound(0, format.max);
        } else if format.max.is_some() {
            let length = Piece::whole(syntax::any_text(0, format.max));
            let length = self.push(Arc::new(length.nfa()));
            return Ok(Expr::And(vec![leaf, length]));
        }
        Ok(leaf)
    }

    /// One atom; `None` where bounds on the length say it all.
    fn atom(&mut self, atom: &Atom, limits: &Limits) -> Result<Option<Expr<usize>>, GrammarError> {
        let expr = match &atom.set {
            TextSet::Words(words) => Some(self.words(words, limits)?),
            TextSet::Format(name) => Some(self.format(name, !atom.negated)?),
            TextSet::Pattern(text) => self.pieces(pattern::parse(text, limits)?, atom, limits)?,
            TextSet::Regex(text) => self.pieces(regex::parse(text, limits)?, atom, limits)?,
        };
        Ok(expr.map(|expr| if atom.negated { Expr::Not(Box::new(expr)) } else { expr }))
    }

    /// The conditions of a pattern.
    fn pieces(
        &mut self,
        expr: Expr<Piece>,
        atom: &Atom,
        limits: &Limits,
    ) -> Result<Option<Expr<usize>>, GrammarError> {
        if atom.negated { self.expr(&expr, limits).map(Some) } else { self.positive(expr, limits) }
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
                    self.bound(min, max);
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
        Ok(self.push(Arc::new(piece.nfa())))
    }

    /// Words, their common beginnings shared.
    fn words(&mut self, words: &[String], limits: &Limits) -> Result<Expr<usize>, GrammarError> {
        check_words(words.iter().map(String::as_str), limits)?;
        let nfa = trie(words.iter().map(String::as_str).collect());
        Ok(self.push(Arc::new(nfa)))
    }

    /// The automaton over bytes; if `apart`, without the bounds on the length where they can be counted beside it.
    pub(super) fn automaton(self, apart: bool, limits: &Limits) -> Result<Counted, GrammarError> {
        let (min, max) = (self.min, self.max);
        let bounded = min > 0 || max.is_some();
        let (mut leaves, alphabet) = automata(self.leaves, limits)?;
        let classes = alphabet.classes();
        if matches!(self.expr, Expr::Leaf(_))
            && leaves.len() == 1
            && let Some(mut dfa) = leaves.pop()
        {
            let apart = apart && counted::apart(&mut dfa, classes, min, max);
            if bounded && !apart {
                dfa.measure(min, limits)?;
            }
            return Ok(boxed(dfa, apart, (min, max), &alphabet));
        }
        let mut product = Product::new(&mut leaves, self.expr, classes, limits)?;
        let apart = apart && counted::apart(&mut product, classes, min, max);
        if bounded && !apart {
            product.measure(min, limits)?;
        }
        Ok(boxed(product, apart, (min, max), &alphabet))
    }
}

/// The automata of some leaves, over one alphabet.
pub(super) fn automata(
    leaves: Vec<Arc<Nfa>>,
    limits: &Limits,
) -> Result<(Vec<Dfa>, Arc<Alphabet>), GrammarError> {
    let mut sets = Vec::new();
    let mut firsts = Vec::new();
    for leaf in &leaves {
        firsts.push(u32::try_from(sets.len()).unwrap_or(u32::MAX));
        sets.extend(leaf.sets.iter().cloned());
    }
    check_sets(&sets, limits)?;
    let alphabet = Arc::new(Alphabet::new(&sets));
    let leaves = leaves.into_iter().zip(firsts);
    let leaves = leaves.map(|(nfa, first)| Dfa::new(nfa, Arc::clone(&alphabet), first));
    Ok((leaves.collect(), alphabet))
}

/// An automaton over characters as one over bytes; if not `apart`, within its bounds on the length.
fn boxed<L: Letters + 'static>(
    letters: L,
    apart: bool,
    (min, max): (u32, Option<u32>),
    alphabet: &Alphabet,
) -> Counted {
    if apart || min == 0 && max.is_none() {
        return Counted { automaton: Box::new(Bytes::new(letters, alphabet)), min, max };
    }
    let automaton = Box::new(Bytes::new(Bounded::new(letters, min, max), alphabet));
    Counted { automaton, min: 0, max: None }
}

/// The trie of some words.
fn trie(mut words: Vec<&str>) -> Nfa {
    words.sort_unstable();
    let mut builder = Builder::new();
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
    builder.finish(root)
}

/// All texts within bounds on the length but some words.
pub(super) fn all_but(
    words: &[&str],
    min: u32,
    max: Option<u32>,
    limits: &Limits,
) -> Result<Box<dyn Automaton>, GrammarError> {
    check_words(words.iter().copied(), limits)?;
    let nfa = trie(words.to_vec());
    check_sets(&nfa.sets, limits)?;
    let alphabet = Arc::new(Alphabet::new(&nfa.sets));
    let words = Dfa::new(Arc::new(nfa), Arc::clone(&alphabet), 0);
    Ok(boxed(AllBut(words), false, (min, max), &alphabet).automaton)
}

/// Fails where a list of words is too long.
pub(super) fn check_words<'a>(
    words: impl Iterator<Item = &'a str>,
    limits: &Limits,
) -> Result<(), GrammarError> {
    let size = words.fold(0, |sum: usize, word| sum.saturating_add(word.len() + 1));
    if size <= limits.states.saturating_mul(64) {
        return Ok(());
    }
    Err(GrammarError::Limit {
        what: "a list of words".to_owned(),
        option: "states",
        limit: limits.states as u64,
    })
}

/// Fails where there are too many different sets of characters: a table tells for each and every class whether
/// one is in the other.
fn check_sets(sets: &[CharSet], limits: &Limits) -> Result<(), GrammarError> {
    if sets.len().saturating_mul(sets.len()) / 8 <= limits.memory / 4 {
        return Ok(());
    }
    Err(GrammarError::Limit {
        what: "the number of characters that are told apart".to_owned(),
        option: "memory",
        limit: limits.memory as u64,
    })
}
