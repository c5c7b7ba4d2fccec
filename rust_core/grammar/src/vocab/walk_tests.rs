use super::*;

fn vocabulary() -> Vocabulary {
    let texts = ["a", "ab", "abc", "abd", "ax", "b", "ab", "abz", "xab"];
    let tokens = texts.map(|text| text.as_bytes().to_vec()).to_vec();
    Vocabulary::new(tokens, &[], &[7]).expect("valid")
}

#[test]
fn tokens_that_run_on_are_found_at_every_place_they_begin_at() {
    let vocab = vocabulary();
    let expected = vec![(0, Some(vec![&b"b"[..]])), (1, Some(vec![b"b", b"bc", b"bd"]))];
    assert_eq!(vocab.spanning(b"xa", b"b", 9), expected);
    assert_eq!(vocab.spanning(b"ab", b"dz", 9), vec![(0, Some(vec![&b"d"[..]]))]);
}

#[test]
fn none_run_on_behind_bytes_that_begin_no_token() {
    let vocab = vocabulary();
    assert_eq!(vocab.spanning(b"q", b"a", 9), []);
    assert_eq!(vocab.spanning(b"abc", b"a", 9), []);
    assert_eq!(vocab.spanning(b"a", b"", 9), []);
    assert_eq!(vocab.spanning(b"", b"a", 9), []);
}

#[test]
fn places_further_back_than_a_token_is_long_are_not_looked_at() {
    let vocab = vocabulary();
    let found = vocab.spanning(b"qqqqqqqqxa", b"b", 9);
    assert_eq!(found.iter().map(|(start, _)| *start).collect::<Vec<_>>(), [8, 9]);
}

#[test]
fn more_than_the_limit_are_not_listed() {
    let vocab = vocabulary();
    assert_eq!(vocab.spanning(b"a", b"bx", 3), vec![(0, None)]);
    assert!(matches!(&vocab.spanning(b"a", b"bx", 4)[..], [(0, Some(found))] if found.len() == 4));
}
