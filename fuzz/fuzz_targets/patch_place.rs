//! Any patch on any text is refused or placed inside the text, and what is already there or has
//! nothing to change leaves every byte as it is.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyagent_patch::{Options, parse, place};

fuzz_target!(|input: (&[u8], &[u8])| {
    let (patch, text) = input;
    let Ok(patch) = parse(patch, None) else { return };
    let lines = text.iter().filter(|&&byte| byte == b'\n').count() + 1;
    for file in &patch.files {
        for reverse in [false, true] {
            let Ok(applied) = place(file, text, &Options { reverse, base: None }) else { continue };
            if applied.already {
                assert_eq!(applied.text, text);
            }
            for placement in &applied.placements {
                // A hunk may begin in lines that blocks before it have added.
                let added: usize = file.hunks.iter().map(|hunk| hunk.lines.len()).sum();
                assert!((1..=lines + added + 1).contains(&(placement.line as usize)));
                assert!((0.0..=1.0).contains(&placement.similarity));
                assert!(placement.context.0 <= placement.context.1);
            }
        }
    }
});
