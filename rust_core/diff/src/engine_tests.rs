//! The changes turn one side into the other, and there are as few as there can be.

use proptest::prelude::*;

use crate::{Algorithm, Change, Lines, Options, Whitespace, lines, tokens};

const ALGORITHMS: [Algorithm; 4] =
    [Algorithm::Myers, Algorithm::Minimal, Algorithm::Histogram, Algorithm::Patience];

/// `before` with the changes made, taking what is new from `after`.
fn patched<T: Clone>(before: &[T], after: &[T], changes: &[Change]) -> Vec<T> {
    let mut result = Vec::new();
    let mut at = 0;
    for change in changes {
        result.extend_from_slice(&before[at..change.before.start as usize]);
        result.extend_from_slice(&after[change.after.start as usize..change.after.end as usize]);
        at = change.before.end as usize;
    }
    result.extend_from_slice(&before[at..]);
    result
}

fn size(changes: &[Change]) -> usize {
    changes.iter().map(|change| change.before.len() + change.after.len()).sum()
}

/// What a table of the longest common subsequence says.
fn fewest<T: Eq>(before: &[T], after: &[T]) -> usize {
    let mut row = vec![0; after.len() + 1];
    for old in before {
        let mut corner = 0;
        for (at, new) in after.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if old == new { corner + 1 } else { above.max(row[at]) };
            corner = above;
        }
    }
    before.len() + after.len() - 2 * row[after.len()]
}

fn check_lines(before: &[u8], after: &[u8], options: Options) -> Vec<Change> {
    let changes = lines(before, after, &options);
    let (old, new) = (Lines::new(before), Lines::new(after));
    let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
    assert_eq!(patched(&old, &new, &changes).concat(), after, "{changes:?}");
    for pair in changes.windows(2) {
        assert!(pair[0].before.end < pair[1].before.start, "{changes:?}");
        assert!(pair[0].after.end < pair[1].after.start, "{changes:?}");
    }
    changes
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        4 => Just("\n"), 2 => Just("    x = 1\n"), 2 => Just("def f():\n"), 1 => Just("}\r\n"),
        1 => Just("\tfoo\n"), 1 => Just("a"),
    ];
    prop::collection::vec(line, 0..30).prop_map(|lines| lines.concat().into_bytes())
}

proptest! {
    #[test]
    fn lines_turn_before_into_after(before in text(), after in text(), slide: bool) {
        for algorithm in ALGORITHMS {
            let options = Options { algorithm, slide, ..Options::default() };
            let changes = check_lines(&before, &after, options);
            if matches!(algorithm, Algorithm::Myers | Algorithm::Minimal) {
                let (old, new) = (Lines::new(&before), Lines::new(&after));
                let (old, new): (Vec<_>, Vec<_>) = (old.iter().collect(), new.iter().collect());
                prop_assert_eq!(size(&changes), fewest(&old, &new));
            }
        }
    }

    #[test]
    fn tokens_turn_before_into_after(
        before in prop::collection::vec(0_u8..6, 0..80),
        after in prop::collection::vec(0_u8..6, 0..80),
    ) {
        for algorithm in ALGORITHMS {
            let options = Options { algorithm, ..Options::default() };
            let changes = tokens(&before, &after, &options);
            prop_assert_eq!(patched(&before, &after, &changes), after.clone());
            if matches!(algorithm, Algorithm::Myers | Algorithm::Minimal) {
                prop_assert_eq!(size(&changes), fewest(&before, &after));
            }
        }
    }

    #[test]
    fn white_space_can_be_left_out(before in text(), after in text()) {
        for whitespace in [Whitespace::AtEnd, Whitespace::Amount, Whitespace::All] {
            let options = Options { whitespace, ..Options::default() };
            let changes = lines(&before, &after, &options);
            let key = |text: &[u8]| -> Vec<Vec<u8>> {
                Lines::new(text).iter().map(|line| whitespace.key(line).into_owned()).collect()
            };
            let (old, new) = (key(&before), key(&after));
            prop_assert_eq!(patched(&old, &new, &changes), new);
        }
    }
}

/// Numbers that look random and are the same each time (Marsaglia's xorshift).
fn numbers(mut state: u32, below: u32, count: usize) -> Vec<u32> {
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state % below
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn every_method_finds_the_fewest_changes() {
    // Few items go to the table in bits, many to the chains of pairs; both beyond the allowance.
    for (below, count) in [(3, 900), (40, 900), (700, 900), (5000, 2000)] {
        let (before, after) = (numbers(7, below, count), numbers(77, below, count + 50));
        for algorithm in [Algorithm::Myers, Algorithm::Minimal] {
            let options = Options { algorithm, ..Options::default() };
            let changes = tokens(&before, &after, &options);
            assert_eq!(patched(&before, &after, &changes), after);
            assert_eq!(size(&changes), fewest(&before, &after), "{below} items");
        }
    }
}

#[test]
fn a_new_function_is_shown_whole() {
    let before = b"def a():\n    pass\n\n\ndef b():\n    pass\n";
    let after = b"def a():\n    pass\n\n\ndef new():\n    pass\n\n\ndef b():\n    pass\n";
    let changes = check_lines(before, after, Options::default());
    assert_eq!(changes, [Change { before: 4..4, after: 4..8 }]);
}

#[test]
fn changes_that_meet_when_they_slide_become_one() {
    let before = b"x\na\nb\na\nb\na\nz\n";
    let after = b"x\na\nz\n";
    assert_eq!(check_lines(before, after, Options::default()).len(), 1);
}

#[test]
fn an_empty_side_is_one_change() {
    let options = Options::default();
    assert_eq!(lines(b"", b"", &options), []);
    assert_eq!(lines(b"", b"a\nb", &options), [Change { before: 0..0, after: 0..2 }]);
    assert_eq!(lines(b"a\nb", b"", &options), [Change { before: 0..2, after: 0..0 }]);
    assert_eq!(lines(b"a", b"a\n", &options), [Change { before: 0..1, after: 0..1 }]);
}
