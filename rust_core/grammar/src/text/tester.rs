//! Questions on sets that need no automaton over bytes.

use std::sync::Arc;

use super::alphabet::Alphabet;
use super::dfa::Dfa;
use super::explore;
use super::letters::Letters;
use super::lower::{self, Lowered};
use super::syntax::{Expr, Piece};
use super::{TextSet, TextSpec, formats, pattern, regex};
use crate::automaton::DEAD;
use crate::{GrammarError, Limits};

/// Fails where a set is malformed or its automaton would be too large.
pub(super) fn check(set: &TextSet, limits: &Limits) -> Result<(), GrammarError> {
    match set {
        TextSet::Pattern(text) => check_size(&pattern::parse(text, limits)?, limits),
        TextSet::Regex(text) => check_size(&regex::parse(text, limits)?, limits),
        TextSet::Format(name) => formats::check(name),
        TextSet::Words(words) => lower::check_words(words.iter().map(String::as_str), limits),
    }
}

/// Fails where some automaton would be too large.
fn check_size(expr: &Expr<Piece>, limits: &Limits) -> Result<(), GrammarError> {
    match expr {
        Expr::Leaf(piece) => match piece.counted() {
            Some((star, ..)) => star.check(limits),
            None => piece.check(limits),
        },
        Expr::Not(expr) => check_size(expr, limits),
        Expr::And(parts) | Expr::Or(parts) => {
            parts.iter().try_for_each(|part| check_size(part, limits))
        }
    }
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
        let (leaves, alphabet) = lower::automata(lowered.leaves, limits)?;
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
        explore::holds(&self.expr, &mut |leaf| {
            let dfa = &mut leaves[leaf];
            let start = dfa.start();
            let mut classes = text.chars().map(|c| alphabet.class_of(u32::from(c)));
            let end = classes.try_fold(start, |state, class| {
                Some(dfa.step(state, class)).filter(|&to| to != DEAD)
            });
            end.is_some_and(|state| dfa.accepts(state))
        })
    }
}
