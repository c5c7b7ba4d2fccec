//! The formats of JSON Schema as sets of texts.

use super::syntax::{Expr, Piece};
use crate::GrammarError;

/// The formats that are enforced.
const NAMES: &[&str] = &[];

/// The names of the formats that are enforced.
pub(super) fn names() -> &'static [&'static str] {
    NAMES
}

/// The set of a format.
pub(super) fn parse(name: &str) -> Result<Expr<Piece>, GrammarError> {
    Err(GrammarError::Pattern {
        pattern: name.to_owned(),
        offset: 0,
        message: "no format of this name is known".to_owned(),
    })
}
