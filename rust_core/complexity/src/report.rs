//! What a measurement yields.

use serde::{Deserialize, Serialize};

use crate::{Halstead, Selection};

/// What kind of function a `def` makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FunctionKind {
    /// At module level, or within its statements.
    Function,
    /// In the body of a class.
    Method,
    /// In the body of another function.
    Closure,
}

impl FunctionKind {
    /// The name used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Method => "method",
            Self::Closure => "closure",
        }
    }
}

/// The metrics of one `def`, with everything that is nested in it where the definition says so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionMetrics {
    /// As Python's `__qualname__`, with `<locals>` between a function and what it holds.
    pub qualname: String,
    /// Where in `qualname` the bare name starts.
    pub(crate) name_at: u32,
    /// What kind of function it is.
    pub kind: FunctionKind,
    /// Whether it is an `async def`.
    pub is_async: bool,
    /// 1-based line of `def`, behind any decorator.
    pub line: u32,
    /// 1-based last line.
    pub end_line: u32,
    /// 0-based column of `def`, in characters.
    pub column: u32,
    /// As ruff's C901.
    pub cyclomatic: u32,
    /// As the mccabe package, run on this function alone.
    pub mccabe: u32,
    /// As radon's `cc`.
    pub radon_cc: u32,
    /// As complexipy.
    pub cognitive: u32,
    /// Deepest nesting of `if`, `for`, `while`, `try`, `with` and `match`.
    pub nesting: u32,
    /// Parameters of the signature, `*args` and `**kwargs` included.
    pub arguments: u32,
    /// As radon's `hal`, for closures as if they stood alone.
    pub halstead: Halstead,
}

impl FunctionMetrics {
    /// The bare name.
    pub fn name(&self) -> &str {
        &self.qualname[self.name_at as usize..]
    }
}

/// The metrics of one `class`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClassMetrics {
    /// As Python's `__qualname__`.
    pub qualname: String,
    /// Where in `qualname` the bare name starts.
    pub(crate) name_at: u32,
    /// 1-based line of `class`, behind any decorator.
    pub line: u32,
    /// 1-based last line.
    pub end_line: u32,
    /// 0-based column of `class`, in characters.
    pub column: u32,
    /// Ruff's C901 of the class body, as if it were a function's: 1 and all that its methods add.
    pub cyclomatic: u32,
    /// As radon's `cc`: the average over the methods, plus one where there are several.
    pub radon_cc: u32,
    /// Sum over the functions directly in the class body.
    pub cognitive: u32,
    /// How many methods radon counts: functions in the class body, also within its statements.
    pub methods: u32,
}

impl ClassMetrics {
    /// The bare name.
    pub fn name(&self) -> &str {
        &self.qualname[self.name_at as usize..]
    }
}

/// One imported name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportedName {
    /// The module named; empty in `from . import name`.
    pub module: String,
    /// The name taken from the module; `None` for `import module`.
    pub name: Option<String>,
    /// The name behind `as`.
    pub asname: Option<String>,
    /// Leading dots.
    pub level: u32,
    /// 1-based line of the name.
    pub line: u32,
}

/// Line counts with radon's definitions (`radon.raw.analyze`).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RawCounts {
    /// All lines: the sum of `sloc`, `multi`, `blank` and `single_comments`.
    pub loc: u32,
    /// Logical lines.
    pub lloc: u32,
    /// Lines with code.
    pub sloc: u32,
    /// Comments, those behind code included.
    pub comments: u32,
    /// Lines of strings that stand alone and span several lines.
    pub multi: u32,
    /// Blank lines.
    pub blank: u32,
    /// Lines with a comment, or a string of one line, and nothing else.
    pub single_comments: u32,
}

/// The metrics of one module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModuleMetrics {
    /// What was measured; the other fields hold zeros.
    pub selection: Selection,
    /// Every `def`, in the order of the source.
    pub functions: Vec<FunctionMetrics>,
    /// Every `class`, in the order of the source.
    pub classes: Vec<ClassMetrics>,
    /// Every imported name, in the order of the source.
    pub imports: Vec<ImportedName>,
    /// Ruff's C901 of the module, as if it were the body of a function.
    pub cyclomatic: u32,
    /// mccabe of the module, as if it were the body of a function.
    pub mccabe: u32,
    /// radon's `total_complexity`.
    pub radon_cc: u32,
    /// complexipy's sum over the file.
    pub cognitive: u32,
    /// radon's `total`.
    pub halstead: Halstead,
    /// Line counts.
    pub raw: RawCounts,
}

/// Why a file has no metrics.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What is wrong.
    pub reason: String,
    /// 1-based line, where known.
    pub line: Option<u32>,
    /// 1-based column, where known.
    pub column: Option<u32>,
}

/// A file of a tree: its metrics, or why it has none.
#[derive(Debug, Clone, PartialEq)]
pub struct FileMetrics {
    /// The path as found, with `/` between folders.
    pub path: String,
    /// The measurement.
    pub outcome: Result<ModuleMetrics, Failure>,
}
