//! Everything that can go wrong, each with its outcome.

use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use thiserror::Error;

/// Why a transaction was not made, or a journal not opened. But for [`JournalError::Stranded`] no
/// file of the tree is changed where one of these is given.
#[derive(Debug, Error)]
pub enum JournalError {
    /// A path that leads out of the root, into the journal, or cannot be named at all.
    #[error("{}: {reason}", path.display())]
    Path {
        /// The path as it was given.
        path: PathBuf,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// What is there is not what the transaction expected.
    #[error("{}", conflicts(paths))]
    Conflict {
        /// Every path that differs, and how.
        paths: Vec<(PathBuf, &'static str)>,
    },
    /// Changes of one transaction that exclude each other.
    #[error("{}: {reason}", path.display())]
    Changes {
        /// The path they meet at.
        path: PathBuf,
        /// How they exclude each other.
        reason: &'static str,
    },
    /// Another transaction holds the journal.
    #[error("{} is held by another transaction; waited {waited:?}", root.display())]
    Locked {
        /// The root.
        root: PathBuf,
        /// How long was waited for it.
        waited: Duration,
    },
    /// A journal file whose checksums do not fit, in the midst of records that do.
    #[error("{} is damaged at byte {offset}: {reason}", segment.display())]
    Damaged {
        /// The file.
        segment: PathBuf,
        /// Where in it.
        offset: u64,
        /// What is wrong there.
        reason: &'static str,
    },
    /// The file system said no, before anything was changed.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The answer.
        source: io::Error,
    },
    /// A path on another file system or mount than the journal, from where nothing can be renamed
    /// into it.
    #[error("{} is on another file system than the journal", path.display())]
    OtherDevice {
        /// The path.
        path: PathBuf,
    },
    /// The file system failed after the commit point; every file is as it was before.
    #[error("cannot {action} {}: {source}; the transaction was rolled back", path.display())]
    RolledBack {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The answer.
        source: io::Error,
    },
    /// The file system failed, and then again when everything was to be put back. Recovery at the
    /// next open takes the transaction back, or finishes it where not even that could be noted.
    #[error(
        "cannot {action} {}: {source}; the roll-back is not complete either, and is brought to \
         an end when the journal is opened next", path.display()
    )]
    Stranded {
        /// What was tried.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// The answer.
        source: io::Error,
    },
    /// The work was cancelled before the commit point.
    #[error("cancelled")]
    Cancelled,
    /// No entry of the history has this number.
    #[error("the history has no entry {0}")]
    UnknownEntry(u64),
    /// An entry that cannot be undone or confirmed, because of what it already is.
    #[error("entry {id} {reason}")]
    EntryState {
        /// The entry.
        id: u64,
        /// What it is.
        reason: &'static str,
    },
    /// A savepoint of another transaction, or one that was rolled back over.
    #[error("the savepoint is gone")]
    NoSavepoint,
}

impl JournalError {
    /// An answer of the file system to `action` on `path`.
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }

    pub(crate) fn path(path: &Path, reason: &'static str) -> Self {
        Self::Path { path: path.to_owned(), reason }
    }
}

/// The first conflict in words, and how many there are.
fn conflicts(paths: &[(PathBuf, &'static str)]) -> String {
    match paths {
        [] => "conflict".to_owned(),
        [(path, how)] => format!("{} {how}", path.display()),
        [(path, how), rest @ ..] => {
            format!("{} {how}, and {} more conflicts", path.display(), rest.len())
        }
    }
}
