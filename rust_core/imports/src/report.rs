//! What goes into an analysis and what comes out.

use rustc_hash::FxHashSet;

use crate::edit::{FileEdit, Kind};
use crate::graph::{Cycle, Graph};

/// What to analyse and how.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Globs of files and folders to leave out.
    pub exclude: Vec<String>,
    /// Honour `.gitignore`.
    pub gitignore: bool,
    /// The line length that sorted imports are to fit.
    pub line_length: usize,
    /// The names of the standard library's modules.
    pub stdlib: FxHashSet<String>,
    /// Paths such as `package.module:name` that are used by something other than Python code.
    pub used_paths: Vec<String>,
    /// The folders that packages are imported from, below the root and beside it, with forward
    /// slashes.
    pub sources: Vec<String>,
}

/// Something that is wrong with an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The file, below the root.
    pub path: String,
    /// First line, from 1.
    pub line: u32,
    /// Last line.
    pub end_line: u32,
    /// What is wrong.
    pub kind: Kind,
    /// The names or modules concerned.
    pub names: Vec<String>,
    /// What is wrong, in a sentence.
    pub message: String,
    /// Why no edit is offered; empty where one is.
    pub reason: String,
}

/// A file that could not be read or parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The file or folder, below the root.
    pub path: String,
    /// What is wrong with it.
    pub reason: String,
    /// The line of the fault, where one can be named.
    pub line: Option<u32>,
}

/// An import of something that is neither the project's nor the standard library's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct External {
    /// The top-level module.
    pub module: String,
    /// The whole dotted module.
    pub dotted: String,
    /// The file, below the root.
    pub path: String,
    /// The line of the import.
    pub line: u32,
    /// Last line of the statement.
    pub end_line: u32,
    /// Its failure is handled.
    pub guarded: bool,
    /// It is under `if TYPE_CHECKING`, or in a stub.
    pub typing: bool,
    /// It is inside a function.
    pub function: bool,
}

/// All that was found in a project.
#[derive(Debug, Default)]
pub struct Report {
    /// How many files were looked at.
    pub files: usize,
    /// What is wrong, by path and line.
    pub findings: Vec<Finding>,
    /// The edits that mend what can be mended, by path.
    pub edits: Vec<FileEdit>,
    /// Cycles at import time, then those that only imports in functions close.
    pub cycles: Vec<Cycle>,
    /// Which module imports which.
    pub graph: Graph,
    /// Files that could not be read or parsed.
    pub errors: Vec<Broken>,
    /// Imports from outside the project and the standard library.
    pub external: Vec<External>,
}
