//! References: pointers, anchors, base URIs, loops.

use super::{check, compiled, fault};
use crate::GrammarError;

#[test]
fn pointers_are_decoded() {
    check(
        r##"{"$defs": {"a/b": {"type": "null"}, "c~d": {"type": "string"}, "e f%": {"type": "integer"}},
             "prefixItems": [{"$ref": "#/$defs/a~1b"}, {"$ref": "#/$defs/c~0d"}, {"$ref": "#/$defs/e%20f%25"}]}"##,
        &[r#"[null, "x", 1]"#],
        &[r"[1]", r"[null, 1]", r#"[null, "x", "y"]"#],
    );
}

#[test]
fn recursion_is_a_cycle_of_nodes() {
    let schema = r##"{"type": "object", "properties": {"next": {"$ref": "#"}}, "additionalProperties": false}"##;
    check(schema, &["{}", r#"{"next": {"next": {}}}"#], &[r#"{"next": {"next": 1}}"#]);
    assert_eq!(compiled(schema).0.nodes.len(), 1);
}

#[test]
fn recursion_through_alternatives_that_merge_ends() {
    let schema = r##"{"$ref": "#/$defs/x", "$defs": {"y": {"properties": {"b": {"type": "string"}}},
        "z": {"properties": {"a": {"type": ["object", "null"]}}, "required": ["a"]},
        "x": {"allOf": [{"anyOf": [{"properties": {"a": {"$ref": "#/$defs/x"}}}, {"properties": {"a": {"$ref": "#/$defs/y"}}}]},
            {"properties": {"a": {"$ref": "#/$defs/z"}}}]}}}"##;
    check(schema, &["{}", r#"{"a": {"a": null}}"#], &[r#"{"a": {}}"#]);
    assert!(compiled(schema).0.nodes.len() < 10);
}

#[test]
fn loops_that_consume_nothing_are_faults() {
    let loops = [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#"}]}"##,
        r##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##,
        r##"{"properties": {"a": {"anyOf": [{"type": "null"}, {"not": {"$ref": "#/properties/a"}}]}}}"##,
    ];
    for schema in loops {
        let GrammarError::Schema { message, .. } = fault(schema) else { panic!("{schema}") };
        assert!(message.contains("leads back to itself"), "{message}");
    }
}

#[test]
fn nothing_is_fetched() {
    let error = fault(r#"{"properties": {"a": {"$ref": "other.json#/b"}}}"#);
    let GrammarError::Refused { keyword, pointer, reason } = error else { panic!("{error}") };
    assert_eq!((keyword.as_str(), pointer.as_str()), ("$ref", "#/properties/a/$ref"));
    assert!(reason.contains("other.json"), "{reason}");
}

#[test]
fn references_to_nowhere_are_faults() {
    for schema in [r##"{"$ref": "#/$defs/a"}"##, r##"{"$ref": "#a"}"##, r##"{"$ref": "#/%zz"}"##] {
        let GrammarError::Schema { place, .. } = fault(schema) else { panic!("{schema}") };
        assert_eq!(place, "#/$ref");
    }
}

#[test]
fn identifiers_are_resolved_and_anchors_found() {
    check(
        r#"{"$id": "https://example.com/a/root.json", "properties": {"p": {"$ref": "other.json#part"}, "q": {"$ref": "/top.json"}},
             "$defs": {"o": {"$id": "other.json", "$defs": {"x": {"$anchor": "part", "type": "integer"}}},
                       "t": {"$id": "/top.json", "type": "null"}}}"#,
        &[r#"{"p": 1, "q": null}"#],
        &[r#"{"p": "a"}"#, r#"{"q": 1}"#],
    );
}

#[test]
fn keywords_beside_a_reference_count_since_2019() {
    let schema = r##"{"$schema": "DRAFT", "properties": {"a": {"$ref": "#/definitions/s", "minLength": 2}}, "definitions": {"s": {"type": "string"}}}"##;
    let new = schema.replace("DRAFT", "https://json-schema.org/draft/2020-12/schema");
    check(&new, &[r#"{"a": "xy"}"#], &[r#"{"a": "x"}"#]);
    let old = schema.replace("DRAFT", "http://json-schema.org/draft-07/schema#");
    check(&old, &[r#"{"a": "xy"}"#, r#"{"a": "x"}"#], &[r#"{"a": 1}"#]);
}

#[test]
fn dynamic_references_lead_to_the_outermost_anchor() {
    let schema = r##"{"$id": "https://example.com/strict", "$ref": "tree", "$dynamicAnchor": "node", "unevaluatedProperties": false,
        "$defs": {"tree": {"$id": "tree", "$dynamicAnchor": "node", "type": "object",
            "properties": {"data": true, "children": {"type": "array", "items": {"$dynamicRef": "#node"}}}}}}"##;
    check(
        schema,
        &[r#"{"children": [{"data": 1}]}"#],
        &[r#"{"children": [{"daat": 1}]}"#, r#"{"daat": 1}"#],
    );
}
