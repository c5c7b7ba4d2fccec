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

/// Number the lines of two texts, given where each line ends.
pub(crate) fn lines(before: &[u8], ends: &[u32], after: &[u8], after_ends: &[u32]) -> Interned {
    let mut table = Table::new(before, ends.len());
    let mut interned = Interned {
        before: Vec::with_capacity(ends.len()),
        after: Vec::with_capacity(after_ends.len()),
        occurs: Vec::with_capacity(ends.len()),
    };
    let mut start = 0;
    for &end in ends {
        let number = table.insert(start, end);
        if number as usize == interned.occurs.len() {
            interned.occurs.push([0, 0]);
        }
        interned.occurs[number as usize][0] += 1;
        interned.before.push(number);
        start = end;
    }
    let mut start = 0;
    for &end in after_ends {
        let number = table.find(&after[start as usize..end as usize]);
        if number != NONE {
            interned.occurs[number as usize][1] += 1;
        }
        interned.after.push(number);
        start = end;
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

/// Open addressing over the lines of one text.
struct Table<'a> {
    text: &'a [u8],
    slots: Vec<Slot>,
    mask: usize,
    used: u32,
    seed: u64,
}

#[derive(Clone, Copy)]
struct Slot {
    start: u32,
    end: u32,
    hash: u32,
    number: u32,
}

const FREE: Slot = Slot { start: 0, end: 0, hash: 0, number: NONE };

impl<'a> Table<'a> {
    fn new(text: &'a [u8], lines: usize) -> Self {
        let size = (lines * 2).next_power_of_two().max(16);
        Self { text, slots: vec![FREE; size], mask: size - 1, used: 0, seed: seed() }
    }

    fn insert(&mut self, start: u32, end: u32) -> u32 {
        let text = self.text;
        let line = &text[start as usize..end as usize];
        let (at, short) = self.place(line);
        let at = self.probe(line, at, short);
        if self.slots[at].number == NONE {
            self.slots[at] = Slot { start, end, hash: short, number: self.used };
            self.used += 1;
        }
        self.slots[at].number
    }

    fn find(&self, line: &[u8]) -> u32 {
        let (at, short) = self.place(line);
        self.slots[self.probe(line, at, short)].number
    }

    fn place(&self, line: &[u8]) -> (usize, u32) {
        let hash = hash(line, self.seed);
        (hash as usize & self.mask, (hash >> 32) as u32)
    }

    /// The slot of a line, or the free one where it belongs.
    fn probe(&self, line: &[u8], mut at: usize, short: u32) -> usize {
        loop {
            let slot = self.slots[at];
            if slot.number == NONE
                || (slot.hash == short
                    && self.text[slot.start as usize..slot.end as usize] == *line)
            {
                return at;
            }
            at = (at + 1) & self.mask;
        }
    }
}

/// A number that nobody outside can know, so that nobody can write lines that collide.
fn seed() -> u64 {
    static SEED: OnceLock<u64> = OnceLock::new();
    *SEED.get_or_init(|| std::hash::RandomState::new().hash_one(0_u8))
}

/// Multiply and fold, eight bytes at a time, in the manner of wyhash (Wang Yi, 2019).
fn hash(line: &[u8], seed: u64) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut state = seed ^ (line.len() as u64).wrapping_mul(FACTOR);
    let (words, _) = line.as_chunks::<8>();
    if let Some(last) = line.last_chunk::<8>() {
        for word in words {
            state = fold(state ^ u64::from_le_bytes(*word), FACTOR);
        }
        // The last eight bytes overlap what was read before, which does no harm.
        return fold(state ^ u64::from_le_bytes(*last), FACTOR);
    }
    let mut word = [0; 8];
    word[..line.len()].copy_from_slice(line);
    fold(state ^ u64::from_le_bytes(word), FACTOR)
}

fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    (product as u64) ^ ((product >> 64) as u64)
}
