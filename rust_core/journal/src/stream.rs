//! The data of a large transaction, logged while it is made ready: each thread fills a piece and
//! writes it behind those of the others, so that nothing is held until all of it is known.

use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::segment::Segment;

/// A thread writes when it has about so many bytes.
const PIECE: usize = 1 << 20;

/// A segment whose first record has its data written before it is known what the record is.
#[derive(Debug)]
pub(crate) struct Stream {
    segment: Segment,
    written: Mutex<Written>,
}

#[derive(Debug, Default)]
struct Written {
    /// How much data there is by now.
    size: u64,
    /// The first write that failed.
    failed: Option<io::Error>,
}

impl Stream {
    /// Into a segment that has nothing in it.
    pub(crate) fn new(segment: Segment) -> Self {
        Self { segment, written: Mutex::default() }
    }

    /// The number of the segment.
    pub(crate) fn number(&self) -> u64 {
        self.segment.number
    }

    /// For one thread.
    pub(crate) fn writer(&self) -> Writer<'_> {
        Writer { stream: self, piece: Vec::new(), at: Arc::default() }
    }

    /// The segment and how much data is in it, when all writers are dropped.
    pub(crate) fn finish(self) -> io::Result<(Segment, u64)> {
        let Written { size, failed } =
            self.written.into_inner().unwrap_or_else(PoisonError::into_inner);
        failed.map_or(Ok((self.segment, size)), Err)
    }

    /// Write a piece; gives where it is in the data.
    fn write(&self, piece: &[u8]) -> u64 {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let at = written.size;
        written.size += piece.len() as u64;
        if let Err(error) = self.segment.write_data(piece, at) {
            written.failed.get_or_insert(error);
        }
        at
    }
}

/// Writes the data of one thread; what it holds is written when it is dropped.
#[derive(Debug)]
pub(crate) struct Writer<'a> {
    stream: &'a Stream,
    piece: Vec<u8>,
    at: Arc<OnceLock<u64>>,
}

impl Writer<'_> {
    /// The data of one write: the new bytes, and the old ones that they replace.
    pub(crate) fn push(&mut self, fresh: &[u8], old: &[u8]) -> Place {
        if self.piece.len() + fresh.len() + old.len() > PIECE {
            self.flush();
        }
        let place = Place { piece: Arc::clone(&self.at), within: self.piece.len() as u64 };
        self.piece.extend_from_slice(fresh);
        self.piece.extend_from_slice(old);
        place
    }

    fn flush(&mut self) {
        if self.piece.is_empty() {
            return;
        }
        // Nobody else sets it.
        let _ = std::mem::take(&mut self.at).set(self.stream.write(&self.piece));
        self.piece.clear();
    }
}

impl Drop for Writer<'_> {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Where something was written; known when its writer is dropped.
#[derive(Debug)]
pub(crate) struct Place {
    piece: Arc<OnceLock<u64>>,
    within: u64,
}

impl Place {
    /// Its offset in the data.
    pub(crate) fn offset(&self) -> u64 {
        self.piece.get().map_or(0, |at| at + self.within)
    }
}
