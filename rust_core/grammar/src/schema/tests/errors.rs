//! What is no JSON Schema is an error that says where.

use super::fault;
use crate::GrammarError;

fn place(schema: &str) -> String {
    match fault(schema) {
        GrammarError::Schema { place, .. } => place,
        error => panic!("{schema}: {error}"),
    }
}

#[test]
fn malformed_keywords_are_named_by_their_place() {
    let malformed = [
        (r#"{"type": 5}"#, "#/type"),
        (r#"{"type": "text"}"#, "#/type"),
        (r#"{"type": ["string", 1]}"#, "#/type/1"),
        (r#"{"properties": {"a/b": {"minimum": "x"}}}"#, "#/properties/a~1b/minimum"),
        (r#"{"required": "a"}"#, "#/required"),
        (r#"{"required": [1]}"#, "#/required/0"),
        (r#"{"properties": []}"#, "#/properties"),
        (r#"{"properties": {"a": 1}}"#, "#/properties/a"),
        (r#"{"items": "x"}"#, "#/items"),
        (r#"{"allOf": []}"#, "#/allOf"),
        (r#"{"allOf": {}}"#, "#/allOf"),
        (r#"{"enum": 1}"#, "#/enum"),
        (r#"{"multipleOf": 0}"#, "#/multipleOf"),
        (r#"{"minLength": -1}"#, "#/minLength"),
        (r#"{"minLength": 1.5}"#, "#/minLength"),
        (r#"{"uniqueItems": 1}"#, "#/uniqueItems"),
        (r#"{"pattern": 1}"#, "#/pattern"),
        (r#"{"format": 1}"#, "#/format"),
        (r#"{"$ref": 1}"#, "#/$ref"),
        (r#"{"dependentRequired": {"a": "b"}}"#, "#/dependentRequired/a"),
        ("5", "#"),
    ];
    for (schema, expected) in malformed {
        assert_eq!(place(schema), expected, "{schema}");
    }
}

#[test]
fn counts_may_be_written_with_a_fraction_of_zero() {
    super::check(
        r#"{"minLength": 2.0, "maxLength": 30e-1}"#,
        &["\"ab\"", "\"abc\""],
        &["\"a\"", "\"abcd\""],
    );
}

#[test]
fn patterns_are_checked() {
    for schema in [r#"{"pattern": "(a"}"#, r#"{"patternProperties": {"(a": {}}}"#] {
        assert!(matches!(fault(schema), GrammarError::Pattern { .. }), "{schema}");
    }
}

#[test]
fn what_is_no_json_is_named_by_line_and_column() {
    assert_eq!(place("{\"a\": 1,\n  \"b\": }"), "line 2, column 8");
    assert_eq!(place(""), "line 1, column 0");
    assert_eq!(place("{} {}"), "line 1, column 4");
    assert!(place("{\"a\": \"\\ud800\"}").starts_with("line 1"));
}
