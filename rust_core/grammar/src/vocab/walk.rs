//! Which tokens run on behind the end of a text.

use super::{NO_TOKEN, Vocabulary};

impl Vocabulary {
    /// The tokens that begin within `text`, run to its end and on behind it with a byte of `first`: a place
    /// for each offset from which there are any, and what the tokens have behind the end, in the order of
    /// their bytes; `None` where they are more than `limit`.
    ///
    /// A text that is cut into tokens may be cut differently once it goes on in one of these ways.
    #[must_use]
    pub fn spanning(
        &self,
        text: &[u8],
        first: &[u8],
        limit: usize,
    ) -> Vec<(usize, Option<Vec<&[u8]>>)> {
        let depth = self.trie().depth();
        let places = text.len().saturating_sub(depth)..text.len();
        places
            .map(|start| (start, self.longer(&text[start..], first, limit)))
            .filter(|(_, found)| found.as_ref().is_none_or(|found| !found.is_empty()))
            .collect()
    }

    /// What the tokens that begin with `prefix` and go on with a byte of `first` have behind it.
    fn longer(&self, prefix: &[u8], first: &[u8], limit: usize) -> Option<Vec<&[u8]>> {
        let trie = self.trie();
        let node = prefix.iter().try_fold(0, |node, &byte| trie.child(node, byte));
        let mut found = Vec::new();
        for &byte in first {
            let Some(child) = node.and_then(|node| trie.child(node, byte)) else { continue };
            let subtree = child as usize..trie.skip[child as usize] as usize;
            for token in trie.token[subtree].iter().filter(|token| **token != NO_TOKEN) {
                if found.len() == limit {
                    return None;
                }
                found.push(&self.bytes(*token)[prefix.len()..]);
            }
        }
        Some(found)
    }
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
