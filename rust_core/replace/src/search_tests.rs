use std::sync::atomic::AtomicBool;

use proptest::prelude::*;

use crate::query::{Newlines, Query, Replacer};

fn query(pairs: &[(&str, &str)]) -> Query {
    let pairs = pairs.iter().map(|&(from, to)| (from.to_owned(), to.to_owned())).collect();
    Query { pairs, ..Query::default() }
}

fn replaced_bytes(query: &Query, text: &[u8], limit: usize) -> Vec<u8> {
    let replacer = Replacer::new(query).expect("a query");
    let edits = replacer.edits(text, limit, &AtomicBool::new(false));
    edits.expect("a short text").apply(text)
}

fn replaced(query: &Query, text: &str) -> String {
    let bytes = replaced_bytes(query, text.as_bytes(), usize::MAX);
    String::from_utf8(bytes).expect("still UTF-8")
}

#[test]
fn the_longest_literal_wins_at_a_place() {
    let pairs = query(&[("foo", "1"), ("foobar", "2"), ("bar", "3")]);
    assert_eq!(replaced(&pairs, "foobar foo barfoo"), "2 1 31");
    let folded = Query { ignore_case: true, ..pairs };
    assert_eq!(replaced(&folded, "FooBar foo BARFOO"), "2 1 31");
}

#[test]
fn pairs_are_replaced_at_once() {
    assert_eq!(replaced(&query(&[("a", "b"), ("b", "a")]), "abba"), "baab");
}

#[test]
fn of_regexes_the_first_wins() {
    let pairs = Query { regex: true, ..query(&[("a+", "<$0>"), ("a+b", "no"), ("(b)", "[$1]")]) };
    assert_eq!(replaced(&pairs, "aab"), "<aa>[b]");
}

#[test]
fn groups_are_inserted() {
    let names =
        Query { regex: true, ..query(&[(r"(?<k>\w+)=(\w+)(!)?", r"$2:${k}$3 $$5 a\b$\1")]) };
    assert_eq!(replaced(&names, "one=1, two=2!"), r"1:one $5 a\b\1, 2:two! $5 a\b\1");
}

#[test]
fn whole_words_are_told_as_a_regex_tells_them() {
    for regex in [false, true] {
        let word = Query { word: true, regex, ..query(&[("foo", "x")]) };
        assert_eq!(replaced(&word, "foo foofoo _foo éfoo foo-foo."), "x foofoo _foo éfoo x-x.");
    }
}

#[test]
fn a_shorter_word_is_found_where_the_longer_is_none() {
    let word = Query { word: true, ..query(&[("foo", "1"), ("foo-ba", "2"), ("foo-", "3")]) };
    assert_eq!(
        replaced(&word, "foo-bar foo-ba foo-é foo-+"),
        "1-r 2 1-é 3+".replace("1-r", "1-bar")
    );
}

#[test]
fn case_is_preserved() {
    let names = Query { preserve_case: true, ..query(&[("old_name", "new_shop")]) };
    let text = "old_name oldName OldName OLD_NAME old-name Old name oLd_name";
    assert_eq!(
        replaced(&names, text),
        "new_shop newShop NewShop NEW_SHOP new-shop New shop oLd_name"
    );
}

#[test]
fn folding_is_that_of_unicode() {
    let folded = Query { ignore_case: true, ..query(&[("größe", "x")]) };
    assert_eq!(replaced(&folded, "Größe GRÖẞE"), "x x");
}

#[test]
fn lines_end_as_the_file_ends_them() {
    let lines = query(&[("a\nb", "1\n2\n3")]);
    assert_eq!(replaced(&lines, "a\r\nb\r\n"), "1\r\n2\r\n3\r\n");
    assert_eq!(replaced(&lines, "a\nb\n"), "1\n2\n3\n");
    let exact = Query { newlines: Newlines::Exact, ..lines };
    assert_eq!(replaced(&exact, "a\r\nb\r\na\nb"), "a\r\nb\r\n1\n2\n3");
    let named = query(&[("\r\n", "\n")]);
    assert_eq!(replaced(&named, "a\r\nb\r\n"), "a\nb\n");
}

#[test]
fn a_regex_leaves_carriage_returns_alone() {
    for (pattern, replacement, expected) in [
        ("a$", "x", "x  \r\nx\r\n"),
        ("a[^\\n]*", "x", "x\r\nx\r\n"),
        (r"[ ]+$", "", "a\r\na\r\n"),
        (r"a\s+a", "x\n", "x\r\n\r\n"),
        (r"(a\s+)a", "$1x", "a  \r\nx\r\n"),
    ] {
        let text = if pattern == "a$" { "x  \r\na\r\n" } else { "a  \r\na\r\n" };
        let query = Query { regex: true, ..query(&[(pattern, replacement)]) };
        assert_eq!(replaced(&query, text), expected, "{pattern}");
    }
}

#[test]
fn groups_keep_the_newlines_that_they_matched() {
    let text = "a\nb\r\nc\r\nd\r\n";
    let query = Query { regex: true, ..query(&[(r"(a\nb\n)c", "$1\n")]) };
    assert_eq!(replaced(&query, text), "a\nb\r\n\r\n\r\nd\r\n");
}

#[test]
fn anchors_and_dots_obey_their_switches() {
    let lines = Query { regex: true, ..query(&[("^.*$", "x")]) };
    assert_eq!(replaced(&lines, "a\nb"), "x\nx");
    let all = Query { dot_all: true, ..lines.clone() };
    assert_eq!(replaced(&all, "a\nb"), "x");
    let single = Query { multi_line: false, ..lines };
    assert_eq!(replaced(&single, "a\nb"), "a\nb");
}

#[test]
fn an_empty_match_never_splits_a_character() {
    let empty = Query { regex: true, ..query(&[("x*", "-")]) };
    assert_eq!(replaced(&empty, "é😀"), "-é-😀-");
}

#[test]
fn what_changes_nothing_is_no_edit() {
    let same = Query { regex: true, ..query(&[("(a)|b", "$1")]) };
    assert_eq!(replaced_bytes(&same, b"aba", 1), b"aa", "the limit counts changes");
}

#[test]
fn bytes_that_are_no_text_are_kept() {
    assert_eq!(replaced_bytes(&query(&[("foo", "x")]), b"\xe9foo\xff\x00", 9), b"\xe9x\xff\x00");
    let raw = Query { regex: true, ..query(&[(r"(?-u:\xe9)", "e")]) };
    assert_eq!(replaced_bytes(&raw, b"caf\xe9", 9), b"cafe");
}

proptest! {
    #[test]
    fn a_literal_is_replaced_as_the_standard_library_does(
        text in "[ab\n\u{e9}]{0,40}", from in "[ab\u{e9}]{1,3}", to in "[abc]{0,3}",
    ) {
        let expected = text.replace(&from, &to);
        let escaped = Query { regex: true, ..query(&[(&regex_syntax::escape(&from), &to)]) };
        prop_assert_eq!(replaced(&query(&[(&from, &to)]), &text), expected.clone());
        prop_assert_eq!(replaced(&escaped, &text), expected);
    }

    #[test]
    fn crlf_files_are_treated_like_their_lf_twins(
        text in "[ab\n]{0,40}\n[ab\n]{0,9}", from in "[ab\n]{1,4}", to in "[ab\n]{0,4}",
        regex: bool,
    ) {
        let query = Query { regex, ..query(&[(&from, &to)]) };
        let twin = replaced(&query, &text).replace('\n', "\r\n");
        prop_assert_eq!(replaced(&query, &text.replace('\n', "\r\n")), twin);
    }

    #[test]
    fn words_of_several_literals_are_those_of_a_regex(text in "[ab_ \u{e9}-]{0,30}") {
        let pairs = [("a", "1"), ("a-b", "2"), ("a-", "3"), ("-b", "4"), ("ab", "5")];
        let literal = Query { word: true, ..query(&pairs) };
        let mut longest = pairs;
        longest.sort_by_key(|(from, _)| std::cmp::Reverse(from.len()));
        let regex = Query { word: true, regex: true, ..query(&longest) };
        prop_assert_eq!(replaced(&literal, &text), replaced(&regex, &text));
    }
}
