//! Parsing patches of every common format and placing them in files that have moved on.
//!
//! [`parse`] reads unified and git patches, the envelope that coding models emit (V4A), and
//! SEARCH/REPLACE blocks into one [`Patch`]. [`place`] finds where each hunk of a file belongs and
//! says by what means; a text is changed by all hunks of its patch or by none, and no byte of it
//! changes but those that the patch removes.
//!
//! ```
//! let patch = b"--- a/x\n+++ b/x\n@@ -1,3 +1,3 @@\n one\n-two\n+2\n three\n";
//! let parsed = pyagent_patch::parse(patch, None)?;
//! let text = b"zero\none\ntwo\nthree\n";
//! let applied = pyagent_patch::place(&parsed.files[0], text, &Default::default())?;
//! assert_eq!(applied.text, b"zero\none\n2\nthree\n");
//! assert_eq!(applied.placements[0].offset, Some(1));
//! # Ok::<(), pyagent_patch::PatchError>(())
//! ```

mod apply;
mod binary;
mod blocks;
mod chains;
mod edits;
mod emit;
mod envelope;
mod error;
mod evidence;
mod find;
mod git;
mod indent;
mod keys;
mod model;
mod names;
mod parse;
mod place;
mod report;
mod reverse;
mod scan;
mod search;
mod segments;
mod sides;
mod similarity;
mod text;
mod unified;
mod weigh;

pub use crate::apply::{Applied, Options, apply, place};
pub use crate::emit::emit;
pub use crate::error::{Nearest, PatchError};
pub use crate::model::{Binary, Delta, FilePatch, Format, Hunk, Kind, Line, Operation, Patch};
pub use crate::names::check as check_path;
pub use crate::parse::parse;
pub use crate::place::{Method, Placement};
pub use crate::reverse::reverse;
