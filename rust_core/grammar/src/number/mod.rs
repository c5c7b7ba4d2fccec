//! Sets of numbers, as they are written in JSON.
//!
//! [`automaton`] follows the text of a number and knows at every byte whether some number of the set
//! begins like that. Divisibility and order are those of exact decimals: `0.3` is a multiple of `0.1`.
//!
//! # Spellings
//!
//! `-?(0|[1-9][0-9]*)(\.[0-9]+)?` is accepted for every number of the set. As JSON Schema has it, `1.0` is an integer and
//! `-0` is zero. Exponents are accepted where a finite automaton can decide about them and
//! nothing is asked of divisibility:
//!
//! - all of them, if a sign has no bounds but zero;
//! - those not below zero behind a mantissa that is in the range itself, if there is no bound away from zero;
//! - those below zero behind a mantissa with one digit, not zero, before the point, if the range
//!   begins at zero: with an upper end of 1 or more from `e-1` downwards, of 0.1 or more from `e-2`, and so on to `e-9`.
//!
//! Of a finite set each number has its plain spelling, with more zeros behind the point if wanted, and
//! the one with an exponent that printers of floating-point numbers use for the very large and small.

use serde::{Deserialize, Serialize};

mod decimal;
mod exponent;
mod grid;
mod live;
mod machine;
mod plain;
mod reading;
mod side;
mod values;

pub use decimal::{Decimal, DecimalError};
pub(crate) use plain::Plain;

use crate::automaton::Automaton;
use crate::error::GrammarError;
use crate::limits::Limits;

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

/// An automaton over the text of the numbers in a set, in the spellings that this module lists.
pub fn automaton(spec: &NumberSpec, limits: &Limits) -> Result<Box<dyn Automaton>, GrammarError> {
    Ok(match &spec.values {
        Some(values) => Box::new(machine::Machine::new(values::Values::new(values))),
        None => Box::new(machine::Machine::new(reading::Rules::new(spec, limits)?)),
    })
}

/// Whether no number at all is in a set.
pub fn is_empty(spec: &NumberSpec, limits: &Limits) -> Result<bool, GrammarError> {
    match &spec.values {
        Some(values) => Ok(values.is_empty()),
        None => Ok(reading::Rules::new(spec, limits)?.is_empty()),
    }
}

impl NumberSpec {
    /// The set of some numbers.
    pub fn of_values(mut values: Vec<Decimal>) -> Self {
        values.sort();
        values.dedup();
        Self { values: Some(values), ..Self::default() }
    }

    /// Whether it is certain that every number of the set is an integer.
    pub fn is_integral(&self) -> bool {
        let one = Multiple { of: Decimal::from(1), negated: false };
        let whole = |number: &Decimal| one.holds(number);
        let multiple = |each: &Multiple| !each.negated && whole(&each.of);
        self.values
            .as_ref()
            .map_or_else(|| self.multiples.iter().any(multiple), |values| values.iter().all(whole))
    }

    /// Whether a number is in the set.
    pub fn contains(&self, number: &Decimal) -> bool {
        match &self.values {
            Some(values) => values.contains(number),
            None => {
                self.low.as_ref().is_none_or(|low| low.is_below(number))
                    && self.high.as_ref().is_none_or(|high| high.is_above(number))
                    && self.multiples.iter().all(|multiple| multiple.holds(number))
            }
        }
    }

    /// The numbers that are in both sets.
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        match (&self.values, &other.values) {
            (Some(values), _) => Self::of_values(kept(values, other)),
            (None, Some(values)) => Self::of_values(kept(values, self)),
            (None, None) => Self {
                low: stricter(self.low.as_ref(), other.low.as_ref(), |a, b| a.value > b.value),
                high: stricter(self.high.as_ref(), other.high.as_ref(), |a, b| a.value < b.value),
                multiples: both(&self.multiples, &other.multiples),
                values: None,
            },
        }
    }

    /// The numbers that are not in the set, as sets of which no two have a number in common.
    ///
    /// Some of them may be empty.
    pub fn not(&self) -> Vec<Self> {
        if let Some(values) = &self.values {
            return between(values);
        }
        let mut outside = Vec::new();
        if let Some(low) = &self.low {
            outside.push(Self { high: Some(low.opposite()), ..Self::default() });
        }
        if let Some(high) = &self.high {
            let beyond = high.opposite();
            let low = stricter(self.low.as_ref(), Some(&beyond), |a, b| a.value > b.value);
            outside.push(Self { low, ..Self::default() });
        }
        for (at, multiple) in self.multiples.iter().enumerate() {
            let mut multiples = self.multiples[..at].to_vec();
            multiples.push(Multiple { of: multiple.of.clone(), negated: !multiple.negated });
            let (low, high) = (self.low.clone(), self.high.clone());
            outside.push(Self { low, high, multiples, values: None });
        }
        outside
    }
}

impl Bound {
    /// The bound of the numbers with the other sign.
    #[must_use]
    pub fn negated(&self) -> Self {
        Self { value: self.value.negated(), inclusive: self.inclusive }
    }

    /// The bound of the numbers beyond this one.
    fn opposite(&self) -> Self {
        Self { value: self.value.clone(), inclusive: !self.inclusive }
    }

    fn is_below(&self, number: &Decimal) -> bool {
        self.value < *number || (self.inclusive && self.value == *number)
    }

    fn is_above(&self, number: &Decimal) -> bool {
        self.value > *number || (self.inclusive && self.value == *number)
    }
}

impl Multiple {
    fn holds(&self, number: &Decimal) -> bool {
        number.is_multiple_of(&self.of) != self.negated
    }
}

fn kept(values: &[Decimal], of: &NumberSpec) -> Vec<Decimal> {
    values.iter().filter(|value| of.contains(value)).cloned().collect()
}

fn stricter(
    a: Option<&Bound>,
    b: Option<&Bound>,
    beyond: impl Fn(&Bound, &Bound) -> bool,
) -> Option<Bound> {
    let (Some(first), Some(second)) = (a, b) else { return a.or(b).cloned() };
    let takes_second = beyond(second, first) || (first.value == second.value && first.inclusive);
    Some(if takes_second { second.clone() } else { first.clone() })
}

fn both(a: &[Multiple], b: &[Multiple]) -> Vec<Multiple> {
    let new = b.iter().filter(|multiple| !a.contains(multiple));
    a.iter().chain(new).cloned().collect()
}

/// All numbers but these, as ranges.
fn between(values: &[Decimal]) -> Vec<NumberSpec> {
    let mut values = values.to_vec();
    values.sort();
    values.dedup();
    let bound =
        |at: usize| values.get(at).map(|value| Bound { value: value.clone(), inclusive: false });
    (0..=values.len())
        .map(|at| NumberSpec {
            low: at.checked_sub(1).and_then(bound),
            high: bound(at),
            ..NumberSpec::default()
        })
        .collect()
}

#[cfg(test)]
mod tests;
