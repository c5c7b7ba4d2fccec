//! How far a number has been read, and what may still become of it.
//!
//! The digits of a number are compared with those of the bounds as they come. As long as the number has
//! the same digits as a bound it is known exactly; after that only its length, the way in which it differs and its residue
//! modulo the divisors matter. From this it is calculated, not searched for, whether some continuation is in the set.

use std::cmp::Ordering;

use super::grid::Grid;
use super::side::{Edge, Exponents, Side};
use super::{Decimal, NumberSpec};
use crate::error::GrammarError;
use crate::limits::Limits;

/// Where in a number the text stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// Nothing was read.
    Start,
    /// A minus sign was.
    Minus,
    /// Digits that may yet become a number of the set as they are, or with more digits.
    Digits(Digits),
    /// Digits that only an exponent of minus this and below brings into the range.
    Mantissa(Part, u8),
    /// What follows an `e`.
    Exponent(Exponent),
}

/// A number without an exponent, as far as it was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Digits {
    negative: bool,
    place: Place,
    /// How the digits compare with as many of the lower end.
    low: Ordering,
    /// How they compare with as many of the upper end.
    high: Ordering,
    /// All digits as one integer, modulo the divisors.
    residue: u64,
    /// Whether one digit, not zero, stands before the point and exponents below zero are allowed.
    single: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    /// A zero, behind which no digit may stand.
    Zero,
    /// This many digits.
    Integer(usize),
    /// The point, behind this many.
    Fraction(usize, usize),
}

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

/// Everything about a set of numbers that reading one needs.
#[derive(Debug)]
pub(super) struct Rules {
    grid: Grid,
    positive: Option<Side>,
    negative: Option<Side>,
}

impl Rules {
    pub(super) fn new(spec: &NumberSpec, limits: &Limits) -> Result<Self, GrammarError> {
        let grid = Grid::new(&spec.multiples, limits)?;
        let (low, high, free) = (spec.low.as_ref(), spec.high.as_ref(), grid.is_free());
        let some = |side: &Side| !is_empty(side, &grid);
        let positive = Side::upward(low, high, free).filter(some);
        let negative = Side::downward(low, high, free).filter(some);
        Ok(Self { grid, positive, negative })
    }

    /// Whether no number is in the set.
    pub(super) fn is_empty(&self) -> bool {
        self.positive.is_none() && self.negative.is_none()
    }

    pub(super) fn memory(&self) -> usize {
        let sides = self.positive.iter().chain(&self.negative);
        self.grid.memory() + sides.map(Side::memory).sum::<usize>()
    }

    /// What a byte of a number makes of `mode`; `None` if nothing in the set goes on with it.
    pub(super) fn step(&self, mode: Mode, byte: u8) -> Option<Mode> {
        match (mode, byte) {
            (Mode::Start, b'-') => self.negative.as_ref().map(|_| Mode::Minus),
            (Mode::Start, b'0'..=b'9') => self.first(false, byte - b'0'),
            (Mode::Minus, b'0'..=b'9') => self.first(true, byte - b'0'),
            (Mode::Digits(read), b'0'..=b'9') => self.digit(read, byte - b'0'),
            (Mode::Digits(read), b'.') => self.point(read),
            (Mode::Digits(read), b'e' | b'E') => self.exponent(&read).map(Mode::Exponent),
            (Mode::Mantissa(part, least), _) => step_mantissa(part, least, byte),
            (Mode::Exponent(part), _) => step_exponent(part, byte).map(Mode::Exponent),
            _ => None,
        }
    }

    /// Whether the text may end.
    pub(super) fn accepts(&self, mode: Mode) -> bool {
        match mode {
            Mode::Digits(read) => self.contains(&read),
            Mode::Exponent(part) => part == Exponent::Digits,
            Mode::Start | Mode::Minus | Mode::Mantissa(..) => false,
        }
    }

    fn side(&self, negative: bool) -> Option<&Side> {
        if negative { self.negative.as_ref() } else { self.positive.as_ref() }
    }

    fn first(&self, negative: bool, digit: u8) -> Option<Mode> {
        let side = self.side(negative)?;
        let compared = |edge: &Option<Edge>, without| {
            edge.as_ref().map_or(without, |edge| digit.cmp(&edge.integer[0]))
        };
        self.settled(Digits {
            negative,
            place: if digit == 0 { Place::Zero } else { Place::Integer(1) },
            low: compared(&side.low, Ordering::Greater),
            high: compared(&side.high, Ordering::Less),
            residue: self.grid.push(0, digit),
            single: digit != 0 && matches!(side.exponents, Exponents::Shrinking(_)),
        })
    }

    fn digit(&self, mut read: Digits, digit: u8) -> Option<Mode> {
        let side = self.side(read.negative)?;
        match read.place {
            Place::Zero => return None,
            Place::Integer(count) => {
                let compared = |edge: &Option<Edge>, before: Ordering| match edge {
                    Some(edge) => before.then_with(|| match edge.integer.get(count) {
                        Some(of_edge) => digit.cmp(of_edge),
                        None => Ordering::Greater,
                    }),
                    None => before,
                };
                read.low = compared(&side.low, read.low);
                read.high = compared(&side.high, read.high);
                read.residue = self.grid.push(read.residue, digit);
                read.place = Place::Integer(count + 1);
                read.single = false;
            }
            Place::Fraction(integer, count) => {
                let compared = |edge: &Option<Edge>, before: Ordering| match edge {
                    Some(edge) => before
                        .then_with(|| digit.cmp(&edge.fraction.get(count).copied().unwrap_or(0))),
                    None => before,
                };
                read.low = compared(&side.low, read.low);
                read.high = compared(&side.high, read.high);
                read.residue = self.grid.push_fraction(read.residue, count, digit);
                read.place = Place::Fraction(integer, count + 1);
            }
        }
        self.settled(read)
    }

    fn point(&self, mut read: Digits) -> Option<Mode> {
        let side = self.side(read.negative)?;
        let count = match read.place {
            Place::Zero => 1,
            Place::Integer(count) => count,
            Place::Fraction(..) => return None,
        };
        read.low = by_length(side.low.as_ref(), count, read.low);
        read.high = by_length(side.high.as_ref(), count, read.high);
        read.place = Place::Fraction(count, 0);
        self.settled(read)
    }

    fn exponent(&self, read: &Digits) -> Option<Exponent> {
        let behind_digit = !matches!(read.place, Place::Fraction(_, 0));
        match self.side(read.negative)?.exponents {
            Exponents::Any if behind_digit && self.contains(read) => Some(Exponent::Any),
            Exponents::Growing if behind_digit && self.contains(read) => Some(Exponent::Growing),
            Exponents::Shrinking(least) if behind_digit && read.single => {
                Some(Exponent::Shrinking(least))
            }
            _ => None,
        }
    }

    /// The mode of these digits, without differences that no continuation shows.
    fn settled(&self, read: Digits) -> Option<Mode> {
        let side = self.side(read.negative)?;
        if self.is_live(&read, side) {
            return Some(Mode::Digits(self.shortened(read, side)));
        }
        let part = match read.place {
            Place::Zero => return None,
            Place::Integer(_) => Part::Integer,
            Place::Fraction(_, 0) => Part::Point,
            Place::Fraction(..) => Part::Fraction,
        };
        match side.exponents {
            Exponents::Shrinking(least) if read.single => Some(Mode::Mantissa(part, least)),
            _ => None,
        }
    }

    fn shortened(&self, mut read: Digits, side: &Side) -> Digits {
        match &mut read.place {
            Place::Zero => {}
            Place::Integer(count) => {
                let low = side.low.as_ref().map_or(0, |low| low.integer.len());
                if side.high.is_none() && *count >= low && read.low == Ordering::Greater {
                    *count = low.max(1);
                }
                if *count > low {
                    read.low = Ordering::Greater;
                }
                read.residue = self.grid.least_alike(read.residue);
            }
            Place::Fraction(integer, count) => {
                let undecided = |edge: &Option<Edge>, order: Ordering| match edge {
                    Some(edge) if order == Ordering::Equal => {
                        (edge.integer.len(), edge.fraction.len())
                    }
                    _ => (0, 0),
                };
                let low = undecided(&side.low, read.low);
                let high = undecided(&side.high, read.high);
                *integer = low.0.max(high.0);
                *count = (*count).min(low.1.max(high.1).max(self.grid.scale()).max(1));
            }
        }
        read
    }

    /// Whether the number as it stands is in the set.
    fn contains(&self, read: &Digits) -> bool {
        let Some(side) = self.side(read.negative) else { return false };
        let (integer, fraction) = match read.place {
            Place::Zero => (1, 0),
            Place::Integer(count) => (count, 0),
            Place::Fraction(_, 0) => return false,
            Place::Fraction(integer, count) => (integer, count),
        };
        let compared = |edge: &Edge, before: Ordering| {
            let before = match read.place {
                Place::Fraction(..) => before,
                _ => by_length(Some(edge), integer, before),
            };
            before.then_with(|| fraction.min(edge.fraction.len()).cmp(&edge.fraction.len()))
        };
        let above = side.low.as_ref().is_none_or(|edge| {
            let order = compared(edge, read.low);
            order.is_gt() || (order.is_eq() && edge.inclusive)
        });
        let below = side.high.as_ref().is_none_or(|edge| {
            let order = compared(edge, read.high);
            order.is_lt() || (order.is_eq() && edge.inclusive)
        });
        let missing = self.grid.scale().saturating_sub(fraction);
        above && below && self.grid.holds(read.residue, missing)
    }

    /// Whether some continuation without an exponent is in the set.
    fn is_live(&self, read: &Digits, side: &Side) -> bool {
        match read.place {
            Place::Zero => self.meets_integers(read, side, 1, 1),
            Place::Fraction(integer, fraction) => {
                self.meets_fractions(read, side, integer, fraction)
            }
            Place::Integer(count) => match &side.high {
                // Numbers that are long enough are above any lower end, and one in each period of the divisors fits them.
                None => true,
                Some(high) => (count..=high.integer.len())
                    .any(|length| self.meets_integers(read, side, count, length)),
            },
        }
    }

    /// Whether some number of the set begins with these `count` digits and has `length` of them before the point.
    fn meets_integers(&self, read: &Digits, side: &Side, count: usize, length: usize) -> bool {
        let low = by_length(side.low.as_ref(), length, read.low);
        let high = by_length(side.high.as_ref(), length, read.high);
        let more = length - count;
        match (low, high) {
            (Ordering::Less, _) | (_, Ordering::Greater) => false,
            (Ordering::Greater, Ordering::Less) => self.grid.meets_integers(read.residue, more),
            _ => self.meets_edges(side, (low, high), (count, 0), more),
        }
    }

    fn meets_fractions(&self, read: &Digits, side: &Side, integer: usize, fraction: usize) -> bool {
        match (read.low, read.high) {
            (Ordering::Less, _) | (_, Ordering::Greater) => false,
            (Ordering::Greater, Ordering::Less) => {
                self.grid.meets_fractions(read.residue, fraction)
            }
            orders => self.meets_edges(side, orders, (integer, fraction), 0),
        }
    }

    /// The same where the digits so far, `read` of them before and behind the point, are those of one edge or both, so that the
    /// number is known exactly; `more` are to come before the point.
    fn meets_edges(
        &self,
        side: &Side,
        (low, high): (Ordering, Ordering),
        read: (usize, usize),
        more: usize,
    ) -> bool {
        let low = side.low.as_ref().filter(|_| low == Ordering::Equal);
        let high = side.high.as_ref().filter(|_| high == Ordering::Equal);
        let Some(edge) = low.or(high) else { return false };
        let mut digits = edge.prefix(read.0, read.1);
        let power = small(more) - small(read.1);
        let first = Decimal::new(false, &digits, power);
        increment(&mut digits);
        let beyond = Decimal::new(false, &digits, power);
        self.grid.meets(
            low.map_or((&first, true), |edge| (&edge.value, edge.inclusive)),
            high.map_or((&beyond, false), |edge| (&edge.value, edge.inclusive)),
        )
    }
}

/// A count of digits, of which no edge has more than some thousand.
fn small(count: usize) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}

fn is_empty(side: &Side, grid: &Grid) -> bool {
    match side.ends() {
        None => grid.is_contradictory(),
        Some((low, high)) => !grid.meets(low, high),
    }
}

/// How a number with `count` digits before the point compares with an edge, when its digits compare so with as many of the edge.
fn by_length(edge: Option<&Edge>, count: usize, digits: Ordering) -> Ordering {
    edge.map_or(digits, |edge| count.cmp(&edge.integer.len()).then(digits))
}

fn increment(digits: &mut Vec<u8>) {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
}

fn step_mantissa(part: Part, least: u8, byte: u8) -> Option<Mode> {
    match (part, byte) {
        (Part::Integer, b'.') => Some(Mode::Mantissa(Part::Point, least)),
        (Part::Point | Part::Fraction, b'0'..=b'9') => Some(Mode::Mantissa(Part::Fraction, least)),
        (Part::Integer | Part::Fraction, b'e' | b'E') => {
            Some(Mode::Exponent(Exponent::Shrinking(least)))
        }
        _ => None,
    }
}

fn step_exponent(part: Exponent, byte: u8) -> Option<Exponent> {
    match (part, byte) {
        (Exponent::Any, b'-') | (Exponent::Any | Exponent::Growing, b'+') => {
            Some(Exponent::Wanting)
        }
        (Exponent::Shrinking(least), b'-') | (Exponent::Zeros(least), b'0') => {
            Some(Exponent::Zeros(least))
        }
        (Exponent::Zeros(least), b'1'..=b'9') if byte - b'0' < least => Some(Exponent::Wanting),
        (Exponent::Shrinking(_), _) => None,
        (_, b'0'..=b'9') => Some(Exponent::Digits),
        _ => None,
    }
}
