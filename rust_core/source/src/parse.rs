//! Text to syntax tree, with a stack that is always deep enough.

use ruff_python_ast::{ModModule, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, Parsed, parse_unchecked};
use ruff_text_size::Ranged;

use crate::depth::{self, Depth};
use crate::{Lines, SourceError};

/// Deeper texts than this are refused: `CPython` gives up at about a hundredth of it.
const DEEPEST: usize = 400_000;

/// Up to this size, a text is taken to be as deep as it is long; a larger one is looked at first.
const SHORT: usize = if cfg!(debug_assertions) { 20_000 } else { 320_000 };

/// Stack for one level of walking or dropping a tree. (The parser grows its own stack.) In a release
/// build, the metrics need up to 96 bytes for each byte of the worst texts, which are long chains
/// of `-`, `+1` and `()`; a debug build's frames are many times as large.
const STACK_PER_LEVEL: usize = if cfg!(debug_assertions) { 8 << 10 } else { 320 };

/// Stack for everything that does not grow with the text.
const STACK_BASE: usize = 1 << 20;

/// A thread with this much stack parses and walks most texts without a switch to a larger one.
pub const COMFORTABLE_STACK: usize = STACK_BASE + SHORT * STACK_PER_LEVEL + (1 << 20);

/// Parse `text` and hand the module to `walk`.
///
/// Parsing, walking and dropping the tree all happen within this call, on a stack that is large
/// enough for the text, so that `walk` may recurse over the tree without a guard of its own.
pub fn with_module<R>(
    text: &str,
    walk: impl FnOnce(&Parsed<ModModule>) -> R,
) -> Result<R, SourceError> {
    let stack = STACK_BASE + levels(text)? * STACK_PER_LEVEL;
    stacker::maybe_grow(stack, stack, || parse(text, walk))
}

/// A bound on how deeply `text` nests.
fn levels(text: &str) -> Result<usize, SourceError> {
    if text.len() <= SHORT && !depth::may_have_too_many_brackets(text) {
        return Ok(text.len());
    }
    match depth::scan(text) {
        // Quotes within an f-string may hide expressions from the scan: the bound is the length.
        Depth::AtMost(levels) if levels <= DEEPEST && depth::may_have_formatted_string(text) => {
            Ok(text.len().min(DEEPEST))
        }
        Depth::AtMost(levels) if levels <= DEEPEST => Ok(levels),
        Depth::AtMost(_) => Err(SourceError::Nesting {
            reason: format!("nested more than {DEEPEST} levels deep"),
            line: 1,
        }),
        Depth::TooManyBrackets(offset) => Err(SourceError::Nesting {
            reason: format!("too many nested brackets: more than {}", depth::MAX_BRACKETS),
            line: line_at(text, offset),
        }),
    }
}

fn parse<R>(text: &str, walk: impl FnOnce(&Parsed<ModModule>) -> R) -> Result<R, SourceError> {
    // The newest grammar: what older interpreters refuse is not an error of the file.
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::latest());
    let parsed = parse_unchecked(text, options);
    if let Some(error) = parsed.errors().first() {
        let lines = Lines::new(text);
        let start = error.range().start();
        return Err(SourceError::Syntax {
            reason: error.error.to_string(),
            line: lines.line(start),
            column: lines.column(text, start),
        });
    }
    match parsed.try_into_module() {
        Some(module) => Ok(walk(&module)),
        None => Err(SourceError::Syntax { reason: "not a module".to_owned(), line: 1, column: 1 }),
    }
}

fn line_at(text: &str, offset: usize) -> u32 {
    let ends = memchr::memchr_iter(b'\n', &text.as_bytes()[..offset]).count();
    u32::try_from(ends + 1).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
