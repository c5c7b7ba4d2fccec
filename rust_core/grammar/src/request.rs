//! What a grammar is compiled from, and the key by which it is known.

use std::sync::Arc;

use crate::error::GrammarError;
use crate::grammar::{Grammar, Options, TagSource};
use crate::limits::Limits;
use crate::schema::{Entry, Status};
use crate::store::VERSION;
use crate::vocab::Vocabulary;

/// A blake3 digest of all that a compiled grammar depends on.
pub type Key = [u8; 32];

/// What a schema compiles to may change with every version.
const LIBRARY: &str = env!("CARGO_PKG_VERSION");

/// What a grammar is compiled from.
#[derive(Debug, Clone, Copy)]
pub enum Request<'r> {
    /// A JSON Schema.
    Schema {
        /// Its text.
        text: &'r str,
        /// How it is read.
        options: &'r Options,
        /// What the caller knows that the schema does not say, and that is not enforced: places, keywords
        /// and reasons for the report.
        refused: &'r [(String, String, String)],
    },
    /// A regular expression that the whole text matches.
    Regex(&'r str),
    /// One of these texts.
    Choice(&'r [String]),
    /// A context-free grammar in Lark's notation.
    Lark(&'r str),
    /// Free text with tags in it.
    Tags {
        /// The tags.
        tags: &'r [TagSource],
        /// Behind one of these, a tag that begins with it must go on.
        triggers: &'r [String],
        /// Whether the text may not end before a tag was closed.
        at_least_one: bool,
        /// Whether the text ends behind the first tag.
        stop_after_first: bool,
        /// How the schemas of tags are read.
        options: &'r Options,
        /// As for a schema.
        refused: &'r [(String, String, String)],
    },
}

impl Request<'_> {
    /// Compile it.
    ///
    /// # Errors
    ///
    /// What is wrong with the source, or the limit it exceeds.
    pub fn compile(
        &self,
        vocabulary: Arc<Vocabulary>,
        limits: &Limits,
    ) -> Result<Grammar, GrammarError> {
        match *self {
            Self::Schema { text, options, refused } => {
                let grammar = Grammar::json_schema(text, options, vocabulary, limits)?;
                reported(grammar, refused, limits)
            }
            Self::Regex(pattern) => Grammar::regex(pattern, vocabulary, limits),
            Self::Choice(choices) => Grammar::choice(choices, vocabulary, limits),
            Self::Lark(text) => Grammar::lark(text, vocabulary, limits),
            Self::Tags { tags, triggers, at_least_one, stop_after_first, options, refused } => {
                let found = (triggers.to_vec(), at_least_one, stop_after_first);
                let grammar = Grammar::tags(tags.to_vec(), found, options, vocabulary, limits)?;
                reported(grammar, refused, limits)
            }
        }
    }

    /// The key: equal where everything is that the result depends on.
    #[must_use]
    pub fn key(&self, vocabulary: &Vocabulary, limits: &Limits) -> Key {
        let mut hasher = blake3::Hasher::new();
        // `Debug` names every field and quotes texts, so that nothing runs together; a schema is long
        // and goes in as it is, behind all else.
        let (head, tail) = match *self {
            Self::Schema { text, options, refused } => {
                (format!("schema {options:?} {refused:?}"), text)
            }
            Self::Regex(pattern) => ("regex".to_owned(), pattern),
            Self::Lark(text) => ("lark".to_owned(), text),
            Self::Choice(_) | Self::Tags { .. } => (format!("{self:?}"), ""),
        };
        hasher.update(format!("{VERSION} {LIBRARY} {limits:?} {head}\n").as_bytes());
        hasher.update(&vocabulary.fingerprint()).update(tail.as_bytes());
        *hasher.finalize().as_bytes()
    }
}

/// The grammar with more in its report.
fn reported(
    grammar: Grammar,
    refused: &[(String, String, String)],
    limits: &Limits,
) -> Result<Grammar, GrammarError> {
    if refused.is_empty() {
        return Ok(grammar);
    }
    let mut program = grammar.program().clone();
    let entries = refused.iter().cloned().map(|(pointer, keyword, reason)| Entry {
        pointer,
        keyword,
        status: Status::Refused,
        reason: Some(reason),
    });
    program.report.entries.extend(entries);
    Grammar::new(program, Arc::clone(grammar.vocabulary()), limits)
}
