//! Searching and replacing over a tree in parallel, as a plan that is applied later.

mod apply;
mod case;
mod encoding;
mod error;
mod newline;
mod plan;
mod query;
mod scan;
mod search;
mod shelf;
mod syntax;
mod template;
mod tree;
mod walk;
mod word;

pub use apply::ApplyOptions;
pub use encoding::Encoding;
pub use error::{Drift, PatternError, ReplaceError, StaleFile};
pub use newline::Newline;
pub use plan::{Match, Plan, PlannedFile};
pub use query::{Newlines, Query, Replacer};
pub use scan::Reason;
pub use tree::{Limits, Progress, plan};
pub use walk::{Scope, file_types};
