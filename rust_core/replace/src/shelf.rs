//! Where the contents of planned files are kept: one behind the other in few large pieces. A piece of
//! memory of its own for each of a thousand files of all sizes would touch twice as many pages, and
//! making those takes longer than the search.

use std::ops::Range;
use std::sync::{Arc, OnceLock};

/// The first piece is this large, the next ones twice as large each, up to the other size.
const PIECE: Range<usize> = 256 << 10..8 << 20;

/// The contents of one file.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    piece: Arc<OnceLock<Vec<u8>>>,
    range: Range<usize>,
}

impl Kept {
    /// The bytes; empty until the shelf is closed.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.piece.get().and_then(|piece| piece.get(self.range.clone())).unwrap_or_default()
    }
}

/// A shelf that is being filled by one thread; dropping it closes it.
#[derive(Debug, Default)]
pub(crate) struct Shelf {
    piece: Arc<OnceLock<Vec<u8>>>,
    filling: Vec<u8>,
    size: usize,
}

impl Shelf {
    /// Keep a copy.
    pub(crate) fn keep(&mut self, bytes: &[u8]) -> Kept {
        if self.filling.capacity() - self.filling.len() < bytes.len() {
            self.close();
            self.size = (self.size * 2).clamp(PIECE.start, PIECE.end);
            self.filling.reserve_exact(self.size.max(bytes.len()));
        }
        let start = self.filling.len();
        self.filling.extend_from_slice(bytes);
        Kept { piece: Arc::clone(&self.piece), range: start..self.filling.len() }
    }

    fn close(&mut self) {
        // Nobody else sets it.
        let _ = std::mem::take(&mut self.piece).set(std::mem::take(&mut self.filling));
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.close();
    }
}

#[cfg(test)]
mod tests {
    use super::{PIECE, Shelf};

    #[test]
    fn contents_are_had_back_when_the_shelf_is_closed() {
        let mut shelf = Shelf::default();
        let sizes = [0, 1, 1000, PIECE.start, PIECE.start + 1, 7, PIECE.end + 1, 3];
        let kept: Vec<_> = (0..)
            .zip(sizes)
            .map(|(byte, size)| (shelf.keep(&vec![byte; size]), vec![byte; size]))
            .collect();
        drop(shelf);
        for (content, bytes) in kept {
            assert_eq!(content.bytes(), bytes);
        }
    }
}
