//! What the sets accept, against the matcher of `regex-automata` and against brute force.

use proptest::prelude::*;
use regex_automata::meta::Regex;

use super::*;

/// An atom that has to hold.
fn atom(set: TextSet) -> Atom {
    Atom { set, negated: false }
}

/// The automaton of a pattern of JSON Schema.
fn pattern(text: &str) -> TextSpec {
    TextSpec { atoms: vec![atom(TextSet::Pattern(text.to_owned()))], ..TextSpec::default() }
}

/// Follows bytes; whether they may be all, and how many of them there was a way for.
fn run(automaton: &mut dyn Automaton, text: &[u8]) -> (bool, usize) {
    let mut state = automaton.start();
    for (index, &byte) in text.iter().enumerate() {
        if state == DEAD {
            return (false, index);
        }
        state = automaton.step(state, byte);
    }
    (state != DEAD && automaton.accepts(state), text.len())
}

/// Whether a specification accepts a text, asked both ways.
fn accepts(spec: &TextSpec, text: &str) -> bool {
    let limits = Limits::default();
    let direct = spec.contains(text, &limits).expect("valid");
    let mut automaton = automaton(spec, &limits).expect("valid");
    assert_eq!(run(automaton.as_mut(), text.as_bytes()).0, direct, "{spec:?} {text:?}");
    direct
}

#[test]
fn a_pattern_is_searched_for_anywhere() {
    assert!(accepts(&pattern("b+"), "abba"));
    assert!(accepts(&pattern("b+"), "\n\u{1F600}b\n"));
    assert!(!accepts(&pattern("^b+$"), "bbb\n"));
    assert!(accepts(&pattern("^b{2,3}$"), "bbb"));
    assert!(!accepts(&pattern("^b{2,3}$"), "bbbb"));
    assert!(accepts(&pattern(r"^\u00e9\ud83d\ude00$"), "\u{e9}\u{1F600}"));
    assert!(accepts(&pattern(r"\bfoo\b"), "a foo b"));
    assert!(!accepts(&pattern(r"\bfoo\b"), "afoo b"));
    assert!(accepts(&pattern(r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"), "-12.5"));
    assert!(!accepts(&pattern(r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"), "-."));
}

/// Every state that is reached by some bytes can be completed.
fn live(spec: &TextSpec, alphabet: &[u8], depth: usize) {
    let mut automaton = automaton(spec, &Limits::default()).expect("valid");
    let start = automaton.start();
    let mut seen = vec![start];
    let mut level = vec![start];
    let mut edges = Vec::new();
    for _ in 0..depth {
        let mut next = Vec::new();
        for &state in level.iter().filter(|&&state| state != DEAD) {
            for &byte in alphabet {
                let to = automaton.step(state, byte);
                edges.push((state, to));
                if !seen.contains(&to) {
                    seen.push(to);
                    next.push(to);
                }
            }
        }
        level = next;
    }
    assert!(level.is_empty(), "{spec:?}: not all states in {depth} steps");
    let mut live: Vec<u32> =
        seen.iter().copied().filter(|&s| s != DEAD && automaton.accepts(s)).collect();
    loop {
        let more = edges.iter().filter(|(from, to)| live.contains(to) && !live.contains(from));
        let more: Vec<u32> = more.map(|edge| edge.0).collect();
        if more.is_empty() {
            break;
        }
        live.extend(more);
        live.sort_unstable();
        live.dedup();
    }
    for state in seen {
        assert_eq!(state != DEAD, live.contains(&state), "{spec:?}: state {state}");
    }
}

/// Small patterns over a, b and a character of two bytes.
fn patterns() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("\u{e9}".to_owned()),
        Just("[ab]".to_owned()),
        Just("[^a]".to_owned()),
        Just("^".to_owned()),
        Just("$".to_owned()),
        Just(r"\b".to_owned()),
        Just(r"\B".to_owned()),
        Just(".".to_owned()),
    ];
    leaf.prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 1..4).prop_map(|parts| parts.concat()),
            prop::collection::vec(inner.clone(), 1..3)
                .prop_map(|parts| format!("(?:{})", parts.join("|"))),
            (inner, prop_oneof![Just("*"), Just("+"), Just("?"), Just("{2}"), Just("{0,2}")])
                .prop_map(|(part, repeat)| format!("(?:{part}){repeat}")),
        ]
    })
}

/// Short texts over what the patterns are made of.
fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![Just('a'), Just('b'), Just('\u{e9}'), Just('-'), Just('\n')],
        0..7,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

/// The same pattern for the other matcher: ASCII word boundaries, `.` without line ends of ECMA-262.
fn oracle(pattern: &str) -> Regex {
    let pattern = pattern.replace(r"\b", r"(?-u:\b)").replace(r"\B", r"(?-u:\B)");
    let hir =
        regex_syntax::ParserBuilder::new().utf8(false).build().parse(&pattern).expect("valid");
    Regex::builder().build_from_hir(&hir).expect("valid")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patterns_find_what_another_matcher_finds(text in patterns(), given in prop::collection::vec(texts(), 6)) {
        let regex = oracle(&text);
        let spec = pattern(&text);
        for given in given {
            prop_assert_eq!(accepts(&spec, &given), regex.is_match(given.as_bytes()), "{} {:?}", text, given);
        }
    }

    #[test]
    fn states_of_patterns_are_live(text in patterns()) {
        live(&pattern(&text), "ab-\n\u{e9}\u{e8}".as_bytes(), 40);
    }
}
