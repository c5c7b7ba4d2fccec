//! When two lines count as equal, and a table by which equal lines are found.

use std::cell::OnceCell;
use std::hash::Hasher as _;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use crate::model::Line;
use crate::similarity::words;
use crate::text::Text;

/// What may differ between a line of the patch and a line of the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Tolerance {
    /// Nothing.
    Exact,
    /// White space at the end, a carriage return and a missing line feed among it.
    AtEnd,
    /// The amount of white space anywhere.
    Amount,
}

/// White space inside a line.
pub(crate) fn blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r' | 11 | 12)
}

/// A line without white space at its end.
pub(crate) fn trim_end(line: &[u8]) -> &[u8] {
    let end = line.iter().rposition(|byte| !blank(*byte)).map_or(0, |at| at + 1);
    &line[..end]
}

/// A line cut behind its indentation.
pub(crate) fn split_indent(line: &[u8]) -> (&[u8], &[u8]) {
    let at = line.iter().position(|byte| !matches!(byte, b' ' | b'\t')).unwrap_or(line.len());
    line.split_at(at)
}

/// The bytes of a line with each run of white space as one space, and none at its ends.
pub(crate) fn collapsed(line: &[u8]) -> impl Iterator<Item = u8> + '_ {
    let line = trim_end(line);
    let start = line.iter().position(|byte| !blank(*byte)).unwrap_or(line.len());
    let line = &line[start..];
    line.iter().enumerate().filter_map(move |(at, &byte)| match byte {
        _ if !blank(byte) => Some(byte),
        _ if blank(line[at - 1]) => None,
        _ => Some(b' '),
    })
}

/// Whether two lines, without line feeds, are equal but for what is tolerated.
pub(crate) fn same(tolerance: Tolerance, one: &[u8], other: &[u8]) -> bool {
    one == other
        || match tolerance {
            Tolerance::Exact => false,
            Tolerance::AtEnd => trim_end(one) == trim_end(other),
            Tolerance::Amount => collapsed(one).eq(collapsed(other)),
        }
}

/// A number that is the same for lines that are the same.
fn hash(tolerance: Tolerance, line: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    match tolerance {
        Tolerance::Exact => hasher.write(line),
        Tolerance::AtEnd => hasher.write(trim_end(line)),
        Tolerance::Amount => collapsed(line).for_each(|byte| hasher.write_u8(byte)),
    }
    hasher.finish()
}

/// Numbers of the lines of a text under one tolerance.
struct Table {
    keys: Vec<u64>,
    counts: FxHashMap<u64, u32>,
}

/// Lines of a text by their numbers, made when first asked for: most hunks fit without.
pub(crate) struct Keys<'a> {
    pub(crate) text: &'a Text<'a>,
    tables: [OnceCell<Table>; 3],
    words: OnceCell<FxHashSet<&'a [u8]>>,
}

impl<'a> Keys<'a> {
    pub(crate) fn new(text: &'a Text<'a>) -> Self {
        Self { text, tables: Default::default(), words: OnceCell::new() }
    }

    fn table(&self, tolerance: Tolerance) -> &Table {
        self.tables[tolerance as usize].get_or_init(|| {
            let lines = 0..self.text.len();
            let keys: Vec<u64> =
                lines.map(|line| hash(tolerance, self.text.content(line))).collect();
            let mut counts = FxHashMap::default();
            for key in &keys {
                *counts.entry(*key).or_default() += 1;
            }
            Table { keys, counts }
        })
    }

    /// The words of the text.
    pub(crate) fn words(&self) -> &FxHashSet<&'a [u8]> {
        self.words.get_or_init(|| words(self.text.bytes).collect())
    }

    /// The numbers of lines of the text.
    pub(crate) fn of_text(&self, tolerance: Tolerance) -> &[u64] {
        &self.table(tolerance).keys
    }

    /// The numbers of lines of the patch.
    pub(crate) fn of_patch(tolerance: Tolerance, lines: &[&Line]) -> Vec<u64> {
        lines.iter().map(|line| hash(tolerance, &line.content)).collect()
    }

    /// How often a line of the patch is in the text.
    pub(crate) fn count(&self, tolerance: Tolerance, key: u64) -> u32 {
        self.table(tolerance).counts.get(&key).copied().unwrap_or(0)
    }
}
