use super::Terminal;
use crate::lines::Lines;
use crate::{Options, lines};

fn words(before: &str, after: &str, colours: bool) -> String {
    let changes = lines(before.as_bytes(), after.as_bytes(), &Options::default());
    let (old, new) = (Lines::new(before.as_bytes()), Lines::new(after.as_bytes()));
    Terminal { colours, ..Terminal::default() }.words(&old, &new, &changes)
}

fn coloured(before: &[u8], after: &[u8]) -> String {
    let changes = lines(before, after, &Options::default());
    let terminal = Terminal { colours: true, ..Terminal::default() };
    terminal.lines(&Lines::new(before), &Lines::new(after), &changes)
}

#[test]
fn words_are_in_brackets_or_in_colours() {
    let (before, after) = ("a\nx = foo(1)\nz\n", "a\nx = bar(1, 2)\nz\n");
    assert_eq!(
        words(before, after, false),
        "--- a\n+++ b\n@@ -1,3 +1,3 @@\na\nx = [-foo-]{+bar+}(1{+, 2+})\nz\n"
    );
    assert!(words(before, after, true).contains("x = \x1b[31mfoo\x1b[0m\x1b[32mbar\x1b[0m(1"));
}

#[test]
fn words_of_whole_lines_end_with_each_line() {
    assert_eq!(
        words("a\n", "a\nb c\n\nd\n", false),
        "--- a\n+++ b\n@@ -1 +1,4 @@\na\n{+b c+}\n\n{+d+}\n"
    );
    assert_eq!(words("a", "b", false), "--- a\n+++ b\n@@ -1 +1 @@\n[-a-]\n{+b+}\n");
}

#[test]
fn lines_are_coloured_and_their_words_reversed() {
    let text = coloured(b"x = foo(1)\n", b"x = bar(1)\n");
    assert!(text.contains("\x1b[31m-x = \x1b[7mfoo\x1b[27m(1)\x1b[0m\n"), "{text:?}");
    assert!(text.contains("\x1b[32m+x = \x1b[7mbar\x1b[27m(1)\x1b[0m\n"), "{text:?}");
}

#[test]
fn nothing_in_a_text_acts_on_the_terminal() {
    let text = coloured(b"a\n", b"\x1b[2J\x9b");
    assert!(text.contains("+^[[2J<9B>"), "{text:?}");
    assert!(text.ends_with("\\ No newline at end of file\n"));
}

#[test]
fn equal_texts_show_nothing() {
    assert_eq!(coloured(b"a\n", b"a\n"), "");
    assert_eq!(words("a\n", "a\n", false), "");
}
