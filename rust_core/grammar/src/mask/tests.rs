//! Masks are held against the plain definition: a token is allowed if its bytes can follow.

use std::sync::Arc;

use crate::grammar::{ContentSource, Grammar, Options, Program, Root, TagSource, Whitespace};
use crate::ir::{Alternative, ArraySpec, Choice, Counter, Ir, Node, ObjectSpec, Property};
use crate::matcher::Matcher;
use crate::number::{Multiple, NumberSpec};
use crate::text::{Atom, TextSet, TextSpec};
use crate::{Limits, Vocabulary};

/// Single bytes, and tokens that cross what can be crossed.
fn vocabulary() -> Arc<Vocabulary> {
    let longer = [
        "{\"",
        "\":",
        "\",",
        "\": \"",
        "\",\"",
        "\"}",
        "}}",
        "}]",
        "]}",
        "[[",
        "[{",
        "[\"",
        "\"]",
        "],",
        "},",
        ", ",
        ": ",
        "  ",
        "\n  ",
        "true",
        "false",
        "null",
        "tr",
        "ull",
        "10",
        "123",
        "0.5",
        "-1",
        "1,",
        "2]",
        "3}",
        "name",
        "na",
        "\"name\":",
        "name\"",
        "id\":",
        "\"a",
        "ab",
        "abc",
        "b\"",
        "a\",\"b",
        "\\u00",
        "\\n",
        "\\\"",
        "e9",
        "\u{e9}",
        "\u{20ac}\u{20ac}",
        "x\": [",
        "\": {\"",
        "\\ud83d",
        "\\ude00",
        "aa\"}",
        "a\\",
    ];
    let bytes = (0..=255u8).map(|byte| vec![byte]);
    let longer = longer.iter().map(|text| text.as_bytes().to_vec());
    let halves = [
        vec![0xe2, 0x82],
        vec![0xac, b'"'],
        vec![0xc3],
        vec![0xa9, b'a', b'"', b','],
        vec![0xff, 0xfe],
    ];
    let tokens: Vec<Vec<u8>> =
        bytes.chain(longer).chain(halves).chain([b"<end>".to_vec(), b"ab".to_vec()]).collect();
    let end = u32::try_from(tokens.len() - 2).unwrap_or(0);
    Arc::new(Vocabulary::new(tokens, &[end], &[]).expect("a vocabulary"))
}

fn choice(node: u32) -> Choice {
    Choice { node, hits: 0, misses: 0 }
}

fn node(alternatives: &[Alternative]) -> Node {
    Node { alternatives: alternatives.to_vec() }
}

fn property(name: &str, node: u32, required: bool) -> Property {
    Property { name: name.into(), choices: vec![choice(node)], required, group: Some(0) }
}

fn array(rest: u32) -> ArraySpec {
    ArraySpec {
        prefix: vec![],
        rest: vec![choice(rest)],
        min: 0,
        max: None,
        counters: vec![],
        unique: false,
    }
}

fn object(properties: Vec<Property>, others: Vec<Choice>) -> ObjectSpec {
    ObjectSpec {
        properties,
        forbidden: vec![],
        atoms: vec![],
        others: vec![others],
        min: 0,
        max: None,
        counters: vec![],
    }
}

fn pattern(pattern: &str) -> TextSpec {
    let atom = Atom { set: TextSet::Pattern(pattern.into()), negated: false };
    TextSpec { atoms: vec![atom], min: 0, max: None }
}

/// Node 0 is any value at all; nodes 1 to 6 are string, integer, short string, pattern, array of 6, any of true or null.
fn ir() -> Ir {
    use Alternative::{Array, False, Null, Number, Object, String, True};
    let integer = NumberSpec {
        multiples: vec![Multiple { of: "1".parse().expect("one"), negated: false }],
        ..NumberSpec::default()
    };
    Ir {
        nodes: vec![
            node(&[Null, True, False, Number(0), String(0), Array(0), Object(0)]),
            node(&[String(0)]),
            node(&[Number(1)]),
            node(&[String(1)]),
            node(&[String(2)]),
            node(&[Array(1)]),
            node(&[True, Null]),
        ],
        strings: vec![
            TextSpec::default(),
            TextSpec { atoms: vec![], min: 2, max: Some(4) },
            pattern("^a[b-d]*$"),
            pattern("na"),
        ],
        numbers: vec![NumberSpec::default(), integer],
        arrays: vec![array(0), array(6)],
        objects: vec![object(vec![], vec![choice(0)])],
        root: 0,
    }
}

fn grammar(ir: Ir, whitespace: Whitespace) -> Grammar {
    let options = Options { whitespace, ..Options::default() };
    let program =
        Program { root: Root::Json, ir, options, report: crate::schema::Report::default() };
    Grammar::new(program, vocabulary(), &Limits::default()).expect("a grammar")
}

/// A number from a row of numbers that is always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % sides
    }
}

/// Walk at random, and hold each mask against what is accepted.
fn walk(grammar: &Grammar, seed: u64, steps: usize) -> String {
    let vocabulary = grammar.vocabulary().clone();
    let mut matcher = Matcher::new(grammar);
    let mut row = vec![0; vocabulary.words()];
    let mut dice = Dice(seed);
    for _ in 0..steps {
        matcher.fill(&mut row).expect("a mask");
        let text = text(&matcher);
        let mut allowed = Vec::new();
        for token in 0..u32::try_from(vocabulary.size()).unwrap_or(0) {
            let bit = row[token as usize / 32] >> (token % 32) & 1 == 1;
            let accepted = matcher.fork().accept(token).expect("an answer");
            assert_eq!(
                bit,
                accepted,
                "token {token} {:?} behind {text:?}",
                std::string::String::from_utf8_lossy(vocabulary.bytes(token))
            );
            if bit {
                allowed.push(token);
            }
        }
        assert!(!allowed.is_empty(), "a dead end behind {text:?}");
        let token = allowed[dice.roll(allowed.len())];
        assert!(matcher.accept(token).expect("accepted"));
        if matcher.has_ended() {
            break;
        }
    }
    text(&matcher)
}

fn text(matcher: &Matcher) -> String {
    let vocabulary = matcher.grammar().vocabulary();
    let bytes: Vec<u8> =
        matcher.tokens().iter().flat_map(|token| vocabulary.bytes(*token)).copied().collect();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn fits(grammar: &Grammar, text: &str) -> bool {
    Matcher::new(grammar).completes(text.as_bytes()).expect("an answer")
}

#[test]
fn any_value() {
    let grammar = grammar(ir(), Whitespace::Any);
    for seed in 0..20 {
        walk(&grammar, seed, 40);
    }
    for text in [
        "null",
        " [1, {\"a\": [true, \"\\ud83d\\ude00 \u{20ac}\"]}] ",
        "-0.5e+3",
        "\"\\u00e9\\u003C\"",
        "{}",
    ] {
        assert!(fits(&grammar, text), "{text}");
    }
    for text in
        ["nul", "[1,]", "{\"a\"}", "\"\\ud83d\"", "\"\\udc00\"", "01", "\"\u{1}\"", "1 2", "\"a"]
    {
        assert!(!fits(&grammar, text), "{text}");
    }
}

#[test]
fn closed_objects_keep_the_order() {
    let mut ir = ir();
    ir.objects.push(object(
        vec![property("name", 1, true), property("id", 2, false), property("na", 3, true)],
        vec![],
    ));
    ir.nodes.push(node(&[Alternative::Object(1)]));
    ir.root = 7;
    for whitespace in [Whitespace::Any, Whitespace::Compact, Whitespace::Spaced] {
        let grammar = grammar(ir.clone(), whitespace);
        for seed in 0..10 {
            walk(&grammar, seed, 40);
        }
        let spaced = whitespace != Whitespace::Compact;
        assert_eq!(fits(&grammar, "{\"name\": \"x\", \"na\": \"abcd\"}"), spaced);
        let compact = whitespace != Whitespace::Spaced;
        assert_eq!(fits(&grammar, "{\"name\":\"x\",\"id\":7,\"na\":\"abc\"}"), compact);
        assert!(!fits(&grammar, "{\"na\":\"abc\",\"name\":\"x\"}"));
        assert!(!fits(&grammar, "{\"name\":\"x\"}"));
    }
}

#[test]
fn open_objects_take_other_names_for_what_they_are() {
    let mut ir = ir();
    let mut spec = object(vec![property("name", 2, false)], vec![choice(6)]);
    spec.forbidden.push("id".into());
    ir.objects.push(spec);
    ir.nodes.push(node(&[Alternative::Object(1)]));
    ir.root = 7;
    let grammar = grammar(ir, Whitespace::Any);
    for seed in 0..30 {
        walk(&grammar, seed, 30);
    }
    assert!(fits(&grammar, "{\"x\":true,\"name\":3,\"names\":null}"));
    assert!(!fits(&grammar, "{\"name\":true}"));
    assert!(!fits(&grammar, "{\"id\":true}"));
    assert!(!fits(&grammar, "{\"\\u0069d\":true}"));
    assert!(!fits(&grammar, "{\"name\":1,\"name\":1}"));
}

#[test]
fn names_by_class() {
    let mut ir = ir();
    let mut spec = object(vec![property("nab", 2, false)], vec![choice(6)]);
    spec.atoms.push(pattern("na"));
    spec.others.push(vec![choice(2)]);
    ir.objects.push(spec.clone());
    spec.others[0].clear();
    ir.objects.push(spec);
    ir.nodes.push(node(&[Alternative::Object(1)]));
    ir.nodes.push(node(&[Alternative::Object(2)]));
    for root in [7, 8] {
        ir.root = root;
        let grammar = grammar(ir.clone(), Whitespace::Any);
        for seed in 0..20 {
            walk(&grammar, seed, 30);
        }
        assert_eq!(fits(&grammar, "{\"x\":true}"), root == 7);
        assert!(fits(&grammar, "{\"xna\":1}"));
        assert!(!fits(&grammar, "{\"xna\":true}"));
    }
}

#[test]
fn lengths_and_patterns() {
    let mut ir = ir();
    for root in [3, 4] {
        ir.root = root;
        let grammar = grammar(ir.clone(), Whitespace::Any);
        for seed in 0..30 {
            walk(&grammar, seed, 20);
        }
    }
    for lengths in [(0, Some(3)), (3, None), (2, Some(5))] {
        let spec =
            TextSpec { min: lengths.0, max: lengths.1, ..pattern("^[a-d\u{e9}\u{20ac}\"]+$") };
        ir.strings[2] = spec;
        ir.root = 4;
        let grammar = grammar(ir.clone(), Whitespace::Any);
        for seed in 0..30 {
            walk(&grammar, seed, 20);
        }
        assert_eq!(fits(&grammar, "\"ab\\\"\u{20ac}\""), lengths.1 != Some(3));
        assert_eq!(fits(&grammar, "\"a\""), lengths.0 == 0);
    }
    ir.strings[2] = pattern("^a[b-d]*$");
    ir.root = 3;
    let short = grammar(ir.clone(), Whitespace::Any);
    assert!(fits(&short, "\"\\ud83d\\ude00\u{e9}\""));
    assert!(!fits(&short, "\"a\"") && !fits(&short, "\"abcde\""));
    ir.root = 4;
    let pattern = grammar(ir, Whitespace::Any);
    assert!(fits(&pattern, "\"abcd\"") && !fits(&pattern, "\"b\""));
}

#[test]
fn no_two_items_are_equal() {
    let mut ir = ir();
    let unique = |node| ArraySpec { unique: true, max: Some(4), ..array(node) };
    ir.arrays.extend([unique(6), unique(0), unique(3), unique(2)]);
    ir.nodes.extend((2..6).map(|array| node(&[Alternative::Array(array)])));
    for root in 7..11 {
        ir.root = root;
        let grammar = grammar(ir.clone(), Whitespace::Any);
        for seed in 0..20 {
            walk(&grammar, seed, 30);
        }
    }
    ir.root = 8;
    let grammar = grammar(ir, Whitespace::Any);
    assert!(fits(&grammar, "[1, \"1\", [1], {\"a\": [[1],1], \"b\": 2}]"));
    for twice in [
        "[1, 1.0]",
        "[\"/\", \"\\u002f\"]",
        "[{\"a\":1,\"b\":2},{\"b\":2, \"a\":1.0}]",
        "[[1, 1]]",
        "[null, [], null]",
    ] {
        assert_eq!(fits(&grammar, twice), twice == "[[1, 1]]", "{twice}");
    }
}

#[test]
fn counted_items_and_members() {
    let mut ir = ir();
    let both = vec![Choice { node: 6, hits: 0, misses: 0 }, Choice { node: 2, hits: 1, misses: 0 }];
    let counters = vec![Counter { min: 2, max: Some(3) }];
    ir.arrays.push(ArraySpec {
        rest: both.clone(),
        max: Some(4),
        counters: counters.clone(),
        ..array(0)
    });
    let mut spec =
        ObjectSpec { counters, max: Some(4), ..object(vec![property("name", 6, true)], vec![]) };
    spec.others[0].clone_from(&both);
    ir.objects.push(spec);
    ir.nodes.push(node(&[Alternative::Array(2)]));
    ir.nodes.push(node(&[Alternative::Object(1)]));
    for root in [7, 8] {
        ir.root = root;
        let grammar = grammar(ir.clone(), Whitespace::Any);
        for seed in 0..20 {
            walk(&grammar, seed, 40);
        }
        assert_eq!(fits(&grammar, "[1,true,2]"), root == 7);
        assert_eq!(fits(&grammar, "{\"a\":1,\"name\":true,\"b\":2}"), root == 8);
        assert!(!fits(&grammar, "[1,true]") && !fits(&grammar, "[true,true,true]"));
        assert!(!fits(&grammar, "{\"a\":1,\"a\":2,\"name\":null}"));
    }
}

#[test]
fn regular_expressions_and_choices() {
    let words = ["abc".to_string(), "aa\"}".into(), "a\u{e9}".into()];
    let choice = Grammar::choice(&words, vocabulary(), &Limits::default()).expect("a grammar");
    let regex = Grammar::regex("(na|\u{e9})+[0-9]{2}", vocabulary(), &Limits::default())
        .expect("a grammar");
    for seed in 0..20 {
        walk(&regex, seed, 20);
        let chosen = walk(&choice, seed, 20);
        assert!(words.iter().any(|word| chosen.strip_suffix("<end>") == Some(word)));
    }
    assert!(fits(&regex, "na\u{e9}12") && !fits(&regex, "na1") && !fits(&regex, " na12"));
}

#[test]
fn a_full_engine_is_replaced() {
    let limits = Limits { memory: 30_000, ..Limits::default() };
    let program = Program {
        root: Root::Json,
        ir: ir(),
        options: Options::default(),
        report: crate::schema::Report::default(),
    };
    let grammar = Grammar::new(program, vocabulary(), &limits).expect("a grammar");
    let mut matcher = Matcher::new(&grammar);
    let mut row = vec![0; grammar.vocabulary().words()];
    for index in 0..1000 {
        let byte = b"[{\"a\":1},"[index % 9];
        assert!(matcher.accept(u32::from(if index == 0 { b'[' } else { byte })).is_ok());
        matcher.fill(&mut row).expect("a mask");
    }
    assert!(grammar.memory() < 300_000);
    matcher.rollback(500).expect("taken back");
    matcher.fill(&mut row).expect("a mask");
}

#[test]
fn tags_in_free_text() {
    let tag = |begin: &str, content, end: &str| TagSource {
        begin: begin.into(),
        content,
        end: end.into(),
    };
    let tags = vec![
        tag("<a>", ContentSource::Schema("{\"type\":\"boolean\"}".into()), "</a>"),
        tag("<ab>", ContentSource::Regex("[0-9]*".into()), "e\""),
    ];
    for (wanted, once) in [(false, false), (true, false), (false, true)] {
        let rules = (vec!["<a".to_string()], wanted, once);
        let options = Options::default();
        let grammar =
            Grammar::tags(tags.clone(), rules, &options, vocabulary(), &Limits::default())
                .expect("a grammar");
        for seed in 0..20 {
            walk(&grammar, seed, 30);
        }
        assert_eq!(fits(&grammar, "hello <b> <"), !wanted);
        assert!(fits(&grammar, "hello <<a> true\n</a>"));
        assert_eq!(fits(&grammar, "<ab>12e\" and <a>false</a>, so"), !once);
        assert!(!fits(&grammar, "hello <ac"));
        assert!(!fits(&grammar, "hello <a>1</a>"));
    }
}

#[test]
fn what_was_asked_before_changes_nothing() {
    let mut ir = ir();
    ir.objects.push(object(vec![property("name", 2, false)], vec![]));
    ir.nodes.push(node(&[Alternative::Object(1)]));
    ir.root = 7;
    let grammar = grammar(ir, Whitespace::Any);
    assert!(fits(&grammar, "{}"));
    assert!(fits(&grammar, "{\"name\":7}"));
}

#[test]
fn what_always_counts_may_go_on_counting() {
    let mut ir = ir();
    let always = vec![Choice { node: 1, hits: 1, misses: 0 }];
    let counters = vec![Counter { min: 1, max: None }];
    ir.arrays.push(ArraySpec { rest: always, counters, ..array(0) });
    ir.nodes.push(node(&[Alternative::Array(2)]));
    ir.root = 7;
    let grammar = grammar(ir, Whitespace::Any);
    assert!(fits(&grammar, "[\"a\",\"b\",\"c\"]") && !fits(&grammar, "[]"));
}

#[test]
fn work_over_the_limit_is_told_each_time() {
    let limits = Limits { steps: 5, ..Limits::default() };
    let report = crate::schema::Report::default();
    let program = Program { root: Root::Json, ir: ir(), options: Options::default(), report };
    let grammar = Grammar::new(program, vocabulary(), &limits).expect("a grammar");
    let mut row = vec![0; grammar.vocabulary().words()];
    for _ in 0..2 {
        let error = Matcher::new(&grammar).fill(&mut row).expect_err("too much");
        assert!(error.to_string().contains("Limits(steps=...)"), "{error}");
    }
}
