//! JSON Schema, compiled: drafts 4 to 2020-12 to an [`Ir`] without references, negations or conjunctions.
//!
//! A schema is a *formula* over other schemas (`formula`); what a formula allows is its *shape*: for
//! each JSON type a union of conjunctions of facts (`facts`). Shapes are closed under
//! conjunction (`conj`), union (`union`) and complement (`negate`), so `allOf`, `anyOf`, `oneOf`, `not`, `if`
//! and the rest need no treatment of their own. What stands inside of arrays and objects stays a formula
//! until it is reached, which makes recursion a cycle of finitely many formulas (`emit`). Last, what
//! nothing satisfies is taken out by a least fixpoint (`trim`).

mod apart;
mod applicators;
mod arrays;
mod compiler;
mod conj;
mod draft;
mod emit;
mod emit_objects;
mod expand;
mod explain;
mod facts;
mod feasible;
mod formula;
mod inhabited;
mod intern;
mod members;
mod negate;
mod objects;
mod oneof;
mod read;
mod reader;
mod report;
mod resolve;
mod scalars;
mod texts;
mod trim;
mod union;
mod unique;
mod uri;
mod value;

pub use draft::Draft;
pub use report::{Entry, Report, Status};

use compiler::{Compiler, Stop};
use serde::{Deserialize, Serialize};
use value::Document;

use crate::ir::Ir;
use crate::{GrammarError, Limits};

/// How a schema is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SchemaOptions {
    /// Whether `format` constrains (default `true`) or only describes, as drafts from 2019-09 on have it.
    pub formats: bool,
    /// Whether what cannot be enforced is skipped and listed in the report instead of being an error
    /// (default `false`).
    pub lenient: bool,
    /// The draft to read every schema by; by default `$schema` says it, and without that it is 2020-12.
    pub draft: Option<Draft>,
}

impl Default for SchemaOptions {
    fn default() -> Self {
        Self { formats: true, lenient: false, draft: None }
    }
}

/// Compiles a schema: what satisfies it, and what became of each keyword.
///
/// # Errors
///
/// [`GrammarError::Schema`] and [`GrammarError::Pattern`] where the text is no JSON Schema, [`GrammarError::Refused`] where a
/// constraint cannot be enforced (unless [`SchemaOptions::lenient`]), [`GrammarError::Empty`] where nothing satisfies the
/// schema, [`GrammarError::Limit`] where a bound is exceeded.
pub fn compile(
    text: &str,
    options: &SchemaOptions,
    limits: &Limits,
) -> Result<(Ir, Report), GrammarError> {
    let document = Document::parse(text, limits)?;
    let mut compiler = Compiler::new(&document, options, limits);
    let ir = compiler.emit().map_err(|stop| match stop {
        Stop::Error(error) => error,
        Stop::Unknown => GrammarError::Schema {
            message: "the schema depends on itself without consuming anything".to_owned(),
            place: compiler.here(),
        },
    })?;
    let Some(ir) = trim::trim(ir, limits)? else {
        return Err(compiler.why_empty());
    };
    Ok((ir, compiler.findings.report(&document)))
}

#[cfg(test)]
mod tests;
