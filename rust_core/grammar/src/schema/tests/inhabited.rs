//! What is taken to have a text without looking has one.

use crate::Limits;
use crate::schema::inhabited::{WITNESSES, plainly_inhabited};
use crate::text::{Atom, TextSet, TextSpec, is_empty};

fn spec(set: TextSet, min: u32, max: Option<u32>) -> TextSpec {
    TextSpec { atoms: vec![Atom { set, negated: false }], min, max }
}

#[test]
fn witnesses_have_their_formats() {
    for (name, text) in WITNESSES {
        let format = spec(TextSet::Format(name.to_owned()), 0, None);
        assert_eq!(format.contains(text, &Limits::default()), Ok(true), "{name}: {text}");
    }
}

#[test]
fn what_is_plain_is_so() {
    let patterns = [
        "^a$",
        "a",
        "^[^a]+$",
        "^(a|b){3,5}$",
        "[]",
        "^[^\\s\\S]$",
        "a^b",
        "a$b",
        "(?=a)b",
        "^a{40}$",
        "^a|b$",
        "\\bx",
        "$a",
        "",
        "[^\\u0000-\\uffff]",
        "a\\$",
        "^(ab{2}){3}$",
    ];
    for pattern in patterns {
        for (min, max) in
            [(0, None), (0, Some(2)), (3, None), (0, Some(30)), (50, Some(60)), (5, Some(4))]
        {
            let spec = spec(TextSet::Pattern(pattern.to_owned()), min, max);
            if plainly_inhabited(&spec) {
                let empty = is_empty(&spec, &Limits::default());
                assert_eq!(empty, Ok(false), "{pattern} from {min} to {max:?}");
            }
        }
    }
}
