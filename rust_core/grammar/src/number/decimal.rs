//! Exact decimal numbers.

use serde::{Deserialize, Serialize};

/// An exact decimal number: `digits` * 10^`exponent`, without leading or trailing zeros among the digits; zero has none and is never negative.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
pub struct Decimal {
    /// Whether it is below zero.
    pub negative: bool,
    /// The digits, 0 to 9 each, the most significant first.
    pub digits: Vec<u8>,
    /// The power of ten of the last digit.
    pub exponent: i32,
}
