//! Where the names of a Python project are defined and used, and the edits that rename them.

mod classes;
mod edit;
mod error;
mod extract;
mod facts;
mod plan;
mod rename;
mod scopes;
mod shapes;
mod strings;
mod target;
mod tree;
mod values;
mod walk;

pub use edit::{FileEdit, Part};
pub use error::SymbolsError;
pub use extract::{Extract, extract};
pub use plan::{Note, Plan};
pub use rename::{Rename, rename};
pub use tree::{Broken, Options};
