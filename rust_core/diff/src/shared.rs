//! What two sequences may share.

use crate::intern::{Interned, NONE};
use crate::middle::Region;
use crate::myers::Changed;

/// Two sequences without the items that only one of them has: those are changed whatever is found,
/// and leaving them out keeps a shortest script shortest.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) before: Vec<u32>,
    pub(crate) after: Vec<u32>,
    /// Every item is less than this.
    pub(crate) items: usize,
    /// Where the items that are left were.
    before_places: Vec<u32>,
    after_places: Vec<u32>,
}

impl Shared {
    /// Mark the items that only one side has, and keep the others.
    pub(crate) fn of_whole(interned: &Interned, changed: &mut Changed) -> Self {
        let occurs =
            |item: u32, side: usize| item != NONE && interned.occurs[item as usize][side] > 0;
        let (before, before_places) =
            keep(&interned.before, 0, &mut changed.before, |item| occurs(item, 1));
        let (after, after_places) =
            keep(&interned.after, 0, &mut changed.after, |item| occurs(item, 0));
        Self { before, after, items: interned.occurs.len(), before_places, after_places }
    }

    /// The same for a region of two sequences.
    pub(crate) fn of_region(
        before: &[u32],
        after: &[u32],
        items: usize,
        region: Region,
        changed: &mut Changed,
    ) -> Self {
        let mut seen = vec![[false; 2]; items];
        let sides = [&before[region.a0..region.a1], &after[region.b0..region.b1]];
        for (side, sequence) in sides.into_iter().enumerate() {
            for &item in sequence.iter().filter(|item| **item != NONE) {
                seen[item as usize][side] = true;
            }
        }
        let occurs = |item: u32, side: usize| item != NONE && seen[item as usize][side];
        let (before, before_places) =
            keep(sides[0], region.a0, &mut changed.before, |item| occurs(item, 1));
        let (after, after_places) =
            keep(sides[1], region.b0, &mut changed.after, |item| occurs(item, 0));
        Self { before, after, items, before_places, after_places }
    }

    /// All that is left.
    pub(crate) fn whole(&self) -> Region {
        Region::whole(&self.before, &self.after)
    }

    /// The items of a region, on both sides.
    pub(crate) fn sides(&self, region: Region) -> (&[u32], &[u32]) {
        (&self.before[region.a0..region.a1], &self.after[region.b0..region.b1])
    }

    /// Mark a region as changed.
    pub(crate) fn mark(&self, region: Region, changed: &mut Changed) {
        for place in &self.before_places[region.a0..region.a1] {
            changed.before[*place as usize] = true;
        }
        for place in &self.after_places[region.b0..region.b1] {
            changed.after[*place as usize] = true;
        }
    }

    /// Say that two items are the same one after all.
    pub(crate) fn pair(&self, a: usize, b: usize, changed: &mut Changed) {
        changed.before[self.before_places[a] as usize] = false;
        changed.after[self.after_places[b] as usize] = false;
    }
}

/// The items worth keeping and their places, counted from `base`; the others are marked.
fn keep(
    sequence: &[u32],
    base: usize,
    changed: &mut [bool],
    worth: impl Fn(u32) -> bool,
) -> (Vec<u32>, Vec<u32>) {
    let (mut items, mut places) = (vec![0; sequence.len()], vec![0; sequence.len()]);
    let mut kept = 0;
    // Every item is written, and the next one over it where it is not worth keeping: which ones are
    // cannot be foreseen, and a branch for each would cost more.
    for (at, (&item, mark)) in sequence.iter().zip(&mut changed[base..]).enumerate() {
        let is_worth = worth(item);
        items[kept] = item;
        places[kept] = (base + at) as u32;
        *mark = !is_worth;
        kept += usize::from(is_worth);
    }
    items.truncate(kept);
    places.truncate(kept);
    (items, places)
}
