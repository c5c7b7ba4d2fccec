//! The numbers of one sign: a range of magnitudes, and the exponents that may be written.

use super::{Bound, Decimal};

/// A number, and whether it is in the range itself.
pub(super) type End<'a> = (&'a Decimal, bool);

static ZERO: Decimal = Decimal { negative: false, digits: Vec::new(), exponent: 0 };

/// One end of a range of magnitudes.
#[derive(Debug)]
pub(super) struct Edge {
    pub(super) value: Decimal,
    pub(super) inclusive: bool,
    /// The digits before the point, at least one.
    pub(super) integer: Vec<u8>,
    /// The digits behind it, the last of them not zero.
    pub(super) fraction: Vec<u8>,
}

/// Which exponents may be written, of those that a finite automaton can decide about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exponents {
    /// None.
    None,
    /// Any, behind a mantissa that is in the range itself: only whether it is zero matters.
    Any,
    /// Those not below zero, behind a mantissa that is in the range itself: there is no upper bound.
    Growing,
    /// Those of minus this and below, behind a mantissa with one digit, not zero, before the point: all such
    /// numbers are in the range.
    Shrinking(u8),
}

/// The magnitudes that are allowed behind one sign.
#[derive(Debug)]
pub(super) struct Side {
    /// The least; none: zero.
    pub(super) low: Option<Edge>,
    /// The greatest.
    pub(super) high: Option<Edge>,
    pub(super) exponents: Exponents,
}

impl Edge {
    fn new(bound: &Bound) -> Self {
        let value = Decimal { negative: false, ..bound.value.clone() };
        let (integer, fraction) = value.split();
        Self { value, inclusive: bound.inclusive, integer, fraction }
    }

    /// Its first digits as a number, behind `integer` of which the point stands, and `fraction` digits behind that.
    pub(super) fn prefix(&self, integer: usize, fraction: usize) -> Vec<u8> {
        let behind = self.fraction.iter().copied().chain(std::iter::repeat(0));
        self.integer.iter().copied().take(integer).chain(behind.take(fraction)).collect()
    }

    fn end(&self) -> End<'_> {
        (&self.value, self.inclusive)
    }
}

impl Side {
    /// The side without a minus sign: the range from zero upwards; `None` if that is empty.
    pub(super) fn upward(low: Option<&Bound>, high: Option<&Bound>, free: bool) -> Option<Self> {
        if high.is_some_and(|high| high.value < ZERO || (high.value == ZERO && !high.inclusive)) {
            return None;
        }
        let low = low.filter(|low| low.value > ZERO || (low.value == ZERO && !low.inclusive));
        let (low, high) = (low.map(Edge::new), high.map(Edge::new));
        let exponents = if free { exponents(low.as_ref(), high.as_ref()) } else { Exponents::None };
        Some(Self { low, high, exponents })
    }

    /// The side behind a minus sign.
    pub(super) fn downward(low: Option<&Bound>, high: Option<&Bound>, free: bool) -> Option<Self> {
        let (low, high) = (low.map(Bound::negated), high.map(Bound::negated));
        Self::upward(high.as_ref(), low.as_ref(), free)
    }

    /// The ends of the range, if it has an upper one.
    pub(super) fn ends(&self) -> Option<(End<'_>, End<'_>)> {
        let low = self.low.as_ref().map_or((&ZERO, true), Edge::end);
        self.high.as_ref().map(|high| (low, high.end()))
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        let digits =
            |edge: &Edge| edge.integer.len() + edge.fraction.len() + edge.value.digits.len();
        self.low.iter().chain(&self.high).map(digits).sum()
    }
}

fn exponents(low: Option<&Edge>, high: Option<&Edge>) -> Exponents {
    let from_zero = low.is_none_or(|low| low.value.is_zero());
    match high {
        None if from_zero => Exponents::Any,
        None => Exponents::Growing,
        Some(high) if high.value.is_zero() => Exponents::Any,
        // d.ddd * 10^-k is below 10^(1-k), which is no more than 10^(magnitude-1), which is no more than the bound.
        Some(high) if from_zero => match u8::try_from((2 - high.value.magnitude()).max(1)) {
            Ok(least) if least <= 9 => Exponents::Shrinking(least),
            _ => Exponents::None,
        },
        Some(_) => Exponents::None,
    }
}
