//! What becomes of each keyword is listed.

use super::compiled;
use crate::schema::{Report, SchemaOptions, Status, compile};
use crate::{GrammarError, Limits};

fn status(report: &Report, pointer: &str) -> Option<Status> {
    let entry = report.entries.iter().find(|entry| entry.pointer == pointer)?;
    assert_eq!(entry.reason.is_none(), entry.status == Status::Enforced, "{entry:?}");
    Some(entry.status)
}

#[test]
fn every_keyword_that_is_reached_is_listed_in_order() {
    let (_, report) = compiled(
        r##"{"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "T", "type": "object", "properties":
            {"a": {"$ref": "#/$defs/d"}, "b": {"type": "string", "format": "date", "description": "D"},
             "c": {"format": "password", "contentEncoding": "base64", "x-own": 1}, "d": {"minContains": 2, "then": false}},
             "required": ["a"], "$defs": {"d": {"minimum": 1}, "unused": {"maximum": 1}}}"##,
    );
    let expected = [
        ("#/$schema", Status::Annotation),
        ("#/title", Status::Annotation),
        ("#/type", Status::Enforced),
        ("#/properties", Status::Enforced),
        ("#/properties/a/$ref", Status::Enforced),
        ("#/properties/b/type", Status::Enforced),
        ("#/properties/b/format", Status::Enforced),
        ("#/properties/b/description", Status::Annotation),
        ("#/properties/c/format", Status::Annotation),
        ("#/properties/c/contentEncoding", Status::Annotation),
        ("#/properties/c/x-own", Status::Annotation),
        ("#/properties/d/minContains", Status::Annotation),
        ("#/properties/d/then", Status::Annotation),
        ("#/required", Status::Enforced),
        ("#/$defs", Status::Annotation),
        ("#/$defs/d/minimum", Status::Enforced),
    ];
    let listed: Vec<_> =
        report.entries.iter().map(|entry| (entry.pointer.as_str(), entry.status)).collect();
    assert_eq!(listed, expected);
    for (pointer, _) in expected {
        status(&report, pointer);
    }
    assert_eq!(report.entries[4].keyword, "$ref");
}

#[test]
fn formats_describe_where_that_is_asked_for() {
    let options = SchemaOptions { formats: false, ..SchemaOptions::default() };
    let (ir, report) =
        compile(r#"{"format": "date"}"#, &options, &Limits::default()).expect("compiles");
    assert_eq!(status(&report, "#/format"), Some(Status::Annotation));
    assert!(super::interpreter::accepts(&ir, "\"no date\""));
}

#[test]
fn keywords_that_have_no_effect_say_so() {
    let (_, report) = compiled(
        r##"{"$schema": "http://json-schema.org/draft-07/schema#", "allOf": [{"$ref": "#/definitions/a", "minLength": 3}],
             "prefixItems": [], "definitions": {"a": true}}"##,
    );
    assert_eq!(status(&report, "#/allOf/0/minLength"), Some(Status::Annotation));
    assert_eq!(status(&report, "#/prefixItems"), Some(Status::Annotation));
}

/// What is refused is skipped in lenient use, and everything else is enforced.
#[test]
fn lenient_use_skips_and_lists_what_cannot_be_enforced() {
    let patterns: Vec<String> =
        (0..9).map(|at| format!(r#""^x{at}": {{"minimum": {at}}}"#)).collect();
    let contains: Vec<String> =
        (0..9).map(|at| format!(r#"{{"contains": {{"const": {at}}}}}"#)).collect();
    let cases = [
        (
            r#"{"type": "object", "properties": {"a": {"$ref": "http://example.com/x"}}}"#
                .to_owned(),
            "#/properties/a/$ref",
            "{}",
        ),
        (
            r#"{"type": "array", "not": {"uniqueItems": true}, "maxItems": 3}"#.to_owned(),
            "#/not/uniqueItems",
            "[1, 1]",
        ),
        (r#"{"type": "string", "format": "regex"}"#.to_owned(), "#/format", "\"x\""),
        (
            r#"{"type": "string", "pattern": "(a)\\1", "maxLength": 4}"#.to_owned(),
            "#/pattern",
            "\"x\"",
        ),
        (
            format!(r#"{{"type": "object", "patternProperties": {{{}}}}}"#, patterns.join(",")),
            "#/patternProperties",
            "{}",
        ),
        (
            format!(r#"{{"type": "array", "allOf": [{}]}}"#, contains.join(",")),
            "#",
            "[0, 1, 2, 3, 4, 5, 6, 7, 8]",
        ),
    ];
    for (schema, pointer, text) in cases {
        let strict = compile(&schema, &SchemaOptions::default(), &Limits::default());
        let refused =
            matches!(strict, Err(GrammarError::Refused { .. } | GrammarError::Pattern { .. }));
        assert!(refused, "{schema}: {strict:?}");
        let options = SchemaOptions { lenient: true, ..SchemaOptions::default() };
        let (ir, report) = compile(&schema, &options, &Limits::default()).expect("lenient");
        assert_eq!(status(&report, pointer), Some(Status::Refused), "{schema}: {report:?}");
        assert!(super::interpreter::accepts(&ir, text), "{schema}: {text}");
        assert!(!super::interpreter::accepts(&ir, "null"), "{schema}");
    }
}
