//! Grammar masking: for each step of a language model, the set of tokens that keep its output valid.

pub mod automaton;
pub mod batch;
pub mod cache;
pub mod draft;
pub mod error;
pub mod grammar;
pub mod ir;
#[cfg(feature = "lark")]
mod lark;
#[cfg(not(feature = "lark"))]
#[path = "lark_missing.rs"]
mod lark;
pub mod limits;
pub mod logits;
mod machine;
mod mask;
pub mod matcher;
pub mod number;
pub mod request;
pub mod schema;
pub mod store;
pub mod text;
mod validate;
pub mod vocab;

pub use error::GrammarError;
pub use grammar::Grammar;
pub use limits::Limits;
pub use matcher::Matcher;
pub use vocab::Vocabulary;
