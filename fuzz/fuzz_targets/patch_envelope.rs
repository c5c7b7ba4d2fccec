//! Any bytes are an envelope or an error at one of their lines, and no hunk is without lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_patch::{Format, PatchError, parse, reverse};

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 2;
    match parse(bytes, Some(Format::Envelope)) {
        Ok(patch) => {
            for file in &patch.files {
                assert!(!file.path().is_empty());
                assert!(file.hunks.iter().all(|hunk| !hunk.lines.is_empty()));
            }
            let _ = reverse(&patch);
        }
        Err(PatchError::Syntax { line, .. }) => assert!((1..=lines).contains(&(line as usize))),
        Err(error) => panic!("{error}"),
    }
});
