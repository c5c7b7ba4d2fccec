//! The figures of a whole tree.

use serde::Serialize;

use crate::{FileMetrics, FunctionMetrics, ModuleMetrics, Selection};

/// Sums, means and maxima over a tree; what was not measured is left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Summary {
    /// Files found, broken ones included.
    pub files: usize,
    /// Files and folders that could not be read or parsed.
    pub errors: usize,
    /// Functions, methods and closures.
    pub functions: usize,
    /// Classes.
    pub classes: usize,
    /// Lines.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loc: Option<u64>,
    /// Lines with code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sloc: Option<u64>,
    /// Comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<u64>,
    /// Mean over the functions.
    pub mean_cyclomatic: f64,
    /// Largest of a function.
    pub max_cyclomatic: u32,
    /// Mean over the functions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_cognitive: Option<f64>,
    /// Largest of a function.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_cognitive: Option<u32>,
    /// Mean over the files.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_maintainability_index: Option<f64>,
    /// Smallest of a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min_maintainability_index: Option<f64>,
}

/// Mean of values; 0 where there are none. Counts are far below 2⁵³.
#[allow(clippy::cast_precision_loss)]
fn mean(sum: f64, count: usize) -> f64 {
    if count == 0 { 0.0 } else { sum / count as f64 }
}

fn total(modules: &[&ModuleMetrics], value: impl Fn(&ModuleMetrics) -> u32) -> u64 {
    modules.iter().map(|module| u64::from(value(module))).sum()
}

/// Sum up `files`, which were measured with `selection`.
pub fn summarize<'a>(
    files: impl IntoIterator<Item = &'a FileMetrics>,
    selection: Selection,
) -> Summary {
    let (mut count, mut modules) = (0, Vec::new());
    for file in files {
        count += 1;
        modules.extend(file.outcome.as_ref().ok());
    }
    let functions = || modules.iter().flat_map(|module| &module.functions);
    let function_count = functions().count();
    let sum = |value: fn(&FunctionMetrics) -> u32| -> f64 {
        functions().map(|function| f64::from(value(function))).sum()
    };
    let indices: Vec<f64> =
        modules.iter().filter_map(|module| module.maintainability_index()).collect();
    let (expressions, tokens) = (selection.expressions, selection.tokens);
    Summary {
        files: count,
        errors: count - modules.len(),
        functions: function_count,
        classes: modules.iter().map(|module| module.classes.len()).sum(),
        loc: tokens.then(|| total(&modules, |module| module.raw.loc)),
        sloc: tokens.then(|| total(&modules, |module| module.raw.sloc)),
        comments: tokens.then(|| total(&modules, |module| module.raw.comments)),
        mean_cyclomatic: mean(sum(|function| function.cyclomatic), function_count),
        max_cyclomatic: functions().map(|function| function.cyclomatic).max().unwrap_or(0),
        mean_cognitive: expressions.then(|| mean(sum(|f| f.cognitive), function_count)),
        max_cognitive: expressions.then(|| functions().map(|f| f.cognitive).max().unwrap_or(0)),
        mean_maintainability_index: selection
            .maintainability()
            .then(|| mean(indices.iter().sum(), indices.len())),
        min_maintainability_index: indices.iter().copied().min_by(f64::total_cmp),
    }
}
