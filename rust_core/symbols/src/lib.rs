//! Where the names of a Python project are defined and used, and the edits that rename or move them.
//!
//! [`rename()`] finds every place of a symbol across a tree, by the scoping rules of Python and by what
//! can be known of the types of objects without running anything. What is certain is one group of
//! edits; each use that may or may not be of the symbol is another. [`extract()`] makes functions of
//! methods that use neither their instance nor their class. Both only plan: [`FileEdit::apply`]
//! returns the contents of a file with some of its edits, and what no edit touches keeps its bytes.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use pyagent_symbols::{Rename, rename};
//!
//! let root = tempfile::tempdir()?;
//! std::fs::write(root.path().join("a.py"), "def old(): pass\n")?;
//! std::fs::write(root.path().join("b.py"), "import a\na.old()\n")?;
//! let plan = rename(root.path(), "a.old", "new", &Rename::default(), &AtomicBool::new(false))?;
//! assert_eq!(plan.together, [[("a.py".to_owned(), 0), ("b.py".to_owned(), 0)]]);
//! assert_eq!(plan.edits[1].apply(None)?, b"import a\na.new()\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod assign;
mod binding;
mod classes;
mod define;
mod edit;
mod error;
mod extract;
mod facts;
mod members;
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
