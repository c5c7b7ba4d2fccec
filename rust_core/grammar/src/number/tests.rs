//! The automata accept exactly the numbers of the set, and are never at a dead end.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use proptest::prelude::*;

use super::{Bound, Decimal, Multiple, NumberSpec, automaton, is_empty};
use crate::automaton::{Automaton, DEAD, State};
use crate::{GrammarError, Limits};

const ALPHABET: &[u8] = b"0123456789-.eE+";

fn decimal(text: &str) -> Decimal {
    text.parse().expect(text)
}

fn bound(text: &str) -> Option<Bound> {
    let (text, inclusive) = match text.strip_suffix('!') {
        Some(text) => (text, false),
        None => (text, true),
    };
    (!text.is_empty()).then(|| Bound { value: decimal(text), inclusive })
}

/// `low..high` with `!` behind a bound that is not in the range itself, and divisors, with `!` before those that must not divide.
fn spec(range: &str, divisors: &[&str]) -> NumberSpec {
    let (low, high) = range.split_once("..").expect("a range");
    let multiples = divisors.iter().map(|text| match text.strip_prefix('!') {
        Some(text) => Multiple { of: decimal(text), negated: true },
        None => Multiple { of: decimal(text), negated: false },
    });
    NumberSpec { low: bound(low), high: bound(high), multiples: multiples.collect(), values: None }
}

fn built(spec: &NumberSpec) -> Box<dyn Automaton> {
    automaton(spec, &Limits::default()).expect("within the limits")
}

fn read(automaton: &mut dyn Automaton, text: &str) -> State {
    let start = automaton.start();
    text.bytes().fold(
        start,
        |state, byte| {
            if state == DEAD { DEAD } else { automaton.step(state, byte) }
        },
    )
}

fn accepts(automaton: &mut dyn Automaton, text: &str) -> bool {
    let state = read(automaton, text);
    state != DEAD && automaton.accepts(state)
}

/// Every text up to this length over an alphabet that the automaton lives on, with whether it accepts it.
fn texts(automaton: &mut dyn Automaton, alphabet: &[u8], length: usize) -> Vec<(String, State)> {
    let start = automaton.start();
    let mut all = vec![(String::new(), start)];
    let mut from = 0;
    for _ in 0..length {
        let to = all.len();
        for at in from..to {
            for &byte in alphabet {
                let (text, state) = all[at].clone();
                let next = if state == DEAD { DEAD } else { automaton.step(state, byte) };
                if next != DEAD {
                    all.push((format!("{text}{}", char::from(byte)), next));
                }
            }
        }
        from = to;
    }
    all
}

/// Holds all short texts without exponents against the set, and those with exponents that are accepted.
fn check(spec: &NumberSpec, alphabet: &[u8], length: usize) {
    let mut automaton = built(spec);
    assert_eq!(is_empty(spec, &Limits::default()), Ok(automaton.start() == DEAD), "{spec:?}");
    if automaton.start() == DEAD {
        return;
    }
    for (text, state) in texts(&mut *automaton, alphabet, length) {
        if automaton.accepts(state) {
            let number = text.parse::<Decimal>();
            assert!(number.as_ref().is_ok_and(|it| spec.contains(it)), "{text} of {spec:?}");
        }
    }
    for (text, number) in numbers_of(alphabet, length) {
        if spec.contains(number) {
            assert!(accepts(&mut *automaton, text), "{text} of {spec:?}");
        }
    }
}

/// Texts with the numbers they are.
type Numbers = &'static [(String, Decimal)];

/// All numbers without exponents up to this length, each alphabet of which is always used with the same length.
fn numbers_of(alphabet: &[u8], length: usize) -> Numbers {
    static KNOWN: Mutex<BTreeMap<Vec<u8>, Numbers>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().expect("no test panics while it holds this");
    known.entry(alphabet.to_vec()).or_insert_with(|| {
        let mut free = built(&NumberSpec::default());
        let mut all = texts(&mut *free, alphabet, length);
        all.retain(|(text, state)| free.accepts(*state) && !text.contains(['e', 'E']));
        let pairs = all.into_iter().map(|(text, _)| (decimal(&text), text));
        pairs.map(|(number, text)| (text, number)).collect::<Vec<_>>().leak()
    })
}

/// Whether the states that are reached from `state` include one that accepts, by looking at all of them.
fn check_live(spec: &NumberSpec, alphabet: &[u8], length: usize) {
    let mut automaton = built(spec);
    if automaton.start() == DEAD {
        return;
    }
    let mut known_live = BTreeSet::new();
    for (text, state) in texts(&mut *automaton, alphabet, length) {
        if !known_live.insert(state) {
            continue;
        }
        let mut seen = vec![state];
        let mut at = 0;
        while at < seen.len() && !automaton.accepts(seen[at]) {
            for &byte in ALPHABET {
                let next = automaton.step(seen[at], byte);
                if next != DEAD && !seen.contains(&next) {
                    seen.push(next);
                }
            }
            at += 1;
        }
        assert!(at < seen.len(), "nothing goes on from {text} of {spec:?}");
    }
}

const RANGES: [&str; 30] = [
    "..",
    "0..",
    "..0",
    "0!..",
    "..0!",
    "0..0",
    "0..100",
    "1..5",
    "-5..5",
    "5..5",
    "5..5!",
    "0..1",
    "0!..1!",
    "0..0.5",
    "0..0.05",
    "-1..0",
    "10..",
    "10!..",
    "..-10",
    "..9.5!",
    "0.25..0.26",
    "99..101",
    "-12.5..-3",
    "1e3..1e4",
    "3..2",
    "0.1..0.1",
    "100..100!",
    "7.25!..7.26",
    "-0.5..200",
    "0..1e300",
];

const DIVISORS: [&[&str]; 19] = [
    &[],
    &["1"],
    &["5"],
    &["0.01"],
    &["0.5"],
    &["1", "0.3"],
    &["3", "7"],
    &["20"],
    &["1200"],
    &["2.5", "1.5"],
    &["!1"],
    &["!2", "!3"],
    &["1", "!2"],
    &["0.5", "!1"],
    &["2", "!1"],
    &["1", "!2", "!3", "!5"],
    &["1", "!0.5"],
    &["!0.1", "!0.25"],
    &["1e-30"],
];

#[test]
fn sets_of_many_kinds_hold_exactly_their_numbers() {
    for range in RANGES {
        for divisors in DIVISORS {
            check(&spec(range, divisors), b"0125-.", 4);
        }
        check(&spec(range, &[]), ALPHABET, 4);
    }
}

#[test]
fn every_state_has_a_way_to_the_end() {
    for range in RANGES {
        for divisors in DIVISORS {
            check_live(&spec(range, divisors), b"0125-.e", 4);
        }
    }
}

#[test]
fn integers_may_be_written_with_a_point() {
    let mut integers = built(&spec("0..100", &["1"]));
    for text in ["0", "-0", "-0.0", "7", "7.0", "99.000", "100"] {
        assert!(accepts(&mut *integers, text), "{text}");
    }
    for text in ["", "-", "-1", "7.", "7.5", "101", "100.1", "1e1", "00", "01"] {
        assert!(!accepts(&mut *integers, text), "{text}");
    }
    assert_eq!(read(&mut *integers, "11."), read(&mut *integers, "12."));
}

#[test]
fn exponents_are_accepted_where_they_can_be_decided_about() {
    let yes = |range: &str, text: &str| {
        assert!(accepts(&mut *built(&spec(range, &[])), text), "{range} {text}");
    };
    let no = |range: &str, text: &str| {
        assert!(!accepts(&mut *built(&spec(range, &[])), text), "{range} {text}");
    };
    yes("..", "-1.5E+300");
    yes("0..", "1e-7");
    yes("0..", "-0e5");
    no("0..", "-1e5");
    no("0!..", "0e5");
    yes("10..", "1e+16".replace('1', "12").as_str());
    no("10..", "1e+16");
    no("10..", "12e-1");
    for (range, text) in
        [("0..1", "1e-05"), ("0!..1!", "9.99e-1"), ("-1..0", "-3E-12"), ("0..0.5", "5e-2")]
    {
        yes(range, text);
    }
    for (range, text) in [
        ("0..1", "1e-0"),
        ("0..1", "0e-1"),
        ("0..1", "12e-5"),
        ("0..0.5", "1e-1"),
        ("0.1..1", "5e-1"),
    ] {
        no(range, text);
    }
    yes("0..0.5", "1e-10");
    no("0..1e-9", "1e-10");
}

#[test]
fn values_have_their_usual_spellings() {
    let values = ["5", "2.5", "0", "1e-7", "1e22", "5.05", "-3"];
    let mut automaton = built(&NumberSpec::of_values(values.map(decimal).to_vec()));
    for text in [
        "5",
        "5.0",
        "5.00",
        "5.05",
        "5.050",
        "2.5",
        "2.500",
        "0",
        "-0",
        "0.0",
        "-0.0",
        "0.0000001",
        "1e-7",
        "1e-07",
        "1E22",
        "1e+22",
        "10000000000000000000000.0",
        "-3.0",
    ] {
        assert!(accepts(&mut *automaton, text), "{text}");
    }
    for text in ["", "5.", "5.1", "5.0500001", "2", "2.", "1e-8", "1e-7.0", "3", "50", "-", "1e-70"]
    {
        assert!(!accepts(&mut *automaton, text), "{text}");
    }
    assert_eq!(built(&NumberSpec::of_values(Vec::new())).start(), DEAD);
}

#[test]
fn few_states_are_needed() {
    let mut hundreds = built(&spec("..", &["100000"]));
    let states = texts(&mut *hundreds, b"0123456789-", 5).into_iter().map(|(_, state)| state).max();
    assert!(states < Some(40), "{states:?}");
    let mut free = built(&NumberSpec::default());
    let states = texts(&mut *free, ALPHABET, 5).into_iter().map(|(_, state)| state).max();
    assert!(states < Some(20), "{states:?}");
}

#[test]
fn numbers_of_any_length_are_followed() {
    let mut automaton = built(&spec("0..1e300", &["0.01"]));
    let mut state = automaton.start();
    for _ in 0..300 {
        state = automaton.step(state, b'9');
        assert_ne!(state, DEAD);
    }
    assert_eq!(automaton.step(state, b'9'), DEAD);
    assert!(automaton.memory() < 200_000);
}

#[test]
fn a_divisor_that_is_too_large_is_refused() {
    let refused = automaton(&spec("..", &["1e300"]), &Limits::default());
    assert!(matches!(refused, Err(GrammarError::Limit { option: "states", .. })));
    let primes = ["!1000003", "!1000033", "!1000037"];
    assert!(is_empty(&spec("..", &primes), &Limits::default()).is_err());
}

fn bounds() -> impl Strategy<Value = Option<Bound>> {
    let value = (-1_200_i64..1_200, -2_i32..=1, any::<bool>());
    proptest::option::of(value.prop_map(|(number, exponent, inclusive)| Bound {
        value: decimal(&format!("{number}e{exponent}")),
        inclusive,
    }))
}

fn divisors() -> impl Strategy<Value = Vec<Multiple>> {
    let divisor = (1_u32..40, -2_i32..=1, any::<bool>());
    proptest::collection::vec(divisor, 0..3).prop_map(|all| {
        let made = all.into_iter().map(|(number, exponent, negated)| Multiple {
            of: decimal(&format!("{number}e{exponent}")),
            negated,
        });
        made.collect()
    })
}

fn specs() -> impl Strategy<Value = NumberSpec> {
    (bounds(), bounds(), divisors()).prop_map(|(low, high, multiples)| NumberSpec {
        low,
        high,
        multiples,
        values: None,
    })
}

fn numbers() -> impl Strategy<Value = Decimal> {
    (-2_000_i64..2_000, -3_i32..=1)
        .prop_map(|(number, exponent)| decimal(&format!("{number}e{exponent}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn random_sets_hold_exactly_their_numbers(spec in specs()) {
        check(&spec, b"019-.", 4);
        check_live(&spec, b"0159-.e", 3);
    }
}

proptest! {
    #[test]
    fn a_number_is_accepted_if_it_is_in_the_set(spec in specs(), number in numbers()) {
        prop_assert_eq!(accepts(&mut *built(&spec), &number.plain()), spec.contains(&number));
    }

    #[test]
    fn every_number_is_in_one_part_of_the_complement_or_in_the_set(spec in specs(), number in numbers()) {
        let parts = spec.not().iter().filter(|part| part.contains(&number)).count();
        prop_assert_eq!(parts + usize::from(spec.contains(&number)), 1);
    }

    #[test]
    fn the_complement_of_values_is_all_else(
        values in proptest::collection::vec(numbers(), 0..4), number in numbers(),
    ) {
        let spec = NumberSpec::of_values(values);
        let parts = spec.not().iter().filter(|part| part.contains(&number)).count();
        prop_assert_eq!(parts + usize::from(spec.contains(&number)), 1);
    }

    #[test]
    fn both_sets_hold_what_each_holds(a in specs(), b in specs(), number in numbers()) {
        prop_assert_eq!(a.and(&b).contains(&number), a.contains(&number) && b.contains(&number));
        let values = NumberSpec::of_values(vec![number.clone()]);
        prop_assert_eq!(a.and(&values).contains(&number), a.contains(&number));
        prop_assert_eq!(values.and(&a).contains(&number), a.contains(&number));
    }
}
