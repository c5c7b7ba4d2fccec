//! What is wrong with the imports of a Python project, and the edits that mend it.
//!
//! [`analyze`] parses every file under a root once, in parallel, and finds imports that nothing
//! reads, imports that repeat an earlier one, blocks that are not sorted, cycles, and imports from
//! outside the project. Edits come in groups that can be applied one by one; every result is parsed
//! and compared with the plan before it is handed out.
//!
//! ```
//! use std::sync::atomic::AtomicBool;
//! use pyagent_imports::{Kind, Options, analyze};
//!
//! let root = tempfile::tempdir()?;
//! std::fs::write(root.path().join("a.py"), "import os\nimport sys\n\nprint(sys.path)\n")?;
//! let options = Options { line_length: 88, ..Options::default() };
//! let report = analyze(root.path(), &options, &AtomicBool::new(false))?;
//! assert_eq!(report.findings[0].kind, Kind::Unused);
//! assert_eq!(report.edits[0].apply(None)?, b"import sys\n\nprint(sys.path)\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod binding;
mod cut;
mod doctest;
mod duplicate;
mod edit;
mod effects;
mod error;
mod facts;
mod graph;
mod keep;
mod plan;
mod project;
mod report;
mod sort;
mod source;
mod strings;
mod unused;
mod uses;
mod walk;

pub use edit::{FileEdit, Group, Kind};
pub use error::ImportsError;
pub use graph::{Cycle, Edge, Graph};
pub use project::analyze;
pub use report::{Broken, External, Finding, Options, Report};
