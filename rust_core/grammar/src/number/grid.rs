//! Divisibility by several decimals at once, as residues of one modulus.
//!
//! All divisors are counted in units of the power of ten that divides them all. The residue of a number
//! modulo their least common multiple then says which of them divide it, and arithmetic on residues says
//! whether some number of a range is divisible as wanted, without trying all of them.

use crate::error::GrammarError;
use crate::limits::Limits;

use super::side::End;
use super::{Decimal, Multiple};

/// The most divisors that numbers must not be multiples of.
const MAX_NEGATED: usize = 16;
/// The largest modulus whose residues can be multiplied by ten and added to without care.
const MAX_MODULUS: u64 = 100_000_000_000_000_000;

/// The numbers that are multiples of some divisors, and not of others.
#[derive(Debug)]
pub(super) struct Grid {
    /// What numbers must be a multiple of, in units; none: they lie dense.
    positive: Option<u64>,
    /// What they must not be a multiple of, in units.
    negated: Vec<u64>,
    /// The common multiple of all divisors, in units.
    modulus: u64,
    /// `tens[i]` is 10^i modulo the modulus, up to the number of units in one.
    tens: Vec<u64>,
    /// Whether no number at all is divisible as wanted.
    contradictory: bool,
}

/// A number behind which digits other than zero came that no unit covers: it is a multiple of no divisor.
pub(super) const OFF: u64 = u64::MAX;

impl Grid {
    pub(super) fn new(multiples: &[Multiple], limits: &Limits) -> Result<Self, GrammarError> {
        // Residues are made as they are met, and few of them are: one in a million is a cautious guess.
        let largest = (limits.states as u64).saturating_mul(1 << 20).min(MAX_MODULUS);
        let over = |what: &str, limit| GrammarError::Limit {
            what: what.to_owned(),
            option: "states",
            limit,
        };
        let too_large = || over("the common multiple of all multipleOf", limits.states as u64);
        let factored = |negated| {
            let wanted = multiples.iter().filter(move |multiple| multiple.negated == negated);
            wanted.map(|multiple| Factored::new(&multiple.of).ok_or_else(too_large))
        };
        let positive = factored(false).try_fold(None, |all: Option<Factored>, next| match all {
            None => next.map(Some),
            Some(all) => all.common_multiple(next?).map(Some).ok_or_else(too_large),
        })?;
        let negated = without_multiples(factored(true).collect::<Result<_, _>>()?);
        if negated.len() > MAX_NEGATED {
            return Err(over("the number of negated multipleOf", MAX_NEGATED as u64));
        }
        let all = || positive.iter().chain(&negated);
        let common = all()
            .copied()
            .try_fold(Factored::ONE_OF_UNITS, Factored::common_multiple)
            .ok_or_else(too_large)?;
        let scale = all().map(|one| -one.finest()).max().unwrap_or(0).max(0);
        let units =
            |one: &Factored| one.units(scale).filter(|&it| it <= largest).ok_or_else(too_large);
        let modulus = if all().next().is_none() { 1 } else { units(&common)? };
        let positive = positive.as_ref().map(units).transpose()?;
        let negated = negated.iter().map(units).collect::<Result<Vec<u64>, _>>()?;
        let contradictory =
            positive.is_some_and(|all| negated.iter().any(|one| all.is_multiple_of(*one)));
        let tens =
            std::iter::successors(Some(1 % modulus), |ten| Some(times_ten(*ten, 0, modulus)));
        let tens = tens.take(scale.unsigned_abs() as usize + 1).collect();
        Ok(Self { positive, negated, modulus, tens, contradictory })
    }

    /// Whether no number at all is divisible as wanted.
    pub(super) fn is_contradictory(&self) -> bool {
        self.contradictory
    }

    /// Whether nothing is asked of divisibility.
    pub(super) fn is_free(&self) -> bool {
        self.positive.is_none() && self.negated.is_empty()
    }

    /// The digits behind the point that units cover.
    pub(super) fn scale(&self) -> usize {
        self.tens.len() - 1
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        (self.negated.len() + self.tens.len()) * size_of::<u64>()
    }

    /// The residue of a number after one more digit.
    pub(super) fn push(&self, residue: u64, digit: u8) -> u64 {
        times_ten(residue, digit, self.modulus)
    }

    /// The residue of a number after a digit behind the point, of which `before` came earlier.
    pub(super) fn push_fraction(&self, residue: u64, before: usize, digit: u8) -> u64 {
        match before < self.scale() {
            true if residue != OFF => self.push(residue, digit),
            false if digit == 0 || self.is_free() => residue,
            _ => OFF,
        }
    }

    /// The least residue of an integer that nothing tells from this one, whatever digits follow. Of a
    /// multiple of 10^e there are that way e + 1 times as many residues as of what remains of it, and not 10^e times.
    pub(super) fn least_alike(&self, residue: u64) -> u64 {
        if self.scale() > 0
            || !self.negated.is_empty()
            || residue == 0
            || !self.modulus.is_multiple_of(10)
        {
            return residue;
        }
        let (rest, wanted) = without_tens(self.modulus);
        let zeros = without_tens(residue).1.min(wanted);
        let least = residue / 10_u64.pow(zeros) % rest;
        let too_round = zeros < wanted && least.is_multiple_of(10);
        (if too_round { least + rest } else { least }) * 10_u64.pow(zeros)
    }

    /// Whether a number is divisible as wanted, by its residue before its last `missing` units digits, all zeros.
    pub(super) fn holds(&self, residue: u64, missing: usize) -> bool {
        if residue == OFF {
            return self.positive.is_none();
        }
        self.suits(self.shifted(residue, missing))
    }

    /// Whether some number is divisible as wanted among those that begin with the digits of this residue, with `more` digits
    /// before the point yet to come, and any behind it.
    pub(super) fn meets_integers(&self, residue: u64, more: usize) -> bool {
        if self.positive.is_none() {
            return true;
        }
        let mut residue = residue;
        for _ in 0..more {
            residue = self.push(residue, 0);
        }
        let length = power_of_ten(more + self.scale());
        self.window(self.shifted(residue, self.scale()), length)
    }

    /// As [`Self::meets_integers`], with `read` digits behind the point.
    pub(super) fn meets_fractions(&self, residue: u64, read: usize) -> bool {
        if self.positive.is_none() {
            return true;
        }
        let missing = self.scale().saturating_sub(read);
        residue != OFF && self.window(self.shifted(residue, missing), power_of_ten(missing))
    }

    /// Whether some number from `low` to `high`, neither negative, is divisible as wanted.
    pub(super) fn meets(&self, low: End<'_>, high: End<'_>) -> bool {
        if self.contradictory || low.0 > high.0 {
            return false;
        }
        if self.positive.is_none() && low.0 < high.0 {
            return true;
        }
        let (first, first_exact) = self.floor(low.0);
        let (last, last_exact) = self.floor(high.0);
        if self.positive.is_none() {
            let residue = if first_exact { self.residue(&first) } else { OFF };
            return low.1 && high.1 && self.holds(residue, 0);
        }
        let skipped = u64::from(!first_exact || !low.1);
        let left_out = i128::from(last_exact && !high.1);
        let length = difference(&last, &first) - left_out - i128::from(skipped) + 1;
        let residue = (self.residue(&first) + skipped) % self.modulus;
        u128::try_from(length).is_ok_and(|length| self.window(residue, length))
    }

    fn suits(&self, residue: u64) -> bool {
        self.positive.is_none_or(|divisor| residue.is_multiple_of(divisor))
            && self.negated.iter().all(|&divisor| !residue.is_multiple_of(divisor))
    }

    fn shifted(&self, residue: u64, digits: usize) -> u64 {
        let product = u128::from(residue) * u128::from(self.tens[digits]);
        narrow(product % u128::from(self.modulus))
    }

    /// Whether one of the `length` numbers from `residue` upwards is divisible as wanted.
    ///
    /// Of 2^k consecutive integers one is coprime to any k given primes (Kanold's bound on Jacobsthal's
    /// function), so no more multiples of the divisor need be tried than that.
    fn window(&self, residue: u64, length: u128) -> bool {
        let step = self.positive.unwrap_or(1);
        let first = (step - residue % step) % step;
        (0..1_u128 << self.negated.len())
            .map(|multiple| u128::from(first) + multiple * u128::from(step))
            .take_while(|&offset| offset < length)
            .any(|offset| {
                let at = (u128::from(residue) + offset) % u128::from(self.modulus);
                self.suits(narrow(at))
            })
    }

    fn residue(&self, units: &[u8]) -> u64 {
        units.iter().fold(0, |residue, &digit| self.push(residue, digit))
    }

    /// The digits of a number in whole units, and whether that is all of it.
    fn floor(&self, value: &Decimal) -> (Vec<u8>, bool) {
        let (mut digits, fraction) = value.split();
        let padded = fraction.iter().copied().chain(std::iter::repeat(0));
        digits.extend(padded.take(self.scale()));
        (digits, fraction.len() <= self.scale())
    }
}

/// A positive decimal as 2^`twos` * 5^`fives` * `rest`, in which a common multiple is easily found.
#[derive(Debug, Clone, Copy)]
struct Factored {
    twos: i32,
    fives: i32,
    rest: u64,
}

impl Factored {
    /// What has any other decimal as the common multiple with it.
    const ONE_OF_UNITS: Self = Self { twos: i32::MIN, fives: i32::MIN, rest: 1 };

    fn new(value: &Decimal) -> Option<Self> {
        let mut rest = value.digits.iter().try_fold(0_u64, |number, &digit| {
            number.checked_mul(10)?.checked_add(u64::from(digit))
        })?;
        let twos = rest.checked_ilog2().map(|_| rest.trailing_zeros())?;
        rest >>= twos;
        let mut fives = 0;
        while rest.is_multiple_of(5) {
            rest /= 5;
            fives += 1;
        }
        let twos = value.exponent + twos.cast_signed();
        Some(Self { twos, fives: value.exponent + fives, rest })
    }

    fn common_multiple(self, other: Self) -> Option<Self> {
        let rest =
            (self.rest / greatest_common_divisor(self.rest, other.rest)).checked_mul(other.rest)?;
        Some(Self { twos: self.twos.max(other.twos), fives: self.fives.max(other.fives), rest })
    }

    fn is_multiple_of(self, other: Self) -> bool {
        self.twos >= other.twos && self.fives >= other.fives && self.rest.is_multiple_of(other.rest)
    }

    /// The largest power of ten that divides it.
    fn finest(&self) -> i32 {
        self.twos.min(self.fives)
    }

    /// The number in units of 10^-`scale`.
    fn units(&self, scale: i32) -> Option<u64> {
        let power =
            |base: u64, exponent: i32| base.checked_pow(u32::try_from(exponent + scale).ok()?);
        self.rest.checked_mul(power(2, self.twos)?)?.checked_mul(power(5, self.fives)?)
    }
}

/// What is no multiple of a divisor is none of the divisor's multiples, so those say nothing new.
fn without_multiples(mut divisors: Vec<Factored>) -> Vec<Factored> {
    let mut kept: Vec<Factored> = Vec::with_capacity(divisors.len());
    while let Some(divisor) = divisors.pop() {
        if !kept.iter().chain(&divisors).any(|&other| divisor.is_multiple_of(other)) {
            kept.push(divisor);
        }
    }
    kept
}

fn greatest_common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

fn times_ten(residue: u64, digit: u8, modulus: u64) -> u64 {
    (residue * 10 + u64::from(digit)) % modulus
}

/// A number without the zeros it ends in, and how many those are.
fn without_tens(mut number: u64) -> (u64, u32) {
    let mut zeros = 0;
    while number != 0 && number.is_multiple_of(10) {
        number /= 10;
        zeros += 1;
    }
    (number, zeros)
}

fn power_of_ten(exponent: usize) -> u128 {
    u32::try_from(exponent).ok().and_then(|it| 10_u128.checked_pow(it)).unwrap_or(u128::MAX)
}

/// A residue, which is below a modulus of 64 bits.
fn narrow(residue: u128) -> u64 {
    u64::try_from(residue).unwrap_or(OFF)
}

/// `a` - `b` of two numbers given by their digits; what is beyond 10^30, above or below, is somewhere beyond it.
fn difference(a: &[u8], b: &[u8]) -> i128 {
    const ENOUGH: i128 = 1_000_000_000_000_000_000_000_000_000_000;
    let length = a.len().max(b.len());
    let digit = |of: &[u8], at: usize| {
        (at + of.len()).checked_sub(length).map_or(0, |at| i128::from(of[at]))
    };
    let mut all = 0_i128;
    for at in 0..length {
        all = all * 10 + digit(a, at) - digit(b, at);
        if all.abs() > ENOUGH {
            break;
        }
    }
    all
}
