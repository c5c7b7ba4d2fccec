use unicode_width::UnicodeWidthStr;

use super::SideBySide;
use crate::headings::Headings;
use crate::lines::Lines;
use crate::{Options, lines};

fn show(before: &str, after: &str, width: usize, colours: bool) -> String {
    let changes = lines(before.as_bytes(), after.as_bytes(), &Options::default());
    let (old, new) = (Lines::new(before.as_bytes()), Lines::new(after.as_bytes()));
    let view = SideBySide {
        from_name: "old",
        to_name: "new",
        width,
        context: 1,
        headings: Headings::Python,
        colours,
    };
    view.show(&old, &new, &changes)
}

#[test]
fn lines_stand_beside_what_became_of_them() {
    assert_eq!(
        show("a\nx = one\nb\ngone\n", "a\nx = two\nb\n", 41, false),
        "old                   new\n\
         1 a                   1 a\n\
         2 x = one           | 2 x = two\n\
         3 b                   3 b\n\
         4 gone              <\n"
    );
}

#[test]
fn long_lines_go_on_below_and_nothing_is_lost() {
    let long = "word ".repeat(20);
    let text = show("a\n", &format!("{long}\n"), 50, false);
    assert!(text.lines().all(|line| line.width() <= 50), "{text}");
    let letters = |text: &str| text.matches(['o', 'r', 'd']).count();
    assert_eq!(letters(&text), 60 + letters("old"), "{text}");
}

#[test]
fn wide_characters_count_as_two_columns() {
    let text = show("\u{65e5}\u{672c}\u{8a9e}\n", "\u{65e5}\u{672c}\n", 40, false);
    let row = text.lines().nth(1).expect("a row");
    let sign = row.find('|').expect("a sign");
    assert_eq!(row[..sign].width(), 19);
}

#[test]
fn hunks_are_separated_and_have_their_heading() {
    let before = "def f():\n    1\n    2\n    3\n    4\n    5\n";
    let text = show(before, &before.replace('5', "six"), 60, false);
    assert!(text.contains("\u{22ef} def f():\n"), "{text}");
}

#[test]
fn changed_words_are_reversed_where_there_are_colours() {
    let text = show("x = one\n", "x = two\n", 60, true);
    assert!(text.contains("\x1b[31mx = \x1b[7mone\x1b[27m\x1b[0m"), "{text:?}");
}

#[test]
fn a_narrow_terminal_and_equal_texts() {
    assert!(show("a\n", "b\n", 0, false).contains('|'));
    assert_eq!(show("a\n", "a\n", 80, false), "");
}
