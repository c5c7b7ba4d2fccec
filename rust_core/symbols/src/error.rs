use thiserror::Error;

/// Why a symbol cannot be renamed or moved. Lines count from 1; nothing was changed.
#[derive(Debug, Error)]
pub enum SymbolsError {
    /// A pattern of files to leave out is not a glob.
    #[error("{0}")]
    Exclude(#[from] globset::Error),
    /// The caller cancelled the analysis.
    #[error("cancelled")]
    Cancelled,
    /// No symbol of the tree answers to the target, or one that cannot be handled.
    #[error("{target}: {reason}")]
    Target {
        /// The target as it was given.
        target: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The new name is no name.
    #[error("`{name}` {reason}")]
    Name {
        /// The new name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The new name is in use where it would come to stand.
    #[error("{path}:{line}: {reason}")]
    Collision {
        /// The file.
        path: String,
        /// The line that stands in the way.
        line: u32,
        /// What it does with the name.
        reason: String,
    },
    /// A file that would have to be edited cannot be.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// Why not.
        reason: String,
    },
    /// There is no group of edits with this index.
    #[error("no group of edits {index}: there are {count}")]
    Group {
        /// The index that was asked for.
        index: usize,
        /// How many groups the file has.
        count: usize,
    },
    /// The edited text is not what was planned.
    #[error("{path}: {reason}")]
    Edit {
        /// The file.
        path: String,
        /// How the result differs from the plan.
        reason: String,
    },
}
