use super::*;

fn tokens(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

fn message(result: Result<Vocabulary, GrammarError>) -> String {
    match result {
        Err(GrammarError::Vocabulary(message)) => message,
        other => panic!("{other:?} is no refusal of a vocabulary"),
    }
}

#[test]
fn ids_and_words_are_counted() {
    let vocab = Vocabulary::new(tokens(&["a", "bc", "</s>"]), &[2], &[]).expect("valid");
    assert_eq!((vocab.size(), vocab.words()), (3, 1));
    assert_eq!(vocab.bytes(1), b"bc");
    assert_eq!(vocab.bytes(2), b"</s>");
    assert_eq!(vocab.eos(), [2]);
    assert_eq!(vocab.bytes(3), b"");
    let texts: Vec<Vec<u8>> = vec![b"x".to_vec(); 33];
    assert_eq!(Vocabulary::new(texts, &[], &[]).expect("valid").words(), 2);
}

#[test]
fn what_is_special_empty_or_padding_is_not_in_the_tree() {
    let texts = tokens(&["a", "<s>", "", "</s>", "b"]);
    let vocab = Vocabulary::with_size(&texts, &[3, 3], &[1], 64).expect("valid");
    assert_eq!((vocab.size(), vocab.words()), (64, 2));
    assert_eq!(vocab.special(), [1, 3]);
    assert!(vocab.is_special(1) && vocab.is_special(3) && !vocab.is_special(2));
    assert_eq!(vocab.trie().byte, [0, b'a', b'b']);
    assert_eq!(vocab.trie().token, [NO_TOKEN, 0, 4]);
    assert_eq!(vocab.bytes(63), b"");
}

#[test]
fn a_vocabulary_may_have_no_end_token_or_several() {
    assert!(Vocabulary::new(tokens(&["a"]), &[], &[]).expect("valid").eos().is_empty());
    let vocab = Vocabulary::new(tokens(&["a", "b", "c"]), &[2, 1], &[]).expect("valid");
    assert_eq!(vocab.eos(), [1, 2]);
}

#[test]
fn an_end_token_may_stand_in_the_padding() {
    let vocab = Vocabulary::with_size(&tokens(&["a"]), &[7], &[6], 8).expect("valid");
    assert_eq!((vocab.eos(), vocab.special()), (&[7][..], &[6, 7][..]));
}

#[test]
fn tokens_that_make_no_vocabulary_are_refused() {
    let none = message(Vocabulary::new(Vec::new(), &[], &[]));
    assert_eq!(none, "a vocabulary needs at least one token");
    let end = message(Vocabulary::new(tokens(&["a", "b"]), &[2], &[]));
    assert_eq!(end, "end token 2 is out of range: ids end at 1");
    let special = message(Vocabulary::new(tokens(&["a", "b"]), &[], &[u32::MAX]));
    assert_eq!(special, "special token 4294967295 is out of range: ids end at 1");
    let small = message(Vocabulary::with_size(&tokens(&["a", "b"]), &[], &[], 1));
    assert_eq!(small, "2 tokens do not fit into a vocabulary of 1");
    let large = message(Vocabulary::with_size(&tokens(&["a"]), &[], &[], MAX_SIZE + 1));
    assert_eq!(large, "a vocabulary has at most 16777216 tokens, not 16777217");
    let mute = message(Vocabulary::new(tokens(&["", "</s>"]), &[1], &[]));
    assert_eq!(mute, "no token of the vocabulary matches text: all are special or empty");
}

#[test]
fn the_fingerprint_tells_vocabularies_apart() {
    let make = |texts: &[&str], eos: &[u32], special: &[u32], size| {
        Vocabulary::with_size(&tokens(texts), eos, special, size).expect("valid").fingerprint()
    };
    let base = make(&["a", "b", "c"], &[2], &[], 3);
    assert_eq!(base, make(&["a", "b", "c"], &[2, 2], &[2], 3));
    let others = [
        make(&["a", "b", "d"], &[2], &[], 3),
        make(&["ab", "", "c"], &[2], &[], 3),
        make(&["a", "b", "c"], &[1], &[], 3),
        make(&["a", "b", "c"], &[2], &[1], 3),
        make(&["a", "b", "c"], &[], &[2], 3),
        make(&["a", "b", "c"], &[2], &[], 4),
    ];
    assert!(others.iter().all(|other| *other != base));
}
