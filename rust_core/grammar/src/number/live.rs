//! Whether digits can still become a number of the set: calculated from the ends of the range and the residues, not searched for.

use std::cmp::Ordering;

use super::Decimal;
use super::reading::{Digits, Place, Rules, by_length};
use super::side::Side;

impl Rules {
    /// Whether some continuation without an exponent is in the set.
    pub(super) fn is_live(&self, read: &Digits, side: &Side) -> bool {
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
