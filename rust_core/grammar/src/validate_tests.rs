use std::sync::Arc;

use crate::error::GrammarError;
use crate::grammar::{Content, Grammar, Options, Program, Root, Tag, Tags};
use crate::ir::{Alternative, Choice, Counter, Ir};
use crate::limits::Limits;
use crate::number::Decimal;
use crate::text::{TextSet, TextSpec};
use crate::vocab::Vocabulary;

const SCHEMA: &str = r#"{
    "type": "object",
    "properties": {
        "text": {"type": "string", "pattern": "^a", "minLength": 2},
        "number": {"type": "number", "minimum": -1.5, "multipleOf": 0.5},
        "list": {
            "type": "array", "prefixItems": [{"type": "null"}], "items": {"type": "integer"},
            "contains": {"const": 3}, "maxItems": 9
        }
    },
    "patternProperties": {"^x": true},
    "additionalProperties": false,
    "required": ["text"]
}"#;

fn program() -> Program {
    let tokens = vec![b"a".to_vec(), b"</s>".to_vec()];
    let vocabulary = Arc::new(Vocabulary::new(tokens, &[1], &[]).expect("a vocabulary"));
    let grammar = Grammar::json_schema(SCHEMA, &Options::default(), vocabulary, &Limits::default());
    grammar.expect("a grammar").program().clone()
}

fn check(change: impl FnOnce(&mut Ir)) -> Result<(), GrammarError> {
    let mut program = program();
    change(&mut program.ir);
    program.validate(&Limits::default())
}

fn refused(what: &str, change: impl FnOnce(&mut Ir)) {
    match check(change) {
        Err(GrammarError::Stored(reason)) => assert!(reason.contains(what), "{reason}"),
        other => panic!("{what}: {other:?}"),
    }
}

fn object(ir: &mut Ir) -> &mut crate::ir::ObjectSpec {
    ir.objects.iter_mut().find(|object| !object.properties.is_empty()).expect("the object")
}

fn array(ir: &mut Ir) -> &mut crate::ir::ArraySpec {
    ir.arrays.iter_mut().find(|array| array.max == Some(9)).expect("the array")
}

#[test]
fn what_was_compiled_is_valid() {
    assert_eq!(check(|_| ()), Ok(()));
}

#[test]
fn an_index_refers_to_something() {
    refused("no root", |ir| ir.root = u32::MAX);
    for alternative in [
        Alternative::Number(u32::MAX),
        Alternative::String(u32::MAX),
        Alternative::Array(u32::MAX),
        Alternative::Object(u32::MAX),
    ] {
        refused("refers to nothing", |ir| ir.nodes[0].alternatives.push(alternative));
    }
    refused("no alternatives", |ir| ir.nodes[0].alternatives.clear());
    let nowhere = Choice { node: u32::MAX, hits: 0, misses: 0 };
    refused("refers to nothing", |ir| object(ir).properties[0].choices.push(nowhere));
    refused("refers to nothing", |ir| array(ir).rest.push(nowhere));
    let uncounted = Choice { node: 0, hits: 1 << 7, misses: 0 };
    refused("refers to nothing", |ir| array(ir).rest.push(uncounted));
    let both = Choice { node: 0, hits: 1, misses: 1 };
    refused("refers to nothing", |ir| array(ir).rest.push(both));
}

#[test]
fn a_tag_begins_with_a_trigger() {
    let tagged = |trigger: &str, begin: &str, content| {
        let tag = Tag { begin: begin.to_owned(), content, end: String::new() };
        let triggers = vec![trigger.to_owned()];
        let tags = Tags { tags: vec![tag], triggers, at_least_one: false, stop_after_first: false };
        let mut program = program();
        program.root = Root::Tags(tags);
        program.validate(&Limits::default())
    };
    let text = || Content::Text(TextSpec::default());
    assert_eq!(tagged("<", "<a", Content::Json(0)), Ok(()));
    assert_eq!(tagged("<", "<a", text()), Ok(()));
    for (trigger, begin, content) in
        [("<", "a", text()), ("", "a", text()), ("<", "<a", Content::Json(u32::MAX))]
    {
        assert!(matches!(tagged(trigger, begin, content), Err(GrammarError::Stored(_))));
    }
}

#[test]
fn lengths_are_possible() {
    refused("no length", |ir| array(ir).min = 10);
    refused("longer than its places", |ir| array(ir).rest.clear());
    refused("a count is impossible", |ir| {
        array(ir).counters.push(Counter { min: 2, max: Some(1) });
    });
    refused("a count is impossible", |ir| {
        array(ir).counters = vec![Counter { min: 0, max: None }; 9];
    });
    refused("no size", |ir| {
        object(ir).min = 2;
        object(ir).max = Some(1);
    });
    refused("no length", |ir| {
        ir.strings[0] = TextSpec { min: 2, max: Some(1), ..Default::default() }
    });
}

#[test]
fn names_are_told_apart() {
    refused("kinds of names to spare", |ir| object(ir).others.push(Vec::new()));
    refused("too many kinds of names", |ir| {
        let atom = object(ir).atoms[0].clone();
        object(ir).atoms.resize(7, atom);
    });
    refused("a name twice", |ir| object(ir).forbidden.push("text".to_owned()));
    refused("no value", |ir| object(ir).properties[0].choices.clear());
}

#[test]
fn numbers_are_canonical() {
    let with = |digits: &[u8], exponent, negative| {
        let number = Decimal { negative, digits: digits.to_vec(), exponent };
        move |ir: &mut Ir| {
            let spec = ir.numbers.iter_mut().find(|spec| spec.low.is_some());
            spec.expect("the number").values = Some(vec![number]);
        }
    };
    assert_eq!(check(with(&[5], -1, true)), Ok(()));
    refused("a number is malformed", with(&[10], 0, false));
    refused("a number is malformed", with(&[0, 1], 0, false));
    refused("a number is malformed", with(&[1, 0], 0, false));
    refused("a number is malformed", with(&[], 0, true));
    refused("a number is malformed", with(&[1], 5_000, false));
    refused("a number is malformed", with(&[1; 5_000], 0, false));
    refused("a divisor is not above zero", |ir| {
        let spec = ir.numbers.iter_mut().find(|spec| spec.low.is_some());
        spec.expect("the number").multiples[0].of = Decimal::default();
    });
}

#[test]
fn a_pattern_is_checked_as_that_of_a_schema() {
    let malformed = |ir: &mut Ir| {
        let patterns = ir.strings.iter_mut().flat_map(|spec| &mut spec.atoms);
        patterns.for_each(|atom| atom.set = TextSet::Pattern("(".to_owned()));
    };
    assert!(matches!(check(malformed), Err(GrammarError::Pattern { .. })));
}
