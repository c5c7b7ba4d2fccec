//! The fewest changes between two sequences, by whichever exact method is cheapest for them.
//!
//! Myers' search (1986) is fast where little differs and takes the square of the differences where
//! much does. What exceeds its allowance goes to the method that suits it: few pairs of equal items
//! to [`crate::sparse`], few distinct items to [`crate::bits`]. Both find the fewest changes too.

use crate::bits;
use crate::middle::{Frontiers, Middle, Region};
use crate::shared::Shared;
use crate::sparse;

/// How much a search may cost before the others are considered, per item and at least.
const ALLOWANCE_PER_ITEM: u64 = 1;
const LEAST_ALLOWANCE: u64 = 4096;
/// How much exact methods may cost in all, in diagonals of Myers' search.
const WORK_LIMIT: u64 = 400_000_000;
/// What a search for a place to split at may cost where nothing exact is within the limit.
const SPLIT_ALLOWANCE: u64 = 1 << 16;

/// Which items of two sequences are no part of what they share.
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
    shared: &'a Shared,
    changed: &'a mut Changed,
    frontiers: Frontiers,
    /// What is left to spend on exact methods; `None` for no bound.
    budget: Option<u64>,
}

impl<'a> Myers<'a> {
    pub(crate) fn new(shared: &'a Shared, minimal: bool, changed: &'a mut Changed) -> Self {
        let budget = (!minimal).then_some(WORK_LIMIT);
        Self { shared, changed, frontiers: Frontiers::default(), budget }
    }

    /// Mark what is changed.
    pub(crate) fn solve(&mut self) {
        let mut pending = vec![self.shared.whole()];
        while let Some(region) = pending.pop() {
            let region = region.trimmed(&self.shared.before, &self.shared.after);
            if region.rows() == 0 || region.columns() == 0 {
                self.shared.mark(region, self.changed);
                continue;
            }
            if let Some(point) = self.middle(region) {
                let (first, second) = region.split(point);
                pending.push(second);
                pending.push(first);
            }
        }
    }

    /// Where to split a region; `None` where it was solved whole.
    fn middle(&mut self, region: Region) -> Option<(usize, usize)> {
        let items = (region.rows() + region.columns()) as u64;
        let first = (items * ALLOWANCE_PER_ITEM).max(LEAST_ALLOWANCE);
        let first = self.budget.map_or(first, |budget| budget.clamp(LEAST_ALLOWANCE, first));
        let reached = match self.search(region, first) {
            Middle::Found(point) => return Some(point),
            Middle::Exhausted(point) => point,
        };
        let sparse = sparse::cost(self.shared, region);
        let bits = bits::cost(self.shared, region);
        let other = sparse.min(bits);
        if self.budget.is_some_and(|budget| other > budget) {
            let (Middle::Found(point) | Middle::Exhausted(point)) =
                self.search(region, SPLIT_ALLOWANCE);
            return Some(point);
        }
        // Where the others would need too much memory, there is nothing but to search on.
        let is_cheaper = other == u64::MAX || foreseen(region, reached, first) < other;
        if is_cheaper
            && let Middle::Found(point) = self.search(region, other.saturating_add(other / 2))
        {
            return Some(point);
        }
        self.spend(other);
        if sparse <= bits {
            sparse::solve(self.shared, region, self.changed);
        } else {
            bits::solve(self.shared, region, self.changed);
        }
        None
    }

    fn search(&mut self, region: Region, allowance: u64) -> Middle {
        let mut left = allowance;
        let shared = self.shared;
        let middle = self.frontiers.middle(&shared.before, &shared.after, region, &mut left);
        self.spend(allowance - left);
        middle
    }

    fn spend(&mut self, work: u64) {
        if let Some(budget) = &mut self.budget {
            *budget = budget.saturating_sub(work);
        }
    }
}

/// What Myers' search is going to cost, given how far it came for a cost that was not enough.
///
/// Differences that are spread evenly let it advance by as much at each step, and a step costs as
/// much as there were steps before. Two searches meet when each has come half of the way.
fn foreseen(region: Region, reached: (usize, usize), cost: u64) -> u64 {
    let whole = (region.rows() + region.columns()) as u64;
    let from_start = (reached.0 - region.a0 + reached.1 - region.b0) as u64;
    let way = from_start.min(whole - from_start).max(1);
    let times = (whole / 2).div_ceil(way);
    cost.saturating_mul(times.saturating_mul(times))
}
