//! Whatever a journal file says, even with checksums that fit, opening it ends in a journal or in an
//! error, and nothing outside the root is touched.

#![no_main]

use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use pyagent_journal::testing::{forge_segment, round_trip};
use pyagent_journal::{Journal, JournalOptions};

fuzz_target!(|input: (bool, bool, Vec<u8>, Vec<u8>)| {
    let (forged, note, body, data) = input;
    let kind = if note { 2 } else { 1 };
    assert_ne!(round_trip(kind, data.len() as u64, &body), Some(false));
    let log = if forged { forge_segment(kind, &body, &data) } else { body };
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let outside = tempfile::tempdir_in(place).expect("a folder");
    let root = outside.path().join("root");
    let vault = root.join(".pyagent");
    fs::create_dir_all(vault.join("journal")).expect("made");
    fs::write(root.join("a"), "content").expect("written");
    fs::write(vault.join("00000001.journal"), log).expect("written");
    if let Ok(journal) = Journal::open(&root, &JournalOptions::default()) {
        let _ = journal.history();
    }
    let names: Vec<_> = fs::read_dir(outside.path()).expect("there").collect();
    assert_eq!(names.len(), 1, "{names:?}");
});
