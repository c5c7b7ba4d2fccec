//! The libraries, each from two texts to changed line ranges in the way its documentation shows.

use diffy::DiffOptions;
use imara_diff::sources::byte_lines;
use imara_diff::{Diff, InternedInput};
use memchr::memchr_iter;
use pyagent_diff::{Algorithm, Change, Options, lines};
use similar::{DiffTag, TextDiff};

/// A way to diff.
pub(crate) struct Contender {
    pub(crate) name: &'static str,
    pub(crate) diff: fn(&[u8], &[u8]) -> Vec<Change>,
}

impl Contender {
    pub(crate) fn is_ours(&self) -> bool {
        self.name.starts_with("ours")
    }
}

/// All of them. What has `slide` in its name also moves changes to where they read best, by git's
/// indent heuristic; imara-diff and ours without it move nothing, similar and diffy always shift
/// and merge changes in a simpler way. imara-diff's interner is built anew for each pair; similar is
/// given lines split by memchr, since its own splitting also ends them at a carriage return; diffy
/// makes a patch without context, whose hunks are the changes.
pub(crate) const CONTENDERS: &[Contender] = &[
    Contender { name: "ours", diff: |a, b| ours(a, b, Algorithm::Myers, false) },
    Contender { name: "ours slide", diff: |a, b| ours(a, b, Algorithm::Myers, true) },
    Contender { name: "ours histogram", diff: |a, b| ours(a, b, Algorithm::Histogram, false) },
    Contender { name: "ours patience", diff: |a, b| ours(a, b, Algorithm::Patience, false) },
    Contender { name: "ours minimal", diff: |a, b| ours(a, b, Algorithm::Minimal, false) },
    Contender {
        name: "imara histogram",
        diff: |a, b| imara(a, b, imara_diff::Algorithm::Histogram, false),
    },
    Contender {
        name: "imara histogram slide",
        diff: |a, b| imara(a, b, imara_diff::Algorithm::Histogram, true),
    },
    Contender {
        name: "imara myers",
        diff: |a, b| imara(a, b, imara_diff::Algorithm::Myers, false),
    },
    Contender {
        name: "imara minimal",
        diff: |a, b| imara(a, b, imara_diff::Algorithm::MyersMinimal, false),
    },
    Contender { name: "similar myers", diff: |a, b| similar(a, b, similar::Algorithm::Myers) },
    Contender { name: "similar raw", diff: |a, b| similar(a, b, similar::Algorithm::RawMyers) },
    Contender {
        name: "similar histogram",
        diff: |a, b| similar(a, b, similar::Algorithm::Histogram),
    },
    Contender {
        name: "similar patience",
        diff: |a, b| similar(a, b, similar::Algorithm::Patience),
    },
    Contender { name: "diffy", diff: diffy },
];

fn ours(before: &[u8], after: &[u8], algorithm: Algorithm, slide: bool) -> Vec<Change> {
    lines(before, after, &Options { algorithm, slide, ..Options::default() })
}

fn imara(
    before: &[u8],
    after: &[u8],
    algorithm: imara_diff::Algorithm,
    slide: bool,
) -> Vec<Change> {
    let input = InternedInput::new(byte_lines(before), byte_lines(after));
    let mut diff = Diff::compute(algorithm, &input);
    if slide {
        diff.postprocess_lines(&input);
    }
    diff.hunks().map(|hunk| Change { before: hunk.before, after: hunk.after }).collect()
}

fn similar(before: &[u8], after: &[u8], algorithm: similar::Algorithm) -> Vec<Change> {
    let (old, new) = (split(before), split(after));
    let diff = TextDiff::configure().algorithm(algorithm).diff_slices(&old, &new);
    let changed = diff.ops().iter().filter(|operation| operation.tag() != DiffTag::Equal);
    changed.map(|operation| change(operation.old_range(), operation.new_range())).collect()
}

/// The lines of a text, with their terminators.
pub(crate) fn split(text: &[u8]) -> Vec<&[u8]> {
    let mut start = 0;
    let mut lines = Vec::new();
    for end in memchr_iter(b'\n', text) {
        lines.push(&text[start..=end]);
        start = end + 1;
    }
    if start < text.len() {
        lines.push(&text[start..]);
    }
    lines
}

fn diffy(before: &[u8], after: &[u8]) -> Vec<Change> {
    let patch = DiffOptions::new().set_context_len(0).create_patch_bytes(before, after);
    let hunks = patch.hunks().iter();
    hunks.map(|hunk| change(zero_based(hunk.old_range()), zero_based(hunk.new_range()))).collect()
}

/// The lines of a range in a hunk's header, which counts from one, and where it is empty names
/// the line before.
fn zero_based(range: diffy::HunkRange) -> std::ops::Range<usize> {
    let start = range.start() - usize::from(!range.is_empty());
    start..start + range.len()
}

fn change(before: std::ops::Range<usize>, after: std::ops::Range<usize>) -> Change {
    let narrow = |index: usize| u32::try_from(index).expect("fewer than 2^32 lines");
    Change {
        before: narrow(before.start)..narrow(before.end),
        after: narrow(after.start)..narrow(after.end),
    }
}
