//! Exact decimal numbers.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The largest exponent, of either sign, that a number of a schema may be written with.
const MAX_EXPONENT: i64 = 400;
/// The most digits that a number of a schema may be written with.
const MAX_DIGITS: usize = 1_000;
/// The longest number that is shown without an exponent.
const PLAIN: i64 = 21;

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

/// Why a text is no number that can be calculated with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecimalError {
    /// It is not what JSON calls a number.
    #[error("not a number of JSON")]
    Syntax,
    /// It is too long, or its exponent is too large.
    #[error("a number of more than {MAX_DIGITS} digits, or with an exponent beyond {MAX_EXPONENT}")]
    Range,
}

impl Decimal {
    /// The number `digits` * 10^`exponent`, whatever zeros the digits begin or end with.
    ///
    /// # Panics
    ///
    /// If the exponent leaves the range of `i32`, for which some two thousand million zeros are needed.
    pub fn new(negative: bool, digits: &[u8], exponent: i32) -> Self {
        let end = digits.iter().rposition(|&digit| digit != 0).map_or(0, |at| at + 1);
        let start = digits.iter().position(|&digit| digit != 0).unwrap_or(end);
        if start == end {
            return Self::default();
        }
        let zeros = i32::try_from(digits.len() - end).expect("fewer digits than i32::MAX");
        Self { negative, digits: digits[start..end].to_vec(), exponent: exponent + zeros }
    }

    /// Whether it is zero.
    pub fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    /// Whether it has no fraction: `2.0` has none.
    pub fn is_integer(&self) -> bool {
        self.exponent >= 0
    }

    /// The number of the other sign; zero stays what it is.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { negative: !self.negative && !self.is_zero(), ..self.clone() }
    }

    /// Whether it is an integer times `divisor`, exactly. Zero is a multiple of everything, and nothing else is one of zero.
    pub fn is_multiple_of(&self, divisor: &Self) -> bool {
        if self.is_zero() {
            return true;
        }
        // Neither ends in a zero, so a coarser last place cannot be reached by multiplication.
        if divisor.is_zero() || self.exponent < divisor.exponent {
            return false;
        }
        let zeros = (self.exponent - divisor.exponent).unsigned_abs() as usize;
        let digits = self.digits.iter().copied().chain(std::iter::repeat_n(0, zeros));
        remainder_is_zero(digits, &divisor.digits)
    }

    /// The digits before the point, of which there is at least one, and those behind it.
    pub(super) fn split(&self) -> (Vec<u8>, Vec<u8>) {
        let before = self.magnitude();
        let digit = |place: i64| match usize::try_from(before - 1 - place) {
            Ok(at) => self.digits.get(at).copied().unwrap_or(0),
            Err(_) => 0,
        };
        let integer = (0..before.max(1)).rev().map(digit).collect();
        let fraction = (1..=i64::from(-self.exponent.min(0))).map(|place| digit(-place)).collect();
        (integer, fraction)
    }

    /// The power of ten that the number is just below: 3 for 100 to 999.
    pub(super) fn magnitude(&self) -> i64 {
        self.digits.len().cast_signed() as i64 + i64::from(self.exponent)
    }

    /// Its text without an exponent, however long.
    pub(super) fn plain(&self) -> String {
        let (integer, fraction) = self.split();
        let mut text = String::with_capacity(integer.len() + fraction.len() + 2);
        if self.negative {
            text.push('-');
        }
        text.extend(integer.iter().map(|&digit| char::from(b'0' + digit)));
        if !fraction.is_empty() {
            text.push('.');
            text.extend(fraction.iter().map(|&digit| char::from(b'0' + digit)));
        }
        text
    }

    /// Its digits with one before the point, and the exponent that they then have.
    pub(super) fn scientific(&self) -> (String, i64) {
        let mut text = String::with_capacity(self.digits.len() + 2);
        if self.negative {
            text.push('-');
        }
        for (at, &digit) in self.digits.iter().enumerate() {
            if at == 1 {
                text.push('.');
            }
            text.push(char::from(b'0' + digit));
        }
        (text, self.magnitude() - 1)
    }

    /// Whether it is shown with an exponent.
    pub(super) fn is_long(&self) -> bool {
        let magnitude = self.magnitude();
        magnitude > PLAIN || (magnitude < -5 && !self.is_zero())
    }

    fn compare_magnitude(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => self
                .magnitude()
                .cmp(&other.magnitude())
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }
}

/// Long division by subtraction, digit by digit: exact for divisors of any length.
fn remainder_is_zero(digits: impl Iterator<Item = u8>, divisor: &[u8]) -> bool {
    let mut rest: Vec<u8> = Vec::with_capacity(divisor.len() + 1);
    for digit in digits {
        if !rest.is_empty() || digit != 0 {
            rest.push(digit);
        }
        while rest.len() > divisor.len() || (rest.len() == divisor.len() && *rest >= *divisor) {
            subtract(&mut rest, divisor);
        }
    }
    rest.is_empty()
}

/// `from` -= `what`, which is no greater; no leading zeros stay.
fn subtract(from: &mut Vec<u8>, what: &[u8]) {
    let mut borrow = 0;
    let below = what.iter().rev().copied().chain(std::iter::repeat(0));
    for (digit, minus) in from.iter_mut().rev().zip(below) {
        let minus = minus + borrow;
        borrow = u8::from(*digit < minus);
        *digit = *digit + 10 * borrow - minus;
    }
    let zeros = from.iter().take_while(|&&digit| digit == 0).count();
    from.drain(..zeros);
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self.negative, other.negative) {
            (false, true) => Ordering::Greater,
            (true, false) => Ordering::Less,
            (false, false) => self.compare_magnitude(other),
            (true, true) => other.compare_magnitude(self),
        }
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<i64> for Decimal {
    fn from(value: i64) -> Self {
        let digits: Vec<u8> = value.unsigned_abs().to_string().bytes().map(|b| b - b'0').collect();
        Self::new(value < 0, &digits, 0)
    }
}

impl FromStr for Decimal {
    type Err = DecimalError;

    /// Reads the text of a JSON number.
    fn from_str(text: &str) -> Result<Self, DecimalError> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, read_exponent(exponent)?),
            None => (text, Some(0)),
        };
        let (integer, fraction) = match mantissa.split_once('.') {
            Some((_, "")) => return Err(DecimalError::Syntax),
            Some(parts) => parts,
            None => (mantissa, ""),
        };
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let padded = integer.len() > 1 && integer.starts_with('0');
        if integer.is_empty() || padded || !all_digits(integer) || !all_digits(fraction) {
            return Err(DecimalError::Syntax);
        }
        let digits: Vec<u8> = integer.bytes().chain(fraction.bytes()).map(|b| b - b'0').collect();
        if digits.iter().all(|&digit| digit == 0) {
            return Ok(Self::default());
        }
        let exponent =
            exponent.filter(|_| digits.len() <= MAX_DIGITS).ok_or(DecimalError::Range)?;
        let behind = i32::try_from(fraction.len()).map_err(|_| DecimalError::Range)?;
        Ok(Self::new(negative, &digits, exponent - behind))
    }
}

/// The exponent behind an `e`; `None` if it is too large.
fn read_exponent(text: &str) -> Result<Option<i32>, DecimalError> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(DecimalError::Syntax);
    }
    let digits = digits.trim_start_matches('0');
    if digits.len() > 3 {
        return Ok(None);
    }
    let size: i32 = format!("0{digits}").parse().map_err(|_| DecimalError::Syntax)?;
    let small = i64::from(size) <= MAX_EXPONENT;
    Ok(small.then_some(if text.starts_with('-') { -size } else { size }))
}

impl fmt::Display for Decimal {
    /// The text of a JSON number of this value: without an exponent up to 21 digits and down to 10^-6, as
    /// ECMAScript shows numbers.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_long() {
            let (mantissa, exponent) = self.scientific();
            write!(f, "{mantissa}e{exponent}")
        } else {
            f.write_str(&self.plain())
        }
    }
}

#[cfg(test)]
#[path = "decimal_tests.rs"]
mod tests;
