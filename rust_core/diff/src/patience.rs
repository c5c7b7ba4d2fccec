//! Patience diff (Bram Cohen): lines that occur once on each side are matched first.

use crate::intern::NONE;
use crate::middle::Region;
use crate::myers::{Changed, Myers};
use crate::shared::Shared;

const UNSEEN: u32 = 0;
const REPEATED: u32 = u32::MAX;

/// Mark what is changed, given the two sequences in numbers below `items` (or [`NONE`]).
pub(crate) fn solve(before: &[u32], after: &[u32], items: usize, changed: &mut Changed) {
    let mut once = vec![[UNSEEN; 2]; items];
    let mut pending = vec![Region::whole(before, after)];
    while let Some(region) = pending.pop() {
        let region = region.trimmed(before, after);
        if region.rows() == 0 || region.columns() == 0 {
            changed.mark(region);
            continue;
        }
        let anchors = anchors(before, after, region, &mut once);
        if anchors.is_empty() {
            fall_back(before, after, items, region, changed);
            continue;
        }
        let mut rest = region;
        for &(a, b) in &anchors {
            let (gap, after_anchor) = rest.split((a, b));
            pending.push(gap);
            rest = Region { a0: a + 1, b0: b + 1, ..after_anchor };
        }
        pending.push(rest);
    }
}

/// Solve a region that has nothing to split it at by the fewest changes.
pub(crate) fn fall_back(
    before: &[u32],
    after: &[u32],
    items: usize,
    region: Region,
    changed: &mut Changed,
) {
    let shared = Shared::of_region(before, after, items, region, changed);
    Myers::new(&shared, false, changed).solve();
}

/// The longest chain of items that occur once on each side of a region.
fn anchors(
    before: &[u32],
    after: &[u32],
    region: Region,
    once: &mut [[u32; 2]],
) -> Vec<(usize, usize)> {
    for (side, sequence) in
        [&before[region.a0..region.a1], &after[region.b0..region.b1]].into_iter().enumerate()
    {
        for (at, &item) in sequence.iter().enumerate() {
            if item != NONE {
                let place = &mut once[item as usize][side];
                *place = if *place == UNSEEN { at as u32 + 1 } else { REPEATED };
            }
        }
    }
    // In the order of `before`, so that an increasing chain of places in `after` is what is left.
    let mut ends: Vec<usize> = Vec::new();
    let mut pairs: Vec<(usize, usize, Option<usize>)> = Vec::new();
    for (at, &item) in before[region.a0..region.a1].iter().enumerate() {
        if item == NONE {
            continue;
        }
        let [a, b] = once[item as usize];
        if a == REPEATED || b == UNSEEN || b == REPEATED {
            continue;
        }
        let b = b as usize - 1;
        let length = ends.partition_point(|&end| pairs[end].1 < b);
        pairs.push((at, b, length.checked_sub(1).map(|last| ends[last])));
        let pair = pairs.len() - 1;
        if length == ends.len() {
            ends.push(pair);
        } else {
            ends[length] = pair;
        }
    }
    for &item in before[region.a0..region.a1].iter().chain(&after[region.b0..region.b1]) {
        if item != NONE {
            once[item as usize] = [UNSEEN; 2];
        }
    }
    let mut chain = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied();
    while let Some(pair) = at {
        let (a, b, previous) = pairs[pair];
        chain.push((region.a0 + a, region.b0 + b));
        at = previous;
    }
    chain.reverse();
    chain
}
