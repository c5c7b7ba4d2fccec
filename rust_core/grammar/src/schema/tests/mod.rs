//! Tests of the schema compiler.

mod interpreter;
mod suite;
