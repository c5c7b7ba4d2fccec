//! Why a patch was not read or not applied.

use std::fmt::Write as _;

use thiserror::Error;

/// Why a patch was not read or not applied.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum PatchError {
    /// The patch is malformed.
    #[error("line {line} of the patch: {reason}")]
    Syntax {
        /// Line of the patch, from 1.
        line: u32,
        /// What is wrong with it.
        reason: String,
    },
    /// A hunk fits at several places equally well.
    #[error("{path}: hunk {hunk} fits equally well at lines {}", list(places))]
    Ambiguous {
        /// The file as the patch names it.
        path: String,
        /// Which hunk, from 1.
        hunk: usize,
        /// Line of the patch on which the hunk begins.
        line: u32,
        /// Lines of the text at which it fits, from 1.
        places: Vec<u32>,
    },
    /// A hunk fits nowhere.
    #[error("{path}: hunk {hunk} fits nowhere{}", nearest.as_deref().map(ToString::to_string).unwrap_or_default())]
    NoPlace {
        /// The file as the patch names it.
        path: String,
        /// Which hunk, from 1.
        hunk: usize,
        /// Line of the patch on which the hunk begins.
        line: u32,
        /// Where it comes closest.
        nearest: Option<Box<Nearest>>,
    },
    /// A three-way merge of the patched base and the text has conflicts.
    #[error("{path}: {count} conflicts between the patch and the text, the first at line {line}")]
    Conflict {
        /// The file as the patch names it.
        path: String,
        /// How many.
        count: usize,
        /// Line of the text at which the first begins, from 1.
        line: u32,
    },
    /// The content is not the one that the patch was made for.
    #[error("{path}: {reason}")]
    Content {
        /// The file as the patch names it.
        path: String,
        /// What is wrong.
        reason: String,
    },
    /// A patch of several files, or of none of the name given, was to be applied to one text.
    #[error("{reason}")]
    Selection {
        /// What was asked for, and what the patch has.
        reason: String,
    },
}

/// Where a hunk that fits nowhere comes closest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nearest {
    /// Line of the text at which its first old line would lie, from 1.
    pub start: u32,
    /// How many of its old lines are there, of how many.
    pub matched: (usize, usize),
    /// First line of the text that is another one, from 1.
    pub line: u32,
    /// What the patch says stands there.
    pub expected: Vec<u8>,
    /// What does stand there; `None` behind the end of the text.
    pub found: Option<Vec<u8>>,
}

impl std::fmt::Display for Nearest {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (matched, of) = self.matched;
        write!(
            formatter,
            "; it comes closest at line {} ({matched} of {of} lines): line {} should be {:?}, but ",
            self.start,
            self.line,
            String::from_utf8_lossy(&self.expected)
        )?;
        match &self.found {
            Some(found) => write!(formatter, "is {:?}", String::from_utf8_lossy(found)),
            None => formatter.write_str("the text ends before it"),
        }
    }
}

/// Most lines that a message names.
const NAMED: usize = 5;

/// `1, 5 and 9`, or `1, 2, 3, 4, 5 and 60 more`.
fn list(places: &[u32]) -> String {
    let mut text = String::new();
    let named = if places.len() > NAMED + 1 { &places[..NAMED] } else { places };
    for (index, place) in named.iter().enumerate() {
        let before = match index {
            0 => "",
            _ if index + 1 == places.len() => " and ",
            _ => ", ",
        };
        // Writing to a string cannot fail.
        let _ = write!(text, "{before}{place}");
    }
    if named.len() < places.len() {
        let _ = write!(text, " and {} more", places.len() - named.len());
    }
    text
}
