//! The native module `pyagent._core`: what the capability crates do, handed to Python.
//!
//! One file per capability and no logic: arguments in, results out, errors mapped in `error`.

// Doc comments here are the docstrings that Python's `help` shows.
#![allow(clippy::doc_markdown)]
// A function here has the keyword arguments of a Python function, each converted to an own value.
#![allow(clippy::needless_pass_by_value, clippy::too_many_arguments)]
#![allow(clippy::fn_params_excessive_bools, clippy::similar_names)]

mod complexity;
mod diff;
mod diff_options;
mod diff_values;
mod diff_views;
mod error;
mod grammar;
mod grammar_arrays;
mod grammar_batch;
mod grammar_cache;
mod grammar_compiled;
mod grammar_limits;
mod grammar_matcher;
mod grammar_memory;
mod grammar_report;
mod grammar_vocabulary;
mod imports;
mod log;
mod log_values;
mod patch;
mod replace;
mod state;
mod symbols;
mod text;
mod work;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The native core of `PyAgent`; import the typed wrappers in `pyagent` instead.
#[pyo3::pymodule]
#[pyo3(module = "pyagent")]
mod _core {
    use pyo3::prelude::*;

    #[pymodule_export]
    use crate::complexity::complexity;
    #[pymodule_export]
    use crate::diff::diff;
    #[pymodule_export]
    use crate::grammar::grammar;
    #[pymodule_export]
    use crate::imports::imports;
    #[pymodule_export]
    use crate::log::log;
    #[pymodule_export]
    use crate::patch::patch;
    #[pymodule_export]
    use crate::replace::replace;
    #[pymodule_export]
    use crate::state::state;
    #[pymodule_export]
    use crate::symbols::symbols;

    /// Whether this is a debug build, which must not be measured.
    #[pymodule_export]
    const DEBUG_BUILD: bool = cfg!(debug_assertions);

    /// The version of the core, equal to that of the package.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        if DEBUG_BUILD {
            crate::warn_of_debug_build(module.py())?;
        }
        crate::register_submodules(module)
    }
}

use pyo3::exceptions::PyRuntimeWarning;
use pyo3::prelude::*;
use pyo3::types::PyModule;

/// Say that what this build takes is no measure of the release; a user's filter may refuse it.
fn warn_of_debug_build(py: Python<'_>) -> PyResult<()> {
    let category = py.get_type::<PyRuntimeWarning>();
    let message = c"pyagent._core is a debug build: many times slower than the release, \
                    do not measure it";
    PyErr::warn(py, &category, message, 1)
}

/// Enter every submodule in `sys.modules`, so that `import pyagent._core.complexity`, pickling and
/// stub checks find it as they find a file.
fn register_submodules(module: &Bound<'_, PyModule>) -> PyResult<()> {
    let modules = module.py().import("sys")?.getattr("modules")?;
    for (_, value) in module.dict() {
        if let Ok(submodule) = value.cast::<PyModule>() {
            modules.set_item(submodule.name()?, submodule)?;
        }
    }
    Ok(())
}
