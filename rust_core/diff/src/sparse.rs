//! Where few pairs of items are equal: the longest increasing chain of pairs (Hunt and Szymanski,
//! 1977), in the number of pairs times its logarithm.

use crate::middle::Region;
use crate::myers::Changed;
use crate::shared::Shared;

/// What a pair costs, in diagonals of Myers' search.
const COST_PER_PAIR: u64 = 4;
/// A chain of pairs is kept in memory, so their number is bounded.
const MOST_PAIRS: u64 = 1 << 24;

/// What it would cost to solve a region, in diagonals of Myers' search.
pub(crate) fn cost(shared: &Shared, region: Region) -> u64 {
    let (old, new) = shared.sides(region);
    let mut counts = vec![0_u32; shared.items];
    for &item in new {
        counts[item as usize] += 1;
    }
    let pairs: u64 = old.iter().map(|&item| u64::from(counts[item as usize])).sum();
    let fixed = (old.len() + new.len() + shared.items) as u64;
    if pairs > MOST_PAIRS { u64::MAX } else { pairs * COST_PER_PAIR + fixed }
}

/// A pair of equal items, and the one before it in the longest chain that ends with it.
struct Link {
    a: u32,
    b: u32,
    previous: u32,
}

const NONE: u32 = u32::MAX;

/// Mark what is changed within a region.
pub(crate) fn solve(shared: &Shared, region: Region, changed: &mut Changed) {
    let (old, new) = shared.sides(region);
    let places = Places::new(new, shared.items);
    // For each length the chain of that length whose last `b` is least: that `b`, and its link.
    let mut ends: Vec<(u32, u32)> = Vec::new();
    let mut links: Vec<Link> = Vec::new();
    // Where the last pair went: the next one mostly goes right behind it.
    let mut last = 0;
    for (a, &item) in old.iter().enumerate() {
        // From the last place to the first, so that an item of `before` is used once.
        for &b in places.of(item).iter().rev() {
            let length = match ends.get(last..).unwrap_or_default() {
                [(end, _)] if *end < b => last + 1,
                [(end, _), (next, _), ..] if *end < b && b <= *next => last + 1,
                _ => ends.partition_point(|(end, _)| *end < b),
            };
            last = length;
            if ends.get(length).is_some_and(|(end, _)| *end == b) {
                continue;
            }
            let previous = if length == 0 { NONE } else { ends[length - 1].1 };
            let end = (b, links.len() as u32);
            links.push(Link { a: a as u32, b, previous });
            if length == ends.len() {
                ends.push(end);
            } else {
                ends[length] = end;
            }
        }
    }
    shared.mark(region, changed);
    let mut at = ends.last().map_or(NONE, |(_, link)| *link);
    while let Some(link) = links.get(at as usize) {
        shared.pair(region.a0 + link.a as usize, region.b0 + link.b as usize, changed);
        at = link.previous;
    }
}

/// Where each item occurs in a sequence, in order.
struct Places {
    starts: Vec<u32>,
    places: Vec<u32>,
}

impl Places {
    fn new(sequence: &[u32], items: usize) -> Self {
        let mut starts = vec![0_u32; items + 1];
        for &item in sequence {
            starts[item as usize + 1] += 1;
        }
        for at in 1..starts.len() {
            starts[at] += starts[at - 1];
        }
        let mut next = starts.clone();
        let mut places = vec![0_u32; sequence.len()];
        for (at, &item) in sequence.iter().enumerate() {
            let slot = &mut next[item as usize];
            places[*slot as usize] = at as u32;
            *slot += 1;
        }
        Self { starts, places }
    }

    fn of(&self, item: u32) -> &[u32] {
        let item = item as usize;
        &self.places[self.starts[item] as usize..self.starts[item + 1] as usize]
    }
}
