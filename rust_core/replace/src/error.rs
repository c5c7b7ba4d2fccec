//! Why a replacement was not planned or not applied.

use std::path::PathBuf;

use pyagent_journal::JournalError;

/// What is wrong with a pattern or with a replacement.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PatternError {
    /// What is wrong, without the place.
    pub message: String,
    /// The pattern or replacement concerned.
    pub text: String,
    /// The character of `text` at which it is wrong, from 0, where one can be named.
    pub position: Option<usize>,
    /// What to write instead; empty where nothing can be said.
    pub hint: String,
}

impl PatternError {
    pub(crate) fn new(message: impl Into<String>, text: &str, hint: impl Into<String>) -> Self {
        let (message, hint) = (message.into(), hint.into());
        Self { message, text: text.to_owned(), position: None, hint }
    }

    pub(crate) fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }
}

/// How a file is no longer as it was when the plan was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drift {
    /// It has other contents.
    Changed,
    /// It is gone.
    Vanished,
    /// A folder has taken its place.
    Folder,
    /// Something else has: a symbolic link, a device.
    Special,
    /// It may no longer be read or written.
    Permission,
}

impl Drift {
    /// A word for it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Vanished => "vanished",
            Self::Folder => "folder",
            Self::Special => "special",
            Self::Permission => "permission",
        }
    }
}

/// A file that is no longer as it was planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaleFile {
    /// The file, below the root.
    pub path: PathBuf,
    /// What happened to it.
    pub drift: Drift,
}

/// Why a replacement was not planned or not applied.
#[derive(Debug, thiserror::Error)]
pub enum ReplaceError {
    /// A pattern or a replacement has no meaning.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// A glob is none.
    #[error("glob {glob:?}: {reason}")]
    Glob {
        /// The glob.
        glob: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Nobody knows this type of file.
    #[error("unknown file type {name:?}")]
    Type {
        /// The name given.
        name: String,
    },
    /// Nobody knows this encoding.
    #[error("unknown encoding {name:?}")]
    Encoding {
        /// The name given.
        name: String,
    },
    /// A place that is to be searched cannot be.
    #[error("{}: {reason}", path.display())]
    Place {
        /// The root, or a path given below it.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// Files are no longer as they were when the plan was made; nothing was written.
    #[error("{} of the planned files are no longer as they were", .0.len())]
    Stale(Vec<StaleFile>),
    /// The transaction failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The caller cancelled; nothing was written.
    #[error("cancelled")]
    Cancelled,
}
