//! The tokens of a vocabulary as one tree of bytes.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

/// What [`Trie::token`] holds for a node at which no token ends.
pub const NO_TOKEN: u32 = u32::MAX;

/// Every token that matches text, by its bytes, in preorder: the subtree of a node is a range, so that a
/// walk which loses its last parse jumps over all longer tokens at once.
///
/// Node 0 is the root. The children of node `n` are `n + 1`, `skip[n + 1]`, and so on while less than
/// `skip[n]`, in the order of their bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trie {
    /// The byte that leads to the node; 0 for the root.
    pub byte: Vec<u8>,
    /// The first node behind the subtree.
    pub skip: Vec<u32>,
    /// The token that ends at the node, the lowest id where several have the same bytes.
    pub token: Vec<u32>,
    /// By node: further tokens of the same bytes, ascending.
    pub twins: FxHashMap<u32, Vec<u32>>,
    depth: usize,
}

impl Trie {
    /// Builds the tree from ids in [`sorted`] order; `bytes` answers none of them with nothing.
    pub(crate) fn build<'a>(order: &[u32], bytes: impl Fn(u32) -> &'a [u8]) -> Self {
        let mut trie = Self::default();
        trie.push(0);
        let mut path = vec![0];
        let mut last: &[u8] = &[];
        for &id in order {
            let token = bytes(id);
            let shared = common_prefix(last, token);
            trie.close(path.drain(shared + 1..));
            for &byte in &token[shared..] {
                path.push(trie.push(byte));
            }
            trie.depth = trie.depth.max(token.len());
            trie.mark(path[token.len()], id);
            last = token;
        }
        trie.close(path.into_iter());
        trie
    }

    /// The number of nodes, the root among them.
    #[must_use]
    pub fn len(&self) -> usize {
        self.byte.len()
    }

    /// Whether no token matches text.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// Bytes of the longest token: how deep a walk can get.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.depth
    }

    /// The tokens that end at `node`, ascending.
    pub fn tokens_at(&self, node: u32) -> impl Iterator<Item = u32> + '_ {
        let first = self.token[node as usize];
        let twins = self.twins.get(&node).map_or(&[][..], Vec::as_slice);
        (first != NO_TOKEN).then_some(first).into_iter().chain(twins.iter().copied())
    }

    /// The child of `node` that `byte` leads to.
    #[must_use]
    pub fn child(&self, node: u32, byte: u8) -> Option<u32> {
        let end = self.skip[node as usize];
        let mut child = node + 1;
        while child < end {
            match self.byte[child as usize].cmp(&byte) {
                Ordering::Less => child = self.skip[child as usize],
                Ordering::Equal => return Some(child),
                Ordering::Greater => return None,
            }
        }
        None
    }

    /// About how many bytes of memory the tree takes.
    #[must_use]
    pub fn memory(&self) -> usize {
        let twins: usize = self.twins.values().map(|ids| 32 + 4 * ids.capacity()).sum();
        self.byte.capacity() + 4 * (self.skip.capacity() + self.token.capacity()) + twins
    }

    // A vocabulary has fewer bytes than a u32 counts (see `MAX_BYTES`), and so fewer nodes.
    #[expect(clippy::cast_possible_truncation)]
    fn push(&mut self, byte: u8) -> u32 {
        let node = self.byte.len() as u32;
        self.byte.push(byte);
        self.skip.push(0);
        self.token.push(NO_TOKEN);
        node
    }

    #[expect(clippy::cast_possible_truncation)]
    fn close(&mut self, nodes: impl Iterator<Item = u32>) {
        let end = self.byte.len() as u32;
        for node in nodes {
            self.skip[node as usize] = end;
        }
    }

    fn mark(&mut self, node: u32, id: u32) {
        let first = &mut self.token[node as usize];
        if *first == NO_TOKEN {
            *first = id;
        } else {
            self.twins.entry(node).or_default().push(id);
        }
    }
}

/// Puts ids in the order of their bytes, and of the ids where the bytes are the same.
///
/// The first 16 bytes are compared as one number: the rest of two tokens is looked at only where these
/// are equal, which also covers a token that ends where the other has a zero byte.
pub(super) fn sorted<'a>(
    ids: impl Iterator<Item = u32>,
    bytes: impl Fn(u32) -> &'a [u8],
) -> Vec<u32> {
    let mut keyed: Vec<(u128, u32)> = ids.map(|id| (head(bytes(id)), id)).collect();
    keyed.sort_unstable_by(|&(a, left), &(b, right)| {
        a.cmp(&b).then_with(|| compare(left, right, &bytes))
    });
    keyed.into_iter().map(|(_, id)| id).collect()
}

/// The order of [`sorted`].
pub(super) fn compare<'a>(left: u32, right: u32, bytes: impl Fn(u32) -> &'a [u8]) -> Ordering {
    bytes(left).cmp(bytes(right)).then(left.cmp(&right))
}

fn head(token: &[u8]) -> u128 {
    let mut head = [0; 16];
    let length = token.len().min(16);
    head[..length].copy_from_slice(&token[..length]);
    u128::from_be_bytes(head)
}

fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    left.iter().zip(right).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
#[path = "trie_tests.rs"]
mod tests;
