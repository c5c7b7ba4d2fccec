//! Reading, decoding, parsing and finding Python source.
//!
//! Everything that looks at Python files begins here: [`read`] and [`decode`] turn bytes into text
//! by the rules of PEP 263, [`with_module`] parses text without ever overflowing the stack, and
//! [`find`] lists the Python files under a path as a user would expect, honouring `.gitignore`.
//! [`Modules`] tells which module each of them is, and which file a module name means to an importer.
//!
//! ```
//! use pyagent_source::{decode, with_module};
//!
//! let text = decode(b"# coding: latin-1\nname = '\xe9'\n")?;
//! let statements = with_module(&text, |module| module.syntax().body.len())?;
//! assert_eq!(statements, 1);
//! # Ok::<(), pyagent_source::SourceError>(())
//! ```

mod decode;
mod depth;
mod error;
mod find;
mod lines;
mod modules;
mod parse;

pub use decode::{Codec, decode, decoded, read, set_codec};
pub use error::SourceError;
pub use find::{FindOptions, Found, Unreadable, find};
pub use lines::{LineCursor, Lines};
pub use modules::{FileId, Module, Modules};
pub use parse::{COMFORTABLE_STACK, with_module};
