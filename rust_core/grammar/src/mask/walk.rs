//! Walking the tree of tokens together with the machine.

use super::Draft;
use super::tables::{Begins, Prefix};
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

/// A walk over the tokens below a node of a trie.
pub(crate) struct Walk<'a> {
    /// What follows the text.
    pub machine: &'a mut Machine,
    /// The tokens.
    pub trie: &'a Trie,
    /// What is known of strings that begin within its tokens.
    pub begins: Option<&'a Begins>,
    /// Where allowed tokens go.
    pub draft: &'a mut Draft,
    /// What it may cost.
    pub budget: &'a mut Budget,
}

impl Walk<'_> {
    /// Add the tokens below a node that the parses can follow, byte by byte. `keep` may leave some out.
    pub(crate) fn below(&mut self, from: u32, tops: Tops, keep: &mut impl FnMut(u32) -> bool) {
        let last = self.trie.skip[from as usize];
        self.within((from + 1, last), tops, keep);
    }

    /// As [`Walk::below`], for some of the children of a node: the first, and what is behind the last.
    pub(crate) fn within(
        &mut self,
        (first, last): (u32, u32),
        tops: Tops,
        keep: &mut impl FnMut(u32) -> bool,
    ) {
        let trie = self.trie;
        let mut path: Vec<(u32, Tops)> = vec![(last, tops)];
        let mut node = first;
        while node < last {
            while path.last().is_some_and(|(end, _)| *end <= node) {
                path.pop();
            }
            let Some((_, tops)) = path.last() else { return };
            if !self.budget.spend(tops.len()) {
                self.machine.fault.get_or_insert(self.budget.exceeded());
                return;
            }
            let next = step_all(self.machine, tops, trie.byte[node as usize]);
            let end = trie.skip[node as usize];
            if next.is_empty() {
                node = end;
                continue;
            }
            for token in trie.tokens_at(node) {
                if keep(token) {
                    self.draft.set(token);
                }
            }
            if end == node + 1 || self.string(node, &next, keep) {
                node = end;
                continue;
            }
            path.push((end, next));
            node += 1;
        }
    }

    /// Where a string without a pattern begins, all that goes on inside of it is known.
    fn string(&mut self, node: u32, tops: &[Top], keep: &mut impl FnMut(u32) -> bool) -> bool {
        let (Some(begins), [top]) = (self.begins, tops) else { return false };
        if !self.machine.is_free(*top) {
            return false;
        }
        let begun = begins.at(self.trie, node);
        self.draft.add_words(&begun.inside);
        if let Some(after) = self.machine.done(top.below, 0) {
            for exit in &begun.exits {
                self.trie.tokens_at(*exit).for_each(|token| self.draft.set(token));
                self.below(*exit, Tops::from_elem(after, 1), keep);
            }
        }
        true
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
