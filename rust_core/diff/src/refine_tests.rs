use proptest::prelude::*;

use super::{Row, rows};
use crate::lines::Lines;
use crate::{Change, Options, lines};

/// The pairs of line numbers of the only change between two texts.
fn beside(before: &str, after: &str) -> Vec<(Option<u32>, Option<u32>)> {
    let changes = lines(before.as_bytes(), after.as_bytes(), &Options::default());
    assert_eq!(changes.len(), 1);
    let (old, new) = (Lines::new(before.as_bytes()), Lines::new(after.as_bytes()));
    rows(&changes[0], &old, &new).into_iter().map(|row| (row.before, row.after)).collect()
}

#[test]
fn an_edited_line_stands_beside_what_it_became() {
    let (before, after) = ("total = price * count\n", "# new\ntotal = price * count + tax\n");
    assert_eq!(beside(before, after), [(None, Some(0)), (Some(0), Some(1))]);
}

#[test]
fn lines_that_have_little_in_common_are_not_marked() {
    let (old, new) = (Lines::new(b"import os\n"), Lines::new(b"return sum(prices)\n"));
    let found = rows(&Change { before: 0..1, after: 0..1 }, &old, &new);
    assert_eq!(found, [Row { before: Some(0), after: Some(0), marks: None }]);
}

#[test]
fn marks_are_the_words_that_differ() {
    let (old, new) = (Lines::new(b"x = foo(a)\n"), Lines::new(b"x = bar(a)\n"));
    let found = rows(&Change { before: 0..1, after: 0..1 }, &old, &new);
    let marks = found[0].marks.as_ref().map(|marks| marks.each_ref().map(|side| side[0].clone()));
    assert_eq!(marks, Some([4..7, 4..7]));
}

#[test]
fn one_side_only() {
    assert_eq!(beside("", "a\nb\n"), [(None, Some(0)), (None, Some(1))]);
    assert_eq!(beside("a\n", ""), [(Some(0), None)]);
}

#[test]
fn each_line_has_one_partner_at_most() {
    // Both new lines share as much with the old one.
    let found = beside("alpha beta gamma\n", "alpha beta\nbeta gamma\n");
    assert_eq!(found.iter().filter(|row| row.0.is_some()).count(), 1);
    assert_eq!(found.len(), 2);
}

proptest! {
    #[test]
    fn every_line_is_shown_once_and_in_order(
        before in "([abc]{1,3} ){0,3}(\n([abc]{1,3} ){0,3}){0,6}",
        after in "([abc]{1,3} ){0,3}(\n([abc]{1,3} ){0,3}){0,6}",
    ) {
        let (old, new) = (Lines::new(before.as_bytes()), Lines::new(after.as_bytes()));
        for change in lines(before.as_bytes(), after.as_bytes(), &Options::default()) {
            let found = rows(&change, &old, &new);
            let olds: Vec<u32> = found.iter().filter_map(|row| row.before).collect();
            let news: Vec<u32> = found.iter().filter_map(|row| row.after).collect();
            prop_assert_eq!(olds, change.before.collect::<Vec<_>>());
            prop_assert_eq!(news, change.after.collect::<Vec<_>>());
        }
    }
}
