//! Where many pairs of items are equal: 64 cells of the table of longest common subsequences at a
//! time (Crochemore, Iliopoulos, Pinzon and Reid, 2001; Hyyrö, 2004).
//!
//! The table holds a bit for each pair of a row and a column; it is zero where the longest
//! subsequence grows with the column. Only every so many rows are kept on the way down; on the way
//! back up the rows between two kept ones are made again.

use crate::middle::Region;
use crate::myers::Changed;
use crate::shared::Shared;

const WORD: usize = 64;
/// How many words cost as much as one diagonal of Myers' search.
const WORDS_PER_UNIT: u64 = 4;
/// The masks of all items, and the rows that are kept, must fit in memory: this many words.
const MOST_WORDS: u64 = 1 << 24;

/// What it would cost to solve a region, in diagonals of Myers' search.
pub(crate) fn cost(shared: &Shared, region: Region) -> u64 {
    let (old, new) = shared.sides(region);
    let mut seen = vec![false; shared.items];
    let distinct = new
        .iter()
        .map(|&item| u64::from(!std::mem::replace(&mut seen[item as usize], true)))
        .sum::<u64>();
    let words = new.len().div_ceil(WORD) as u64;
    let kept = 2 * old.len().isqrt() as u64;
    if (distinct + kept) * words > MOST_WORDS {
        return u64::MAX;
    }
    // Once down, and half of it again on the way up.
    words * old.len() as u64 * 3 / 2 / WORDS_PER_UNIT + (old.len() + shared.items) as u64
}

/// Mark what is changed within a region.
pub(crate) fn solve(shared: &Shared, region: Region, changed: &mut Changed) {
    let (old, new) = shared.sides(region);
    let table = Table::new(old, new, shared.items);
    let spacing = old.len().isqrt().max(1);
    let kept = table.every(spacing);
    shared.mark(region, changed);
    let mut column = new.len();
    for (block, start) in (0..old.len()).step_by(spacing).enumerate().rev() {
        let end = old.len().min(start + spacing);
        let rows = table.rows(kept.row(block), start..end, column.div_ceil(WORD));
        let mut row = end;
        while row > start && column > 0 {
            if rows.bit(row - start, column - 1) {
                column -= 1;
            } else if rows.bit(row - start - 1, column - 1) {
                row -= 1;
                column -= 1;
                shared.pair(region.a0 + row, region.b0 + column, changed);
            } else {
                row -= 1;
            }
        }
    }
}

/// Some rows of the table, one after the other.
struct Rows {
    words: Vec<u64>,
    width: usize,
}

impl Rows {
    fn row(&self, at: usize) -> &[u64] {
        &self.words[at * self.width..(at + 1) * self.width]
    }

    fn bit(&self, row: usize, column: usize) -> bool {
        self.words[row * self.width + column / WORD] >> (column % WORD) & 1 == 1
    }
}

/// Which columns hold an item, as one mask for each item.
struct Table<'a> {
    old: &'a [u32],
    width: usize,
    /// One more than the number of the item's mask, or 0 where it has none.
    slots: Vec<u32>,
    masks: Vec<u64>,
}

impl<'a> Table<'a> {
    fn new(old: &'a [u32], new: &[u32], items: usize) -> Self {
        let width = new.len().div_ceil(WORD);
        let mut table = Self { old, width, slots: vec![0; items], masks: Vec::new() };
        let mut used = 0;
        for (at, &item) in new.iter().enumerate() {
            let slot = &mut table.slots[item as usize];
            if *slot == 0 {
                used += 1;
                *slot = used;
                table.masks.resize(used as usize * width, 0);
            }
            table.masks[(*slot as usize - 1) * width + at / WORD] |= 1 << (at % WORD);
        }
        table
    }

    /// The mask of a row's item; `None` where no column holds it.
    fn mask(&self, row: usize) -> Option<&[u64]> {
        let slot = self.slots[self.old[row] as usize].checked_sub(1)? as usize;
        Some(&self.masks[slot * self.width..(slot + 1) * self.width])
    }

    /// Row 0 and every further one at that distance: row `n` is what the first `n` items give.
    fn every(&self, spacing: usize) -> Rows {
        let mut words = Vec::with_capacity((self.old.len() / spacing + 1) * self.width);
        let mut row = vec![u64::MAX; self.width];
        for at in 0..self.old.len() {
            if at % spacing == 0 {
                words.extend_from_slice(&row);
            }
            if let Some(mask) = self.mask(at) {
                step(&mut row, mask);
            }
        }
        Rows { words, width: self.width }
    }

    /// A row and those after each of `items`, as far as `width` words.
    fn rows(&self, first: &[u64], items: std::ops::Range<usize>, width: usize) -> Rows {
        let mut words = Vec::with_capacity((items.len() + 1) * width);
        words.extend_from_slice(&first[..width]);
        for at in items {
            let last = words.len();
            words.extend_from_within(last - width..);
            if let Some(mask) = self.mask(at) {
                step(&mut words[last..], &mask[..width]);
            }
        }
        Rows { words, width }
    }
}

/// From one row to the next: `row = (row + (row & mask)) | (row & !mask)`.
fn step(row: &mut [u64], mask: &[u64]) {
    // In groups, so that the additions follow each other and hand on the carry in the processor's
    // flag.
    const GROUP: usize = 8;
    let mut carry = false;
    let (groups, rest) = row.as_chunks_mut::<GROUP>();
    let (masks, rest_masks) = mask.as_chunks::<GROUP>();
    for (words, masks) in groups.iter_mut().zip(masks) {
        let old = *words;
        let matched: [u64; GROUP] = std::array::from_fn(|at| old[at] & masks[at]);
        for at in 0..GROUP {
            (words[at], carry) = old[at].carrying_add(matched[at], carry);
        }
        for at in 0..GROUP {
            words[at] |= old[at] & !masks[at];
        }
    }
    for (word, &mask) in rest.iter_mut().zip(rest_masks) {
        let (sum, carried) = word.carrying_add(*word & mask, carry);
        carry = carried;
        *word = sum | (*word & !mask);
    }
}
