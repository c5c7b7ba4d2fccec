//! Any bytes end in a tree or in an error whose place lies within the text.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_source::{decode, with_module};

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = decode(bytes) else { return };
    if let Err(error) = with_module(&text, |_| ()) {
        // Python ends a line at each of these, a form feed not among them.
        let ends = text.chars().filter(|&end| end == '\n' || end == '\r').count();
        let line = error.line().expect("a text that is refused is refused at a line");
        assert!((1..=ends + 1).contains(&(line as usize)), "{error} at line {line}");
    }
});
