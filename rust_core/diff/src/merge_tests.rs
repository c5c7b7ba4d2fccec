use super::{Conflict, Favor, MergeOptions, Style, merge};
use crate::error::DiffError;

fn merged(base: &str, ours: &str, theirs: &str, options: &MergeOptions<'_>) -> String {
    let [base, ours, theirs] = [base, ours, theirs].map(str::as_bytes);
    let merged = merge(base, ours, theirs, options).expect("the texts are no binaries");
    String::from_utf8(merged.text).expect("the texts are UTF-8")
}

const BASE: &str = "a\nb\nc\nd\ne\n";

#[test]
fn changes_that_do_not_touch_are_both_taken() {
    let text = merged(BASE, "A\nb\nc\nd\ne\n", "a\nb\nc\nd\nE\nf\n", &MergeOptions::default());
    assert_eq!(text, "A\nb\nc\nd\nE\nf\n");
}

#[test]
fn the_same_change_of_both_sides_is_taken_once() {
    let text = merged(BASE, "a\nx\nc\nd\ne\n", "a\nx\nc\nd\ne\n", &MergeOptions::default());
    assert_eq!(text, "a\nx\nc\nd\ne\n");
}

#[test]
fn changes_that_touch_are_a_conflict() {
    let (ours, theirs) = ("a\nour\nc\nd\ne\n", "a\nb\ntheir\nd\ne\n");
    let result = merge(
        BASE.as_bytes(),
        ours.as_bytes(),
        theirs.as_bytes(),
        &MergeOptions { style: Style::Diff3, ..MergeOptions::default() },
    )
    .expect("the texts are no binaries");
    assert_eq!(
        String::from_utf8_lossy(&result.text),
        "a\n<<<<<<< ours\nour\nc\n||||||| base\nb\nc\n=======\nb\ntheir\n>>>>>>> theirs\nd\ne\n"
    );
    assert_eq!(
        result.conflicts,
        [Conflict { base: 1..3, ours: 1..3, theirs: 1..3, result: 1..11 }]
    );
}

#[test]
fn the_styles_show_more_or_less_of_a_conflict() {
    let (base, ours, theirs) = ("a\nz\n", "a\n1\n2\n3\nz\n", "a\n1\nx\n3\nz\n");
    let styled = |style| merged(base, ours, theirs, &MergeOptions { style, ..Default::default() });
    assert_eq!(styled(Style::Merge), "a\n1\n<<<<<<< ours\n2\n=======\nx\n>>>>>>> theirs\n3\nz\n");
    assert_eq!(
        styled(Style::Zdiff3),
        "a\n1\n<<<<<<< ours\n2\n||||||| base\n=======\nx\n>>>>>>> theirs\n3\nz\n"
    );
    assert_eq!(
        styled(Style::Diff3),
        "a\n<<<<<<< ours\n1\n2\n3\n||||||| base\n=======\n1\nx\n3\n>>>>>>> theirs\nz\n"
    );
}

#[test]
fn a_side_can_be_favoured() {
    // Each side has a change of its own, which is taken whichever side is favoured.
    let favoured = |favor| {
        let options = MergeOptions { favor: Some(favor), ..MergeOptions::default() };
        merged("1\n2\n3\na\n4\nb\n", "I\n2\n3\na\n4\nour", "1\n2\nIII\na\n4\ntheir", &options)
    };
    assert_eq!(favoured(Favor::Ours), "I\n2\nIII\na\n4\nour");
    assert_eq!(favoured(Favor::Theirs), "I\n2\nIII\na\n4\ntheir");
    assert_eq!(favoured(Favor::Union), "I\n2\nIII\na\n4\nour\ntheir");
}

#[test]
fn markers_end_as_the_lines_do() {
    let text = merged("a\r\nb\r\n", "a\r\nour", "a\r\ntheir\r\n", &MergeOptions::default());
    assert_eq!(text, "a\r\n<<<<<<< ours\r\nour\r\n=======\r\ntheir\r\n>>>>>>> theirs\r\n");
}

#[test]
fn markers_have_the_size_and_labels_that_are_asked_for() {
    let options = MergeOptions { marker_size: 3, ours: b"", theirs: b"b/x", ..Default::default() };
    assert_eq!(merged("a\n", "b\n", "c\n", &options), "<<<\nb\n===\nc\n>>> b/x\n");
}

#[test]
fn a_binary_text_is_refused() {
    let refused = merge(b"a\n", b"a\0\n", b"a\n", &MergeOptions::default());
    assert_eq!(refused, Err(DiffError::Binary { text: "our text" }));
}

#[test]
fn empty_texts_merge() {
    assert_eq!(merged("", "", "", &MergeOptions::default()), "");
    assert_eq!(merged("", "a", "", &MergeOptions::default()), "a");
    assert_eq!(merged("a", "", "a", &MergeOptions::default()), "");
}
