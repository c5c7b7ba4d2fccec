//! A text as lines: only a line feed ends one.

use std::ops::Range;

use wide::u8x16;

/// The lines of a text; the last one may lack its line feed.
#[derive(Clone, Debug)]
pub struct Lines<'a> {
    text: &'a [u8],
    /// Where each line starts, and where the last one ends.
    starts: Vec<u32>,
}

impl<'a> Lines<'a> {
    /// Find the lines of `text`, which must not be longer than [`crate::MAX_LEN`].
    pub fn new(text: &'a [u8]) -> Self {
        let mut starts = Vec::with_capacity(text.len() / 32 + 2);
        starts.push(0);
        push_ends(text, 0, &mut starts);
        Self { text, starts }
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.starts.len() - 1
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A line with its line feed.
    ///
    /// # Panics
    ///
    /// Where there are no more than `at` lines.
    pub fn get(&self, at: usize) -> &'a [u8] {
        &self.text[self.starts[at] as usize..self.starts[at + 1] as usize]
    }

    /// The bytes of a range of lines.
    ///
    /// # Panics
    ///
    /// Where the range reaches over the last line.
    pub fn span(&self, range: Range<u32>) -> &'a [u8] {
        &self.text[self.offset(range.start)..self.offset(range.end)]
    }

    /// The byte at which a line starts; the end of the text for the number of lines.
    ///
    /// # Panics
    ///
    /// Where there are fewer than `line` lines.
    pub fn offset(&self, line: u32) -> usize {
        self.starts[line as usize] as usize
    }

    /// The whole text.
    pub fn text(&self) -> &'a [u8] {
        self.text
    }

    /// Every line with its line feed, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a [u8]> + '_ {
        (0..self.len()).map(|at| self.get(at))
    }
}

/// Push the end of each line of `text`, counted from `base`.
pub(crate) fn push_ends(text: &[u8], base: u32, ends: &mut Vec<u32>) {
    let last = base + offset(text.len());
    let (blocks, rest) = text.as_chunks::<BLOCK>();
    let mut start = base + 1;
    for block in blocks {
        push_bits(line_feeds(block), start, ends);
        start += BLOCK as u32;
    }
    for (at, byte) in rest.iter().enumerate() {
        if *byte == b'\n' {
            ends.push(start + at as u32);
        }
    }
    if !text.is_empty() && text.last() != Some(&b'\n') {
        ends.push(last);
    }
}

/// Texts are read in blocks of this many bytes, which give one word of bits.
const BLOCK: usize = 64;

/// Which bytes of a block are line feeds, the first byte as the lowest bit.
fn line_feeds(block: &[u8; BLOCK]) -> u64 {
    let feed = u8x16::splat(b'\n');
    let (quarters, _) = block.as_chunks::<16>();
    quarters.iter().rev().fold(0, |bits, quarter| {
        bits << 16 | u64::from(u8x16::new(*quarter).simd_eq(feed).to_bitmask())
    })
}

fn push_bits(mut bits: u64, start: u32, ends: &mut Vec<u32>) {
    while bits != 0 {
        ends.push(start + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// A length or place as the tables hold it.
///
/// # Panics
///
/// Where it is over [`crate::MAX_LEN`].
pub(crate) fn offset(at: usize) -> u32 {
    assert!(at <= crate::MAX_LEN, "a text of more than {} bytes", crate::MAX_LEN);
    at as u32
}
