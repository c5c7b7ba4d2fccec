//! Walking the tree of tokens together with the machine.

use super::Draft;
use super::tables::Prefix;
use crate::error::GrammarError;
use crate::machine::{Machine, Top, Tops};
use crate::vocab::Trie;

/// What a walk may cost, and what it did.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Steps left.
    pub steps: usize,
    /// Steps there were.
    pub limit: usize,
}

impl Budget {
    /// So many steps.
    pub(crate) fn new(limit: usize) -> Self {
        Self { steps: limit, limit }
    }

    /// Take some steps; false when there are none left.
    pub(crate) fn spend(&mut self, steps: usize) -> bool {
        let enough = self.steps >= steps;
        self.steps = self.steps.saturating_sub(steps);
        enough
    }

    /// What to tell when they are used up.
    pub(crate) fn exceeded(&self) -> GrammarError {
        let limit = u64::try_from(self.limit).unwrap_or(u64::MAX);
        GrammarError::Limit { what: "the work for one mask".into(), option: "steps", limit }
    }
}

/// Every parse that one more byte leads to.
pub(crate) fn step_all(machine: &mut Machine, tops: &[Top], byte: u8) -> Tops {
    if let [top] = tops {
        return machine.step(*top, byte);
    }
    let mut next: Tops = tops.iter().flat_map(|top| machine.step(*top, byte)).collect();
    next.sort_unstable();
    next.dedup();
    next
}

/// Add the tokens below a node that the parses can follow, byte by byte. `keep` may leave some out.
pub(crate) fn walk(
    machine: &mut Machine,
    (trie, from): (&Trie, u32),
    tops: Tops,
    (draft, budget): (&mut Draft, &mut Budget),
    keep: &mut impl FnMut(u32) -> bool,
) {
    let last = trie.skip[from as usize];
    let mut path: Vec<(u32, Tops)> = vec![(last, tops)];
    let mut node = from + 1;
    while node < last {
        while path.last().is_some_and(|(end, _)| *end <= node) {
            path.pop();
        }
        let Some((_, tops)) = path.last() else { return };
        if !budget.spend(tops.len()) {
            machine.fault.get_or_insert(budget.exceeded());
            return;
        }
        let next = step_all(machine, tops, trie.byte[node as usize]);
        let end = trie.skip[node as usize];
        if next.is_empty() {
            node = end;
            continue;
        }
        for token in trie.tokens_at(node) {
            if keep(token) {
                draft.set(token);
            }
        }
        if end > node + 1 {
            path.push((end, next));
        }
        node += 1;
    }
}

/// Follow the texts that stand before a closing quote in some tokens; `visit` gets each such text that
/// `step` leads to a state which is not nothing.
pub(crate) fn prefixes<S: Clone>(
    prefixes: &[Prefix],
    start: S,
    mut step: impl FnMut(&S, u8) -> Option<S>,
    mut visit: impl FnMut(&S, &Prefix),
) {
    let mut path: Vec<(u32, S)> = Vec::new();
    let mut index = 0;
    while let Some(prefix) = prefixes.get(index as usize) {
        while path.last().is_some_and(|(end, _)| *end <= index) {
            path.pop();
        }
        let state = match path.last() {
            None => Some(start.clone()),
            Some((_, state)) => step(state, prefix.byte),
        };
        match state {
            None => index = prefix.skip,
            Some(state) => {
                if prefix.behind != super::tables::NO_NODE {
                    visit(&state, prefix);
                }
                path.push((prefix.skip, state));
                index += 1;
            }
        }
    }
}
