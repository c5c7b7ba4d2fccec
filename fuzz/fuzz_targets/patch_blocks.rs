//! Any bytes are SEARCH/REPLACE blocks or an error at one of their lines.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_patch::{Format, PatchError, parse, reverse};

fuzz_target!(|bytes: &[u8]| {
    let lines = bytes.iter().filter(|&&byte| byte == b'\n').count() + 2;
    match parse(bytes, Some(Format::Blocks)) {
        Ok(patch) => {
            assert!(patch.files.iter().all(|file| !file.hunks.is_empty()));
            let _ = reverse(&patch);
        }
        Err(PatchError::Syntax { line, .. }) => assert!((1..=lines).contains(&(line as usize))),
        Err(error) => panic!("{error}"),
    }
});
