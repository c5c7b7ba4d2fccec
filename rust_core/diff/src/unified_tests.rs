use super::{Unified, push_name};
use crate::Options;
use crate::headings::Headings;

fn unified(before: &str, after: &str) -> String {
    let bytes = Unified::default().diff(before.as_bytes(), after.as_bytes(), &Options::default());
    String::from_utf8(bytes).expect("the texts are UTF-8")
}

#[test]
fn equal_texts_have_no_diff() {
    assert_eq!(unified("a\nb", "a\nb"), "");
    assert_eq!(unified("", ""), "");
}

#[test]
fn a_replaced_line_stands_among_its_neighbours() {
    assert_eq!(
        unified("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"),
        "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
    );
}

#[test]
fn empty_ranges_are_named_by_the_line_before() {
    assert_eq!(unified("", "a\n"), "--- a\n+++ b\n@@ -0,0 +1 @@\n+a\n");
    assert_eq!(unified("a\nb\n", ""), "--- a\n+++ b\n@@ -1,2 +0,0 @@\n-a\n-b\n");
    let bare = Unified { context: 0, ..Unified::default() };
    let diff = bare.diff(b"a\nb\n", b"a\nx\nb\n", &Options::default());
    assert_eq!(diff, b"--- a\n+++ b\n@@ -1,0 +2 @@\n+x\n");
}

#[test]
fn a_missing_line_feed_is_said() {
    assert_eq!(
        unified("a\nb", "a\nb\n"),
        "--- a\n+++ b\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n+b\n"
    );
    assert_eq!(
        unified("x\nb", "y\nb"),
        "--- a\n+++ b\n@@ -1,2 +1,2 @@\n-x\n+y\n b\n\\ No newline at end of file\n"
    );
}

#[test]
fn bytes_are_kept_as_they_are() {
    let diff = Unified::default().diff(b"\xff\r\nb\r", b"\xfe\r\nb\r", &Options::default());
    assert_eq!(
        diff,
        b"--- a\n+++ b\n@@ -1,2 +1,2 @@\n-\xff\r\n+\xfe\r\n b\r\n\\ No newline at end of file\n"
    );
}

#[test]
fn hunks_have_the_nearest_heading_above() {
    let before = "def f():\n    a\n    b\n    c\n    d\n    e\n";
    let after = before.replace('e', "E").replace("dEf", "def");
    let diff = unified(before, &after);
    assert!(diff.contains("@@ -3,4 +3,4 @@ def f():\n"), "{diff}");
    let silent = Unified { headings: Headings::Off, ..Unified::default() };
    let diff = silent.diff(before.as_bytes(), after.as_bytes(), &Options::default());
    assert!(diff.windows(4).any(|bytes| bytes == b" @@\n"));
}

#[test]
fn missing_sides_and_names_with_blanks() {
    let options = Options::default();
    let new = Unified { from_name: None, to_name: Some(b"b/x y"), ..Unified::default() };
    assert_eq!(new.diff(b"", b"a\n", &options), b"--- /dev/null\n+++ b/x y\t\n@@ -0,0 +1 @@\n+a\n");
}

#[test]
fn names_are_quoted_as_git_quotes_them() {
    let quoted = |name: &[u8]| {
        let mut out = Vec::new();
        push_name(name, &mut out);
        out
    };
    assert_eq!(quoted(b"a/b c"), b"a/b c");
    assert_eq!(quoted("a/\u{e4}".as_bytes()), "a/\u{e4}".as_bytes());
    assert_eq!(quoted(b"a\"\\\n\t\x01\x7f"), b"\"a\\\"\\\\\\n\\t\\001\\177\"");
    assert_eq!(quoted(b"a\xff"), b"\"a\\377\"");
}
