use proptest::prelude::*;

use super::{Fate, Segment, Tokens, Unit, segments};
use crate::Algorithm;

fn pieces(text: &str, unit: Unit) -> Vec<&str> {
    let tokens = Tokens::new(text.as_bytes(), unit);
    tokens.pieces.iter().map(|piece| std::str::from_utf8(piece).expect("UTF-8")).collect()
}

/// Segments as git writes them with `--word-diff`.
fn shown(before: &str, after: &str, unit: Unit) -> String {
    let found = segments(before.as_bytes(), after.as_bytes(), unit, Algorithm::Myers);
    let text = |Segment { fate, before: old, after: new }: Segment| match fate {
        Fate::Same => before[old].to_owned(),
        Fate::Removed => format!("[-{}-]", &before[old]),
        Fate::Added => format!("{{+{}+}}", &after[new]),
    };
    found.into_iter().map(text).collect()
}

#[test]
fn words_are_runs_of_letters_and_of_blanks() {
    assert_eq!(
        pieces("def na\u{ef}ve_2(x,  y):\r\n\treturn", Unit::Word),
        ["def", " ", "na\u{ef}ve_2", "(", "x", ",", "  ", "y", ")", ":", "\r\n", "\t", "return"]
    );
    assert_eq!(pieces("e\u{301}t\u{e9}", Unit::Word), ["e\u{301}t\u{e9}"]);
    assert_eq!(pieces("", Unit::Word), [""; 0]);
}

#[test]
fn characters_are_graphemes_or_code_points() {
    let family = "e\u{301}\u{1f469}\u{200d}\u{1f467}";
    assert_eq!(pieces(family, Unit::Grapheme), ["e\u{301}", "\u{1f469}\u{200d}\u{1f467}"]);
    assert_eq!(pieces(family, Unit::CodePoint).len(), 5);
}

#[test]
fn bytes_that_are_not_utf_8_stand_alone() {
    let tokens = Tokens::new(b"a\xff\xfeb", Unit::Word);
    assert_eq!(tokens.pieces, [b"a".as_slice(), b"\xff", b"\xfe", b"b"]);
}

#[test]
fn changed_words_are_found() {
    assert_eq!(shown("x = foo(a)", "x = bar(a, b)", Unit::Word), "x = [-foo-]{+bar+}(a{+, b+})");
    assert_eq!(shown("colour", "color", Unit::Grapheme), "colo[-u-]r");
    assert_eq!(shown("", "a", Unit::Word), "{+a+}");
    assert_eq!(shown("a", "a", Unit::Word), "a");
}

#[test]
fn changes_with_blanks_between_them_are_one() {
    assert_eq!(shown("one two x", "three four x", Unit::Word), "[-one two-]{+three four+} x");
    assert_eq!(shown("a b\nc", "x b\ny", Unit::Word), "[-a-]{+x+} b\n[-c-]{+y+}");
    assert_eq!(shown("a\nb", "x\ny", Unit::Word), "[-a-]{+x+}\n[-b-]{+y+}");
}

proptest! {
    #[test]
    fn segments_make_up_both_texts(
        before in "[ab \n,\u{e9}\u{301}]{0,40}", after in "[ab \n,\u{e9}\u{301}]{0,40}",
        unit in prop::sample::select(vec![Unit::Word, Unit::Grapheme, Unit::CodePoint]),
    ) {
        let found = segments(before.as_bytes(), after.as_bytes(), unit, Algorithm::Myers);
        let (mut old, mut new) = (0, 0);
        for Segment { fate, before: one, after: two } in found {
            prop_assert_eq!((one.start, two.start), (old, new));
            prop_assert_eq!(fate == Fate::Added, one.is_empty());
            prop_assert_eq!(fate == Fate::Removed, two.is_empty());
            if fate == Fate::Same {
                prop_assert_eq!(&before[one.clone()], &after[two.clone()]);
            }
            (old, new) = (one.end, two.end);
        }
        prop_assert_eq!((old, new), (before.len(), after.len()));
    }
}
