//! Grammar masking: for each step of a language model, the set of tokens that keep its output valid.

pub mod automaton;
pub mod error;
pub mod ir;
pub mod limits;
pub mod logits;
pub mod number;
pub mod schema;
pub mod text;
pub mod vocab;

pub use error::GrammarError;
pub use limits::Limits;
pub use vocab::Vocabulary;
