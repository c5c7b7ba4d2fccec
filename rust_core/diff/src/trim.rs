//! What two sequences share at their ends.

/// Texts are compared by blocks of this many bytes: arrays, so that it takes a few instructions.
const BLOCK: usize = 64;

/// How many bytes two texts share at their start.
pub(crate) fn shared_start(before: &[u8], after: &[u8]) -> usize {
    let (old, new) = (before.as_chunks::<BLOCK>().0, after.as_chunks::<BLOCK>().0);
    let blocks = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let skipped = blocks * BLOCK;
    skipped + shared_start_items(&before[skipped..], &after[skipped..])
}

/// How many bytes two texts share at their end.
pub(crate) fn shared_end(before: &[u8], after: &[u8]) -> usize {
    let (old, new) = (before.as_rchunks::<BLOCK>().1, after.as_rchunks::<BLOCK>().1);
    let blocks = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let skipped = blocks * BLOCK;
    skipped + shared_end_items(&before[..before.len() - skipped], &after[..after.len() - skipped])
}

/// How many bytes of whole lines two texts share at their start and at their end, the two never
/// overlapping.
pub(crate) fn shared_lines(before: &[u8], after: &[u8]) -> (usize, usize) {
    let mut start = shared_start(before, after);
    if start == before.len() && start == after.len() {
        return (start, 0);
    }
    start = memchr::memrchr(b'\n', &before[..start]).map_or(0, |at| at + 1);
    let (old, new) = (&before[start..], &after[start..]);
    let mut end = shared_end(old, new);
    // The shared end starts a line where both sides have a line feed before it, or nothing.
    let (first_old, first_new) = (old.len() - end, new.len() - end);
    let starts_line = |text: &[u8], at: usize| at == 0 || text[at - 1] == b'\n';
    if !(starts_line(old, first_old) && starts_line(new, first_new)) {
        let shared = &old[first_old..];
        end = memchr::memchr(b'\n', shared).map_or(0, |at| end - at - 1);
    }
    (start, end)
}

/// How many items two sequences share at their start.
pub(crate) fn shared_start_items<T: Eq>(before: &[T], after: &[T]) -> usize {
    before.iter().zip(after).take_while(|(old, new)| old == new).count()
}

/// How many items two sequences share at their end.
pub(crate) fn shared_end_items<T: Eq>(before: &[T], after: &[T]) -> usize {
    before.iter().rev().zip(after.iter().rev()).take_while(|(old, new)| old == new).count()
}
