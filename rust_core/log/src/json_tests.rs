use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::Formatter;
use crate::record::{RESERVED, Record, Value};

fn line(record: &Record) -> String {
    let mut out = Vec::new();
    Formatter::default().line(record.bytes(), &mut out);
    String::from_utf8(out).expect("UTF-8")
}

fn parsed(record: &Record) -> Json {
    let line = line(record);
    assert_eq!(line.find('\n'), Some(line.len() - 1), "one line: {line:?}");
    serde_json::from_str(&line).expect(&line)
}

fn put(value: Value<'_>, json: &Json) {
    match json {
        Json::Null => value.null(),
        Json::Bool(flag) => value.bool(*flag),
        Json::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(int), _) => value.int(int),
            (None, Some(large)) => value.decimal(&large.to_string()),
            (None, None) => value.float(number.as_f64().expect("a float")),
        },
        Json::String(text) => value.text(text),
        Json::Array(items) => {
            let mut list = value.list();
            for item in items {
                put(list.item(), item);
            }
        }
        Json::Object(entries) => {
            let mut dict = value.dict();
            for (name, item) in entries {
                put(dict.entry(name), item);
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        any::<u64>().prop_map(Json::from),
        any::<f64>().prop_filter("finite", |x| x.is_finite()).prop_map(Json::from),
        ".*".prop_map(Json::from),
        "[\\x00-\\x20\"\\\\\u{7f}-\u{a0}\u{2020}-\u{2030}\u{1f600}]*".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Json::from),
            prop::collection::btree_map(".*", inner, 0..6)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn every_line_parses_and_gives_the_fields_back(
        message in ".*",
        fields in prop::collection::btree_map("[a-z\"\\\\\n]{0,6}", any_json(), 0..8),
    ) {
        let mut record = Record::new("INFO", "a.b", &message, 0);
        {
            let mut dict = record.fields();
            for (name, value) in &fields {
                put(dict.entry(name), value);
            }
        }
        let mut expected = json!({
            "timestamp": "1970-01-01T00:00:00.000000Z", "level": "INFO", "logger": "a.b",
            "message": message,
        });
        for (name, value) in fields {
            let free = !RESERVED.contains(&name.as_str());
            expected[if free { name } else { format!("fields.{name}") }] = value;
        }
        prop_assert_eq!(parsed(&record), expected);
    }

    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(0_u8..16, 0..200)) {
        Formatter::default().line(&bytes, &mut Vec::new());
    }
}

#[test]
fn reserved_names_give_way_and_stay_apart() {
    let mut record = Record::new("INFO", "x", "m", 0);
    record.origin().entry("pid").int(7);
    {
        let mut fields = record.fields();
        fields.entry("pid").int(1);
        fields.entry("fields.pid").int(2);
        fields.entry("nested").dict().entry("pid").int(3);
    }
    let json = parsed(&record);
    assert_eq!(json["pid"], 7);
    assert_eq!(json["fields.pid"], 1);
    assert_eq!(json["fields.fields.pid"], 2);
    assert_eq!(json["nested"]["pid"], 3);
}

#[test]
fn values_that_are_not_given() {
    let mut record = Record::new("INFO", "x", "m", 0);
    {
        let mut fields = record.fields();
        let _ = fields.entry("first");
        {
            let mut dict = fields.entry("dict").dict();
            let _ = dict.entry("inner");
        }
        let mut list = fields.entry("list").list();
        let _ = list.item();
        drop(list);
        let _ = fields.entry("last");
    }
    let json = parsed(&record);
    assert_eq!(json["first"], Json::Null);
    assert_eq!(json["dict"], json!({"inner": null}));
    assert_eq!(json["list"], json!([]));
    assert_eq!(json["last"], Json::Null);
}

#[test]
fn numbers_that_json_cannot_hold() {
    let mut record = Record::new("INFO", "x", "m", 0);
    {
        let mut fields = record.fields();
        fields.entry("nan").float(f64::NAN);
        fields.entry("up").float(f64::INFINITY);
        fields.entry("down").float(f64::NEG_INFINITY);
        fields.entry("large").decimal("-123456789012345678901234567890");
        for digits in ["", "-", "01", "-01", "1.0", "١", "1,\"x\":2"] {
            fields.entry(&format!("not {digits}")).decimal(digits);
        }
    }
    assert!(line(&record).contains("\"large\":-123456789012345678901234567890,"));
    let json = parsed(&record);
    assert_eq!(json["nan"], "NaN");
    assert_eq!(json["up"], "Infinity");
    assert_eq!(json["down"], "-Infinity");
    assert_eq!(json["not 1,\"x\":2"], "1,\"x\":2");
    assert_eq!(json["not 01"], "01");
}

#[test]
fn nesting_without_bound() {
    const DEPTH: usize = 200_000;
    let mut bytes = Record::new("INFO", "x", "m", 0).bytes().to_vec();
    bytes.extend([crate::record::tag::KEY, 1, b'k']);
    bytes.extend(std::iter::repeat_n(crate::record::tag::LIST, DEPTH));
    bytes.extend(std::iter::repeat_n(crate::record::tag::END, DEPTH));
    let mut out = Vec::new();
    Formatter::default().line(&bytes, &mut out);
    assert!(out.ends_with(b"]]]}\n"));
}

#[test]
fn characters_that_end_a_line_are_escaped() {
    let text = "\u{b}\u{c}\u{1c}\u{1d}\u{1e}\u{85}\u{2028}\u{2029}\r\n";
    let record = Record::new("INFO", "x", text, 0);
    let line = line(&record);
    let others = line.chars().filter(|c| text.contains(*c)).collect::<String>();
    assert_eq!(others, "\n");
    assert_eq!(parsed(&record)["message"], text);
}
