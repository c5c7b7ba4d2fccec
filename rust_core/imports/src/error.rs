use thiserror::Error;

/// Why a project cannot be analysed, or an edit not be applied.
#[derive(Debug, Error)]
pub enum ImportsError {
    /// A pattern of files to leave out is not a glob.
    #[error("{reason}")]
    Exclude {
        /// What is wrong with it.
        reason: String,
    },
    /// The caller cancelled the analysis.
    #[error("cancelled")]
    Cancelled,
    /// There is no group of edits with this index.
    #[error("no group of edits {index}: there are {count}")]
    Group {
        /// The index that was asked for.
        index: usize,
        /// How many groups the file has.
        count: usize,
    },
    /// The edited text is not what was planned: nothing was changed.
    #[error("{path}: {reason}")]
    Edit {
        /// The file.
        path: String,
        /// How the result differs from the plan.
        reason: String,
    },
}

impl From<globset::Error> for ImportsError {
    fn from(error: globset::Error) -> Self {
        Self::Exclude { reason: error.to_string() }
    }
}
