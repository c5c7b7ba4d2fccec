//! Why texts are not compared or merged.

use thiserror::Error;

use crate::MAX_LEN;

/// Why texts are not compared or merged.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum DiffError {
    /// A text that is to be merged line by line has no lines.
    #[error("{text} is binary, and is not merged line by line")]
    Binary {
        /// Which of the texts.
        text: &'static str,
    },
    /// Places in a text are held in 32 bits.
    #[error("{text} has {length} bytes; no more than {} are compared", MAX_LEN)]
    TooLong {
        /// Which of the texts.
        text: &'static str,
        /// Its length in bytes.
        length: usize,
    },
}

impl DiffError {
    /// Refuse a text that is longer than [`MAX_LEN`].
    pub fn check_length(text: &'static str, bytes: &[u8]) -> Result<(), Self> {
        let length = bytes.len();
        if length > MAX_LEN { Err(Self::TooLong { text, length }) } else { Ok(()) }
    }
}
