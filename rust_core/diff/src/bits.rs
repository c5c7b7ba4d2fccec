//! Where many pairs of items are equal: 64 cells of the table of longest common subsequences at a
//! time (Crochemore, Iliopoulos, Pinzon and Reid, 2001; Hyyrö, 2004), in linear space by halving
//! (Hirschberg, 1975).

use crate::middle::Region;
use crate::myers::Changed;
use crate::trim;

const WORD: usize = 64;
/// How many words cost as much as one diagonal of Myers' search; both halves are counted.
const WORDS_PER_UNIT: u64 = 2;
/// The masks of all items must fit in memory: this many words.
const MOST_WORDS: u64 = 1 << 24;

/// What it would cost to solve a region, in diagonals of Myers' search.
pub(crate) fn cost(before: &[u32], after: &[u32], region: Region, items: usize) -> u64 {
    let mut seen = vec![false; items];
    let distinct = |sequence: &[u32], seen: &mut [bool]| -> u64 {
        sequence
            .iter()
            .map(|&item| u64::from(!std::mem::replace(&mut seen[item as usize], true)))
            .sum()
    };
    let (a, b) = (&before[region.a0..region.a1], &after[region.b0..region.b1]);
    let distinct = distinct(a, &mut seen) + distinct(b, &mut seen);
    let words = region.columns().div_ceil(WORD) as u64;
    if distinct * words > MOST_WORDS {
        return u64::MAX;
    }
    // A pass over the whole table, and over half of what is left as often as it can be halved.
    2 * words * region.rows() as u64 / WORDS_PER_UNIT + (region.rows() + items) as u64
}

/// Mark what is changed within a region.
pub(crate) fn solve(
    before: &[u32],
    after: &[u32],
    region: Region,
    items: usize,
    changed: &mut Changed,
) {
    let mut table = Table { slots: vec![0; items], masks: Vec::new() };
    let mut pending = vec![region];
    while let Some(region) = pending.pop() {
        let (old, new) = (&before[region.a0..region.a1], &after[region.b0..region.b1]);
        let start = trim::shared_start_items(old, new);
        let end = trim::shared_end_items(&old[start..], &new[start..]);
        let (old, new) = (&old[start..old.len() - end], &new[start..new.len() - end]);
        let (a0, b0) = (region.a0 + start, region.b0 + start);
        let region = Region { a0, a1: a0 + old.len(), b0, b1: b0 + new.len() };
        if old.len() <= 1 || new.is_empty() {
            solve_row(old, new, region, changed);
            continue;
        }
        let half = old.len() / 2;
        let ahead = table.lengths(old[..half].iter(), new.iter(), new.len());
        let back = table.lengths(old[half..].iter().rev(), new.iter().rev(), new.len());
        let best = (0..=new.len()).max_by_key(|&at| ahead[at] + back[new.len() - at]);
        let (first, second) = region.split((a0 + half, b0 + best.unwrap_or(0)));
        pending.push(second);
        pending.push(first);
    }
}

/// A region of at most one item of `before`, or of none of `after`.
fn solve_row(old: &[u32], new: &[u32], region: Region, changed: &mut Changed) {
    changed.mark(region);
    if let [item] = old
        && let Some(at) = new.iter().position(|other| other == item)
    {
        changed.before[region.a0] = false;
        changed.after[region.b0 + at] = false;
    }
}

/// Which columns hold an item, as one mask for each item.
struct Table {
    /// One more than the number of the item's mask, or 0 where it has none.
    slots: Vec<u32>,
    masks: Vec<u64>,
}

impl Table {
    /// For each number of columns, the length of the longest subsequence that they and all rows
    /// have in common.
    fn lengths<'a>(
        &mut self,
        rows: impl Iterator<Item = &'a u32>,
        columns: impl Iterator<Item = &'a u32> + Clone,
        width: usize,
    ) -> Vec<u32> {
        let words = width.div_ceil(WORD);
        self.fill(columns.clone(), words);
        let mut row = vec![u64::MAX; words];
        for &item in rows {
            if let Some(slot) = self.slots[item as usize].checked_sub(1) {
                let slot = slot as usize * words;
                step(&mut row, &self.masks[slot..slot + words]);
            }
        }
        self.clear(columns);
        prefix_zeros(&row, width)
    }

    fn fill<'a>(&mut self, columns: impl Iterator<Item = &'a u32>, words: usize) {
        let mut used = 0;
        for (at, &item) in columns.enumerate() {
            let slot = &mut self.slots[item as usize];
            if *slot == 0 {
                used += 1;
                *slot = used;
                self.masks.resize(used as usize * words, 0);
            }
            self.masks[(*slot as usize - 1) * words + at / WORD] |= 1 << (at % WORD);
        }
    }

    fn clear<'a>(&mut self, columns: impl Iterator<Item = &'a u32>) {
        for &item in columns {
            self.slots[item as usize] = 0;
        }
        self.masks.clear();
    }
}

/// One row of the table: `row = (row + (row & mask)) | (row & !mask)`.
fn step(row: &mut [u64], mask: &[u64]) {
    let mut carry = false;
    for (word, &mask) in row.iter_mut().zip(mask) {
        let matched = *word & mask;
        let (sum, over) = word.overflowing_add(matched);
        let (sum, carried) = sum.overflowing_add(u64::from(carry));
        carry = over | carried;
        *word = sum | (*word & !mask);
    }
}

/// How many of the first bits are zero, for each number of bits up to `width`.
fn prefix_zeros(row: &[u64], width: usize) -> Vec<u32> {
    let mut lengths = Vec::with_capacity(width + 1);
    let mut zeros = 0;
    lengths.push(0);
    for at in 0..width {
        zeros += u32::from(row[at / WORD] >> (at % WORD) & 1 == 0);
        lengths.push(zeros);
    }
    lengths
}
