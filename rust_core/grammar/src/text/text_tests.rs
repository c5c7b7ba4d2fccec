//! What the sets accept, against the matcher of `regex-automata` and against brute force.

use std::sync::Arc;

use proptest::prelude::*;
use regex_automata::nfa::thompson::pikevm::PikeVM;

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
fn live(spec: &TextSpec, depth: usize) {
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
fn patterns() -> impl Strategy<Value = String> {
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
fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![Just('a'), Just('b'), Just('\u{2192}'), Just('-'), Just('\n')],
        0..7,
    )
    .prop_map(|characters| characters.into_iter().collect())
}

/// Another matcher: the virtual machine of `regex-automata`.
#[derive(Debug, Clone)]
struct Oracle(Arc<PikeVM>);

impl Oracle {
    fn is_match(&self, text: &str) -> bool {
        self.0.is_match(&mut self.0.create_cache(), text)
    }
}

/// The same pattern for the other matcher. Its word boundaries are those of Unicode, which no character of the
/// tests tells from those of ASCII.
fn oracle(pattern: &str) -> Oracle {
    Oracle(Arc::new(PikeVM::new(pattern).expect("valid")))
}

/// One condition and how another matcher decides it.
#[derive(Debug, Clone)]
struct Rule {
    atom: Atom,
    regex: Option<Oracle>,
}

impl Rule {
    fn holds(&self, text: &str) -> bool {
        let found = match &self.atom.set {
            TextSet::Words(words) => words.iter().any(|word| word == text),
            _ => self.regex.as_ref().is_some_and(|regex| regex.is_match(text)),
        };
        found != self.atom.negated
    }
}

/// Conditions of all kinds.
fn rules() -> impl Strategy<Value = Rule> {
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
fn specs() -> impl Strategy<Value = (TextSpec, Vec<Rule>)> {
    (prop::collection::vec(rules(), 0..4), 0_u32..4, prop::option::of(0_u32..7)).prop_map(
        |(rules, min, max)| {
            let atoms = rules.iter().map(|rule| rule.atom.clone()).collect();
            (TextSpec { atoms, min, max }, rules)
        },
    )
}

/// All texts of up to `length` characters over what the patterns are made of.
fn all_texts(length: usize) -> Vec<String> {
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

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn patterns_find_what_another_matcher_finds(text in patterns(), given in prop::collection::vec(texts(), 6)) {
        let regex = oracle(&text);
        let spec = pattern(&text);
        for given in given {
            prop_assert_eq!(accepts(&spec, &given), regex.is_match(&given), "{} {:?}", text, given);
        }
    }

    #[test]
    fn states_of_patterns_are_live(text in patterns()) {
        live(&pattern(&text), 40);
    }

    #[test]
    fn conditions_hold_together((spec, rules) in specs()) {
        let limits = Limits::default();
        let mut automaton = automaton(&spec, &limits).expect("valid");
        for text in all_texts(4) {
            let length = u32::try_from(text.chars().count()).expect("short");
            let wanted = rules.iter().all(|rule| rule.holds(&text))
                && length >= spec.min
                && spec.max.is_none_or(|max| length <= max);
            prop_assert_eq!(run(automaton.as_mut(), text.as_bytes()).0, wanted, "{:?} {:?}", spec, text);
        }
    }

    #[test]
    fn states_of_conditions_are_live((spec, _) in specs()) {
        live(&spec, 60);
    }

    #[test]
    fn classes_are_exact(specs in prop::collection::vec(specs(), 0..4)) {
        let limits = Limits::default();
        let given: Vec<TextSpec> = specs.iter().map(|(spec, _)| spec.clone()).collect();
        let mut classifier = Classifier::new(&given, &limits).expect("small");
        let testers = given.iter().map(|spec| Tester::new(spec, &limits).expect("valid"));
        let mut testers: Vec<Tester> = testers.collect();
        for text in all_texts(3) {
            let mut class = 0;
            for (index, tester) in testers.iter_mut().enumerate() {
                class |= u32::from(tester.contains(&text)) << index;
            }
            let state = text.bytes().fold(classifier.start(), |state, byte| classifier.step(state, byte));
            prop_assert_eq!(classifier.class(state), Some(class));
        }
        reachable_is_exact(&mut classifier);
    }
}

/// What is said to be reachable is what the states that follow say.
fn reachable_is_exact(classifier: &mut Classifier) {
    let start = classifier.start();
    let mut seen = vec![start];
    let mut next = 0;
    let mut edges = Vec::new();
    while let Some(&state) = seen.get(next) {
        next += 1;
        for byte in 0..=255 {
            let to = classifier.step(state, byte);
            edges.push((state, to));
            if to != DEAD && !seen.contains(&to) {
                seen.push(to);
            }
        }
    }
    let mut reachable = vec![0_u128; seen.iter().max().map_or(0, |&state| state as usize + 1)];
    for &state in &seen {
        reachable[state as usize] = classifier.class(state).map_or(0, |class| 1 << class);
    }
    let mut changed = true;
    while changed {
        changed = false;
        for &(from, to) in edges.iter().filter(|edge| edge.1 != DEAD) {
            let all = reachable[from as usize] | reachable[to as usize];
            changed |= std::mem::replace(&mut reachable[from as usize], all) != all;
        }
    }
    for state in seen {
        assert_eq!(classifier.reachable(state), reachable[state as usize]);
    }
}
