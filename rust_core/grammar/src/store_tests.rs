use std::sync::Arc;

use proptest::prelude::*;

use super::{DIGEST, MAGIC, digest, from_bytes, to_bytes, to_json, write};
use crate::error::GrammarError;
use crate::grammar::{ContentSource, Grammar, Options, TagSource};
use crate::limits::Limits;
use crate::matcher::Matcher;
use crate::vocab::Vocabulary;

const HEAD: usize = MAGIC.len() + 4 + 2 * DIGEST;

/// All single bytes and an end token.
fn vocabulary(end: &str) -> Arc<Vocabulary> {
    let mut tokens: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
    tokens.push(end.into());
    Arc::new(Vocabulary::new(tokens, &[256], &[]).expect("a vocabulary"))
}

const SCHEMA: &str = r##"{
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": "^[a-z]{2,4}$"},
        "age": {"type": "integer", "minimum": 0, "maximum": 150, "multipleOf": 2},
        "next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]},
        "tags": {"type": "array", "items": {"enum": ["a", 1.5, null]}, "contains": {"const": "a"}}
    },
    "patternProperties": {"^x-": {"type": "string", "maxLength": 3}},
    "required": ["name"]
}"##;

fn grammar() -> Grammar {
    Grammar::json_schema(SCHEMA, &Options::default(), vocabulary("</s>"), &Limits::default())
        .expect("a grammar")
}

fn loaded(stored: &[u8]) -> Result<Grammar, GrammarError> {
    from_bytes(stored, vocabulary("</s>"), &Limits::default())
}

/// The bytes with this content and a head that fits it.
fn sealed(stored: &[u8], content: &[u8]) -> Vec<u8> {
    let (magic, fingerprint) =
        (&stored[..MAGIC.len() + 4], &stored[HEAD - 2 * DIGEST..HEAD - DIGEST]);
    [magic, fingerprint, &digest(fingerprint, content), content].concat()
}

fn reason(stored: &[u8]) -> String {
    match loaded(stored).map(|_| ()) {
        Err(GrammarError::Stored(reason)) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_loaded_is_what_was_stored() {
    let grammar = grammar();
    let stored = to_bytes(&grammar).expect("bytes");
    let again = loaded(&stored).expect("a grammar");
    assert_eq!(again.program(), grammar.program());
    assert_eq!(to_bytes(&again).expect("bytes"), stored);
    let mut matchers = [Matcher::new(&grammar), Matcher::new(&again)];
    for &byte in br#"{"name": "abc", "age": 42, "tags": [1.5, "a"], "x-y": "z"}"# {
        let masks = matchers.each_mut().map(|matcher| {
            let mut row = vec![0; 9];
            matcher.fill(&mut row).expect("a mask");
            assert!(matcher.accept(u32::from(byte)).expect("a token"), "{:?}", byte as char);
            row
        });
        assert_eq!(masks[0], masks[1]);
    }
    assert!(matchers.iter().all(Matcher::is_complete));
}

#[test]
fn every_kind_of_grammar_is_stored() {
    let limits = Limits::default();
    let texts = ["yes".to_owned(), "no".to_owned()];
    let tag = |begin: &str, content| TagSource { begin: begin.into(), content, end: ">".into() };
    let tags = vec![
        tag("<a ", ContentSource::Schema(SCHEMA.to_owned())),
        tag("<b ", ContentSource::Schema("true".to_owned())),
        tag("<c ", ContentSource::Regex("[0-9]+".to_owned())),
    ];
    let found = (vec!["<".to_owned()], true, false);
    let kinds = [
        Grammar::tags(tags, found, &Options::default(), vocabulary("</s>"), &limits),
        Grammar::regex("[0-9]{4}", vocabulary("</s>"), &limits),
        Grammar::choice(&texts, vocabulary("</s>"), &limits),
    ];
    for grammar in kinds {
        let grammar = grammar.expect("a grammar");
        let stored = to_bytes(&grammar).expect("bytes");
        assert_eq!(loaded(&stored).expect("a grammar").program(), grammar.program());
        let json = to_json(&grammar).expect("JSON");
        assert!(serde_json::from_slice::<serde_json::Value>(&json).is_ok());
    }
}

#[test]
fn the_reason_for_a_refusal_is_named() {
    let stored = to_bytes(&grammar()).expect("bytes");
    let with = |at: usize, byte: u8| {
        let mut bytes = stored.clone();
        bytes[at] ^= byte;
        bytes
    };
    assert!(reason(b"").contains("no stored grammar"));
    assert!(reason(&with(0, 1)).contains("no stored grammar"));
    assert!(reason(&with(MAGIC.len(), 1)).contains("another version"));
    assert!(reason(&with(MAGIC.len() + 4, 1)).contains("digest"));
    assert!(reason(&with(HEAD, 1)).contains("digest"));
    assert!(reason(&stored[..stored.len() - 1]).contains("digest"));
    let longer = [&stored[HEAD..], &[0]].concat();
    assert!(reason(&sealed(&stored, &longer)).contains("left over"));
    let other = from_bytes(&stored, vocabulary("<end>"), &Limits::default()).map(|_| ());
    assert!(matches!(other, Err(GrammarError::Stored(reason)) if reason.contains("vocabulary")));
}

proptest! {
    #[test]
    fn no_bytes_whatever_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(loaded(&bytes).is_err());
    }

    /// A forger can make a digest fit; what comes of it is an error or a grammar that can be used.
    #[test]
    fn a_forged_content_is_refused_or_usable(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
    ) {
        let stored = to_bytes(&grammar()).expect("bytes");
        let mut content = stored[HEAD..].to_vec();
        for (place, byte) in places {
            let at = place.index(content.len());
            content[at] = byte;
        }
        if let Ok(grammar) = loaded(&sealed(&stored, &content)) {
            let mut matcher = Matcher::new(&grammar);
            for &byte in br#"{"name": "abc", "age": 42}"# {
                let mut row = vec![0; 9];
                // A limit may be exceeded, as with any grammar.
                if matcher.fill(&mut row).is_err() || matcher.accept(u32::from(byte)).is_err() {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_file_is_replaced_as_a_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a.grammar");
    write(&path, b"one").expect("written");
    write(&path, b"two").expect("written");
    assert_eq!(std::fs::read(&path).expect("read"), b"two");
    assert!(write(&folder.path().join("none/a.grammar"), b"three").is_err());
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
}
