//! Texts that grow byte by byte and share what they have in common.

use super::intern::Interner;

/// A text, by number; 0 is none at all.
pub(crate) type RopeId = u32;

/// The empty text.
pub(crate) const EMPTY: RopeId = 1;

/// All texts.
pub(crate) struct Ropes {
    nodes: Interner<(RopeId, u8)>,
    lengths: Vec<u32>,
}

impl Ropes {
    /// Only the empty text.
    pub(crate) fn new() -> Self {
        let mut nodes = Interner::default();
        nodes.insert((u32::MAX, 0));
        nodes.insert((u32::MAX, 1));
        Self { nodes, lengths: vec![0, 0] }
    }

    /// A text that is one byte longer.
    pub(crate) fn push(&mut self, rope: RopeId, byte: u8) -> RopeId {
        let id = self.nodes.insert((rope, byte));
        if self.lengths.len() <= id as usize {
            self.lengths.push(self.lengths[rope as usize] + 1);
        }
        id
    }

    /// How many bytes it has.
    pub(crate) fn len(&self, rope: RopeId) -> u32 {
        self.lengths[rope as usize]
    }

    /// What stands behind the first `start` bytes.
    pub(crate) fn text(&self, mut rope: RopeId, start: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        while self.lengths[rope as usize] > start {
            let (shorter, byte) = *self.nodes.get(rope);
            bytes.push(byte);
            rope = shorter;
        }
        bytes.reverse();
        bytes
    }

    /// About how many bytes of memory they take.
    pub(crate) fn memory(&self) -> usize {
        self.lengths.len() * 32
    }
}
