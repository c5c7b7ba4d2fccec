//! The fewest changes between two sequences, by whichever exact method is cheapest for them.
//!
//! Myers' search (1986) is fast where little differs and takes the square of the differences where
//! much does. What exceeds its allowance goes to the method that suits it: few pairs of equal items
//! to [`crate::sparse`], few distinct items to [`crate::bits`]. Both find the fewest changes too.

use crate::bits;
use crate::middle::{Frontiers, Middle, Region};
use crate::sparse;

/// How much a search may cost before the others are considered, per item and at least.
const ALLOWANCE_PER_ITEM: u64 = 8;
const LEAST_ALLOWANCE: u64 = 4096;
/// What one diagonal of Myers' search costs in the units of the others' estimates.
const WORK_LIMIT: u64 = 40_000_000;

/// Which items of the two sequences are no part of what they share.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) before: Vec<bool>,
    pub(crate) after: Vec<bool>,
}

impl Changed {
    pub(crate) fn nothing(before: usize, after: usize) -> Self {
        Self { before: vec![false; before], after: vec![false; after] }
    }

    pub(crate) fn mark(&mut self, region: Region) {
        self.before[region.a0..region.a1].fill(true);
        self.after[region.b0..region.b1].fill(true);
    }
}

/// Solves regions of two sequences.
pub(crate) struct Myers<'a> {
    before: &'a [u32],
    after: &'a [u32],
    /// Every item is less than this.
    items: usize,
    changed: &'a mut Changed,
    frontiers: Frontiers,
    /// What is left to spend on exact methods; `None` for no bound.
    budget: Option<u64>,
}

impl<'a> Myers<'a> {
    pub(crate) fn new(
        before: &'a [u32],
        after: &'a [u32],
        items: usize,
        minimal: bool,
        changed: &'a mut Changed,
    ) -> Self {
        let budget = (!minimal).then_some(WORK_LIMIT);
        Self { before, after, items, changed, frontiers: Frontiers::default(), budget }
    }

    /// Mark what is changed within a region.
    pub(crate) fn solve(&mut self, region: Region) {
        let mut pending = vec![region];
        while let Some(region) = pending.pop() {
            let region = self.trimmed(region);
            if region.rows() == 0 || region.columns() == 0 {
                self.changed.mark(region);
                continue;
            }
            if let Some(point) = self.middle(region) {
                let (first, second) = region.split(point);
                pending.push(second);
                pending.push(first);
            }
        }
    }

    fn trimmed(&self, region: Region) -> Region {
        let (old, new) = (&self.before[region.a0..region.a1], &self.after[region.b0..region.b1]);
        let start = crate::trim::shared_start_items(old, new);
        let end = crate::trim::shared_end_items(&old[start..], &new[start..]);
        Region {
            a0: region.a0 + start,
            a1: region.a1 - end,
            b0: region.b0 + start,
            b1: region.b1 - end,
        }
    }

    /// Where to split a region; `None` where it was solved whole.
    fn middle(&mut self, region: Region) -> Option<(usize, usize)> {
        let items = (region.rows() + region.columns()) as u64;
        let first = (items * ALLOWANCE_PER_ITEM).max(LEAST_ALLOWANCE);
        let first = self.budget.map_or(first, |budget| budget.min(first));
        if let Middle::Found(point) = self.search(region, first) {
            return Some(point);
        }
        let sparse = sparse::cost(self.before, self.after, region, self.items);
        let bits = bits::cost(self.before, self.after, region, self.items);
        let other = sparse.min(bits);
        if self.budget.is_some_and(|budget| other > budget) {
            let allowance = self.budget.unwrap_or(0).max(first);
            let (Middle::Found(point) | Middle::Exhausted(point)) = self.search(region, allowance);
            return Some(point);
        }
        if let Middle::Found(point) = self.search(region, other / 2) {
            return Some(point);
        }
        self.spend(other);
        if sparse <= bits {
            sparse::solve(self.before, self.after, region, self.items, self.changed);
        } else {
            bits::solve(self.before, self.after, region, self.items, self.changed);
        }
        None
    }

    fn search(&mut self, region: Region, allowance: u64) -> Middle {
        let mut left = allowance;
        let middle = self.frontiers.middle(self.before, self.after, region, &mut left);
        self.spend(allowance - left);
        middle
    }

    fn spend(&mut self, work: u64) {
        if let Some(budget) = &mut self.budget {
            *budget = budget.saturating_sub(work);
        }
    }
}
