//! Why an import that seems superfluous is left alone.

use std::fmt;

use crate::facts::{Fixed, Statement};

/// Why something that seems superfluous is left alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Keep {
    Dynamic(u32, &'static str),
    Guarded,
    Watched,
    Reexport,
    Compat,
    Fixture,
    Collected,
    InTest,
    Rebound,
    Effect(String),
    Submodule(String),
    Escaped(String, u32),
    Starred(String),
    StringAttribute,
    SharedLine,
    Backslash,
    Encoding,
    Unplanned,
}

impl fmt::Display for Keep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dynamic(line, what) => {
                write!(f, "{what} on line {line} may read any name of the module")
            }
            Self::Guarded => f.write_str(
                "the import stands in a try statement that handles its failure, which may be an \
                 availability check",
            ),
            Self::Watched => {
                f.write_str("the import stands in a with statement, which may watch it")
            }
            Self::Reexport => {
                f.write_str("a name imported by a package's __init__.py is a possible re-export")
            }
            Self::Compat => {
                f.write_str("a name imported by a compatibility module is a possible re-export")
            }
            Self::Fixture => f.write_str("pytest may use the name as a fixture"),
            Self::Collected => f.write_str("a test runner may collect the name"),
            Self::InTest => f.write_str("an import inside a test may be what it tests"),
            Self::Rebound => f.write_str("the name is bound in another way too"),
            Self::Effect(place) => write!(f, "possible side effect of the import: {place}"),
            Self::Submodule(name) => write!(
                f,
                "the import makes `{name}` available, and an attribute of that name is read"
            ),
            Self::Escaped(path, line) => {
                write!(f, "the module is handed around as an object")?;
                if *line > 0 { write!(f, " at {path}:{line}") } else { write!(f, " in {path}") }
            }
            Self::Starred(path) => write!(f, "{path} imports everything from this module"),
            Self::StringAttribute => {
                f.write_str("a string of that name is used to look up an attribute")
            }
            Self::SharedLine => f.write_str("the statement shares its line with other code"),
            Self::Backslash => f.write_str("the statement is continued with a backslash"),
            Self::Encoding => f.write_str("the file is not UTF-8"),
            Self::Unplanned => f.write_str("the edited file would not be what was planned"),
        }
    }
}

/// Why a statement cannot be cut out of its file.
pub(crate) fn fixed(statement: &Statement) -> Option<Keep> {
    statement.fixed.map(|fixed| match fixed {
        Fixed::SharedLine => Keep::SharedLine,
        Fixed::Backslash => Keep::Backslash,
    })
}
