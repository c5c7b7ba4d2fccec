//! What can be wrong with a grammar, a vocabulary, or the use of either.

/// Why a grammar could not be made or used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GrammarError {
    /// The text is no JSON, or no JSON Schema.
    #[error("{message} at {place}")]
    Schema {
        /// What is wrong.
        message: String,
        /// A JSON pointer such as `#/properties/a`, or `line 3, column 7` of a text that is no JSON.
        place: String,
    },
    /// A constraint that cannot be enforced.
    #[error("cannot enforce {keyword} at {pointer}: {reason}")]
    Refused {
        /// The keyword of the schema.
        keyword: String,
        /// Where it stands.
        pointer: String,
        /// Why it cannot be enforced.
        reason: String,
    },
    /// No text satisfies the grammar.
    #[error("nothing satisfies the schema: {reason}, at {pointer}")]
    Empty {
        /// Which part is contradictory.
        pointer: String,
        /// What contradicts what.
        reason: String,
    },
    /// A regular expression that is malformed, or that no automaton can follow.
    #[error("{message} in the pattern {pattern:?}, at character {offset}")]
    Pattern {
        /// The expression.
        pattern: String,
        /// The character at which the fault stands, from 0.
        offset: usize,
        /// What is wrong and what to do.
        message: String,
    },
    /// A bound that the caller may set was exceeded.
    #[error(
        "{what} is over the limit of {limit}: raise Limits({option}=...) or simplify the grammar"
    )]
    Limit {
        /// What grew too large.
        what: String,
        /// The name of the limit.
        option: &'static str,
        /// Its value.
        limit: u64,
    },
    /// Tokens that make no vocabulary.
    #[error("{0}")]
    Vocabulary(String),
    /// A token id that the vocabulary does not have.
    #[error("token {token} is not in the vocabulary of {size} tokens")]
    Token {
        /// The id.
        token: u64,
        /// The number of ids there are.
        size: usize,
    },
    /// The text has ended: nothing can be accepted after the end token.
    #[error("the text ended with token {0}: call reset() or rollback(1) before accepting more")]
    Ended(u32),
    /// More tokens taken back than were accepted.
    #[error("cannot roll back {wanted} tokens: only {accepted} were accepted")]
    Rollback {
        /// How many were to be taken back.
        wanted: usize,
        /// How many there are.
        accepted: usize,
    },
    /// A mask that does not fit the vocabulary.
    #[error("a mask for {size} tokens has {expected} words of 32 bits, not {given}")]
    MaskSize {
        /// Tokens of the vocabulary.
        size: usize,
        /// Words wanted.
        expected: usize,
        /// Words given.
        given: usize,
    },
    /// Stored bytes that are damaged, of another version, or of another vocabulary.
    #[error("{0}")]
    Stored(String),
}
