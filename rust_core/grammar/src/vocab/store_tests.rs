use proptest::prelude::*;

use super::*;

const HEAD: usize = 8 + 4 + DIGEST;

fn sample() -> Vocabulary {
    let texts: [&[u8]; 8] = [b"a", b"ab", b"", b"</s>", b"b", b"a", b"<s>", b"\xc3\xa9"];
    Vocabulary::with_size(&texts, &[3], &[6], 12).expect("valid")
}

fn refusal(stored: &[u8]) -> String {
    match Vocabulary::from_bytes(stored) {
        Err(GrammarError::Stored(message)) => message,
        other => panic!("{other:?} is no refusal"),
    }
}

/// The bytes with a digest that fits them.
fn sealed(content: &[u8]) -> Vec<u8> {
    let digest = blake3::hash(content);
    [MAGIC, &VERSION.to_le_bytes()[..], digest.as_bytes(), content].concat()
}

/// The content of [`sample`] with its `index`-th number changed.
fn with_number(index: usize, value: u32) -> Vec<u8> {
    let mut content = sample().to_bytes().split_off(HEAD);
    content[index * 4..][..4].copy_from_slice(&value.to_le_bytes());
    sealed(&content)
}

#[test]
fn what_is_stored_is_loaded() {
    let vocab = sample();
    let loaded = Vocabulary::from_bytes(&vocab.to_bytes()).expect("undamaged");
    assert_eq!(loaded.trie(), vocab.trie());
    assert_eq!(loaded.fingerprint(), vocab.fingerprint());
    assert_eq!((loaded.size(), loaded.eos(), loaded.special()), (12, vocab.eos(), vocab.special()));
    assert!((0..13).all(|id| loaded.bytes(id) == vocab.bytes(id)));
}

#[test]
fn every_flipped_bit_is_noticed() {
    let stored = sample().to_bytes();
    for bit in 0..stored.len() * 8 {
        let mut flipped = stored.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let message = refusal(&flipped);
        let expected = match bit / 8 {
            0..8 => "no stored vocabulary",
            8..12 => "of the format, and this is version 1",
            _ => "its digest is wrong",
        };
        assert!(message.contains(expected), "{message} for bit {bit}");
    }
}

#[test]
fn every_cut_is_noticed() {
    let stored = sample().to_bytes();
    for length in 0..stored.len() {
        refusal(&stored[..length]);
    }
    let content = &stored[HEAD..];
    for length in 0..content.len() {
        refusal(&sealed(&content[..length]));
    }
    assert!(refusal(&sealed(&[content, b"x"].concat())).contains("bytes are left over"));
}

#[test]
fn counts_of_no_vocabulary_are_refused() {
    for (index, value) in [(0, 3), (0, u32::MAX), (1, 0), (1, 13), (2, 99), (3, 99), (4, u32::MAX)]
    {
        let message = refusal(&with_number(index, value));
        assert!(message.contains("counts"), "{message} for {value} at {index}");
    }
    assert!(refusal(&with_number(5, u32::MAX)).contains("counts"));
}

#[test]
fn numbers_that_contradict_each_other_are_refused() {
    // Behind the 6 counts: 8 ends, 1 end token, 2 special tokens, 5 sorted tokens.
    let ends = 6;
    let (eos, special, order) = (ends + 8, ends + 9, ends + 11);
    for (index, value, expected) in [
        (ends, 9, "do not follow"),
        (ends + 7, 3, "do not follow"),
        (ends + 7, u32::MAX, "do not follow"),
        (eos, 4, "special"),
        (special, 6, "special"),
        (special + 1, 12, "special"),
        (order, 5, "not in order"),
        (order, 2, "not in order"),
        (order, 3, "not in order"),
        (order + 4, 8, "not in order"),
        (order + 4, u32::MAX, "not in order"),
    ] {
        let message = refusal(&with_number(index, value));
        assert!(message.contains(expected), "{message} for {value} at {index}");
    }
}

proptest! {
    #[test]
    fn any_vocabulary_comes_back(
        texts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 1..60),
        eos in prop::collection::vec(0u32..60, 0..3),
        special in prop::collection::vec(0u32..60, 0..9),
    ) {
        if let Ok(vocab) = Vocabulary::with_size(&texts, &eos, &special, 60) {
            let loaded = Vocabulary::from_bytes(&vocab.to_bytes()).expect("undamaged");
            prop_assert_eq!(loaded.trie(), vocab.trie());
            prop_assert_eq!(loaded.fingerprint(), vocab.fingerprint());
        }
    }

    /// A digest keeps no one from making bytes up: what is loaded is a vocabulary all the same.
    #[test]
    fn whatever_is_loaded_could_have_been_stored(
        changes in prop::collection::vec((0usize..22, 0u32..14), 1..4)
    ) {
        let mut content = sample().to_bytes().split_off(HEAD);
        for (index, value) in changes {
            content[index * 4..][..4].copy_from_slice(&value.to_le_bytes());
        }
        let stored = sealed(&content);
        if let Ok(vocab) = Vocabulary::from_bytes(&stored) {
            prop_assert_eq!(vocab.to_bytes(), stored);
            let texts: Vec<&[u8]> = (0..vocab.ends.len()).map(|id| vocab.bytes(u32::try_from(id).expect("few"))).collect();
            let built = Vocabulary::with_size(&texts, vocab.eos(), vocab.special(), vocab.size()).expect("valid");
            prop_assert_eq!(built.trie(), vocab.trie());
        }
    }
}
