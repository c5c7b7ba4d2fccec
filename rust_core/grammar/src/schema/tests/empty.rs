//! Schemas that nothing satisfies say why.

use super::{check, compiled, fault};
use crate::GrammarError;

#[test]
fn the_innermost_contradiction_is_named() {
    let cases = [
        ("false", "#", "false"),
        (r#"{"type": "integer", "minimum": 5, "maximum": 3}"#, "#", "above 5 and below 3"),
        (
            r#"{"type": "object", "required": ["a"], "properties": {"a": {"type": "string", "minLength": 4, "maxLength": 2}}}"#,
            "#/properties/a",
            "minLength 4 is above maxLength 2",
        ),
        (r#"{"type": "object", "required": ["x"], "additionalProperties": false}"#, "#", "\"x\""),
        (
            r#"{"type": "array", "minItems": 1, "items": {"enum": ["a"], "type": "integer"}}"#,
            "#/items",
            "no value that is listed",
        ),
        (r#"{"type": "string", "allOf": [{"pattern": "^a"}, {"pattern": "^b"}]}"#, "#", "no text"),
        (
            r#"{"type": "integer", "multipleOf": 10, "exclusiveMinimum": 10, "exclusiveMaximum": 20}"#,
            "#",
            "no number",
        ),
        (r#"{"allOf": [{"type": "string"}, {"type": "null"}]}"#, "#", "no type"),
        (r#"{"type": "array", "minItems": 3, "maxItems": 2}"#, "#", "at least 3 items"),
        (r#"{"type": "object", "minProperties": 3, "maxProperties": 2}"#, "#", "minProperties 3"),
    ];
    for (schema, at, part) in cases {
        let GrammarError::Empty { pointer, reason } = fault(schema) else { panic!("{schema}") };
        assert_eq!(pointer, at, "{schema}: {reason}");
        assert!(reason.contains(part), "{schema}: {reason}");
    }
}

#[test]
fn what_needs_itself_without_end_is_empty() {
    let error =
        fault(r##"{"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#"}}}"##);
    let GrammarError::Empty { reason, .. } = error else { panic!("{error}") };
    assert!(reason.contains("without end"), "{reason}");
}

#[test]
fn what_nothing_satisfies_is_taken_out() {
    let schema = r##"{"type": "object", "properties": {"n": {"$ref": "#/$defs/n"}, "a": {"type": "null"}},
        "additionalProperties": false, "$defs": {"n": {"type": "object", "required": ["n"], "properties": {"n": {"$ref": "#/$defs/n"}}}}}"##;
    check(schema, &["{}", r#"{"a": null}"#], &[r#"{"n": {}}"#]);
    let (ir, _) = compiled(schema);
    assert_eq!(ir.nodes.len(), 2);
    assert_eq!(ir.objects[0].forbidden, ["n"]);
    let (ir, _) =
        compiled(r#"{"type": "array", "prefixItems": [true, true, false], "items": true}"#);
    assert_eq!((ir.arrays[0].max, ir.arrays[0].prefix.len()), (Some(2), 2));
    let (ir, _) = compiled(
        r#"{"type": "array", "items": {"type": "string", "pattern": "^a", "const": "b"}}"#,
    );
    assert_eq!((ir.arrays[0].max, ir.arrays[0].rest.len()), (Some(0), 0));
}

#[test]
fn counts_that_cannot_be_reached_are_empty() {
    let schemas = [
        r#"{"type": "array", "contains": {"const": 1}, "minContains": 2, "maxItems": 1}"#,
        r#"{"type": "array", "contains": {"const": 1}, "minContains": 2, "prefixItems": [true, {"type": "string"}], "items": false}"#,
        r#"{"type": "array", "items": {"const": 1}, "contains": {"const": 1}, "maxContains": 1, "minItems": 2}"#,
        r#"{"type": "array", "uniqueItems": true, "items": {"type": "boolean"}, "minItems": 3}"#,
        r#"{"type": "object", "propertyNames": {"enum": ["a", "b"]}, "minProperties": 3}"#,
        r#"{"type": "object", "required": ["a", "b"], "maxProperties": 1}"#,
        r#"{"type": "object", "propertyNames": {"pattern": "^a", "maxLength": 0}, "minProperties": 1}"#,
        r#"{"type": "object", "patternProperties": {"^a$": true}, "additionalProperties": false, "properties": {"a": false}, "minProperties": 1}"#,
        r#"{"type": "object", "properties": {"a": {"type": "integer"}}, "additionalProperties": false, "not": {"additionalProperties": false, "properties": {"a": true}}}"#,
    ];
    for schema in schemas {
        assert!(matches!(fault(schema), GrammarError::Empty { .. }), "{schema}");
    }
}
