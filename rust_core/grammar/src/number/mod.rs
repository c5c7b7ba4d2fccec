//! Sets of numbers, as they are written in JSON.

use serde::{Deserialize, Serialize};

mod decimal;

pub use decimal::Decimal;

/// A set of numbers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct NumberSpec {
    /// The lower bound.
    pub low: Option<Bound>,
    /// The upper bound.
    pub high: Option<Bound>,
    /// The number is (or, negated, is not) a multiple of each; an integer is a multiple of 1.
    pub multiples: Vec<Multiple>,
    /// If given, the number is one of these, which all satisfy the rest.
    pub values: Option<Vec<Decimal>>,
}

/// One end of a range.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Bound {
    /// The number.
    pub value: Decimal,
    /// Whether it is in the range itself.
    pub inclusive: bool,
}

/// A condition of divisibility.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Multiple {
    /// The divisor, above zero.
    pub of: Decimal,
    /// Whether the number must not be a multiple.
    pub negated: bool,
}
