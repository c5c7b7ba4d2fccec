//! Keywords whose meaning the suite does not pin down, or only in part.

use super::check;

#[test]
fn values_that_are_listed_pass_the_other_keywords_too() {
    check(
        r#"{"enum": [1, 2.0, "a", "abc", [1], [1, 2], {"a": 1}, null, true], "type": ["number", "string", "array"],
            "minimum": 2, "maxLength": 1, "minItems": 2}"#,
        &["2", "2.0", "20e-1", "\"a\"", "[1, 2]", "[1.0, 2]"],
        &["1", "\"abc\"", "[1]", "{\"a\": 1}", "null", "true", "[2, 1]"],
    );
}

#[test]
fn one_of_takes_out_what_two_branches_allow() {
    check(
        r#"{"oneOf": [{"type": "integer"}, {"minimum": 2, "type": "number"}, {"enum": ["a", 1]}]}"#,
        &["0", "2.5", "\"a\""],
        &["2", "1", "1.0", "0.5", "null"],
    );
    check(
        r#"{"oneOf": [{"required": ["a"]}, {"required": ["b"]}, {"required": ["c"]}]}"#,
        &[r#"{"a": 1}"#, r#"{"b": 1, "x": 2}"#],
        &["{}", r#"{"a": 1, "b": 1}"#, r#"{"a": 1, "b": 1, "c": 1}"#],
    );
}

#[test]
fn equal_items_cannot_be_demanded_but_may_be_ruled_out() {
    check(
        r#"{"oneOf": [{"type": "array", "items": {"type": "string"}, "uniqueItems": true},
                      {"type": "array", "items": {"type": "integer"}, "uniqueItems": true}]}"#,
        &[r#"["a", "b"]"#, "[1, 2]"],
        &["[]", r#"["a", "a"]"#, "[1, 1]", r#"["a", 1]"#],
    );
}

#[test]
fn names_are_constrained_by_patterns_lists_and_lengths() {
    let schema = r#"{"properties": {"xa": {"type": "integer"}}, "patternProperties": {"^x": {"minimum": 3}, "y$": {"maximum": 5}},
                     "additionalProperties": {"type": "null"}, "propertyNames": {"maxLength": 3}}"#;
    check(
        schema,
        &[r#"{"xa": 3, "xy": 4, "b": null, "y": 5}"#, "{}", r#"{"xb": 3.5, "xc": "text"}"#],
        &[r#"{"xa": 2}"#, r#"{"xa": 3.5}"#, r#"{"xy": 6}"#, r#"{"b": 1}"#, r#"{"abcd": null}"#],
    );
    check(
        r#"{"propertyNames": {"enum": ["a", "b"]}, "additionalProperties": {"type": "integer"}}"#,
        &["{}", r#"{"a": 1, "b": 2}"#],
        &[r#"{"c": 1}"#, r#"{"a": "x"}"#],
    );
    check(
        r#"{"propertyNames": {"not": {"enum": ["a", "b"]}}}"#,
        &[r#"{"c": 1}"#],
        &[r#"{"a": 1}"#, r#"{"b": 1, "c": 1}"#],
    );
}

#[test]
fn many_patterns_behind_which_the_same_stands_are_one() {
    let patterns: Vec<String> =
        (0..20).map(|at| format!(r#""^x{at}|{at}y$": {{"type": "integer"}}"#)).collect();
    let schema = format!(
        r#"{{"patternProperties": {{{}}}, "additionalProperties": false}}"#,
        patterns.join(",")
    );
    check(&schema, &[r#"{"x7": 1, "17y": 2}"#], &[r#"{"x7": "a"}"#, r#"{"z": 1}"#]);
}

#[test]
fn negations_reach_into_containers() {
    check(
        r#"{"not": {"items": {"type": "integer"}, "minItems": 1}}"#,
        &["[]", r#"["a"]"#, r#"[1, "a"]"#],
        &["[1]", "[1, 2]", "null"],
    );
    check(
        r#"{"type": "object", "not": {"additionalProperties": {"type": "integer"}}}"#,
        &[r#"{"a": "x"}"#, r#"{"a": 1, "b": null}"#],
        &["{}", r#"{"a": 1}"#],
    );
    check(
        r#"{"not": {"enum": [[1, {"a": 2}], {"b": [3]}, "x", 4]}}"#,
        &[r#"[1, {"a": 3}]"#, r#"{"b": [3], "c": 1}"#, "[1]", "\"y\"", "5", r#"{"b": []}"#],
        &[r#"[1, {"a": 2}]"#, r#"{"b": [3.0]}"#, "\"x\"", "4.0"],
    );
    check(
        r#"{"type": "array", "not": {"contains": {"type": "string"}, "minContains": 2, "maxContains": 3}}"#,
        &["[]", r#"["a", 1]"#, r#"["a", "b", "c", "d"]"#],
        &[r#"["a", "b"]"#, r#"["a", 1, "b", "c"]"#],
    );
}

#[test]
fn older_drafts_are_read_as_they_were_meant() {
    check(
        r#"{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 1, "exclusiveMinimum": true, "const": 7}"#,
        &["2", "\"text\""],
        &["1", "0"],
    );
    check(
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "string"}, {"type": "integer"}],
            "additionalItems": {"type": "null"}, "dependencies": {"a": ["b"], "c": {"maxProperties": 1}}}"#,
        &[r#"["a"]"#, r#"["a", 1, null]"#, r#"{"a": 1, "b": 2}"#, r#"{"c": 1}"#],
        &[r"[1]", r#"["a", 1, 2]"#, r#"{"a": 1}"#, r#"{"c": 1, "d": 2}"#],
    );
    check(
        r#"{"$schema": "http://json-schema.org/draft-07/schema#", "prefixItems": [{"type": "string"}],
            "dependentRequired": {"a": ["b"]}, "unevaluatedProperties": false}"#,
        &["[1]", r#"{"a": 1}"#],
        &[],
    );
}

#[test]
fn what_is_evaluated_depends_on_the_branches_that_hold() {
    check(
        r#"{"properties": {"a": {}}, "anyOf": [{"properties": {"b": {"type": "string"}}, "required": ["b"]},
            {"patternProperties": {"^c": {"type": "integer"}}, "required": ["c"]}], "unevaluatedProperties": false}"#,
        &[r#"{"a": 1, "b": "x"}"#, r#"{"c": 1, "cc": 2}"#, r#"{"b": "x", "c": 1}"#],
        &[r#"{"b": "x", "c": "y"}"#, r#"{"a": 1}"#, r#"{"b": "x", "d": 1}"#, r#"{"b": 1, "c": 1}"#],
    );
    check(
        r#"{"prefixItems": [true], "contains": {"type": "string"}, "unevaluatedItems": {"type": "null"}}"#,
        &[r#"["a"]"#, r#"[1, "a", null]"#, r#"["a", null, "b"]"#],
        &["[1]", r#"["a", 1]"#],
    );
}
