//! Sets of tokens: how they are kept, and how they are found.

mod build;
mod engine;
mod inside;
mod scan;
mod tables;
mod walk;

#[cfg(test)]
mod tests;

pub(crate) use engine::{Engine, StateId};
pub(crate) use scan::Inner;
pub(crate) use tables::Tables;

use std::sync::Arc;

/// A set of tokens: a whole row that many sets share, and the words in which this one differs.
#[derive(Debug, Clone)]
pub(crate) struct Mask {
    /// `None` stands for a row of zeros.
    base: Option<Arc<[i32]>>,
    /// Words that are not those of the base, by index.
    patch: Box<[(u32, i32)]>,
}

impl Mask {
    /// Write the set to a row of as many words as the vocabulary has.
    pub(crate) fn fill(&self, row: &mut [i32]) {
        match &self.base {
            None => row.fill(0),
            Some(base) => row.copy_from_slice(base),
        }
        for (word, bits) in &self.patch {
            row[*word as usize] = *bits;
        }
    }

    /// Whether no other set has its base.
    pub(crate) fn is_own(&self) -> bool {
        self.base.as_ref().is_some_and(|base| Arc::strong_count(base) == 1)
    }

    /// About how many bytes it takes for itself.
    pub(crate) fn memory(&self) -> usize {
        self.patch.len() * 8 + 48
    }
}

/// A row in the making, with the words that were touched.
#[derive(Debug)]
pub(crate) struct Draft {
    words: Vec<i32>,
    touched: Vec<u32>,
    base: Option<Arc<[i32]>>,
}

impl Draft {
    /// An empty set for so many words.
    pub(crate) fn new(words: usize) -> Self {
        Self { words: vec![0; words], touched: Vec::new(), base: None }
    }

    /// Begin with a whole row.
    pub(crate) fn begin(&mut self, base: Option<Arc<[i32]>>) {
        self.base = base;
    }

    /// Add a token.
    pub(crate) fn set(&mut self, token: u32) {
        let word = token / 32;
        let old = self.words[word as usize];
        if old == 0 {
            self.touched.push(word);
        }
        self.words[word as usize] = old | 1 << (token % 32);
    }

    /// Add the tokens of some words.
    pub(crate) fn add_words(&mut self, words: &[(u32, i32)]) {
        for (word, bits) in words {
            if self.words[*word as usize] == 0 {
                self.touched.push(*word);
            }
            self.words[*word as usize] |= bits;
        }
    }

    /// Add all tokens of a row.
    pub(crate) fn add(&mut self, row: &[i32]) {
        for (word, bits) in (0..).zip(row) {
            if *bits != 0 {
                if self.words[word as usize] == 0 {
                    self.touched.push(word);
                }
                self.words[word as usize] |= bits;
            }
        }
    }

    /// Add all tokens of another set.
    pub(crate) fn merge(&mut self, mask: &Mask) {
        match (&mask.base, &self.base) {
            (Some(base), None) => self.base = Some(base.clone()),
            (Some(base), Some(own)) if !Arc::ptr_eq(base, own) => self.add(base),
            _ => {}
        }
        self.add_words(&mask.patch);
    }

    /// The set, leaving the draft empty. A row with more than an eighth of its words patched becomes a base of its own.
    pub(crate) fn finish(&mut self) -> Mask {
        let base = self.base.take();
        let mut patch: Vec<(u32, i32)> = Vec::with_capacity(self.touched.len());
        for word in self.touched.drain(..) {
            let bits = std::mem::take(&mut self.words[word as usize]);
            let below = base.as_ref().map_or(0, |base| base[word as usize]);
            if bits | below != below {
                patch.push((word, bits | below));
            }
        }
        patch.sort_unstable();
        if patch.len() <= self.words.len() / 8 {
            return Mask { base, patch: patch.into() };
        }
        let mut row = base.map_or_else(|| vec![0; self.words.len()], |base| base.to_vec());
        for (word, bits) in patch {
            row[word as usize] = bits;
        }
        Mask { base: Some(row.into()), patch: Box::default() }
    }
}
