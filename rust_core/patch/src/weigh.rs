//! What lines say about a place, and how much of a context is found in a part of the text.

use std::ops::Range;

use crate::keys::{Keys, Tolerance};
use crate::sides::Sides;

/// Weight of a line without a letter or digit, such as a bracket or an empty one.
const PUNCTUATION: f64 = 0.1;

/// Weight from which on a line tells one place from another.
const TELLING: f64 = 0.3;

/// The weights of the old lines of a hunk.
pub(crate) struct Weights {
    keys: Vec<u64>,
    values: Vec<f64>,
    absent: Vec<bool>,
}

impl Weights {
    /// A line weighs the less the more often the text has it.
    pub(crate) fn new(side: &Sides<'_>, keys: &Keys<'_>) -> Self {
        let numbers = Keys::of_patch(Tolerance::Amount, &side.old);
        let values = side.old.iter().zip(&numbers).map(|(line, key)| {
            let letters =
                line.content.iter().any(|byte| byte.is_ascii_alphanumeric() || *byte >= 128);
            let count = f64::from(keys.count(Tolerance::Amount, *key).max(1));
            if letters { (1.0 / count).max(PUNCTUATION) } else { PUNCTUATION }
        });
        let absent = numbers.iter().map(|key| keys.count(Tolerance::Amount, *key) == 0).collect();
        Self { values: values.collect(), absent, keys: numbers }
    }

    /// Whether an old line tells one place from another.
    pub(crate) fn telling(&self, line: usize) -> bool {
        self.values[line] >= TELLING
    }

    /// Whether the text has an old line nowhere.
    pub(crate) fn absent(&self, line: usize) -> bool {
        self.absent[line]
    }

    /// Weight of a range of old lines.
    pub(crate) fn of(&self, old: Range<usize>) -> f64 {
        self.values[old].iter().sum()
    }

    /// Weight of the heaviest common subsequence of old lines and lines of the text.
    pub(crate) fn common(&self, old: Range<usize>, text: Range<usize>, keys: &Keys<'_>) -> f64 {
        self.align(old, text, keys, |weights, index| weights.values[index])
    }

    /// How many old lines are in the longest common subsequence with lines of the text.
    pub(crate) fn lines_in_common(
        &self,
        old: Range<usize>,
        text: Range<usize>,
        keys: &Keys<'_>,
    ) -> usize {
        let count = self.align(old, text, keys, |_, _| 1.0);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a sum of ones
        let count = count as usize;
        count
    }

    /// The common subsequence with the largest sum (Wagner and Fischer 1974, one row at a time).
    fn align(
        &self,
        old: Range<usize>,
        text: Range<usize>,
        keys: &Keys<'_>,
        weight: impl Fn(&Self, usize) -> f64,
    ) -> f64 {
        if old.is_empty() || text.is_empty() {
            return 0.0;
        }
        let lines = &keys.of_text(Tolerance::Amount)[text];
        let mut row = vec![0.0f64; lines.len() + 1];
        for index in old {
            let mut diagonal = 0.0;
            for (column, key) in lines.iter().enumerate() {
                let above = row[column + 1];
                let matched = if *key == self.keys[index] {
                    diagonal + weight(self, index)
                } else {
                    f64::MIN
                };
                row[column + 1] = matched.max(above).max(row[column]);
                diagonal = above;
            }
        }
        row[lines.len()]
    }
}
