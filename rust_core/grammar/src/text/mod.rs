//! Sets of texts: patterns, words, lengths, and what is left when some are taken out.

use serde::{Deserialize, Serialize};

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
