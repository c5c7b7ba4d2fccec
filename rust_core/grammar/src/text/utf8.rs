//! From bytes to classes of characters: the trie of UTF-8 (RFC 3629), equal parts shared.

use std::hash::BuildHasher;
use std::sync::{Arc, OnceLock};

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::alphabet::{Alphabet, END};

/// The state between two characters.
pub(super) const BOUNDARY: u32 = 0;

/// What a byte leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Child {
    /// No valid UTF-8.
    Invalid,
    /// A character of this class is complete.
    Class(u32),
    /// More bytes are wanted, from this node.
    Node(u32),
}

/// The nodes inside characters.
#[derive(Debug, Clone, Default)]
struct Nodes {
    /// By number, from 1: where the low six bits of a continuation byte lead.
    children: Vec<[Child; 64]>,
    /// The classes that can be completed from each.
    under: Vec<Box<[u32]>>,
}

/// Reads UTF-8 and tells the classes of an [`Alphabet`]; invalid bytes have no way through.
#[derive(Debug)]
pub(super) struct Decoder {
    /// By first byte.
    first: [Child; 256],
    nodes: Arc<Nodes>,
    /// Bytes that lead to the same place from every node share a column.
    columns: [u8; 256],
    /// Number of columns.
    width: usize,
}

impl Decoder {
    /// The decoder of an alphabet.
    pub(super) fn new(alphabet: &Alphabet) -> Self {
        static PLAIN: OnceLock<Decoder> = OnceLock::new();
        let mut decoder = if alphabet.stretch(0x80).1 == END {
            // All characters beyond ASCII are of class 0, as in the alphabet of a single class.
            let plain = PLAIN.get_or_init(|| Self::beyond_ascii(&Alphabet::new(&[])));
            Self { nodes: Arc::clone(&plain.nodes), ..*plain }
        } else {
            Self::beyond_ascii(alphabet)
        };
        for (byte, child) in (0..0x80).zip(&mut decoder.first) {
            *child = Child::Class(alphabet.class_of(byte));
        }
        decoder.width = ascii_columns(&mut decoder.columns, &decoder.first, decoder.width);
        decoder
    }

    /// The decoder without the characters of one byte, whose bytes share a column.
    fn beyond_ascii(alphabet: &Alphabet) -> Self {
        let mut builder = Builder {
            alphabet,
            nodes: Vec::new(),
            known: FxHashMap::default(),
            uniform: FxHashMap::default(),
        };
        let mut first = [Child::Invalid; 256];
        for (byte, child) in (0_u32..).zip(&mut first) {
            *child = match byte {
                0..=0x7F => Child::Class(0),
                0xC2..=0xDF => builder.node((byte & 0x1F) << 6, 1),
                0xE0..=0xEF => builder.node((byte & 0xF) << 12, 2),
                0xF0..=0xF4 => builder.node((byte & 7) << 18, 3),
                _ => Child::Invalid,
            };
        }
        let children = builder.nodes;
        let (columns, width) = columns(&first, &children);
        let mut nodes = Nodes { children, under: Vec::new() };
        for node in &nodes.children {
            let mut classes: Vec<u32> = Vec::new();
            for child in node {
                match child {
                    Child::Invalid => {}
                    Child::Class(class) if classes.last() == Some(class) => {}
                    Child::Class(class) => classes.push(*class),
                    Child::Node(below) => classes.extend(&nodes.under[*below as usize - 1]),
                }
            }
            classes.sort_unstable();
            classes.dedup();
            nodes.under.push(classes.into());
        }
        Self { first, nodes: Arc::new(nodes), columns, width }
    }

    /// Where a byte leads; `node` is [`BOUNDARY`] between characters.
    pub(super) fn child(&self, node: u32, byte: u8) -> Child {
        if node == BOUNDARY {
            self.first[byte as usize]
        } else if byte & 0xC0 == 0x80 {
            self.nodes.children[node as usize - 1][byte as usize & 0x3F]
        } else {
            Child::Invalid
        }
    }

    /// The classes of the characters that can be completed from a node inside a character.
    pub(super) fn under(&self, node: u32) -> &[u32] {
        &self.nodes.under[node as usize - 1]
    }

    /// The column of each byte.
    pub(super) fn columns(&self) -> &[u8; 256] {
        &self.columns
    }

    /// Number of columns.
    pub(super) fn width(&self) -> usize {
        self.width
    }

    /// Bytes of memory.
    pub(super) fn memory(&self) -> usize {
        if self.nodes.under.iter().all(|classes| **classes == [0]) {
            // Shared by all alphabets that tell only ASCII apart.
            return size_of::<Self>();
        }
        let classes: usize = self.nodes.under.iter().map(|classes| classes.len() * 4).sum();
        size_of::<Self>() + self.nodes.children.len() * size_of::<[Child; 64]>() + classes
    }
}

/// Makes nodes, each once.
struct Builder<'a> {
    alphabet: &'a Alphabet,
    nodes: Vec<[Child; 64]>,
    /// By a hash of its children, a node. Where hashes collide, nodes may be there twice.
    known: FxHashMap<u64, u32>,
    /// The node below which all is valid and of one class, by that class and the bytes that follow.
    uniform: FxHashMap<(u32, u32), Child>,
}

impl Builder<'_> {
    /// The node for the characters from `from` on that `bytes` continuation bytes tell apart.
    fn node(&mut self, from: u32, bytes: u32) -> Child {
        let (class, until) = self.alphabet.stretch(from);
        let partly = matches!((from, bytes), (0 | 0xD000, 2) | (0 | 0x10_0000, 3));
        if partly || until < from + (1 << (6 * bytes)) {
            return self.expand(from, bytes);
        }
        if let Some(&node) = self.uniform.get(&(class, bytes)) {
            return node;
        }
        let node = self.expand(from, bytes);
        self.uniform.insert((class, bytes), node);
        node
    }

    /// The same, child by child.
    fn expand(&mut self, from: u32, bytes: u32) -> Child {
        let step = 1 << (6 * (bytes - 1));
        let lowest = [0x80, 0x800, 0x1_0000][bytes as usize - 1];
        let mut children = [Child::Invalid; 64];
        let mut same: Option<(u32, Child)> = None;
        let mut stretch = self.alphabet.stretch_number(from);
        for (index, child) in (0_u32..).zip(&mut children) {
            let low = from + index * step;
            if low < lowest && bytes > 1 || low >= END || low & 0x1F_F800 == 0xD800 {
                continue;
            }
            if let Some((until, before)) = same
                && low + step <= until
            {
                *child = before;
                continue;
            }
            let (number, class, until) = self.alphabet.stretch_behind(stretch, low);
            stretch = number;
            *child = if bytes == 1 { Child::Class(class) } else { self.node(low, bytes - 1) };
            same = (low + step <= until).then_some((until, *child));
        }
        let hash = FxBuildHasher.hash_one(children);
        if let Some(&node) = self.known.get(&hash)
            && self.nodes[node as usize - 1] == children
        {
            return Child::Node(node);
        }
        self.nodes.push(children);
        let node = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.known.insert(hash, node);
        Child::Node(node)
    }
}

/// Columns for the bytes beyond ASCII: neighbours share one where every node treats them alike.
fn columns(first: &[Child; 256], nodes: &[[Child; 64]]) -> ([u8; 256], usize) {
    let mut border = [false; 256];
    for node in nodes {
        for (byte, pair) in (0x81_usize..).zip(node.windows(2)) {
            border[byte] |= pair[0] != pair[1];
        }
    }
    for byte in 0xC0..=0xFF {
        border[byte] = byte == 0xC0 || first[byte] != first[byte - 1];
    }
    let mut columns = [0_u8; 256];
    for byte in 0x81..=0xFF {
        columns[byte] = columns[byte - 1] + u8::from(border[byte]);
    }
    (columns, usize::from(columns[255]) + 1)
}

/// Adds columns for ASCII behind those that there are, one per class; answers how many there are then. With 64
/// continuation bytes and as many that begin a longer character there are never more than bytes.
fn ascii_columns(columns: &mut [u8; 256], first: &[Child; 256], width: usize) -> usize {
    let mut known: Vec<Child> = Vec::new();
    for (column, child) in columns.iter_mut().zip(first).take(0x80) {
        let class = known.iter().position(|other| other == child).unwrap_or_else(|| {
            known.push(*child);
            known.len() - 1
        });
        *column = u8::try_from(width + class).unwrap_or(u8::MAX);
    }
    width + known.len()
}
