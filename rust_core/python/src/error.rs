//! Errors of the crates to the classes of `pyagent.errors`, exhaustively.

use pyagent_complexity::TreeError;
use pyagent_diff::error::DiffError;
use pyagent_imports::ImportsError;
use pyagent_log::LogError;
use pyagent_source::SourceError;
use pyagent_symbols::SymbolsError;
use pyo3::PyErr;

/// The exception classes, as they are defined in Python.
mod classes {
    use pyo3::import_exception;

    import_exception!(pyagent.errors, PyAgentError);
    import_exception!(pyagent.errors, BinaryTextError);
    import_exception!(pyagent.errors, CacheError);
    import_exception!(pyagent.errors, ConfigError);
    import_exception!(pyagent.errors, DiffError);
    import_exception!(pyagent.errors, EditError);
    import_exception!(pyagent.errors, LogWriterError);
    import_exception!(pyagent.errors, NameCollisionError);
    import_exception!(pyagent.errors, SourceReadError);
    import_exception!(pyagent.errors, SourceDecodeError);
    import_exception!(pyagent.errors, SourceSyntaxError);
    import_exception!(pyagent.errors, SourceNestingError);
    import_exception!(pyagent.errors, SymbolError);
    import_exception!(pyagent.errors, TextTypeError);
}

/// A source error of the file, or the named text, `path`.
pub(crate) fn source(path: &str, error: &SourceError) -> PyErr {
    let args = (path.to_owned(), error.to_string(), error.line(), error.column());
    match error {
        SourceError::Read { .. } => classes::SourceReadError::new_err(args),
        SourceError::Decode { .. } => classes::SourceDecodeError::new_err(args),
        SourceError::Syntax { .. } => classes::SourceSyntaxError::new_err(args),
        SourceError::Nesting { .. } => classes::SourceNestingError::new_err(args),
    }
}

/// An argument or a setting that has no meaning, and what to do about it.
pub(crate) fn config(message: &str, hint: &str) -> PyErr {
    classes::ConfigError::new_err((message.to_owned(), hint.to_owned()))
}

/// A glob that is none.
pub(crate) fn glob(error: &globset::Error) -> PyErr {
    config(&error.to_string(), "globs are written as in .gitignore")
}

/// Why a tree was not measured.
pub(crate) fn tree(error: &TreeError) -> PyErr {
    match error {
        TreeError::Glob(error) => glob(error),
        TreeError::Cache { .. } => classes::CacheError::new_err((
            error.to_string(),
            "choose another file, or measure without a cache",
        )),
        TreeError::Threads(_) | TreeError::Cancelled => {
            classes::PyAgentError::new_err(error.to_string())
        }
    }
}

/// Why imports were not analysed, or an edit not applied.
pub(crate) fn imports(error: &ImportsError) -> PyErr {
    match error {
        ImportsError::Exclude { reason } => config(reason, "globs are written as in .gitignore"),
        ImportsError::Cancelled => classes::PyAgentError::new_err(error.to_string()),
        ImportsError::Group { .. } => pyo3::exceptions::PyIndexError::new_err(error.to_string()),
        ImportsError::Edit { .. } => classes::EditError::new_err((
            error.to_string(),
            "the file was left as it is; please report this",
        )),
    }
}

/// Why a log writer was not opened.
pub(crate) fn log(error: &LogError) -> PyErr {
    let hint = match error {
        LogError::Option { .. } => "",
        LogError::Open { .. } => "name a file that can be appended to, in a folder that exists",
        LogError::Thread { .. } => "raise the limit on threads, or open fewer writers",
    };
    classes::LogWriterError::new_err((error.to_string(), hint))
}

/// Why texts were not compared or merged.
pub(crate) fn diff(error: &DiffError) -> PyErr {
    match error {
        DiffError::Binary { .. } => {
            classes::BinaryTextError::new_err((error.to_string(), "take one of the sides whole"))
        }
        DiffError::TooLong { .. } => classes::DiffError::new_err(error.to_string()),
    }
}

/// A text or name of a type that is none, or texts of two types.
pub(crate) fn text_type(message: &str) -> PyErr {
    classes::TextTypeError::new_err((
        message.to_owned(),
        "decode bytes or encode strings, so that all are of one type",
    ))
}

/// Why a symbol was not renamed, or a method not made a function.
pub(crate) fn symbols(error: &SymbolsError) -> PyErr {
    let refused = |hint: &str| classes::SymbolError::new_err((error.to_string(), hint.to_owned()));
    match error {
        SymbolsError::Exclude(error) => glob(error),
        SymbolsError::Cancelled => classes::PyAgentError::new_err(error.to_string()),
        SymbolsError::Target { .. } => refused(
            "name it as package.module.name, package.module.Class.method or path.py:line:name",
        ),
        SymbolsError::Name { .. } => refused("choose another name"),
        SymbolsError::File { .. } => refused("leave the file out, or edit it first"),
        SymbolsError::Collision { path, line, .. } => classes::NameCollisionError::new_err((
            error.to_string(),
            "choose another name",
            path.clone(),
            *line,
        )),
        SymbolsError::Group { .. } => pyo3::exceptions::PyIndexError::new_err(error.to_string()),
        SymbolsError::Edit { .. } => classes::EditError::new_err((
            error.to_string(),
            "the file was left as it is; please report this",
        )),
    }
}
