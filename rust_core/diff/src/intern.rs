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

/// Number the lines of two texts, of which the first has its lines ending at `ends`, by their hashes
/// alone; also where the lines of the second end.
///
/// Unequal lines may have equal numbers, though hardly ever have: whoever takes two lines for equal
/// has to compare them. That is quicker for what is equal in the end, all at once, than line by line.
pub(crate) fn lines(before: &[u8], ends: &[u32], after: &[u8]) -> (Interned, Vec<u32>) {
    let mut numbered = Numbered::of(before, ends);
    let mut start = 0;
    // The line of `before` that comes after the one found last: most lines of `after` come in the
    // same order, so that whole runs of them need to be compared only, neither split nor hashed.
    let mut next = 0;
    let mut is_likely = true;
    let mut misses = 0;
    while start < after.len() {
        if is_likely && numbered.copy_run(&mut next, &mut start, after) {
            continue;
        }
        let end = memchr::memchr(b'\n', &after[start..]).map_or(after.len(), |at| start + at + 1);
        if let Some(place) = numbered.find(after, start, end) {
            // Far from there, one line is no sign yet that more will follow.
            is_likely = place.abs_diff(next) < NEAR;
            next = place + 1;
            misses = 0;
        } else {
            misses += 1;
            is_likely &= misses < MOST_MISSES;
        }
        start = end;
    }
    (numbered.interned, numbered.after_ends)
}

/// How many lines apart two lines count as being near each other.
const NEAR: usize = 64;

/// After so many new lines one after the other, the next one is most likely new, too.
const MOST_MISSES: u32 = 16;

/// The lines of `before` with their numbers, and those of `after` as far as they are known.
struct Numbered<'a> {
    before: &'a [u8],
    ends: &'a [u32],
    table: Table,
    seed: u64,
    /// Where each number first occurs.
    first: Vec<u32>,
    interned: Interned,
    after_ends: Vec<u32>,
}

impl<'a> Numbered<'a> {
    fn of(before: &'a [u8], ends: &'a [u32]) -> Self {
        let seed = seed();
        let mut table = Table::new(ends.len());
        let mut interned = Interned::with_capacity(ends.len());
        let mut first = Vec::with_capacity(ends.len());
        let mut start = 0;
        for (at, &end) in ends.iter().enumerate() {
            let number = table.insert(hash(&before[start..end as usize], seed));
            if number as usize == first.len() {
                interned.occurs.push([0, 0]);
                first.push(at as u32);
            }
            interned.occurs[number as usize][0] += 1;
            interned.before.push(number);
            start = end as usize;
        }
        let after_ends = Vec::with_capacity(ends.len());
        Self { before, ends, table, seed, first, interned, after_ends }
    }

    /// Take over the lines that `after` has from `start` on and `before` from line `next` on.
    fn copy_run(&mut self, next: &mut usize, start: &mut usize, after: &[u8]) -> bool {
        let from = if *next == 0 { 0 } else { self.ends[*next - 1] as usize };
        let mut run = crate::trim::shared_bytes(&self.before[from..], &after[*start..]);
        if from + run == self.before.len()
            && *start + run < after.len()
            && self.before.last() != Some(&b'\n')
        {
            // What ends the one text without a line feed goes on in the other.
            run = run.saturating_sub(1);
        }
        let lines =
            self.ends[*next..].iter().take_while(|end| **end as usize <= from + run).count();
        for line in *next..*next + lines {
            let number = self.interned.before[line];
            self.interned.occurs[number as usize][1] += 1;
            self.interned.after.push(number);
            self.after_ends.push(self.ends[line] - from as u32 + *start as u32);
        }
        *next += lines;
        if lines > 0 {
            *start = self.after_ends.last().map_or(*start, |end| *end as usize);
        }
        lines > 0
    }

    /// Take in a line of `after`; where it first occurs in `before`.
    fn find(&mut self, after: &[u8], start: usize, end: usize) -> Option<usize> {
        let number = self.table.find(hash(&after[start..end], self.seed));
        self.interned.after.push(number);
        self.after_ends.push(end as u32);
        let occurs = self.interned.occurs.get_mut(number as usize)?;
        occurs[1] += 1;
        Some(self.first[number as usize] as usize)
    }
}

impl Interned {
    fn with_capacity(lines: usize) -> Self {
        Self {
            before: Vec::with_capacity(lines),
            after: Vec::with_capacity(lines),
            occurs: Vec::with_capacity(lines),
        }
    }
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
}

const FREE: u64 = u64::MAX;

impl Table {
    fn new(lines: usize) -> Self {
        let size = (lines * 2).next_power_of_two();
        Self { slots: vec![FREE; size], mask: size - 1, used: 0 }
    }

    fn insert(&mut self, hash: u64) -> u32 {
        let at = self.probe(hash);
        if self.slots[at] == FREE {
            self.slots[at] = hash & UPPER | u64::from(self.used);
            self.used += 1;
        }
        self.slots[at] as u32
    }

    fn find(&self, hash: u64) -> u32 {
        self.slots[self.probe(hash)] as u32
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

/// The hash of a line: products of its words, folded, in the manner of wyhash (Wang Yi, 2019).
///
/// Words may overlap, so that no length needs a loop over what is left.
fn hash(line: &[u8], seed: u64) -> u64 {
    let state = seed ^ (line.len() as u64).wrapping_mul(FACTORS[0]);
    if let (Some(first), Some(last)) = (line.first_chunk::<16>(), line.last_chunk::<16>()) {
        let inner = line.get(16..line.len().saturating_sub(16)).unwrap_or_default();
        let (chunks, _) = inner.as_chunks::<16>();
        let mut state = mix(state, first, FACTORS[1]) ^ mix(state, last, FACTORS[2]);
        for chunk in chunks {
            state = mix(state, chunk, FACTORS[3]);
        }
        return match inner.last_chunk::<16>() {
            Some(rest) => mix(state, rest, FACTORS[1]),
            None if inner.is_empty() => state,
            None => mix(state, &short(inner), FACTORS[1]),
        };
    }
    mix(state, &short(line), FACTORS[1])
}

/// Fewer than sixteen bytes, filled up: as two words that may overlap.
fn short(line: &[u8]) -> [u8; 16] {
    let mut chunk = [0; 16];
    if let (Some(first), Some(last)) = (line.first_chunk::<8>(), line.last_chunk::<8>()) {
        chunk[..8].copy_from_slice(first);
        chunk[8..].copy_from_slice(last);
    } else if let (Some(first), Some(last)) = (line.first_chunk::<4>(), line.last_chunk::<4>()) {
        chunk[..4].copy_from_slice(first);
        chunk[8..12].copy_from_slice(last);
    } else if let [first, .., last] = line {
        chunk[..3].copy_from_slice(&[*first, line[line.len() / 2], *last]);
    } else if let [only] = line {
        chunk[0] = *only;
    }
    chunk
}

/// Digits of pi.
const FACTORS: [u64; 4] =
    [0x243f_6a88_85a3_08d3, 0x1319_8a2e_0370_7345, 0xa409_3822_299f_31d1, 0x082e_fa98_ec4e_6c89];

fn mix(state: u64, chunk: &[u8; 16], factor: u64) -> u64 {
    let chunk = u128::from_le_bytes(*chunk);
    let (low, high) = (chunk as u64 ^ factor, (chunk >> 64) as u64 ^ state);
    let product = u128::from(low) * u128::from(high);
    (product as u64) ^ ((product >> 64) as u64)
}
