//! A vocabulary as bytes, for a file.
//!
//! Magic and version, a blake3 digest of the rest, then counts, ids (all numbers in little endian) and the tokens. The
//! tree is not kept, but the order of the tokens is: from it the tree is built in one pass, and to check
//! that an order ascends is far easier than to check that arrays of indexes make a tree.

use std::cmp::Ordering;

use super::{MAX_BYTES, MAX_SIZE, Parts, Vocabulary, little_endian, trie};
use crate::error::GrammarError;

const MAGIC: &[u8; 8] = b"PYAVOCAB";
const VERSION: u32 = 1;
const DIGEST: usize = 32;
/// Counts at the head of the content: ids, tokens, end tokens, special tokens, sorted tokens, bytes.
const COUNTS: usize = 6;

impl Vocabulary {
    /// The vocabulary as bytes for [`Vocabulary::from_bytes`].
    #[must_use]
    // No count exceeds MAX_SIZE or MAX_BYTES.
    #[expect(clippy::cast_possible_truncation)]
    pub fn to_bytes(&self) -> Vec<u8> {
        let order: Vec<u32> = self.order().collect();
        let lists = [&self.ends, &self.eos, &self.special, &order];
        let [tokens, eos, special, sorted] = lists.map(|list| list.len() as u32);
        let counts = [self.size as u32, tokens, eos, special, sorted, self.bytes.len() as u32];
        let mut content = little_endian(&counts);
        for list in lists {
            content.extend(little_endian(list));
        }
        content.extend_from_slice(&self.bytes);
        let digest = blake3::hash(&content);
        [MAGIC, &VERSION.to_le_bytes()[..], digest.as_bytes(), &content].concat()
    }

    /// The vocabulary of [`Vocabulary::to_bytes`]. Nothing of the bytes is taken on trust.
    ///
    /// # Errors
    ///
    /// [`GrammarError::Stored`]: the bytes are no stored vocabulary, of another version, or damaged.
    pub fn from_bytes(stored: &[u8]) -> Result<Self, GrammarError> {
        let mut reader = Reader(checked(stored)?);
        let counts = reader.counts()?;
        let [size, tokens, eos, special, sorted, bytes] = counts;
        let ends = reader.ids(tokens)?;
        let eos = reader.ids(eos)?;
        let special = reader.ids(special)?;
        let order = reader.ids(sorted)?;
        let text = reader.take(bytes)?;
        if !reader.0.is_empty() {
            return damaged("bytes are left over");
        }
        check_ids(size, &eos, &special)?;
        check_ends(&ends, bytes)?;
        let parts = Parts { size, bytes: text.to_vec(), ends, eos, special };
        check_order(&parts, &order)?;
        Ok(Self::assemble(parts, &order))
    }

    /// The tokens of the tree in the order of their bytes.
    fn order(&self) -> impl Iterator<Item = u32> + '_ {
        (0u32..).zip(&self.trie.token).flat_map(|(node, _)| self.trie.tokens_at(node))
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], GrammarError> {
        let Some((taken, rest)) = self.0.split_at_checked(length) else {
            return damaged("it is cut off");
        };
        self.0 = rest;
        Ok(taken)
    }

    fn ids(&mut self, count: usize) -> Result<Vec<u32>, GrammarError> {
        let (words, _) = self.take(count * 4)?.as_chunks::<4>();
        Ok(words.iter().map(|word| u32::from_le_bytes(*word)).collect())
    }

    /// The counts, none of them larger than a vocabulary can have.
    fn counts(&mut self) -> Result<[usize; COUNTS], GrammarError> {
        let mut counts = [0; COUNTS];
        for (count, word) in counts.iter_mut().zip(self.ids(COUNTS)?) {
            *count = word as usize;
        }
        let [size, tokens, eos, special, sorted, bytes] = counts;
        let ids = [tokens, eos, special, sorted];
        if tokens == 0 || size > MAX_SIZE || bytes > MAX_BYTES || ids.iter().any(|n| *n > size) {
            return damaged("its counts make no vocabulary");
        }
        Ok(counts)
    }
}

/// The content behind the head, if its digest is right.
fn checked(stored: &[u8]) -> Result<&[u8], GrammarError> {
    let mut reader = Reader(stored);
    if !reader.take(MAGIC.len()).is_ok_and(|magic| magic == MAGIC) {
        return Err(GrammarError::Stored("these bytes are no stored vocabulary".into()));
    }
    let version = reader.ids(1)?[0];
    if version != VERSION {
        return Err(GrammarError::Stored(format!(
            "the vocabulary is stored in version {version} of the format, and this is version {VERSION}: \
             build it from its tokenizer again"
        )));
    }
    let digest = reader.take(DIGEST)?;
    if blake3::hash(reader.0).as_bytes() != digest {
        return damaged("its digest is wrong");
    }
    Ok(reader.0)
}

fn check_ids(size: usize, eos: &[u32], special: &[u32]) -> Result<(), GrammarError> {
    let known = |ids: &[u32]| {
        ids.is_sorted_by(|a, b| a < b) && ids.last().is_none_or(|&id| (id as usize) < size)
    };
    if !known(eos) || !known(special) || eos.iter().any(|id| special.binary_search(id).is_err()) {
        return damaged("its special tokens are no ids in ascending order");
    }
    Ok(())
}

fn check_ends(ends: &[u32], bytes: usize) -> Result<(), GrammarError> {
    if !ends.is_sorted() || ends.last().is_none_or(|&end| end as usize != bytes) {
        return damaged("its tokens do not follow each other");
    }
    Ok(())
}

/// Whether the order holds every token that matches text, once, and ascends: as many ids as match, each of
/// which does, in strictly ascending order, are all of them.
fn check_order(parts: &Parts, order: &[u32]) -> Result<(), GrammarError> {
    let matches =
        |id: u32| !parts.token(id).is_empty() && parts.special.binary_search(&id).is_err();
    let ascends = |a: &u32, b: &u32| trie::compare(*a, *b, |id| parts.token(id)) == Ordering::Less;
    let complete = !order.is_empty() && order.len() == parts.matching().count();
    if !complete || !order.iter().all(|&id| matches(id)) || !order.is_sorted_by(ascends) {
        return damaged("its tokens are not in order");
    }
    Ok(())
}

fn damaged<T>(what: &str) -> Result<T, GrammarError> {
    Err(GrammarError::Stored(format!(
        "the stored vocabulary is damaged: {what}; build it from its tokenizer again"
    )))
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
