//! What schemas are turned into: few nodes, few alternatives.

use super::compiled;
use crate::ir::Alternative;
use crate::text::TextSet;

fn root(schema: &str) -> Vec<Alternative> {
    let (ir, _) = compiled(schema);
    ir.nodes[ir.root as usize].alternatives.clone()
}

#[test]
fn scalars_of_a_type_become_one_alternative() {
    let (ir, _) = compiled(
        r#"{"anyOf": [{"const": "b"}, {"enum": ["a", 1]}, {"const": 2}, {"const": "b"}]}"#,
    );
    assert_eq!(ir.nodes[0].alternatives.len(), 2);
    let TextSet::Words(words) = &ir.strings[0].atoms[0].set else { panic!("words") };
    assert_eq!(words, &["a", "b"]);
    assert_eq!(root(r#"{"anyOf": [{"type": "string"}, {"enum": ["a"]}]}"#).len(), 1);
    assert_eq!(root(r#"{"type": ["number", "integer"]}"#).len(), 1);
}

#[test]
fn objects_that_differ_in_one_value_become_one() {
    let schema = r#"{"type": "object", "anyOf": [{"properties": {"k": {"const": "a"}}, "required": ["k"]},
                     {"properties": {"k": {"const": "b"}}, "required": ["k"]}, {"properties": {"k": {"type": "integer"}}}]}"#;
    assert_eq!(root(schema).len(), 1);
}

#[test]
fn tagged_unions_keep_one_alternative_per_tag() {
    let branch = |tag: &str, name: &str| {
        format!(
            r#"{{"type": "object", "properties": {{"kind": {{"const": "{tag}"}}, "{name}": {{"type": "integer"}}}}, "required": ["kind"]}}"#
        )
    };
    let branches = [branch("a", "x"), branch("b", "y"), branch("c", "z")].join(",");
    let (ir, _) = compiled(&format!(r#"{{"oneOf": [{branches}]}}"#));
    assert_eq!(ir.nodes[0].alternatives.len(), 3);
    assert!(ir.objects.iter().all(|object| object.counters.is_empty()));
}

#[test]
fn equal_schemas_share_a_node() {
    let (ir, _) = compiled(
        r#"{"type": "object", "additionalProperties": false, "properties": {"a": {"type": "string", "title": "A"},
            "b": {"type": "string", "description": "B"}, "c": {"type": ["string"]}}}"#,
    );
    assert_eq!(ir.nodes.len(), 2);
    assert_eq!(ir.strings.len(), 1);
}

#[test]
fn names_keep_their_order_and_group() {
    let (ir, _) = compiled(
        r#"{"type": "object", "properties": {"b": {}, "a": {}}, "required": ["z", "a"],
            "allOf": [{"properties": {"d": {}, "c": {}, "a": {}}}]}"#,
    );
    let names: Vec<_> = ir.objects[0]
        .properties
        .iter()
        .map(|property| (property.name.as_str(), property.group, property.required))
        .collect();
    let expected = [
        ("b", Some(0), false),
        ("a", Some(0), true),
        ("z", None, true),
        ("d", Some(1), false),
        ("c", Some(1), false),
    ];
    assert_eq!(names, expected);
}

#[test]
fn counters_without_maximum_hit_or_do_not_care() {
    let (ir, _) = compiled(r#"{"type": "array", "contains": {"type": "string"}}"#);
    let array = &ir.arrays[0];
    assert_eq!((array.counters[0].min, array.counters[0].max), (1, None));
    assert_eq!(
        array.rest.iter().map(|way| (way.hits, way.misses)).collect::<Vec<_>>(),
        [(1, 0), (0, 0)]
    );
    let (ir, _) =
        compiled(r#"{"type": "array", "contains": {"type": "string"}, "maxContains": 2}"#);
    let ways = ir.arrays[0].rest.iter();
    assert_eq!(ways.map(|way| (way.hits, way.misses)).collect::<Vec<_>>(), [(1, 0), (0, 1)]);
}

#[test]
fn arrays_without_equal_items_are_as_long_as_there_are_values() {
    let max = |schema: &str| compiled(schema).0.arrays[0].max;
    assert_eq!(
        max(r#"{"type": "array", "uniqueItems": true, "items": {"enum": ["a", "b", 1, null]}}"#),
        Some(4)
    );
    assert_eq!(
        max(
            r#"{"type": "array", "uniqueItems": true, "items": {"type": "boolean"}, "maxItems": 9}"#
        ),
        Some(2)
    );
    let range = r#"{"type": "array", "uniqueItems": true, "items": {"type": "integer", "minimum": 1, "exclusiveMaximum": 8, "multipleOf": 2}}"#;
    assert_eq!(max(range), Some(3));
    let prefix = r#"{"type": "array", "uniqueItems": true, "prefixItems": [{"const": "a"}, {"enum": ["a", "b"]}], "items": {"enum": ["b", "c"]}}"#;
    assert_eq!(max(prefix), Some(3));
    assert_eq!(max(r#"{"type": "array", "uniqueItems": true}"#), None);
    assert_eq!(max(r#"{"type": "array", "items": {"type": "boolean"}}"#), None);
}
