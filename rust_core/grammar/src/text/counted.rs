//! Bounds on the length that can be counted beside an automaton instead of inside of it.
//!
//! `^[a-z]{1,64}$` inside of an automaton has a state per length. Beside it, it has one, and whoever follows it counts:
//! that is exact where every length is attained from every state, but for those on the way to the first
//! state that accepts.

use rustc_hash::FxHashMap;

use super::letters::Letters;
use crate::automaton::{Automaton, DEAD};

/// States looked at before the lengths are left to the automaton.
const SEARCH: usize = 32;

/// A set of texts in two parts.
pub struct Counted {
    /// The automaton of the texts without the bounds. A text is in the set if it is accepted and has `min` to
    /// `max` characters; and as long as there are at most `max`, every state but [`DEAD`] can be completed within them.
    pub automaton: Box<dyn Automaton>,
    /// Characters at least.
    pub min: u32,
    /// Characters at most.
    pub max: Option<u32>,
}

/// Whether bounds on the length can be counted beside an automaton over so many classes.
pub(super) fn apart(letters: &mut impl Letters, classes: u32, min: u32, max: Option<u32>) -> bool {
    if max.is_some_and(|max| min > max) {
        return false;
    }
    // The states that do not accept, with the number of characters that lead there.
    let mut way: Vec<(u32, u32)> = Vec::new();
    let mut depths: FxHashMap<u32, u32> = FxHashMap::default();
    let mut open = vec![(letters.start(), 0)];
    while let Some((state, depth)) = open.pop() {
        if state == DEAD || depths.len() > SEARCH {
            return false;
        }
        let accepts = letters.accepts(state);
        match depths.get(&state) {
            // Where texts of any length lead, no more than these are wanted.
            Some(_) if accepts => continue,
            Some(known) if *known == depth => continue,
            Some(_) => return false,
            None => {}
        }
        depths.insert(state, depth);
        let mut next: Vec<u32> = (0..classes).map(|class| letters.step(state, class)).collect();
        next.retain(|&to| to != DEAD);
        next.sort_unstable();
        next.dedup();
        if accepts && (next.is_empty() || next.iter().any(|&to| !letters.accepts(to))) {
            return false;
        }
        if !accepts {
            way.push((state, depth));
        }
        open.extend(next.into_iter().map(|to| (to, depth + 1)));
    }
    max.is_none_or(|max| longest_way(letters, classes, way) <= max)
}

/// The number of characters after which, at the latest, some text is accepted by the shortest way there is.
fn longest_way(letters: &mut impl Letters, classes: u32, mut way: Vec<(u32, u32)>) -> u32 {
    way.sort_unstable_by_key(|&(_, depth)| std::cmp::Reverse(depth));
    let mut missing: FxHashMap<u32, u32> = FxHashMap::default();
    let mut longest = 0;
    for (state, depth) in way {
        let next = (0..classes).map(|class| letters.step(state, class)).filter(|&to| to != DEAD);
        // What does not accept stands further on, so that it is known already.
        let least = next.map(|to| missing.get(&to).copied().unwrap_or(0)).min().unwrap_or(0) + 1;
        missing.insert(state, least);
        longest = longest.max(depth + least);
    }
    longest
}
