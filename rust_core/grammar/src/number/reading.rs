//! How far a number has been read, and what may still become of it.
//!
//! The digits of a number are compared with those of the bounds as they come. As long as the number has
//! the same digits as a bound it is known exactly; after that only its length, the way in which it differs and its residue
//! modulo the divisors matter.

use std::cmp::Ordering;

use super::NumberSpec;
use super::exponent::{Exponent, Part};
use super::grid::Grid;
use super::side::{Edge, Exponents, Side};
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
    pub(super) place: Place,
    /// How the digits compare with as many of the lower end.
    pub(super) low: Ordering,
    /// How they compare with as many of the upper end.
    pub(super) high: Ordering,
    /// All digits as one integer, modulo the divisors.
    pub(super) residue: u64,
    /// Whether one digit, not zero, stands before the point and exponents below zero are allowed.
    single: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    /// A zero, behind which no digit may stand.
    Zero,
    /// This many digits.
    Integer(usize),
    /// The point, behind this many.
    Fraction(usize, usize),
}

/// Everything about a set of numbers that reading one needs.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) grid: Grid,
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
            (Mode::Mantissa(part, least), _) => part.step(least, byte),
            (Mode::Exponent(part), _) => part.step(byte).map(Mode::Exponent),
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
}

fn is_empty(side: &Side, grid: &Grid) -> bool {
    match side.ends() {
        None => grid.is_contradictory(),
        Some((low, high)) => !grid.meets(low, high),
    }
}

/// How a number with `count` digits before the point compares with an edge, when its digits compare so with as many of the edge.
pub(super) fn by_length(edge: Option<&Edge>, count: usize, digits: Ordering) -> Ordering {
    edge.map_or(digits, |edge| count.cmp(&edge.integer.len()).then(digits))
}
