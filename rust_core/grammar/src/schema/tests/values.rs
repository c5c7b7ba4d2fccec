//! Schema texts as trees.

use crate::Limits;
use crate::schema::value::{Document, Value};

fn read(text: &str) -> Document {
    Document::parse(text, &Limits::default()).expect("JSON")
}

#[test]
fn numbers_and_the_order_of_keys_are_kept() {
    let document = read(r#"{"b": 0.1000000000000000000001, "a": [12345678901234567890, -0.0]}"#);
    let Value::Object(entries) = document.get(0) else { panic!("an object") };
    assert_eq!(entries.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    let number = |at| match document.get(at) {
        Value::Number(number) => number.to_string(),
        other => panic!("{other:?}"),
    };
    assert_eq!(number(1), "0.1000000000000000000001");
    assert_eq!(number(3), "12345678901234567890");
    assert_eq!(number(4), "0");
}

#[test]
fn of_equal_keys_the_last_holds_where_the_first_stands() {
    for extra in [0, 30] {
        let more: Vec<String> = (0..extra).map(|at| format!(r#""k{at}": 0, "#)).collect();
        let more = more.concat();
        let document = read(&format!(r#"{{"a": 1, "b": 2, {more}"a": [3]}}"#));
        let at = document.member(0, "a").expect("a");
        assert!(matches!(document.get(at), Value::Array(_)));
        assert_eq!((document.pointer(at), document.key(at)), ("#/a".to_owned(), "a"));
        let Value::Object(entries) = document.get(0) else { panic!("an object") };
        assert_eq!((entries.len(), entries[0].0.as_str()), (2 + extra, "a"));
    }
}

#[test]
fn very_long_pointers_are_cut() {
    let document = read(&(r#"{"key": "#.repeat(500) + "1" + &"}".repeat(500)));
    let pointer = document.pointer(500);
    assert!(pointer.starts_with("#/.../key/key/") && pointer.len() < 520, "{pointer}");
}

#[test]
fn values_know_where_they_stand() {
    let document = read(r#"{"a/b": [{"c~d": null}]}"#);
    assert_eq!(document.pointer(3), "#/a~1b/0/c~0d");
    assert_eq!((document.parent(3), document.parent(0)), (Some(2), None));
    assert_eq!(document.member(2, "x"), None);
    assert_eq!(document.member(1, "x"), None);
}
