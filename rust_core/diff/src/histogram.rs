//! Histogram diff (as `JGit`'s and git's): split at the longest run of the rarest shared lines.

use crate::intern::NONE;
use crate::middle::Region;
use crate::myers::Changed;
use crate::patience::fall_back;

/// Lines that occur more often than this are no place to split at.
const MOST_OCCURRENCES: u32 = 64;

/// Mark what is changed, given the two sequences in numbers below `items` (or [`NONE`]).
pub(crate) fn solve(before: &[u32], after: &[u32], items: usize, changed: &mut Changed) {
    let mut index = Index::new(before, after, items);
    let mut pending = vec![Region::whole(before, after)];
    while let Some(region) = pending.pop() {
        let region = region.trimmed(before, after);
        if region.rows() == 0 || region.columns() == 0 {
            changed.mark(region);
            continue;
        }
        index.fill(region);
        let split = index.split(region);
        index.clear(region);
        match split {
            Split::Run(run) => {
                pending.push(Region { a0: run.a1, b0: run.b1, ..region });
                pending.push(Region { a1: run.a0, b1: run.b0, ..region });
            }
            Split::Nothing => changed.mark(region),
            Split::TooFrequent => fall_back(before, after, items, region, changed),
        }
    }
}

enum Split {
    Run(Region),
    Nothing,
    TooFrequent,
}

/// Where the items of a region of `before` are.
struct Index<'a> {
    before: &'a [u32],
    after: &'a [u32],
    /// For each item how often it occurs in the region.
    counts: Vec<u32>,
    /// For each item its first place, and for each place the next one of the same item.
    first: Vec<u32>,
    next: Vec<u32>,
}

impl<'a> Index<'a> {
    fn new(before: &'a [u32], after: &'a [u32], items: usize) -> Self {
        let (counts, first) = (vec![0; items], vec![NONE; items]);
        Self { before, after, counts, first, next: vec![NONE; before.len()] }
    }

    fn fill(&mut self, region: Region) {
        for at in (region.a0..region.a1).rev() {
            let item = self.before[at];
            if item != NONE {
                self.next[at] = self.first[item as usize];
                self.first[item as usize] = at as u32;
                self.counts[item as usize] += 1;
            }
        }
    }

    fn clear(&mut self, region: Region) {
        for &item in &self.before[region.a0..region.a1] {
            if item != NONE {
                self.first[item as usize] = NONE;
                self.counts[item as usize] = 0;
            }
        }
    }

    fn count(&self, item: u32) -> u32 {
        if item == NONE { 0 } else { self.counts[item as usize] }
    }

    fn split(&self, region: Region) -> Split {
        let mut best: Option<Region> = None;
        let mut rarest = MOST_OCCURRENCES;
        let mut shared = false;
        let mut b = region.b0;
        while b < region.b1 {
            let mut following = b + 1;
            let count = self.count(self.after[b]);
            shared |= count > 0;
            if count > 0 && count <= rarest {
                let mut at = self.first[self.after[b] as usize];
                while at != NONE {
                    let (run, least) = self.run(region, at as usize, b);
                    following = following.max(run.b1);
                    if best.is_none_or(|best| run.rows() > best.rows()) || least < rarest {
                        (best, rarest) = (Some(run), least);
                    }
                    at = self.next_after(at, run.a1);
                }
            }
            b = following;
        }
        match best {
            Some(run) => Split::Run(run),
            None if shared => Split::TooFrequent,
            None => Split::Nothing,
        }
    }

    /// The next place of the same item at or after `end`.
    fn next_after(&self, at: u32, end: usize) -> u32 {
        let mut next = self.next[at as usize];
        while next != NONE && (next as usize) < end {
            next = self.next[next as usize];
        }
        next
    }

    /// The run of equal items around a pair, and how often its rarest item occurs.
    fn run(&self, region: Region, a: usize, b: usize) -> (Region, u32) {
        let back = self.before[region.a0..a].iter().rev();
        let back = back.zip(self.after[region.b0..b].iter().rev());
        let back = back.take_while(|(one, other)| one == other && **one != NONE).count();
        let ahead = self.before[a..region.a1].iter().zip(&self.after[b..region.b1]);
        let ahead = ahead.take_while(|(one, other)| one == other && **one != NONE).count();
        let run = Region { a0: a - back, a1: a + ahead, b0: b - back, b1: b + ahead };
        let items = &self.before[run.a0..run.a1];
        let least = items.iter().map(|&item| self.count(item)).min().unwrap_or(u32::MAX);
        (run, least)
    }
}
