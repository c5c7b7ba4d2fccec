//! Tests of the schema compiler.

mod empty;
mod errors;
mod inhabited;
mod interpreter;
mod keywords;
mod laws;
mod limits;
mod nodes;
mod references;
mod report;
mod suite;
mod uris;
mod values;

use super::{Report, SchemaOptions, compile};
use crate::ir::Ir;
use crate::{GrammarError, Limits};

/// Compiles a schema that can be compiled.
fn compiled(schema: &str) -> (Ir, Report) {
    match compile(schema, &SchemaOptions::default(), &Limits::default()) {
        Ok(compiled) => compiled,
        Err(error) => panic!("{schema}: {error}"),
    }
}

/// The error of a schema that cannot be compiled.
fn fault(schema: &str) -> GrammarError {
    match compile(schema, &SchemaOptions::default(), &Limits::default()) {
        Ok(_) => panic!("{schema} can be compiled"),
        Err(error) => error,
    }
}

/// Holds a schema against texts that satisfy it and texts that do not.
fn check(schema: &str, valid: &[&str], invalid: &[&str]) {
    let (ir, _) = compiled(schema);
    for text in valid {
        assert!(interpreter::accepts(&ir, text), "{schema} must accept {text}");
    }
    for text in invalid {
        assert!(!interpreter::accepts(&ir, text), "{schema} must not accept {text}");
    }
}
