//! Exponents, and the mantissas that only an exponent makes numbers of the set.

use super::reading::Mode;

/// Parts of a mantissa.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Part {
    Integer,
    Point,
    Fraction,
}

/// Parts of an exponent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Exponent {
    /// Before a sign of either kind.
    Any,
    /// Before a plus sign or a digit.
    Growing,
    /// Before a minus sign, with the size that the exponent must reach.
    Shrinking(u8),
    /// Behind a minus sign, with leading zeros so far.
    Zeros(u8),
    /// Before a digit that must come.
    Wanting,
    /// Behind it.
    Digits,
}

impl Part {
    /// What a byte makes of a mantissa with one digit, not zero, before the point.
    pub(super) fn step(self, least: u8, byte: u8) -> Option<Mode> {
        match (self, byte) {
            (Self::Integer, b'.') => Some(Mode::Mantissa(Self::Point, least)),
            (Self::Point | Self::Fraction, b'0'..=b'9') => {
                Some(Mode::Mantissa(Self::Fraction, least))
            }
            (Self::Integer | Self::Fraction, b'e' | b'E') => {
                Some(Mode::Exponent(Exponent::Shrinking(least)))
            }
            _ => None,
        }
    }
}

impl Exponent {
    /// What a byte makes of an exponent.
    pub(super) fn step(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Any, b'-') | (Self::Any | Self::Growing, b'+') => Some(Self::Wanting),
            (Self::Shrinking(least), b'-') | (Self::Zeros(least), b'0') => Some(Self::Zeros(least)),
            (Self::Zeros(least), b'1'..=b'9') if byte - b'0' < least => Some(Self::Wanting),
            (Self::Shrinking(_), _) => None,
            (_, b'0'..=b'9') => Some(Self::Digits),
            _ => None,
        }
    }
}
