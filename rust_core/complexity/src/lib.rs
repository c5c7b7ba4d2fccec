//! Code metrics for Python source in one walk over the tree.
//!
//! ```
//! use pyagent_complexity::{Selection, measure};
//!
//! let metrics = measure("def f(x):\n    return 1 if x else 2\n", Selection::ALL)?;
//! assert_eq!(metrics.functions[0].qualname, "f");
//! assert_eq!(metrics.functions[0].cyclomatic, 1);
//! assert_eq!(metrics.functions[0].radon_cc, 2);
//! # Ok::<(), pyagent_source::SourceError>(())
//! ```

mod cache;
mod cognitive;
mod define;
mod duplicates;
mod expr;
mod findings;
mod frame;
mod halstead;
mod json;
mod maintainability;
mod operands;
mod pool;
mod raw;
mod report;
mod selection;
mod summary;
mod tree;
mod walk;

use std::path::Path;

use pyagent_source::{Lines, SourceError, read, with_module};

pub use duplicates::{Duplicate, Location, duplicates};
pub use findings::{Finding, Limited, Limits, Override, findings};
pub use halstead::Halstead;
pub use json::{file_to_json, tree_to_json};
pub use report::{
    ClassMetrics, Failure, FileMetrics, FunctionKind, FunctionMetrics, ImportedName, ModuleMetrics,
    RawCounts,
};
pub use selection::Selection;
pub use summary::{Summary, summarize};
pub use tree::{Progress, TreeError, TreeOptions, measure_tree};

/// Measure the module `text`.
pub fn measure(text: &str, selection: Selection) -> Result<ModuleMetrics, SourceError> {
    with_module(text, |module| {
        let lines = Lines::new(text);
        let mut metrics = walk::walk(text, &lines, module.syntax(), selection);
        if selection.tokens {
            metrics.raw = raw::count(text, &lines, module.tokens());
        }
        metrics
    })
}

/// Read and measure the file at `path`.
pub fn measure_file(path: &Path, selection: Selection) -> Result<ModuleMetrics, SourceError> {
    measure(&read(path)?, selection)
}

impl ModuleMetrics {
    /// radon's maintainability index; `None` where it was not measured.
    pub fn maintainability_index(&self) -> Option<f64> {
        let index = || maintainability::radon(&self.halstead, self.radon_cc, &self.raw);
        self.selection.maintainability().then(index)
    }

    /// Visual Studio's maintainability index; `None` where it was not measured.
    pub fn maintainability_index_vs(&self) -> Option<f64> {
        let index = || maintainability::visual_studio(&self.halstead, self.cyclomatic, &self.raw);
        self.selection.maintainability().then(index)
    }
}
