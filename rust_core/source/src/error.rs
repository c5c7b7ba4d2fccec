use std::io;

use thiserror::Error;

/// Why a source file gives no syntax tree. Lines and columns count from 1, columns in characters.
#[derive(Debug, Error)]
pub enum SourceError {
    /// The file is missing, unreadable, or not a regular file.
    #[error("{reason}")]
    Read {
        /// What the system said.
        reason: String,
    },
    /// The bytes are not text in the encoding that they declare.
    #[error("{reason}")]
    Decode {
        /// Which encoding, and which bytes do not fit it.
        reason: String,
        /// Line of the first byte at fault, where it is known.
        line: Option<u32>,
    },
    /// The text is not Python.
    #[error("{reason}")]
    Syntax {
        /// The parser's message.
        reason: String,
        /// Line of the fault.
        line: u32,
        /// Column of the fault.
        column: u32,
    },
    /// The text is nested more deeply than any Python interpreter accepts.
    #[error("{reason}")]
    Nesting {
        /// Which limit was passed.
        reason: String,
        /// Line at which it was passed.
        line: u32,
    },
}

impl SourceError {
    /// The line of the fault, where one can be named.
    pub fn line(&self) -> Option<u32> {
        match self {
            Self::Read { .. } => None,
            Self::Decode { line, .. } => *line,
            Self::Syntax { line, .. } | Self::Nesting { line, .. } => Some(*line),
        }
    }

    /// The column of the fault, where one can be named.
    pub fn column(&self) -> Option<u32> {
        match self {
            Self::Syntax { column, .. } => Some(*column),
            Self::Read { .. } | Self::Decode { .. } | Self::Nesting { .. } => None,
        }
    }
}

impl SourceError {
    /// What the system said, in the words used for every file.
    pub(crate) fn read(error: &io::Error) -> Self {
        let reason = match error.kind() {
            io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        Self::Read { reason }
    }
}

impl From<io::Error> for SourceError {
    fn from(error: io::Error) -> Self {
        Self::read(&error)
    }
}
