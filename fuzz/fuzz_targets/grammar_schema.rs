//! Any text is a schema or an error, in good time; and a text that is followed under the mask of a schema is
//! never allowed what cannot be accepted.

#![no_main]

use std::sync::{Arc, LazyLock};

use libfuzzer_sys::fuzz_target;
use pyagent_grammar::grammar::Options;
use pyagent_grammar::{Grammar, Limits, Matcher, Vocabulary};

static VOCABULARY: LazyLock<Arc<Vocabulary>> = LazyLock::new(|| {
    let mut tokens: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
    tokens.extend([b"\":".to_vec(), b"},".to_vec(), b"null".to_vec(), b"<end>".to_vec()]);
    let end = u32::try_from(tokens.len() - 1).expect("few tokens");
    Arc::new(Vocabulary::new(tokens, &[end], &[]).expect("tokens that make a vocabulary"))
});

fuzz_target!(|input: (&str, &[u8])| {
    let (schema, choices) = input;
    let limits = Limits { nodes: 5_000, states: 2_000, steps: 200_000, ..Limits::default() };
    let made = Grammar::json_schema(schema, &Options::default(), VOCABULARY.clone(), &limits);
    let Ok(grammar) = made else { return };
    let mut matcher = Matcher::new(&grammar);
    let mut row = vec![0; VOCABULARY.words()];
    for &choice in choices {
        if matcher.has_ended() || matcher.fill(&mut row).is_err() {
            return;
        }
        let allowed = (0..VOCABULARY.size()).filter(|id| row[id / 32] >> (id % 32) & 1 == 1);
        let allowed: Vec<usize> = allowed.collect();
        assert!(!allowed.is_empty(), "a dead end behind {:?}", matcher.tokens());
        let token = allowed[usize::from(choice) % allowed.len()];
        match matcher.accept(u32::try_from(token).expect("few tokens")) {
            Ok(accepted) => assert!(accepted, "{token} behind {:?}", matcher.tokens()),
            Err(_) => return,
        }
    }
});
