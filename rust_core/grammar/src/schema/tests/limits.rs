//! What is huge, deep or multiplies out without measure ends with an error that names the bound.

use std::fmt::Write;

use super::{compiled, fault};
use crate::schema::{SchemaOptions, compile};
use crate::{GrammarError, Limits};

fn option(error: &GrammarError) -> &'static str {
    match error {
        GrammarError::Limit { option, .. } => option,
        other => panic!("{other}"),
    }
}

#[test]
fn ten_thousand_nested_arrays_are_too_deep() {
    let error = fault(&("[".repeat(10_000) + &"]".repeat(10_000)));
    assert_eq!(option(&error), "depth");
    let error = fault(&(r#"{"items":"#.repeat(10_000) + "{}" + &"}".repeat(10_000)));
    assert_eq!(option(&error), "depth");
}

#[test]
fn the_depth_may_be_raised_without_overflowing_the_stack() {
    let limits = Limits { depth: 100_000, ..Limits::default() };
    for (open, close) in [(r#"{"items":"#, "}"), (r#"{"not":"#, "}"), (r#"{"allOf":["#, "]}")] {
        let schema = open.repeat(5_000) + r#"{"type": "string"}"# + &close.repeat(5_000);
        let compiled = compile(&schema, &SchemaOptions::default(), &limits);
        assert!(compiled.is_ok(), "{compiled:?}");
    }
}

#[test]
fn long_chains_of_references_do_not_overflow_the_stack() {
    for extra in ["", r#", "minLength": 1"#] {
        let mut schema = r##"{"$ref": "#/$defs/d0", "$defs": {"##.to_owned();
        for at in 0..5_000 {
            let _ = write!(schema, r##""d{at}": {{"$ref": "#/$defs/d{}"{extra}}}, "##, at + 1);
        }
        schema += r#""d5000": {"type": "string"}}}"#;
        assert_eq!(compiled(&schema).0.nodes.len(), 1);
    }
}

#[test]
fn alternatives_are_bounded() {
    let branch = |at: usize| {
        format!(r#"{{"anyOf": [{{"required": ["a{at}"]}}, {{"required": ["b{at}"]}}]}}"#)
    };
    let all: Vec<String> = (0..20).map(branch).collect();
    let error = fault(&format!(r#"{{"allOf": [{}]}}"#, all.join(",")));
    assert_eq!(option(&error), "alternatives");
}

#[test]
fn nodes_are_bounded() {
    let limits = Limits { nodes: 50, ..Limits::default() };
    let properties: Vec<String> =
        (0..60).map(|at| format!(r#""p{at}": {{"minLength": {at}}}"#)).collect();
    let schema = format!(r#"{{"properties": {{{}}}}}"#, properties.join(","));
    let error = compile(&schema, &SchemaOptions::default(), &limits).expect_err("too many nodes");
    assert_eq!(option(&error), "nodes");
}

#[test]
fn the_size_of_the_text_is_bounded() {
    let limits = Limits { source_bytes: 10, ..Limits::default() };
    let error = compile(r#"{"type": "string"}"#, &SchemaOptions::default(), &limits);
    assert_eq!(option(&error.expect_err("too long")), "source_bytes");
}

#[test]
fn large_schemas_are_compiled() {
    let words: Vec<String> = (0..40_000).map(|at| format!("\"word number {at}\"")).collect();
    let (ir, _) = compiled(&format!(r#"{{"enum": [{}]}}"#, words.join(",")));
    assert_eq!(ir.strings.len(), 1);
    let properties: Vec<String> =
        (0..10_000).map(|at| format!(r#""property {at}": {{"type": "string"}}"#)).collect();
    let (ir, _) = compiled(&format!(r#"{{"properties": {{{}}}}}"#, properties.join(",")));
    assert_eq!(ir.objects.iter().map(|object| object.properties.len()).max(), Some(10_000));
}
