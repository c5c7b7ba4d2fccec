//! What sets of texts accept, and that their states are live, against another matcher and brute force.

use proptest::prelude::*;

use super::sampling::*;

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

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

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
