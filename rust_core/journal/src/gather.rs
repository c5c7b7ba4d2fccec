//! Writing a record: many small pieces, few calls.

use std::fs::File;
use std::io;

use crate::sys::place_at;

/// Collects small pieces into few large writes.
pub(crate) struct Gather<'a> {
    file: &'a File,
    at: u64,
    buffer: Vec<u8>,
}

impl<'a> Gather<'a> {
    const SIZE: usize = 256 << 10;

    /// About so many bytes to write at `at`.
    pub(crate) fn new(file: &'a File, at: u64, length: u64) -> Self {
        let length = usize::try_from(length).unwrap_or(Self::SIZE).min(Self::SIZE);
        Self { file, at, buffer: Vec::with_capacity(length) }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.buffer.len() + bytes.len() > Self::SIZE {
            self.finish()?;
        }
        if bytes.len() >= Self::SIZE / 4 {
            self.finish()?;
            place_at(self.file, bytes, self.at)?;
            self.at += bytes.len() as u64;
        } else {
            self.buffer.extend_from_slice(bytes);
        }
        Ok(())
    }

    /// Zeros up to `end`.
    pub(crate) fn zeros(&mut self, end: u64) -> io::Result<()> {
        let here = self.at + self.buffer.len() as u64;
        let mut left = usize::try_from(end.saturating_sub(here)).unwrap_or(0);
        let zeros = vec![0; left.min(Self::SIZE / 2)];
        while left > 0 {
            let size = left.min(zeros.len());
            self.push(&zeros[..size])?;
            left -= size;
        }
        Ok(())
    }

    pub(crate) fn finish(&mut self) -> io::Result<()> {
        place_at(self.file, &self.buffer, self.at)?;
        self.at += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }
}
