//! What two sequences share at their ends.

/// Texts are compared by blocks of this many bytes: arrays, so that it takes a few instructions.
const BLOCK: usize = 32;

/// What was compared is counted while it is near: this many bytes at a time.
const NEAR: usize = 4096;

/// How many bytes two texts share at their start, and how many line feeds are among them.
fn shared_start(before: &[u8], after: &[u8]) -> (usize, usize) {
    let (mut start, mut feeds) = (0, 0);
    loop {
        let (old, new) = (&before[start..], &after[start..]);
        let near = NEAR.min(old.len()).min(new.len());
        let shared = shared_bytes(&old[..near], &new[..near]);
        feeds += line_feeds(&old[..shared]);
        start += shared;
        if shared < NEAR {
            return (start, feeds);
        }
    }
}

/// How many line feeds there are: few enough at a time to be counted in bytes, sixteen at once.
fn line_feeds(text: &[u8]) -> usize {
    let count =
        |part: &[u8]| part.iter().fold(0_u8, |count, byte| count + u8::from(*byte == b'\n'));
    text.chunks(usize::from(u8::MAX) & !15).map(|part| usize::from(count(part))).sum()
}

/// How many bytes two texts share at their start.
pub(crate) fn shared_bytes(before: &[u8], after: &[u8]) -> usize {
    let (old, new) = (before.as_chunks::<BLOCK>().0, after.as_chunks::<BLOCK>().0);
    let blocks = old.iter().zip(new).take_while(|(old, new)| old == new).count();
    let skipped = blocks * BLOCK;
    let (old, new) = (&before[skipped..], &after[skipped..]);
    let mut shared = skipped;
    for (old, new) in old.as_chunks::<8>().0.iter().zip(new.as_chunks::<8>().0) {
        let differing = u64::from_le_bytes(*old) ^ u64::from_le_bytes(*new);
        if differing != 0 {
            return shared + differing.trailing_zeros() as usize / 8;
        }
        shared += 8;
    }
    shared + shared_start_items(&before[shared..], &after[shared..])
}

/// How many bytes two texts share at their end.
fn shared_end(before: &[u8], after: &[u8]) -> usize {
    let (old, new) = (before.as_rchunks::<BLOCK>().1, after.as_rchunks::<BLOCK>().1);
    let blocks = old.iter().rev().zip(new.iter().rev()).take_while(|(old, new)| old == new).count();
    let skipped = blocks * BLOCK;
    skipped + shared_end_items(&before[..before.len() - skipped], &after[..after.len() - skipped])
}

/// What two texts share in whole lines, at their start and at their end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ends {
    /// How many bytes at the start, and how many lines these are.
    pub(crate) start: usize,
    pub(crate) start_lines: usize,
    /// How many bytes at the end; they never overlap those at the start.
    pub(crate) end: usize,
}

/// What two texts share in whole lines.
pub(crate) fn shared_lines(before: &[u8], after: &[u8]) -> Ends {
    let (start, feeds) = shared_start(before, after);
    if start == before.len() && start == after.len() {
        return Ends { start, start_lines: feeds, end: 0 };
    }
    let start = memchr::memrchr(b'\n', &before[..start]).map_or(0, |at| at + 1);
    let (old, new) = (&before[start..], &after[start..]);
    let mut end = shared_end(old, new);
    // The shared end starts a line where both sides have a line feed before it, or nothing.
    let (first_old, first_new) = (old.len() - end, new.len() - end);
    let starts_line = |text: &[u8], at: usize| at == 0 || text[at - 1] == b'\n';
    if !(starts_line(old, first_old) && starts_line(new, first_new)) {
        let shared = &old[first_old..];
        end = memchr::memchr(b'\n', shared).map_or(0, |at| end - at - 1);
    }
    Ends { start, start_lines: feeds, end }
}

/// How many items two sequences share at their start.
pub(crate) fn shared_start_items<T: Eq>(before: &[T], after: &[T]) -> usize {
    before.iter().zip(after).take_while(|(old, new)| old == new).count()
}

/// How many items two sequences share at their end.
pub(crate) fn shared_end_items<T: Eq>(before: &[T], after: &[T]) -> usize {
    before.iter().rev().zip(after.iter().rev()).take_while(|(old, new)| old == new).count()
}
