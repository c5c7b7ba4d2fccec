//! When two different lines are one line with a slip of the pen.
//!
//! A patch that was made for another revision differs from the text as well, and there the
//! difference means something: the line was changed, and a merge would call it a conflict. So a
//! slip is told from a change by three marks: it is small, it lies inside one word of letters,
//! and it makes a word that nobody else uses.

use rustc_hash::FxHashSet;

use crate::keys::collapsed;

/// Most letters that may be wrong in a line.
const SLIP: usize = 2;

/// Letters a word must have for a slip in it to be told from another word, and may have for it to be
/// one that a person writes.
const WORD: std::ops::RangeInclusive<usize> = 3..=64;

/// Words that the text or the changed lines of the patch use.
pub(crate) struct Vocabulary<'a> {
    text: &'a FxHashSet<&'a [u8]>,
    patch: FxHashSet<&'a [u8]>,
}

impl<'a> Vocabulary<'a> {
    pub(crate) fn new(
        text: &'a FxHashSet<&'a [u8]>,
        patch: impl Iterator<Item = &'a [u8]>,
    ) -> Self {
        Self { text, patch: patch.flat_map(words).collect() }
    }

    fn knows(&self, word: &[u8]) -> bool {
        self.text.contains(word) || self.patch.contains(word)
    }

    /// How many letters of `patch` are slips, where it is `text` but for those; `None` where it
    /// is another line.
    pub(crate) fn slips(&self, patch: &[u8], text: &[u8]) -> Option<usize> {
        let patch: Vec<u8> = collapsed(patch).collect();
        let text: Vec<u8> = collapsed(text).collect();
        if patch.len().abs_diff(text.len()) > SLIP {
            return None;
        }
        let mut total = 0;
        let (mut one, mut other) = (words(&patch), words(&text));
        let (mut at, mut to) = (0, 0);
        loop {
            match (one.next(), other.next()) {
                (None, None) => break,
                (Some(wrong), Some(right)) => {
                    let (start, end) = (offset(&patch, wrong), offset(&text, right));
                    // What stands between the words is the same in both.
                    if patch[at..start] != text[to..end] {
                        return None;
                    }
                    (at, to) = (start + wrong.len(), end + right.len());
                    if wrong != right {
                        total += self.slip(wrong, right)?;
                    }
                }
                _ => return None,
            }
        }
        (patch[at..] == text[to..] && total <= SLIP).then_some(total)
    }

    /// The distance of two words, where one is the other with a slip.
    fn slip(&self, wrong: &[u8], right: &[u8]) -> Option<usize> {
        let letters = |word: &[u8]| !word.iter().any(u8::is_ascii_digit);
        if !WORD.contains(&right.len()) || wrong.len().abs_diff(right.len()) > SLIP {
            return None;
        }
        if !letters(wrong) || !letters(right) || self.knows(wrong) {
            return None;
        }
        // An ending makes another word: `http` and `https`, `open` and `opened`.
        if wrong.starts_with(right) || right.starts_with(wrong) {
            return None;
        }
        Some(distance(wrong, right))
            .filter(|distance| *distance <= SLIP && distance * 2 < right.len())
    }
}

/// The words of a text: runs of letters, digits, underscores and of bytes beyond ASCII.
pub(crate) fn words(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    text.split(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 128))
        .filter(|word| !word.is_empty())
}

/// Where a part of a text begins in it.
fn offset(text: &[u8], part: &[u8]) -> usize {
    part.as_ptr() as usize - text.as_ptr() as usize
}

/// Letters inserted, dropped, replaced or swapped with their neighbour: the optimal string
/// alignment distance (Damerau 1964, in the restricted form of Wagner and Lowrance).
pub(crate) fn distance(one: &[u8], other: &[u8]) -> usize {
    let width = other.len() + 1;
    let mut before: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (row, letter) in one.iter().enumerate() {
        let mut line = vec![row + 1; width];
        for (column, against) in other.iter().enumerate() {
            let replaced = last[column] + usize::from(letter != against);
            let mut best = replaced.min(last[column + 1] + 1).min(line[column] + 1);
            let swapped =
                row > 0 && column > 0 && *letter == other[column - 1] && one[row - 1] == *against;
            if swapped {
                best = best.min(before[column - 1] + 1);
            }
            line[column + 1] = best;
        }
        before = std::mem::replace(&mut last, line);
    }
    last[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slips(patch: &str, text: &str, known: &str) -> Option<usize> {
        let known = words(known.as_bytes()).collect();
        Vocabulary::new(&known, std::iter::empty()).slips(patch.as_bytes(), text.as_bytes())
    }

    #[test]
    fn distances() {
        assert_eq!(distance(b"", b"abc"), 3);
        assert_eq!(distance(b"kitten", b"sitting"), 3);
        assert_eq!(distance(b"retrun", b"return"), 1);
        assert_eq!(distance(b"same", b"same"), 0);
    }

    #[test]
    fn a_slip_is_small_inside_a_word_and_makes_a_new_one() {
        assert_eq!(slips("    retrun value", "    return value", "return value"), Some(1));
        assert_eq!(slips("retrun vlaue", "return value", ""), Some(2));
        // A word that is known was meant.
        assert_eq!(slips("return values", "return value", "values"), None);
        // A number was meant.
        assert_eq!(slips("version = 12", "version = 11", ""), None);
        assert_eq!(slips("retrun(value)", "return value", ""), None);
        assert_eq!(slips("other line", "return value", ""), None);
        assert_eq!(slips("a = x", "a = y", ""), None);
        assert_eq!(slips("https = url", "http = url", ""), None);
        // What no person writes is not compared letter by letter.
        let long = "ab".repeat(100_000);
        assert_eq!(slips(&format!("{long}x"), &format!("{long}y"), ""), None);
    }
}
