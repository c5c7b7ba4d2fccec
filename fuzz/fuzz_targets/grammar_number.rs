//! A set of numbers, read from a schema, holds a number as it is written exactly if it holds its value, and
//! whatever is begun can be ended.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_grammar::Limits;
use pyagent_grammar::automaton::{Automaton, DEAD};
use pyagent_grammar::number::{Bound, Decimal, Multiple, NumberSpec, automaton};

fn bound(text: &str, inclusive: bool) -> Option<Bound> {
    Some(Bound { value: text.parse().ok()?, inclusive })
}

/// A way to the end that looks at each state once, if there is one within so many.
fn ends(automaton: &mut dyn Automaton, from: u32) -> Option<bool> {
    let mut seen = vec![from];
    let mut at = 0;
    while at < seen.len() {
        if automaton.accepts(seen[at]) {
            return Some(true);
        }
        if seen.len() > 2_000 {
            return None;
        }
        for byte in *b"0123456789.e-+" {
            let next = automaton.step(seen[at], byte);
            if next != DEAD && !seen.contains(&next) {
                seen.push(next);
            }
        }
        at += 1;
    }
    Some(false)
}

fuzz_target!(|input: (&str, &str, &str, &str, u8, &str)| {
    let (low, high, first, second, flags, text) = input;
    let multiples = [(first, 2), (second, 4)].into_iter().filter_map(|(divisor, bit)| {
        let of: Decimal = divisor.parse().ok()?;
        (!of.is_zero() && !of.negative).then_some(Multiple { of, negated: flags & bit != 0 })
    });
    let spec = NumberSpec {
        low: bound(low, flags & 8 != 0),
        high: bound(high, flags & 16 != 0),
        multiples: multiples.collect(),
        values: None,
    };
    let Ok(mut automaton) = automaton(&spec, &Limits::default()) else { return };
    let mut state = automaton.start();
    for &byte in text.as_bytes() {
        if state == DEAD {
            break;
        }
        state = automaton.step(state, byte);
    }
    let accepted = state != DEAD && automaton.accepts(state);
    let number = text.parse::<Decimal>();
    if let Ok(number) = number {
        let contained = spec.contains(&number);
        let plain = !text.contains(['e', 'E']);
        assert!(contained || !accepted, "{text} of {spec:?}");
        assert!(accepted || !contained || !plain, "{text} of {spec:?}");
    }
    if state != DEAD {
        assert_ne!(ends(&mut *automaton, state), Some(false), "{text} of {spec:?}");
    }
});
