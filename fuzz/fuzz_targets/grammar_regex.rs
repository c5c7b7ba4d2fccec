//! Any text is a regular expression or an error within it, and in whichever set of texts it describes
//! nothing that is begun is a dead end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_grammar::automaton::DEAD;
use pyagent_grammar::text::{Atom, TextSet, TextSpec, automaton};
use pyagent_grammar::{GrammarError, Limits};

fuzz_target!(|input: (bool, bool, &str, &str)| {
    let (whole, negated, pattern, text) = input;
    let set = if whole { TextSet::Regex(pattern.into()) } else { TextSet::Pattern(pattern.into()) };
    let spec = TextSpec { atoms: vec![Atom { set, negated }], min: 0, max: None };
    let limits = Limits { states: 2_000, ..Limits::default() };
    let mut automaton = match automaton(&spec, &limits) {
        Ok(automaton) => automaton,
        Err(GrammarError::Pattern { offset, .. }) => {
            assert!(offset <= pattern.chars().count(), "{pattern:?}");
            return;
        }
        Err(_) => return,
    };
    let mut state = automaton.start();
    for &byte in text.as_bytes() {
        if state == DEAD {
            break;
        }
        if !automaton.accepts(state) {
            let goes_on = (0..=u8::MAX).any(|byte| automaton.step(state, byte) != DEAD);
            assert!(goes_on, "{pattern:?} at {text:?}");
        }
        state = automaton.step(state, byte);
    }
    let accepted = state != DEAD && automaton.accepts(state);
    if let Ok(contained) = spec.contains(text, &limits) {
        assert_eq!(accepted, contained, "{pattern:?} of {text:?}");
    }
});
