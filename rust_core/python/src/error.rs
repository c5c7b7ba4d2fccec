//! Errors of the crates to the classes of `pyagent.errors`, exhaustively.

use pyagent_source::SourceError;
use pyo3::PyErr;

/// The exception classes, as they are defined in Python.
mod classes {
    use pyo3::import_exception;

    import_exception!(pyagent.errors, SourceReadError);
    import_exception!(pyagent.errors, SourceDecodeError);
    import_exception!(pyagent.errors, SourceSyntaxError);
    import_exception!(pyagent.errors, SourceNestingError);
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
