//! Lookaheads, universal states, words, bytes that are no text, and patterns without sense.

use proptest::prelude::*;

use super::sampling::*;

/// Bytes of valid UTF-8 keep a universal state live.
fn stays_live(automaton: &mut dyn Automaton, state: u32, text: &str) -> bool {
    text.bytes()
        .try_fold(state, |state, byte| Some(automaton.step(state, byte)).filter(|&to| to != DEAD))
        .is_some()
}

/// Syntax of patterns, put together without sense.
fn nonsense() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "(",
        ")",
        "(?:",
        "(?=",
        "(?!",
        "(?<=",
        "(?<n>",
        "(?i)",
        "(?i:",
        "[",
        "]",
        "[^",
        "-",
        "{",
        "}",
        "{2}",
        "{0,9}",
        "{3,1}",
        "{,2}",
        "{99999999999}",
        "*",
        "+",
        "?",
        "|",
        "^",
        "$",
        ".",
        "\\",
        "\\d",
        "\\b",
        "\\B",
        "\\p{L}",
        "\\p{",
        "\\u00e9",
        "\\ud83d",
        "\\ude00",
        "\\u{",
        "\\x4",
        "\\cA",
        "\\1",
        "\\k<n>",
        "\\-",
        "a",
        "b",
        "\u{e9}",
        "\u{1F600}",
        "\n",
        "/",
        "0",
        ",",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// A single pattern that has to hold.
fn regex(text: &str) -> TextSpec {
    TextSpec { atoms: vec![atom(TextSet::Regex(text.to_owned()))], ..TextSpec::default() }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, max_shrink_iters: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lookaheads_at_the_start_are_conditions_on_the_whole(
        ahead in prop::collection::vec((patterns(), any::<bool>()), 1..3),
        rest in patterns(),
        given in prop::collection::vec(texts(), 8),
        grouped in any::<bool>(),
    ) {
        let sign = |negative: bool| if negative { '!' } else { '=' };
        let aheads: Vec<String> =
            ahead.iter().map(|(text, negative)| format!("(?{}{text})", sign(*negative))).collect();
        let aheads = aheads.concat();
        let text =
            if grouped { format!("^(?:{aheads}(?:{rest})|-)") } else { format!("^{aheads}(?:{rest})") };
        let spec = pattern(&text);
        let halves: Vec<(Oracle, bool)> =
            ahead.iter().map(|(text, negative)| (oracle(&format!("^(?:{text})")), *negative)).collect();
        let last = oracle(&format!("^(?:{rest})"));
        for given in given {
            let all = halves.iter().all(|(half, negative)| half.is_match(&given) != *negative);
            let wanted = all && last.is_match(&given) || grouped && given.starts_with('-');
            prop_assert_eq!(accepts(&spec, &given), wanted, "{} {:?}", text, given);
        }
    }

    #[test]
    fn universal_states_stay_live((spec, _) in specs(), read in texts(), more in any::<String>()) {
        let mut automaton = automaton(&spec, &Limits::default()).expect("valid");
        let mut state = automaton.start();
        for byte in read.bytes() {
            if state == DEAD {
                break;
            }
            if automaton.universal(state) {
                prop_assert!(stays_live(automaton.as_mut(), state, &more), "{:?} {:?}", spec, more);
            }
            state = automaton.step(state, byte);
        }
    }

    #[test]
    fn lengths_counted_beside_are_those_counted_inside(
        (spec, _) in specs(),
        class in prop::sample::select(vec!["^[ab]{1,3}$", "^b[^a]*$", "^--?[ab]*$", ".", "^[^-]*b?$"]),
        plain in any::<bool>(),
    ) {
        let spec = if plain { TextSpec { atoms: pattern(class).atoms, ..spec } } else { spec };
        let limits = Limits::default();
        let mut inside = automaton(&spec, &limits).expect("valid");
        let Counted { automaton: mut beside, min, max } = counted(&spec, &limits).expect("valid");
        for text in all_texts(4) {
            let mut states = (inside.start(), beside.start());
            for (count, character) in (1_u32..).zip(text.chars()) {
                let mut bytes = [0; 4];
                for &byte in character.encode_utf8(&mut bytes).as_bytes() {
                    let live = states.1 != DEAD && max.is_none_or(|max| count <= max);
                    states.0 = if states.0 == DEAD { DEAD } else { inside.step(states.0, byte) };
                    states.1 = if live { beside.step(states.1, byte) } else { DEAD };
                }
                prop_assert_eq!(states.0 == DEAD, states.1 == DEAD, "{:?} {:?}", spec, text);
            }
            let count = u32::try_from(text.chars().count()).expect("short");
            let ends = states.1 != DEAD && beside.accepts(states.1) && count >= min;
            prop_assert_eq!(states.0 != DEAD && inside.accepts(states.0), ends, "{:?} {:?}", spec, text);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_never_accepted(
        (spec, _) in specs(),
        bytes in prop::collection::vec(any::<u8>(), 0..6),
    ) {
        let mut automaton = automaton(&spec, &Limits::default()).expect("valid");
        let (accepted, read) = run(automaton.as_mut(), &bytes);
        prop_assert!(!accepted || std::str::from_utf8(&bytes).is_ok());
        // What was read before is the beginning of some text.
        let valid = std::str::from_utf8(&bytes[..read.saturating_sub(1)]);
        prop_assert!(valid.is_ok() || valid.is_err_and(|error| error.error_len().is_none()));
    }

    #[test]
    fn any_pattern_is_followed_or_refused(text in prop_oneof![nonsense(), any::<String>()]) {
        let limits = Limits { states: 2_000, ..Limits::default() };
        for spec in [pattern(&text), regex(&text)] {
            let checked = check(&spec.atoms[0].set, &limits);
            let mut negated = spec.clone();
            negated.atoms[0].negated = true;
            for spec in [spec, negated] {
                match automaton(&spec, &limits) {
                    Ok(mut automaton) => {
                        prop_assert!(checked.is_ok());
                        run(automaton.as_mut(), "ab\u{e9}".as_bytes());
                    }
                    Err(GrammarError::Limit { .. }) => {}
                    Err(error) => prop_assert_eq!(Err(error), checked.clone()),
                }
            }
        }
    }

    #[test]
    fn words_are_accepted_and_taken_out(
        words in prop::collection::vec(any::<String>(), 0..8),
        given in any::<String>(),
        cut in 0_usize..9,
    ) {
        let near = words.first().map_or(String::new(), |word| word.chars().take(cut).collect());
        for negated in [false, true] {
            let set = TextSet::Words(words.clone());
            let spec = TextSpec { atoms: vec![Atom { set, negated }], ..TextSpec::default() };
            for text in words.iter().chain([&given, &near]) {
                prop_assert_eq!(accepts(&spec, text), words.contains(text) != negated);
            }
        }
    }
}

#[test]
fn states_of_words_and_of_large_bounds_are_live() {
    let words =
        TextSet::Words(["", "a", "ab", "\u{2192}", "\u{1F600}x"].map(str::to_owned).to_vec());
    for negated in [false, true] {
        for (min, max) in
            [(0, None), (1, None), (2, Some(3)), (0, Some(0)), (0, Some(1)), (4, Some(3))]
        {
            let atoms = vec![Atom { set: words.clone(), negated }];
            live(&TextSpec { atoms, min, max }, 60);
        }
    }
    // Lengths that are attained with a period only.
    for (pattern, min, max) in [
        ("^(aaa|bbbbb)*$", 4, Some(4)),
        ("^(aaa|bbbbb)*$", 7, Some(8)),
        ("^(aa)*$", 1001, Some(1001)),
    ] {
        let spec = TextSpec { min, max, ..self::pattern(pattern) };
        let empty = !matches!((pattern, min), ("^(aaa|bbbbb)*$", 7));
        assert_eq!(is_empty(&spec, &Limits::default()), Ok(empty), "{spec:?}");
    }
    let spec = TextSpec { min: 100_000, max: Some(100_001), ..pattern("^(aa|bbb)*$") };
    let mut automaton = automaton(&spec, &Limits::default()).expect("periodic");
    assert_ne!(automaton.start(), DEAD);
    assert!(automaton.memory() < 20_000);
}

#[test]
fn patterns_that_cannot_fail_are_universal() {
    for text in ["foo", "", "^", "^x?", "[^]*$", "a.*b|c"] {
        let mut automaton = automaton(&pattern(text), &Limits::default()).expect("valid");
        let start = automaton.start();
        assert!(automaton.universal(start), "{text}");
    }
    for text in ["^a", "^[^a]*$", "^.*$", "foo$|^b"] {
        let mut automaton = automaton(&pattern(text), &Limits::default()).expect("valid");
        let start = automaton.start();
        assert_eq!(automaton.universal(start), text == "foo$|^b", "{text}");
    }
}

#[test]
fn lengths_of_simple_classes_are_counted_beside() {
    let limits = Limits::default();
    let bounds = |text: &str, min, max| {
        let spec = TextSpec { min, max, ..pattern(text) };
        let Counted { automaton: mut beside, min, max } = counted(&spec, &limits).expect("valid");
        assert_ne!(beside.start(), DEAD);
        (min, max)
    };
    assert_eq!(bounds("^[a-z]{1,64}$", 0, None), (1, Some(64)));
    assert_eq!(bounds("^[a-z]*$", 3, Some(8)), (3, Some(8)));
    assert_eq!(bounds("^x-[a-z]{0,64}$", 0, Some(40)), (2, Some(40)));
    assert_eq!(bounds("x", 2, Some(3)), (0, None));
    assert_eq!(bounds("^[a-z]+(-[a-z]+)*$", 0, Some(63)), (0, None));
    assert_eq!(bounds("^(abc|b)[a-z]*$", 0, Some(3)), (0, Some(3)));
    assert_eq!(bounds("^(abc|b)[a-z]*$", 0, Some(2)), (0, None));
}
