//! Integers of digits alone: the same numbers, in one spelling.

use super::Plain;
use crate::automaton::{Automaton, DEAD};
use crate::limits::Limits;
use crate::number::{Bound, Decimal, Multiple, NumberSpec, automaton};

fn follows(spec: &NumberSpec, text: &str) -> bool {
    let inner = automaton(spec, &Limits::default()).expect("within limits");
    let mut plain = Plain(inner);
    let start = plain.start();
    let end = text.bytes().fold(
        start,
        |state, byte| {
            if state == DEAD { DEAD } else { plain.step(state, byte) }
        },
    );
    end != DEAD && plain.accepts(end)
}

fn integers(low: i64) -> NumberSpec {
    NumberSpec {
        low: Some(Bound { value: Decimal::from(low), inclusive: true }),
        multiples: vec![Multiple { of: Decimal::from(1), negated: false }],
        ..NumberSpec::default()
    }
}

#[test]
fn digits_are_left_and_fractions_and_exponents_are_not() {
    let spec = integers(-5);
    assert!(spec.is_integral());
    for text in ["0", "-5", "7", "123456789012345678901234567890"] {
        assert!(follows(&spec, text), "{text}");
    }
    for text in ["-6", "1.0", "1e2", "1E2", "0.5", "01"] {
        assert!(!follows(&spec, text), "{text}");
    }
}

#[test]
fn a_finite_set_keeps_its_integers() {
    let spec = NumberSpec::of_values(vec![Decimal::from(12), Decimal::from(-3)]);
    assert!(spec.is_integral());
    assert!(follows(&spec, "12") && follows(&spec, "-3"));
    assert!(!follows(&spec, "12.0") && !follows(&spec, "1"));
}

#[test]
fn a_set_with_fractions_is_not_integral() {
    let half: Decimal = "0.5".parse().expect("a number");
    assert!(!NumberSpec::default().is_integral());
    assert!(!NumberSpec::of_values(vec![half]).is_integral());
}
