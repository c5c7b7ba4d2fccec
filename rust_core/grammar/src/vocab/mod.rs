//! The tokens of a model, and what is built of them once for all grammars.

mod store;
mod trie;
mod walk;

pub use trie::{NO_TOKEN, Trie};

use std::sync::OnceLock;

use crate::error::GrammarError;
use crate::mask::Tables;

/// Ids that a vocabulary may have, padding among them: some sixty times the largest in use.
pub const MAX_SIZE: usize = 1 << 24;

/// Bytes that all tokens may have together.
pub const MAX_BYTES: usize = 1 << 30;

/// The tokens of a model as bytes. Immutable, and shared by all grammars over it.
///
/// Ids run from 0 to `size`. Four kinds of them never match text: special tokens, end tokens, tokens
/// without bytes, and padding (ids of the model's output for which there is no token).
#[derive(Debug)]
pub struct Vocabulary {
    size: usize,
    /// The tokens, one behind the other.
    bytes: Vec<u8>,
    /// Where the token of an id ends in `bytes`.
    ends: Vec<u32>,
    eos: Vec<u32>,
    /// Special and end tokens, ascending.
    special: Vec<u32>,
    trie: Trie,
    fingerprint: [u8; 32],
    /// Built when all else is.
    tables: OnceLock<Tables>,
}

impl Vocabulary {
    /// A vocabulary of as many ids as there are tokens; see [`Vocabulary::with_size`].
    ///
    /// # Errors
    ///
    /// [`GrammarError::Vocabulary`], as [`Vocabulary::with_size`].
    // By value as the callers have it: they build the list for this and nothing else.
    #[expect(clippy::needless_pass_by_value)]
    pub fn new(tokens: Vec<Vec<u8>>, eos: &[u32], special: &[u32]) -> Result<Self, GrammarError> {
        let size = tokens.len();
        Self::with_size(&tokens, eos, special, size)
    }

    /// A vocabulary of `size` ids, of which those behind the last token are padding.
    ///
    /// `eos` are the tokens that end a text, any one of them; there may be none. `special` are the other
    /// tokens that stand for no text, whatever their bytes say.
    ///
    /// # Errors
    ///
    /// [`GrammarError::Vocabulary`]: there is no token that matches text, there are more than `size` or more than
    /// [`MAX_SIZE`] tokens or [`MAX_BYTES`] bytes, or an end or special token is out of range.
    pub fn with_size<T: AsRef<[u8]>>(
        tokens: &[T],
        eos: &[u32],
        special: &[u32],
        size: usize,
    ) -> Result<Self, GrammarError> {
        let mut parts = Parts::of(tokens, size)?;
        parts.mark(eos, special)?;
        let order = trie::sorted(parts.matching(), |id| parts.token(id));
        Ok(Self::assemble(parts, &order))
    }

    /// The number of ids.
    #[must_use]
    pub fn size(&self) -> usize {
        self.size
    }

    /// The number of 32-bit words in a mask.
    #[must_use]
    pub fn words(&self) -> usize {
        self.size.div_ceil(32)
    }

    /// The bytes of a token, also of a special one; nothing for padding and ids out of range.
    #[must_use]
    pub fn bytes(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    /// Whether a token is declared special or ends the text, and so never matches text.
    #[must_use]
    pub fn is_special(&self, id: u32) -> bool {
        self.special.binary_search(&id).is_ok()
    }

    /// The tokens that end a text, ascending.
    #[must_use]
    pub fn eos(&self) -> &[u32] {
        &self.eos
    }

    /// The special tokens, those that end a text among them, ascending.
    #[must_use]
    pub fn special(&self) -> &[u32] {
        &self.special
    }

    /// A blake3 digest of all that makes the vocabulary: equal for equal vocabularies on every machine.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        self.fingerprint
    }

    /// The tokens that match text, as a tree.
    #[must_use]
    pub fn trie(&self) -> &Trie {
        &self.trie
    }

    /// About how many bytes of memory the tokens and their tree take, and what was built of them for masks.
    #[must_use]
    pub fn memory(&self) -> usize {
        let tables = self.tables.get().map_or(0, Tables::memory);
        self.bytes.len() + 4 * self.ends.len() + self.trie.memory() + tables
    }

    /// What masks are made of.
    pub(crate) fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| Tables::new(self))
    }

    fn assemble(parts: Parts, order: &[u32]) -> Self {
        let trie = Trie::build(order, |id| parts.token(id));
        let fingerprint = parts.fingerprint();
        let Parts { size, bytes, ends, eos, special } = parts;
        let vocabulary =
            Self { tables: OnceLock::new(), size, bytes, ends, eos, special, trie, fingerprint };
        vocabulary.tables();
        vocabulary
    }
}

/// A vocabulary before its tree is built.
struct Parts {
    size: usize,
    bytes: Vec<u8>,
    ends: Vec<u32>,
    eos: Vec<u32>,
    special: Vec<u32>,
}

impl Parts {
    // The sum of the lengths is at most MAX_BYTES.
    #[expect(clippy::cast_possible_truncation)]
    fn of<T: AsRef<[u8]>>(tokens: &[T], size: usize) -> Result<Self, GrammarError> {
        let lengths = || tokens.iter().map(|token| token.as_ref().len());
        check_sizes(tokens.len(), size, lengths().fold(0, usize::saturating_add))?;
        let mut bytes = Vec::with_capacity(lengths().sum());
        let mut ends = Vec::with_capacity(tokens.len());
        for token in tokens {
            bytes.extend_from_slice(token.as_ref());
            ends.push(bytes.len() as u32);
        }
        Ok(Self { size, bytes, ends, eos: Vec::new(), special: Vec::new() })
    }

    fn mark(&mut self, eos: &[u32], special: &[u32]) -> Result<(), GrammarError> {
        for (what, ids) in [("end", eos), ("special", special)] {
            if let Some(id) = ids.iter().find(|&&id| id as usize >= self.size) {
                let last = self.size - 1;
                return refuse(format!("{what} token {id} is out of range: ids end at {last}"));
            }
        }
        self.eos = ascending(eos.to_vec());
        self.special = ascending([eos, special].concat());
        if self.matching().next().is_none() {
            return refuse(
                "no token of the vocabulary matches text: all are special or empty".into(),
            );
        }
        Ok(())
    }

    fn token(&self, id: u32) -> &[u8] {
        slice(&self.bytes, &self.ends, id)
    }

    /// The ids of the tokens that match text, ascending.
    #[expect(clippy::cast_possible_truncation)]
    fn matching(&self) -> impl Iterator<Item = u32> + '_ {
        let mut special = self.special.iter().copied().peekable();
        (0..self.ends.len() as u32).filter(move |&id| {
            let plain = special.next_if_eq(&id).is_none();
            plain && !self.token(id).is_empty()
        })
    }

    fn fingerprint(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("pyagent grammar vocabulary 1");
        let counts = [self.size, self.ends.len(), self.eos.len(), self.special.len()];
        for count in counts {
            hasher.update(&(count as u64).to_le_bytes());
        }
        for ids in [&self.ends, &self.eos, &self.special] {
            hasher.update(&little_endian(ids));
        }
        hasher.update(&self.bytes);
        *hasher.finalize().as_bytes()
    }
}

fn check_sizes(tokens: usize, size: usize, bytes: usize) -> Result<(), GrammarError> {
    if tokens == 0 {
        return refuse("a vocabulary needs at least one token".into());
    }
    if tokens > size {
        return refuse(format!("{tokens} tokens do not fit into a vocabulary of {size}"));
    }
    if size > MAX_SIZE {
        return refuse(format!("a vocabulary has at most {MAX_SIZE} tokens, not {size}"));
    }
    if bytes > MAX_BYTES {
        return refuse(format!("tokens have at most {MAX_BYTES} bytes together, not {bytes}"));
    }
    Ok(())
}

fn refuse<T>(message: String) -> Result<T, GrammarError> {
    Err(GrammarError::Vocabulary(message))
}

fn slice<'a>(bytes: &'a [u8], ends: &[u32], id: u32) -> &'a [u8] {
    let id = id as usize;
    let Some(&end) = ends.get(id) else { return &[] };
    let start = id.checked_sub(1).map_or(0, |before| ends[before]);
    &bytes[start as usize..end as usize]
}

fn ascending(mut ids: Vec<u32>) -> Vec<u32> {
    ids.sort_unstable();
    ids.dedup();
    ids
}

fn little_endian(ids: &[u32]) -> Vec<u8> {
    ids.iter().flat_map(|id| id.to_le_bytes()).collect()
}

#[cfg(test)]
#[path = "vocab_tests.rs"]
mod tests;
