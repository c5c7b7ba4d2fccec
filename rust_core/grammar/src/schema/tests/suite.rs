//! The JSON Schema Test Suite, by what compiled schemas say and not by the machine.

use std::fmt::Write;
use std::path::Path;

use super::interpreter::accepts;
use crate::schema::value::{Document, Value, ValueId};
use crate::schema::{Draft, SchemaOptions, compile};
use crate::{GrammarError, Limits};

/// How often which verdict was given.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) right: usize,
    pub(super) refused: usize,
    pub(super) valid_rejected: usize,
    pub(super) invalid_accepted: usize,
    pub(super) wrong: String,
}

/// What is refused refers to other documents; the one valid instance that is rejected relies on a metaschema
/// of another document that does without the keywords of validation.
#[test]
fn the_suite_of_2020_12_is_right_or_refused() {
    let tally = run("draft2020-12.jsonl", None);
    assert_eq!((tally.invalid_accepted, tally.valid_rejected), (0, 1), "{}", tally.wrong);
    assert!(tally.right >= 1208, "{tally:?}");
}

#[test]
fn the_suite_of_2019_09_is_right_or_refused() {
    let tally = run("draft2019-09.jsonl", Some(Draft::Draft201909));
    assert_eq!((tally.invalid_accepted, tally.valid_rejected), (0, 1), "{}", tally.wrong);
    assert!(tally.right >= 1191, "{tally:?}");
}

fn run(file: &str, draft: Option<Draft>) -> Tally {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/grammar/data/suite");
    let lines = std::fs::read_to_string(folder.join(file)).expect("the suite is part of the tests");
    run_lines(&lines, draft, false)
}

/// Runs groups of tests, one in each line.
pub(super) fn run_lines(lines: &str, draft: Option<Draft>, formats: bool) -> Tally {
    let mut tally = Tally::default();
    let options = SchemaOptions { formats, lenient: false, draft };
    for line in lines.lines() {
        group(line, options, &mut tally);
    }
    tally
}

fn group(line: &str, options: SchemaOptions, tally: &mut Tally) {
    let document = Document::parse(line, &Limits::default()).expect("a group of tests");
    let member = |at, key| document.member(at, key).expect("groups and tests have this key");
    let schema = written(&document, member(0, "schema"));
    let compiled = compile(&schema, &options, &Limits::default());
    let Value::Array(tests) = document.get(member(0, "tests")) else {
        panic!("tests are an array");
    };
    for &test in tests {
        let valid = document.get(member(test, "valid")) == &Value::Bool(true);
        let accepted = match &compiled {
            Ok((ir, _)) => accepts(ir, &written(&document, member(test, "data"))),
            Err(GrammarError::Empty { .. }) => false,
            Err(error) => {
                tally.refused += 1;
                let _ = writeln!(tally.wrong, "{error}: {schema}");
                continue;
            }
        };
        match (valid, accepted) {
            (true, false) => tally.valid_rejected += 1,
            (false, true) => tally.invalid_accepted += 1,
            _ => {
                tally.right += 1;
                continue;
            }
        }
        let instance = written(&document, member(test, "data"));
        let _ = writeln!(tally.wrong, "{accepted} for {instance} of {schema}");
    }
}

/// A value as JSON text.
fn written(document: &Document, at: ValueId) -> String {
    match document.get(at) {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => quoted(text),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|&item| written(document, item)).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(entries) => {
            let entry = |(name, value): &(String, ValueId)| {
                format!("{}:{}", quoted(name), written(document, *value))
            };
            format!("{{{}}}", entries.iter().map(entry).collect::<Vec<_>>().join(","))
        }
    }
}

fn quoted(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        '\0'..='\x1f' => format!("\\u{:04x}", u32::from(c)),
        _ => c.to_string(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}
