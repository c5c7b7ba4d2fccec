//! Context-free grammars: masks, bytes and the way back.

use std::sync::Arc;

use crate::error::GrammarError;
use crate::grammar::Grammar;
use crate::limits::Limits;
use crate::matcher::Matcher;
use crate::vocab::Vocabulary;

const SUMS: &str =
    "start: sum\nsum: term (\"+\" term)*\nterm: NUMBER | \"(\" sum \")\"\nNUMBER: /[0-9]+/\n";
const END: u32 = 259;

/// A token for each byte, two longer ones, a special one, and the end.
fn vocabulary() -> Arc<Vocabulary> {
    let mut tokens: Vec<Vec<u8>> = (0..=u8::MAX).map(|byte| vec![byte]).collect();
    tokens.extend([b"12".to_vec(), b"+(".to_vec(), b"1".to_vec(), b"</s>".to_vec()]);
    Arc::new(Vocabulary::new(tokens, &[END], &[258]).expect("a vocabulary"))
}

fn grammar(text: &str) -> Result<Grammar, GrammarError> {
    Grammar::lark(text, vocabulary(), &Limits::default())
}

fn allowed(matcher: &mut Matcher) -> Vec<u32> {
    let mut row = vec![-1; matcher.grammar().vocabulary().words()];
    matcher.fill(&mut row).expect("a mask");
    (0..END + 29).filter(|id| row[*id as usize / 32] >> (id % 32) & 1 == 1).collect()
}

#[test]
fn masks_are_what_accept_takes() {
    let grammar = grammar(SUMS).expect("a grammar");
    let mut matcher = Matcher::new(&grammar);
    for token in [u32::from(b'('), 256, 257, u32::from(b'3'), u32::from(b')'), u32::from(b')')] {
        let mask = allowed(&mut matcher);
        for id in 0..=END {
            let taken = matcher.fork().accept(id).expect("a token");
            assert_eq!(mask.contains(&id), taken, "token {id} behind {:?}", matcher.tokens());
        }
        assert!(matcher.accept(token).expect("a token"), "{token}");
    }
    assert!(matcher.is_complete());
    assert!(matcher.accept(END).expect("the end") && matcher.has_ended());
    assert!(allowed(&mut matcher).is_empty());
}

#[test]
fn tokens_are_taken_back() {
    let grammar = grammar(SUMS).expect("a grammar");
    let mut matcher = Matcher::new(&grammar);
    let first = allowed(&mut matcher);
    assert_eq!(matcher.accept_many(&[256, 257, 256, u32::from(b')'), END]).expect("tokens"), 5);
    matcher.rollback(2).expect("back");
    assert!(!matcher.is_complete());
    assert!(matcher.next_bytes(b"").expect("bytes")[usize::from(b')')]);
    matcher.rollback(3).expect("back");
    assert_eq!(allowed(&mut matcher), first);
}

#[test]
fn bytes_are_tried_and_forced() {
    let grammar = grammar("start: \"let \" NAME \" = 1;\"\nNAME: /[a-z]+/\n").expect("a grammar");
    let matcher = Matcher::new(&grammar);
    assert_eq!(matcher.forced_bytes(100).expect("bytes"), b"let ");
    assert_eq!(matcher.fits(b"let a = 2;").expect("bytes"), 8);
    assert!(matcher.completes(b"let a = 1;").expect("bytes"));
    assert!(!matcher.completes(b"let a").expect("bytes"));
    assert!(matcher.tokens().is_empty());
}

#[test]
fn a_grammar_that_is_none_is_told() {
    let error = grammar("start: missing\n").err().expect("an error");
    assert!(matches!(error, GrammarError::Schema { .. }), "{error}");
    let limits = Limits { source_bytes: 4, ..Limits::default() };
    let error = Grammar::lark(SUMS, vocabulary(), &limits).err().expect("an error");
    assert!(matches!(error, GrammarError::Limit { option: "source_bytes", .. }), "{error}");
}
