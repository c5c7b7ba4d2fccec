use super::{Part, hunks};
use crate::Change;

fn change(before: std::ops::Range<u32>, after: std::ops::Range<u32>) -> Change {
    Change { before, after }
}

#[test]
fn changes_share_a_hunk_up_to_twice_the_context() {
    let changes = [change(5..6, 5..5), change(12..12, 11..13), change(19..20, 20..21)];
    let found: Vec<_> = hunks(&changes, 30, 31, 3).collect();
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].before.clone(), found[0].after.clone()), (2..15, 2..16));
    assert_eq!((found[1].before.clone(), found[1].after.clone()), (16..23, 17..24));
    assert_eq!(hunks(&changes, 30, 31, 0).count(), 3);
    assert_eq!(hunks(&changes, 30, 31, usize::MAX).count(), 1);
}

#[test]
fn parts_cover_the_hunk() {
    let changes = [change(0..1, 0..0), change(3..3, 2..4)];
    let hunk = hunks(&changes, 5, 6, 3).next().expect("there are changes");
    let parts: Vec<_> = hunk.parts().collect();
    assert_eq!(
        parts,
        [
            Part::Changed(&changes[0]),
            Part::Same(1..3, 0..2),
            Part::Changed(&changes[1]),
            Part::Same(3..5, 4..6),
        ]
    );
}

#[test]
fn no_change_is_no_hunk() {
    assert_eq!(hunks(&[], 5, 5, 3).count(), 0);
}
