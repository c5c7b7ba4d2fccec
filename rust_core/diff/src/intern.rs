//! Lines and tokens as small numbers, so that comparing two is comparing two integers.

use std::hash::{BuildHasher, Hash};
use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::lines::offset;

/// The number of a token of one side that the other side does not have.
pub(crate) const NONE: u32 = u32::MAX;

/// Two sequences as numbers; equal tokens have equal numbers.
///
/// Tokens that only one side has need no number of their own, since they match nothing: those of
/// the second side are [`NONE`], those of the first have an `occurs` of zero on the second.
#[derive(Debug, Default)]
pub(crate) struct Interned {
    pub(crate) before: Vec<u32>,
    pub(crate) after: Vec<u32>,
    /// How often each number occurs on the two sides.
    pub(crate) occurs: Vec<[u32; 2]>,
}

/// Number the lines of two texts, given where each line ends, by their hashes alone.
///
/// Unequal lines may have equal numbers, though hardly ever have: whoever takes two lines for equal
/// has to compare them. That is quicker for what is equal in the end, all at once, than line by line.
pub(crate) fn lines(before: &[u8], ends: &[u32], after: &[u8], after_ends: &[u32]) -> Interned {
    let mut table = Table::new(ends.len());
    let mut interned = Interned {
        before: Vec::with_capacity(ends.len()),
        after: Vec::with_capacity(after_ends.len()),
        occurs: Vec::with_capacity(ends.len()),
    };
    let mut start = 0;
    for &end in ends {
        let number = table.insert(&before[start..end as usize]);
        if number as usize == interned.occurs.len() {
            interned.occurs.push([0, 0]);
        }
        interned.occurs[number as usize][0] += 1;
        interned.before.push(number);
        start = end as usize;
    }
    let mut start = 0;
    for &end in after_ends {
        let number = table.find(&after[start..end as usize]);
        if let Some(occurs) = interned.occurs.get_mut(number as usize) {
            occurs[1] += 1;
        }
        interned.after.push(number);
        start = end as usize;
    }
    interned
}

/// Number any tokens.
pub(crate) fn tokens<T: Hash + Eq>(before: &[T], after: &[T]) -> Interned {
    let mut numbers: FxHashMap<&T, u32> = FxHashMap::default();
    numbers.reserve(before.len());
    let mut interned = Interned::default();
    for token in before {
        let next = offset(numbers.len());
        let number = *numbers.entry(token).or_insert(next);
        if number == next {
            interned.occurs.push([0, 0]);
        }
        interned.occurs[number as usize][0] += 1;
        interned.before.push(number);
    }
    for token in after {
        let number = numbers.get(token).copied().unwrap_or(NONE);
        if number != NONE {
            interned.occurs[number as usize][1] += 1;
        }
        interned.after.push(number);
    }
    interned
}

/// Open addressing over the hashes of lines. A slot holds the upper half of a hash and the line's
/// number, or [`FREE`].
struct Table {
    slots: Vec<u64>,
    mask: usize,
    used: u32,
    seed: u64,
}

const FREE: u64 = u64::MAX;

impl Table {
    fn new(lines: usize) -> Self {
        let size = (lines * 2).next_power_of_two();
        Self { slots: vec![FREE; size], mask: size - 1, used: 0, seed: seed() }
    }

    fn insert(&mut self, line: &[u8]) -> u32 {
        let hash = hash(line, self.seed);
        let at = self.probe(hash);
        if self.slots[at] == FREE {
            self.slots[at] = hash & UPPER | u64::from(self.used);
            self.used += 1;
        }
        self.slots[at] as u32
    }

    fn find(&self, line: &[u8]) -> u32 {
        self.slots[self.probe(hash(line, self.seed))] as u32
    }

    /// The slot of a hash, or the free one where it belongs; half of the slots are free.
    fn probe(&self, hash: u64) -> usize {
        let mut at = hash as usize & self.mask;
        while self.slots[at] != FREE && (self.slots[at] ^ hash) & UPPER != 0 {
            at = (at + 1) & self.mask;
        }
        at
    }
}

const UPPER: u64 = 0xffff_ffff_0000_0000;

/// A number that nobody outside can know, so that nobody can write lines that collide.
fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| std::hash::RandomState::new().hash_one(0_u8))
}

/// Multiply and fold, sixteen bytes at a time, in the manner of wyhash (Wang Yi, 2019).
fn hash(line: &[u8], seed: u64) -> u64 {
    let mut state = seed ^ (line.len() as u64).wrapping_mul(FACTOR);
    if let Some(last) = line.last_chunk::<16>() {
        for chunk in line.as_chunks::<16>().0 {
            state = mix(state, chunk);
        }
        // The last bytes overlap what was read before, which does no harm.
        return mix(state, last);
    }
    let mut chunk = [0; 16];
    match (line.first_chunk::<8>(), line.last_chunk::<8>()) {
        (Some(first), Some(last)) => {
            chunk[..8].copy_from_slice(first);
            chunk[8..].copy_from_slice(last);
        }
        _ => chunk[..line.len()].copy_from_slice(line),
    }
    mix(state, &chunk)
}

const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;

fn mix(state: u64, chunk: &[u8; 16]) -> u64 {
    let chunk = u128::from_le_bytes(*chunk);
    let (low, high) = (chunk as u64 ^ FACTOR, (chunk >> 64) as u64 ^ state);
    let product = u128::from(low) * u128::from(high);
    (product as u64) ^ ((product >> 64) as u64)
}
