//! Whatever a stored vocabulary says, even with a digest that fits it, loading it ends in an error or in
//! the vocabulary that its tokens make.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_grammar::Vocabulary;

/// Magic and version, as they stand before the digest of the rest.
const HEAD: &[u8] = b"PYAVOCAB\x01\0\0\0";

fuzz_target!(|input: (bool, Vec<u8>)| {
    let (sealed, content) = input;
    let digest = blake3::hash(&content);
    let stored = if sealed { [HEAD, digest.as_bytes(), &content].concat() } else { content };
    let Ok(loaded) = Vocabulary::from_bytes(&stored) else { return };
    assert_eq!(loaded.to_bytes(), stored);
    let ids = 0..u32::try_from(loaded.size()).expect("bounded");
    let tokens: Vec<&[u8]> = ids.map(|id| loaded.bytes(id)).collect();
    let built = Vocabulary::with_size(&tokens, loaded.eos(), loaded.special(), tokens.len());
    assert_eq!(built.expect("of tokens that make one").trie(), loaded.trie());
});
