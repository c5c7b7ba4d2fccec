//! What the tests of sets of texts have in common: random sets, and another matcher that decides them.

use std::sync::Arc;

use proptest::prelude::*;
use regex_automata::nfa::thompson::pikevm::PikeVM;

pub(super) use super::*;

/// An atom that has to hold.
pub(super) fn atom(set: TextSet) -> Atom {
    Atom { set, negated: false }
}

/// The automaton of a pattern of JSON Schema.
pub(super) fn pattern(text: &str) -> TextSpec {
    TextSpec { atoms: vec![atom(TextSet::Pattern(text.to_owned()))], ..TextSpec::default() }
}

/// Follows bytes; whether they may be all, and how many of them there was a way for.
pub(super) fn run(automaton: &mut dyn Automaton, text: &[u8]) -> (bool, usize) {
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
pub(super) fn accepts(spec: &TextSpec, text: &str) -> bool {
    let limits = Limits::default();
    let direct = spec.contains(text, &limits).expect("valid");
    let mut automaton = automaton(spec, &limits).expect("valid");
    assert_eq!(run(automaton.as_mut(), text.as_bytes()).0, direct, "{spec:?} {text:?}");
    direct
}

/// Every state that is reached by some bytes can be completed.
pub(super) fn live(spec: &TextSpec, depth: usize) {
    let mut automaton = automaton(spec, &Limits::default()).expect("valid");
    let start = automaton.start();
    let mut seen = vec![start];
    let mut level = vec![start];
    let mut edges = Vec::new();
    for _ in 0..depth {
        let mut next = Vec::new();
        for &state in level.iter().filter(|&&state| state != DEAD) {
            for byte in 0..=255 {
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

/// Small patterns over a, b and a character of three bytes.
pub(super) fn patterns() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("a".to_owned()),
        Just("b".to_owned()),
        Just("\u{2192}".to_owned()),
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
pub(super) fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![Just('a'), Just('b'), Just('\u{2192}'), Just('-'), Just('\n')],
        0..7,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

/// Another matcher: the virtual machine of `regex-automata`.
#[derive(Debug, Clone)]
pub(super) struct Oracle(Arc<PikeVM>);

impl Oracle {
    pub(super) fn is_match(&self, text: &str) -> bool {
        self.0.is_match(&mut self.0.create_cache(), text)
    }
}

/// The same pattern for the other matcher. Its word boundaries are those of Unicode, which no character of the
/// tests tells from those of ASCII.
pub(super) fn oracle(pattern: &str) -> Oracle {
    Oracle(Arc::new(PikeVM::new(pattern).expect("valid")))
}

/// One condition and how another matcher decides it.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) atom: Atom,
    regex: Option<Oracle>,
}

impl Rule {
    pub(super) fn holds(&self, text: &str) -> bool {
        let found = match &self.atom.set {
            TextSet::Words(words) => words.iter().any(|word| word == text),
            _ => self.regex.as_ref().is_some_and(|regex| regex.is_match(text)),
        };
        found != self.atom.negated
    }
}

/// Conditions of all kinds.
pub(super) fn rules() -> impl Strategy<Value = Rule> {
    let whole = |text: &String| oracle(&format!("^(?:{text})$"));
    let set = prop_oneof![
        4 => patterns().prop_map(|text| (TextSet::Pattern(text.clone()), Some(oracle(&text)))),
        1 => patterns().prop_map(move |text| (TextSet::Regex(text.clone()), Some(whole(&text)))),
        2 => prop::collection::vec(texts(), 0..5).prop_map(|words| (TextSet::Words(words), None)),
        2 => (0_u32..4, 0_u32..5, prop_oneof![Just("[ab]"), Just("[^a]"), Just(".")]).prop_map(|(min, more, class)| {
            let text = format!("^{class}{{{min},{}}}b?$", min + more);
            (TextSet::Pattern(text.clone()), Some(oracle(&text)))
        }),
    ];
    (set, any::<bool>())
        .prop_map(|((set, regex), negated)| Rule { atom: Atom { set, negated }, regex })
}

/// A specification with the rules it consists of.
pub(super) fn specs() -> impl Strategy<Value = (TextSpec, Vec<Rule>)> {
    (prop::collection::vec(rules(), 0..4), 0_u32..4, prop::option::of(0_u32..7)).prop_map(
        |(rules, min, max)| {
            let atoms = rules.iter().map(|rule| rule.atom.clone()).collect();
            (TextSpec { atoms, min, max }, rules)
        },
    )
}

/// All texts of up to `length` characters over what the patterns are made of.
pub(super) fn all_texts(length: usize) -> Vec<String> {
    let mut all = vec![String::new()];
    let mut from = 0;
    for _ in 0..length {
        let until = all.len();
        for index in from..until {
            for character in ['a', 'b', '\u{2192}', '-'] {
                all.push(format!("{}{character}", all[index]));
            }
        }
        from = until;
    }
    all
}
