//! What holds of every patch: applied it gives the target, reversed the source, written and read
//! again it is the same; and what is no patch is an error, not a crash.

use proptest::prelude::*;
use pyagent_diff::unified::Unified;
use pyagent_patch::{Applied, Format, Method, Options, PatchError, apply, emit, parse, reverse};

/// Texts of lines that repeat, with blank ones, both line endings, and maybe no end at all.
fn text() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        3 => "[a-d]{1,2}",
        1 => Just(String::new()),
        1 => "    [a-b]",
        1 => Just("x\r".to_owned()),
        1 => "[-+@ ] ?[-+@ ]*",
    ];
    (prop::collection::vec(line, 0..40), any::<bool>()).prop_map(|(lines, ended)| {
        let mut text = lines.join("\n");
        if ended && !text.is_empty() {
            text.push('\n');
        }
        text.into_bytes()
    })
}

/// A text and what a few edits make of it.
fn revision() -> impl Strategy<Value = (Vec<u8>, Vec<u8>)> {
    (text(), prop::collection::vec((any::<prop::sample::Index>(), 0..3u8), 0..6)).prop_map(
        |(before, edits)| {
            let mut lines: Vec<Vec<u8>> =
                before.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
            for (index, kind) in edits {
                let at = index.index(lines.len() + 1);
                match kind {
                    0 if at < lines.len() => {
                        lines.remove(at);
                    }
                    1 if at < lines.len() => lines[at] = b"changed\n".to_vec(),
                    _ => lines.insert(at, b"new\n".to_vec()),
                }
            }
            // An edit can have put a line behind one without an end.
            let mut after = Vec::new();
            for line in lines {
                if after.last().is_some_and(|byte| *byte != b'\n') {
                    after.push(b'\n');
                }
                after.extend(line);
            }
            (before, after)
        },
    )
}

fn difference(before: &[u8], after: &[u8], context: usize) -> Vec<u8> {
    let style =
        Unified { from_name: Some(b"a/f"), to_name: Some(b"b/f"), context, ..Unified::default() };
    style.diff(before, after, &pyagent_diff::Options::default())
}

fn applied(patch: &[u8], text: &[u8], options: Options<'_>) -> Result<Applied, PatchError> {
    apply(&parse(patch, None)?, text, None, &options)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn a_difference_applied_gives_the_target((before, after) in revision(), context in 0..4usize) {
        let patch = difference(&before, &after, context);
        let forward = applied(&patch, &before, Options::default()).expect("own patch");
        prop_assert_eq!(&forward.text, &after);
        for placement in &forward.placements {
            prop_assert!(placement.method <= Method::Line);
            prop_assert_eq!(placement.offset, Some(0));
        }
        let options = Options { reverse: true, base: None };
        prop_assert_eq!(&applied(&patch, &after, options).expect("own patch").text, &before);
    }

    #[test]
    fn a_base_gives_the_same_as_no_base((before, after) in revision()) {
        let patch = difference(&before, &after, 3);
        let options = Options { reverse: false, base: Some(&before) };
        prop_assert_eq!(&applied(&patch, &before, options).expect("own patch").text, &after);
    }

    #[test]
    fn a_patch_written_is_read_as_it_was((before, after) in revision(), context in 0..4usize) {
        let patch = parse(&difference(&before, &after, context), None).expect("own patch");
        let written = emit(&patch).expect("it names lines");
        let again = parse(&written, None).expect("own output");
        let hunks = |patch: &pyagent_patch::Patch| {
            patch.files.iter().flat_map(|file| file.hunks.clone()).map(|mut hunk| {
                hunk.line = 0;
                hunk
            }).collect::<Vec<_>>()
        };
        prop_assert_eq!(hunks(&again), hunks(&patch));
        let back = reverse(&reverse(&again).expect("reversed")).expect("reversed");
        prop_assert_eq!(emit(&back).expect("it names lines").len(), written.len());
    }

    #[test]
    fn whatever_a_patch_does_to_another_text_is_what_it_says(
        (before, after) in revision(),
        other in text(),
    ) {
        let patch = difference(&before, &after, 2);
        let Ok(applied) = applied(&patch, &other, Options::default()) else { return Ok(()) };
        let parsed = parse(&patch, None).expect("own patch");
        let count = |kind| -> usize {
            parsed.files.iter().flat_map(|file| &file.hunks).map(|hunk| hunk.count(kind)).sum()
        };
        // A shortest difference has no more lines than the patch claims to change.
        let options = pyagent_diff::Options {
            algorithm: pyagent_diff::Algorithm::Minimal,
            ..pyagent_diff::Options::default()
        };
        let changes = pyagent_diff::lines(&other, &applied.text, &options);
        let removed: u32 = changes.iter().map(|change| change.before.end - change.before.start).sum();
        let added: u32 = changes.iter().map(|change| change.after.end - change.after.start).sum();
        // A last line that gets the end it lacked counts once on each side.
        let slack = usize::from(!other.ends_with(b"\n"));
        prop_assert!(removed as usize <= count(pyagent_patch::Kind::Removed) + slack);
        prop_assert!(added as usize <= count(pyagent_patch::Kind::Added) + slack);
    }

    #[test]
    fn any_bytes_are_a_patch_or_an_error(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        format in prop::sample::select(vec![None, Some(Format::Unified), Some(Format::Envelope), Some(Format::Blocks)]),
    ) {
        let _ = parse(&bytes, format);
    }

    #[test]
    fn any_lines_of_patches_are_a_patch_or_an_error(
        picks in prop::collection::vec(prop::sample::select(PIECES.to_vec()), 0..25),
        other in text(),
    ) {
        let patch = picks.join("\n");
        if let Ok(patch) = parse(patch.as_bytes(), None) {
            for file in &patch.files {
                let _ = pyagent_patch::place(file, &other, &Options::default());
            }
            if let Ok(reversed) = reverse(&patch) {
                let _ = emit(&reversed);
            }
        }
    }
}

/// Lines that patches are made of.
const PIECES: [&str; 30] = [
    "diff --git a/f b/f",
    "new file mode 100644",
    "deleted file mode 100644",
    "rename from f",
    "rename to g",
    "index 0123456..789abcd 100644",
    "GIT binary patch",
    "literal 3",
    "zcmV;A",
    "--- a/f",
    "+++ b/f",
    "--- /dev/null",
    "@@ -1,2 +1,2 @@ a",
    "@@ -0,0 +1 @@",
    "@@ -3 +3,0 @@",
    "@@",
    " a",
    "-a",
    "+b",
    "",
    "\\ No newline at end of file",
    "*** Begin Patch",
    "*** Update File: f",
    "*** Add File: g",
    "*** End of File",
    "*** End Patch",
    "f",
    "<<<<<<< SEARCH",
    "=======",
    ">>>>>>> REPLACE",
];
