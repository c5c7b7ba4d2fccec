//! Sets of texts: patterns, words, lengths, and what is left when some are taken out.

use serde::{Deserialize, Serialize};

use crate::automaton::{Automaton, DEAD};
use crate::{GrammarError, Limits};

mod alphabet;
mod bytes;
mod classifier;
mod counted;
mod dfa;
mod ecma_class;
mod explore;
mod format_grammar;
mod format_network;
mod format_uri;
mod formats;
mod lengths;
mod letters;
mod look;
mod lookahead;
mod lower;
mod nfa;
mod pattern;
mod product;
mod regex;
mod syntax;
mod tester;
mod transitions;
mod utf8;
mod words;

pub use classifier::{Classifier, MAX_SETS};
pub use counted::Counted;

use lower::Lowered;
use tester::Tester;
use words::Words;

/// A set of texts, over decoded Unicode text (not its JSON spelling).
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct TextSpec {
    /// The text satisfies all of these.
    pub atoms: Vec<Atom>,
    /// Unicode scalar values at least.
    pub min: u32,
    /// Unicode scalar values at most.
    pub max: Option<u32>,
}

/// One condition on a text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Atom {
    /// The set.
    pub set: TextSet,
    /// Whether the text must not be in it.
    pub negated: bool,
}

/// A set of texts that has a short description.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TextSet {
    /// What a pattern of JSON Schema finds a match in: ECMA-262, unanchored.
    Pattern(String),
    /// What a regular expression matches as a whole.
    Regex(String),
    /// What a `format` describes, by its name.
    Format(String),
    /// These texts and no other.
    Words(Vec<String>),
}

/// The automaton of a set of texts, over the bytes of their UTF-8; no other bytes are ever accepted.
pub fn automaton(spec: &TextSpec, limits: &Limits) -> Result<Box<dyn Automaton>, GrammarError> {
    match listed(spec, limits)? {
        Some(automaton) => Ok(automaton),
        None => Ok(Lowered::new(spec, limits)?.automaton(false, limits)?.automaton),
    }
}

/// The same in two parts, for those who can count characters themselves: there are fewer states then, and with the
/// same state the same may follow as long as the bounds are far.
pub fn counted(spec: &TextSpec, limits: &Limits) -> Result<Counted, GrammarError> {
    match listed(spec, limits)? {
        Some(automaton) => Ok(Counted { automaton, min: 0, max: None }),
        None => Lowered::new(spec, limits)?.automaton(true, limits),
    }
}

/// The automaton of a set that is a list of words, or all but a list of words.
fn listed(spec: &TextSpec, limits: &Limits) -> Result<Option<Box<dyn Automaton>>, GrammarError> {
    if let Some(words) = finite(spec, limits)? {
        return Ok(Some(Box::new(Words::new(words, false))));
    }
    let Some(mut words) = cofinite(spec) else { return Ok(None) };
    if spec.min > 1 || spec.max.is_some() {
        return lower::all_but(&words, spec.min, spec.max, limits).map(Some);
    }
    // A text of at least one character is any but the empty one.
    words.extend((spec.min == 1).then_some(""));
    Ok(Some(Box::new(Words::new(words, true))))
}

/// Whether no text at all satisfies `spec`.
pub fn is_empty(spec: &TextSpec, limits: &Limits) -> Result<bool, GrammarError> {
    Ok(automaton(spec, limits)?.start() == DEAD)
}

/// Checks the syntax and size of a set: what it costs is bounded, and no automaton is built.
pub fn check(set: &TextSet, limits: &Limits) -> Result<(), GrammarError> {
    tester::check(set, limits)
}

/// If a list of words is among the conditions: those of them that satisfy all.
fn finite<'a>(spec: &'a TextSpec, limits: &Limits) -> Result<Option<Vec<&'a str>>, GrammarError> {
    let list = |atom: &'a Atom| match &atom.set {
        TextSet::Words(words) if !atom.negated => Some(words),
        _ => None,
    };
    let Some(at) = spec.atoms.iter().position(|atom| list(atom).is_some()) else {
        return Ok(None);
    };
    let Some(words) = list(&spec.atoms[at]) else { return Ok(None) };
    let mut others = spec.clone();
    others.atoms.remove(at);
    let mut kept = Vec::new();
    let mut tester = Tester::new(&others, limits)?;
    for word in words {
        if tester.contains(word) {
            kept.push(word.as_str());
        }
    }
    Ok(Some(kept))
}

/// The formats that are enforced, by the name they have in a schema; every other is unknown here.
pub fn format_names() -> &'static [&'static str] {
    formats::names()
}

/// If the conditions are only that a text is none of some words: those words.
fn cofinite(spec: &TextSpec) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    for atom in &spec.atoms {
        match &atom.set {
            TextSet::Words(list) if atom.negated => words.extend(list.iter().map(String::as_str)),
            _ => return None,
        }
    }
    (!spec.atoms.is_empty()).then_some(words)
}

impl TextSpec {
    /// Whether a text satisfies all conditions.
    pub fn contains(&self, text: &str, limits: &Limits) -> Result<bool, GrammarError> {
        Ok(Tester::new(self, limits)?.contains(text))
    }
}

#[cfg(test)]
mod edge_tests;
#[cfg(test)]
mod formats_tests;
#[cfg(test)]
mod pattern_tests;
#[cfg(test)]
mod sampling;
#[cfg(test)]
mod text_tests;
