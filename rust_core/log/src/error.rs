//! What can go wrong before the first record is written.

use std::io;
use std::path::PathBuf;

/// Why a writer could not be opened. Once it is open nothing is raised any more: see
/// [`Stats`](crate::Stats).
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// An option has no meaning, alone or beside another.
    #[error("{option}: {reason}")]
    Option {
        /// The name of the option.
        option: &'static str,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The file cannot be opened for appending.
    #[error("{}: {source}", path.display())]
    Open {
        /// The log file.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The operating system refuses another thread.
    #[error("cannot start the writer's thread: {source}")]
    Thread {
        /// What the operating system said.
        source: io::Error,
    },
}
