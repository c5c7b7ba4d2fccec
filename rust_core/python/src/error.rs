//! Errors of the crates to the classes of `pyagent.errors`, exhaustively.

use pyagent_complexity::TreeError;
use pyagent_diff::error::DiffError;
use pyagent_grammar::GrammarError;
use pyagent_imports::ImportsError;
use pyagent_journal::JournalError;
use pyagent_log::LogError;
use pyagent_patch::PatchError;
use pyagent_replace::ReplaceError;
use pyagent_source::SourceError;
use pyagent_symbols::SymbolsError;
use pyo3::prelude::*;

/// The exception classes, as they are defined in Python.
mod classes {
    use pyo3::import_exception;

    import_exception!(pyagent.errors, PyAgentError);
    import_exception!(pyagent.errors, BinaryTextError);
    import_exception!(pyagent.errors, CacheError);
    import_exception!(pyagent.errors, ConfigError);
    import_exception!(pyagent.errors, ConflictError);
    import_exception!(pyagent.errors, ConstraintRefusedError);
    import_exception!(pyagent.errors, DiffError);
    import_exception!(pyagent.errors, EditError);
    import_exception!(pyagent.errors, EmptyGrammarError);
    import_exception!(pyagent.errors, GrammarError);
    import_exception!(pyagent.errors, GrammarLimitError);
    import_exception!(pyagent.errors, GrammarPatternError);
    import_exception!(pyagent.errors, GrammarStoredError);
    import_exception!(pyagent.errors, HistoryError);
    import_exception!(pyagent.errors, JournalDamagedError);
    import_exception!(pyagent.errors, LockedError);
    import_exception!(pyagent.errors, LogWriterError);
    import_exception!(pyagent.errors, MaskError);
    import_exception!(pyagent.errors, MatcherEndedError);
    import_exception!(pyagent.errors, MissingFileError);
    import_exception!(pyagent.errors, NameCollisionError);
    import_exception!(pyagent.errors, PathError);
    import_exception!(pyagent.errors, RollbackError);
    import_exception!(pyagent.errors, PatchError);
    import_exception!(pyagent.errors, PatchSyntaxError);
    import_exception!(pyagent.errors, PatchContentError);
    import_exception!(pyagent.errors, PatchConflictError);
    import_exception!(pyagent.errors, UnplacedHunkError);
    import_exception!(pyagent.errors, AmbiguousPatchError);
    import_exception!(pyagent.errors, PatternError);
    import_exception!(pyagent.errors, PlanStaleError);
    import_exception!(pyagent.errors, ReplaceError);
    import_exception!(pyagent.errors, SchemaError);
    import_exception!(pyagent.errors, SourceReadError);
    import_exception!(pyagent.errors, SourceDecodeError);
    import_exception!(pyagent.errors, SourceSyntaxError);
    import_exception!(pyagent.errors, SourceNestingError);
    import_exception!(pyagent.errors, StateError);
    import_exception!(pyagent.errors, StateIOError);
    import_exception!(pyagent.errors, SymbolError);
    import_exception!(pyagent.errors, TextTypeError);
    import_exception!(pyagent.errors, TokenError);
    import_exception!(pyagent.errors, VocabularyError);
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

/// Why a transaction was not made, or a journal not read.
pub(crate) fn state(error: &JournalError) -> PyErr {
    let text = error.to_string();
    match error {
        JournalError::Path { path, .. } | JournalError::Changes { path, .. } => {
            classes::PathError::new_err((text, "", path.as_os_str().to_owned()))
        }
        JournalError::OtherDevice { path } => classes::PathError::new_err((
            text,
            "give each file system a root of its own",
            path.as_os_str().to_owned(),
        )),
        JournalError::Conflict { paths } => {
            let paths: Vec<_> =
                paths.iter().map(|(path, how)| (path.as_os_str().to_owned(), *how)).collect();
            let hint = "read the files again and repeat the transaction";
            classes::ConflictError::new_err((text, hint, paths))
        }
        JournalError::Locked { .. } => {
            let hint = "wait longer, or end the process that holds it";
            classes::LockedError::new_err((text, hint))
        }
        JournalError::Damaged { .. } => {
            let hint = "recover with discard_damaged=True: the file is kept beside the journal";
            classes::JournalDamagedError::new_err((text, hint))
        }
        JournalError::Io { path, source, .. } => {
            let file = path.as_os_str().to_owned();
            let hint = "nothing was changed";
            match source.kind() {
                std::io::ErrorKind::NotFound => {
                    let number = source.raw_os_error().unwrap_or(ENOENT);
                    classes::MissingFileError::new_err((text, hint, number, file))
                }
                kind => {
                    let number = source.raw_os_error().unwrap_or_else(|| errno(kind));
                    classes::StateIOError::new_err((text, hint, number, file))
                }
            }
        }
        JournalError::RolledBack { path, source, .. } => {
            let number = source.raw_os_error().unwrap_or(0);
            let hint = "every file is as it was before";
            classes::StateIOError::new_err((text, hint, number, path.as_os_str().to_owned()))
        }
        JournalError::Stranded { path, source, .. } => {
            let number = source.raw_os_error().unwrap_or(0);
            let hint = "put right what failed, then call recover";
            classes::RollbackError::new_err((text, hint, number, path.as_os_str().to_owned()))
        }
        JournalError::Cancelled | JournalError::NoSavepoint => {
            classes::StateError::new_err((text, ""))
        }
        JournalError::UnknownEntry(_) => {
            classes::HistoryError::new_err((text, "the history lists those that are kept"))
        }
        JournalError::EntryState { .. } => classes::HistoryError::new_err((text, "")),
    }
}

/// No such file, on every system.
const ENOENT: i32 = 2;

/// The number for an answer that did not come from the system.
fn errno(kind: std::io::ErrorKind) -> i32 {
    match kind {
        std::io::ErrorKind::IsADirectory => 21,
        std::io::ErrorKind::NotADirectory => 20,
        std::io::ErrorKind::InvalidInput => 22,
        _ => 0,
    }
}

/// Why a patch was not read or not applied.
pub(crate) fn patch(error: &PatchError) -> PyErr {
    let message = error.to_string();
    match error.clone() {
        PatchError::Syntax { line, reason } => classes::PatchSyntaxError::new_err((line, reason)),
        PatchError::Ambiguous { path, hunk, line, places } => {
            let hint = "give more lines of context, or the line";
            classes::AmbiguousPatchError::new_err((message, hint, path, hunk, line, places))
        }
        PatchError::NoPlace { path, hunk, line, nearest } => {
            let (at, expected, found) = match nearest {
                Some(nearest) => (Some(nearest.line), Some(nearest.expected), nearest.found),
                None => (None, None, None),
            };
            let args = (message, "", path, hunk, line, at, expected, found);
            classes::UnplacedHunkError::new_err(args)
        }
        PatchError::Conflict { path, count, line } => {
            classes::PatchConflictError::new_err((message, "", path, count, line))
        }
        PatchError::Content { .. } => classes::PatchContentError::new_err(message),
        PatchError::Selection { .. } => classes::PatchError::new_err(message),
    }
}

/// Why a replacement was not planned or not applied.
pub(crate) fn replace(error: &ReplaceError) -> PyErr {
    let text = error.to_string();
    match error {
        ReplaceError::Pattern(wrong) => classes::PatternError::new_err((
            text,
            wrong.hint.clone(),
            wrong.text.clone(),
            wrong.position,
        )),
        ReplaceError::Glob { .. } => config(&text, "globs are written as in .gitignore"),
        ReplaceError::Type { .. } => config(&text, "pyagent.replace.file_types lists them"),
        ReplaceError::Encoding { .. } => {
            config(&text, "names are those of the WHATWG Encoding Standard, such as latin-1")
        }
        ReplaceError::Place { .. } | ReplaceError::Cancelled => {
            classes::ReplaceError::new_err((text, ""))
        }
        ReplaceError::Stale(files) => {
            let files =
                files.iter().map(|file| (file.path.as_os_str().to_owned(), file.drift.name()));
            let hint = "plan again; nothing was written";
            classes::PlanStaleError::new_err((text, hint, files.collect::<Vec<_>>()))
        }
        ReplaceError::Journal(error) => state(error),
    }
}

/// Why a grammar or a vocabulary was not made or used.
pub(crate) fn grammar(error: &GrammarError) -> PyErr {
    grammar_at(error, None)
}

/// Why it was not, at a place in a list of several: a row of a batch, a node of a draft.
pub(crate) fn grammar_at(error: &GrammarError, place: Option<(&str, usize)>) -> PyErr {
    let named = place.map_or(String::new(), |(kind, at)| format!("{kind} {at}: "));
    let message = format!("{named}{error}");
    let row = place.map(|(_, at)| at);
    match error.clone() {
        GrammarError::Schema { place, .. } => classes::SchemaError::new_err((message, "", place)),
        GrammarError::Refused { keyword, pointer, reason } => {
            let hint = "lenient=True leaves out what cannot be enforced, and reports it";
            let args = (message, hint, keyword, pointer, reason);
            classes::ConstraintRefusedError::new_err(args)
        }
        GrammarError::Empty { pointer, reason } => {
            classes::EmptyGrammarError::new_err((message, "", pointer, reason))
        }
        GrammarError::Pattern { pattern, offset, .. } => {
            classes::GrammarPatternError::new_err((message, "", pattern, offset))
        }
        GrammarError::Limit { option, limit, .. } => {
            classes::GrammarLimitError::new_err((message, "", option, limit))
        }
        GrammarError::Vocabulary(_) => classes::VocabularyError::new_err(message),
        GrammarError::Token { token, size } => {
            classes::TokenError::new_err((message, "", token, size, row))
        }
        GrammarError::Ended(_) => classes::MatcherEndedError::new_err((message, "", row)),
        GrammarError::Rollback { .. } => classes::GrammarError::new_err(message),
        GrammarError::MaskSize { .. } => classes::MaskError::new_err(message),
        GrammarError::Stored(_) => classes::GrammarStoredError::new_err(message),
    }
}

/// A token that is no id of a vocabulary of so many.
pub(crate) fn token(token: &Bound<'_, PyAny>, size: usize, place: Option<(&str, usize)>) -> PyErr {
    let named = place.map_or(String::new(), |(kind, at)| format!("{kind} {at}: "));
    let message = format!("{named}token {token} is not in the vocabulary of {size} tokens");
    let row = place.map(|(_, at)| at);
    classes::TokenError::new_err((message, "", token.clone().unbind(), size, row))
}

/// Memory that is no mask or no logits.
pub(crate) fn mask(message: &str, hint: &str) -> PyErr {
    classes::MaskError::new_err((message.to_owned(), hint.to_owned()))
}

/// A folder of compiled grammars that cannot be used.
pub(crate) fn grammar_cache(directory: &str, cause: &std::io::Error) -> PyErr {
    let message = format!("the folder {directory} for compiled grammars cannot be used: {cause}");
    classes::CacheError::new_err((message, "choose another folder, or give none"))
}
