//! Line, word and character diffs, unified diffs and views of them, three-way merge.
//!
//! ```
//! use pyagent_diff::{Options, lines};
//!
//! let changes = lines(b"one\ntwo\n", b"one\n2\ntwo\n", &Options::default());
//! assert_eq!((changes[0].before.clone(), changes[0].after.clone()), (1..1, 1..2));
//! ```

// Lengths and places are checked against `MAX_LEN` where they come in, so that they fit.
#![allow(clippy::cast_possible_truncation, clippy::cast_possible_wrap, clippy::cast_sign_loss)]

mod bits;
mod engine;
pub mod error;
pub mod git;
pub mod headings;
mod histogram;
pub mod html;
pub mod hunks;
mod intern;
mod lines;
pub mod merge;
mod merge_places;
mod merge_text;
mod middle;
mod myers;
mod patience;
pub mod refine;
mod score;
mod shared;
pub mod side_by_side;
mod slide;
mod sparse;
pub mod stats;
pub mod terminal;
mod trim;
pub mod unified;
mod visible;
mod walk;
mod whitespace;
pub mod words;

use std::hash::Hash;
use std::ops::Range;

pub use crate::lines::Lines;
pub use crate::whitespace::Whitespace;

/// The longest text that can be compared, in bytes, and the most tokens: 2 GiB.
pub const MAX_LEN: usize = i32::MAX as usize - 1;

/// How the differences are found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// The fewest changed lines (Myers 1986, linear space), within a bound on the work: what exceeds
    /// it, hundreds of thousands of lines that differ all over, is split where it looks best.
    #[default]
    Myers,
    /// The fewest changed lines, whatever it takes.
    Minimal,
    /// Split at the longest run of the rarest shared lines, as git's `--histogram`.
    Histogram,
    /// Split at lines that occur once on each side, as Bram Cohen's patience diff.
    Patience,
}

/// What to compare and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How the differences are found.
    pub algorithm: Algorithm,
    /// Which lines count as equal; lines only.
    pub whitespace: Whitespace,
    /// Move changes that could stand in several places to the one that reads best; lines only.
    pub slide: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { algorithm: Algorithm::default(), whitespace: Whitespace::default(), slide: true }
    }
}

/// A run of tokens that was replaced by another; one of the two may be empty.
///
/// Ranges are half open and count from zero. The changes of a diff are in order, and at least one
/// token that is equal on both sides lies between each two.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// What was replaced.
    pub before: Range<u32>,
    /// What replaced it.
    pub after: Range<u32>,
}

/// The changes that turn the lines of one text into those of another.
///
/// # Panics
///
/// Where a text is longer than [`MAX_LEN`].
pub fn lines(before: &[u8], after: &[u8], options: &Options) -> Vec<Change> {
    engine::lines(before, after, *options)
}

/// The changes that turn one sequence of tokens into another.
///
/// # Panics
///
/// Where there are more than [`MAX_LEN`] tokens.
pub fn tokens<T: Hash + Eq>(before: &[T], after: &[T], options: &Options) -> Vec<Change> {
    engine::tokens(before, after, *options)
}
