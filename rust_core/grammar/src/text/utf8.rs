//! From bytes to classes of characters: the trie of UTF-8 (RFC 3629), equal parts shared.

use rustc_hash::FxHashMap;

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

/// Reads UTF-8 and tells the classes of an [`Alphabet`]; invalid bytes have no way through.
#[derive(Debug)]
pub(super) struct Decoder {
    /// By first byte.
    first: [Child; 256],
    /// Further nodes, from number 1, by the low six bits of a continuation byte.
    nodes: Vec<[Child; 64]>,
    /// The classes that can be completed from each node.
    under: Vec<Box<[u32]>>,
    /// Bytes that lead to the same place from every node share a column.
    columns: [u8; 256],
    /// Number of columns.
    width: usize,
}

impl Decoder {
    /// The decoder of an alphabet.
    pub(super) fn new(alphabet: &Alphabet) -> Self {
        let mut builder = Builder {
            alphabet,
            nodes: Vec::new(),
            known: FxHashMap::default(),
            uniform: FxHashMap::default(),
        };
        let mut first = [Child::Invalid; 256];
        for (byte, child) in (0_u32..).zip(&mut first) {
            *child = match byte {
                0..=0x7F => Child::Class(alphabet.class_of(byte)),
                0xC2..=0xDF => builder.node((byte & 0x1F) << 6, 1),
                0xE0..=0xEF => builder.node((byte & 0xF) << 12, 2),
                0xF0..=0xF4 => builder.node((byte & 7) << 18, 3),
                _ => Child::Invalid,
            };
        }
        let nodes = builder.nodes;
        let mut under: Vec<Box<[u32]>> = Vec::with_capacity(nodes.len());
        for node in &nodes {
            let mut classes: Vec<u32> = Vec::new();
            for child in node {
                match child {
                    Child::Invalid => {}
                    Child::Class(class) if classes.last() == Some(class) => {}
                    Child::Class(class) => classes.push(*class),
                    Child::Node(below) => classes.extend(&under[*below as usize - 1]),
                }
            }
            classes.sort_unstable();
            classes.dedup();
            under.push(classes.into());
        }
        let (columns, width) = columns(&first, &nodes);
        Self { first, nodes, under, columns, width }
    }

    /// Where a byte leads; `node` is [`BOUNDARY`] between characters.
    pub(super) fn child(&self, node: u32, byte: u8) -> Child {
        if node == BOUNDARY {
            self.first[byte as usize]
        } else if byte & 0xC0 == 0x80 {
            self.nodes[node as usize - 1][byte as usize & 0x3F]
        } else {
            Child::Invalid
        }
    }

    /// The classes of the characters that can be completed from a node inside a character.
    pub(super) fn under(&self, node: u32) -> &[u32] {
        &self.under[node as usize - 1]
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
        let classes: usize = self.under.iter().map(|classes| classes.len() * 4).sum();
        size_of::<Self>() + self.nodes.len() * size_of::<[Child; 64]>() + classes
    }
}

/// Makes nodes, each once.
struct Builder<'a> {
    alphabet: &'a Alphabet,
    nodes: Vec<[Child; 64]>,
    known: FxHashMap<[Child; 64], u32>,
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
            let (class, until) = self.alphabet.stretch(low);
            *child = if bytes == 1 { Child::Class(class) } else { self.node(low, bytes - 1) };
            same = (low + step <= until).then_some((until, *child));
        }
        if let Some(&node) = self.known.get(&children) {
            return Child::Node(node);
        }
        self.nodes.push(children);
        let node = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.known.insert(children, node);
        Child::Node(node)
    }
}

/// Tells apart the bytes that some node tells apart.
fn columns(first: &[Child; 256], nodes: &[[Child; 64]]) -> ([u8; 256], usize) {
    let mut columns = [0_u8; 256];
    columns[0x80..0xC0].fill(1);
    let mut width = split(&mut columns, first, 2);
    for node in nodes.iter().filter(|node| node.iter().any(|child| *child != node[0])) {
        width = split(&mut columns[0x80..0xC0], node, width);
    }
    (columns, width)
}

/// Splits the columns of some bytes by where the bytes lead; answers how many there are then. No
/// column holds both continuation bytes and others.
fn split(columns: &mut [u8], children: &[Child], width: usize) -> usize {
    let mut known: FxHashMap<(u8, Child), u8> = FxHashMap::default();
    let mut taken = [false; 256];
    let mut width = width;
    for (column, child) in columns.iter_mut().zip(children) {
        *column = *known.entry((*column, *child)).or_insert_with(|| {
            if std::mem::replace(&mut taken[*column as usize], true) {
                width += 1;
                // There are at most as many columns as bytes.
                u8::try_from(width - 1).unwrap_or(u8::MAX)
            } else {
                *column
            }
        });
    }
    width
}
