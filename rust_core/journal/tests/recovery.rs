//! What a crash leaves, in the tree and in the log, ends as all or as nothing.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use pyagent_journal::{
    Change, CommitOptions, Expected, Journal, JournalError, JournalOptions, Kind, Meta, Placement,
    RecoverOptions, Recovery, recover,
};

const LOG: &str = ".pyagent/00000001.journal";

fn open(root: &Path) -> Result<Journal, JournalError> {
    Journal::open(root, &JournalOptions::default())
}

fn commit(journal: &Journal, changes: Vec<Change>, placement: Placement) -> u64 {
    let options = CommitOptions { placement, provisional: false };
    let done = journal.commit(changes, &Meta::default(), &options, &AtomicBool::new(false));
    done.expect("committed").id
}

/// A folder in memory where there is such a place: the tests sync thousands of times.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }
        .expect("a folder")
}

/// A tree in the state before, and the change that is made to it.
fn before(root: &Path) {
    for (path, content) in [("a", "one two three"), ("gone", "x"), ("from", "moved")] {
        fs::write(root.join(path), content).expect("written");
    }
}

fn change() -> Vec<Change> {
    vec![
        Change::write("a", "one 2 three", Expected::content(b"one two three")),
        Change::write("new", "fresh", Expected::Absent),
        Change::delete("gone", Expected::Any),
        Change::rename("from", "to", Expected::Any),
        Change { path: "d".into(), kind: Kind::Directory, expected: Expected::Any },
        Change::write("d/x", "deep", Expected::Absent),
    ]
}

/// "old", "new", or what is mixed.
fn state(root: &Path) -> String {
    let read = |path: &str| fs::read_to_string(root.join(path)).ok();
    let found = ["a", "new", "gone", "from", "to", "d/x"].map(read);
    let of = |content: &str| Some(content.to_owned());
    let old = [of("one two three"), None, of("x"), of("moved"), None, None];
    let new = [of("one 2 three"), of("fresh"), None, None, of("moved"), of("deep")];
    if found == old && !root.join("d").exists() {
        "old".to_owned()
    } else if found == new {
        "new".to_owned()
    } else {
        format!("{found:?}")
    }
}

/// The log of the one transaction above, as it is when everything was done.
fn log_of(placement: Placement) -> Vec<u8> {
    let folder = self::folder();
    before(folder.path());
    commit(&open(folder.path()).expect("opened"), change(), placement);
    fs::read(folder.path().join(LOG)).expect("a log")
}

/// Where the last byte that is not zero stands.
fn used(log: &[u8]) -> usize {
    log.iter().rposition(|&byte| byte != 0).map_or(0, |index| index + 1)
}

/// A tree in the state before with this log.
fn crashed(log: &[u8]) -> tempfile::TempDir {
    let folder = self::folder();
    before(folder.path());
    let vault = folder.path().join(".pyagent/journal");
    fs::create_dir_all(&vault).expect("made");
    fs::write(folder.path().join(LOG), log).expect("written");
    folder
}

#[test]
fn a_log_cut_off_at_any_byte_gives_all_or_nothing() {
    for placement in [Placement::Rename, Placement::InPlace] {
        let log = log_of(placement);
        let (mut old, mut new) = (0, 0);
        for length in 0..=used(&log) {
            let folder = crashed(&log[..length]);
            let journal = open(folder.path()).unwrap_or_else(|error| panic!("{length}: {error}"));
            match state(folder.path()).as_str() {
                "old" => old += 1,
                "new" => new += 1,
                mixed => panic!("{length}: {mixed}"),
            }
            assert!(journal.history().is_ok(), "{length}");
            // It goes on from there; each of these writes a megabyte ahead.
            if length % 32 == 0 {
                let later = vec![Change::write("l", "", Expected::Any)];
                assert!((1..=2).contains(&commit(&journal, later, placement)), "{length}");
            }
        }
        assert!(old > 400 && new > 40, "{old} old, {new} new");
    }
}

#[test]
fn a_log_with_any_byte_changed_gives_all_or_nothing_or_is_damaged() {
    let log = log_of(Placement::Rename);
    let (mut damaged, mut old, mut new) = (0, 0, 0);
    for at in 0..used(&log) {
        let mut log = log[..used(&log) + 64].to_vec();
        log[at] ^= 0x41;
        let folder = crashed(&log);
        match open(folder.path()) {
            Err(JournalError::Damaged { .. }) => {
                damaged += 1;
                let options = RecoverOptions { discard_damaged: true, ..RecoverOptions::default() };
                let aside = recover(folder.path(), &options, &AtomicBool::new(false));
                assert!(!aside.expect("recovered").kept_aside.is_empty(), "{at}");
                open(folder.path()).unwrap_or_else(|error| panic!("{at}: {error}"));
            }
            Err(error) => panic!("{at}: {error}"),
            Ok(_) => {}
        }
        match state(folder.path()).as_str() {
            "old" => old += 1,
            "new" => new += 1,
            mixed => panic!("{at}: {mixed}"),
        }
    }
    assert!(damaged > 0 && old > 0 && new > 0, "{damaged} damaged, {old} old, {new} new");
}

#[test]
fn every_step_is_redone_from_wherever_it_came_to() {
    // The note that everything was done is the last 88 bytes; without it recovery starts over.
    let log = log_of(Placement::Rename);
    let unfinished = &log[..used(&log).next_multiple_of(8) - 88];
    let done: [&dyn Fn(&Path); 6] = [
        &|root| fs::write(root.join("a"), "one 2 three").expect("written"),
        &|root| fs::write(root.join("new"), "fresh").expect("written"),
        &|root| {
            let slot = root.join(".pyagent/journal/0000000000000001.0.kept");
            fs::rename(root.join("gone"), slot).expect("taken");
        },
        &|root| fs::rename(root.join("from"), root.join("to")).expect("moved"),
        &|root| fs::create_dir(root.join("d")).expect("made"),
        &|root| {
            fs::create_dir_all(root.join("d")).expect("made");
            fs::write(root.join("d/x"), "de").expect("torn");
        },
    ];
    for some in 0..1_u32 << done.len() {
        let folder = crashed(unfinished);
        for (index, step) in done.iter().enumerate() {
            if some & 1 << index != 0 && !(index == 4 && some & 32 != 0) {
                step(folder.path());
            }
        }
        let opened = Journal::open_with_recovery(folder.path(), &JournalOptions::default());
        let (_, recovery) = opened.unwrap_or_else(|error| panic!("{some:b}: {error}"));
        assert_eq!(state(folder.path()), "new", "{some:b}");
        assert_eq!(recovery, Recovery { redone: vec![1], ..Recovery::default() }, "{some:b}");
        let again = Journal::open_with_recovery(folder.path(), &JournalOptions::default());
        assert!(again.expect("opened").1.is_empty());
    }
}

#[test]
fn what_others_wrote_after_the_crash_is_kept_aside() {
    let log = log_of(Placement::Rename);
    let unfinished = &log[..used(&log).next_multiple_of(8) - 88];
    let folder = crashed(unfinished);
    fs::write(folder.path().join("a"), "somebody else").expect("written");
    let opened = Journal::open_with_recovery(folder.path(), &JournalOptions::default());
    let (_, recovery) = opened.expect("opened");
    let [(path, kept)] = &recovery.kept_aside[..] else { panic!("{recovery:?}") };
    assert_eq!(path, Path::new("a"));
    assert_eq!(fs::read(kept).expect("kept"), b"somebody else");
    assert_eq!(state(folder.path()), "new");
}

#[test]
fn what_a_loss_of_power_took_is_done_again() {
    for placement in [Placement::Rename, Placement::InPlace] {
        let folder = self::folder();
        let root = folder.path();
        before(root);
        let journal = open(root).expect("opened");
        commit(&journal, change(), placement);
        commit(&journal, vec![Change::write("a", "last", Expected::Any)], placement);
        commit(&journal, vec![Change::rename("d", "e", Expected::Any)], placement);
        drop(journal);
        let verify = RecoverOptions { verify: true, ..RecoverOptions::default() };
        let again = || recover(root, &verify, &AtomicBool::new(false)).expect("recovered");
        let empty = |path: &str| {
            let file = fs::File::options().write(true).open(root.join(path)).expect("there");
            file.set_len(0).expect("emptied");
        };
        assert!(again().is_empty(), "nothing is gone");
        // What never reached the disk is empty, and has no later time than the transaction. That
        // is so here where both fall into one tick of the clock that files are stamped with.
        let lost = (0..100).any(|round| {
            let journal = open(root).expect("opened");
            let content = format!("round {round}");
            commit(&journal, vec![Change::write("e/x", content, Expected::Any)], placement);
            empty("e/x");
            again().redone == [4 + round]
                && fs::read(root.join("e/x")).expect("there") == format!("round {round}").as_bytes()
        });
        assert!(lost);
        // Whoever empties it later has done so on purpose.
        let journal = open(root).expect("opened");
        commit(&journal, vec![Change::write("a", "once more", Expected::Any)], placement);
        std::thread::sleep(Duration::from_millis(30));
        empty("a");
        assert!(again().is_empty());
        assert_eq!(fs::read(root.join("a")).expect("there"), b"");
    }
}

#[test]
fn two_handles_and_threads_serialize() {
    let folder = self::folder();
    let root = folder.path().to_owned();
    let write = |journal: &Journal, path: String, content: String| {
        commit(journal, vec![Change::write(path, content, Expected::Any)], Placement::Rename)
    };
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let root = root.clone();
            scope.spawn(move || {
                let journal = Arc::new(open(&root).expect("opened"));
                for round in 0..10 {
                    write(&journal, format!("f{thread}"), format!("{round}"));
                    write(&journal, "shared".to_owned(), format!("{thread} {round}"));
                }
            });
        }
    });
    let history = open(&root).expect("opened").history().expect("a history");
    let ids: Vec<u64> = history.iter().map(|entry| entry.id).collect();
    assert_eq!(ids, (1..=ids.len() as u64).collect::<Vec<_>>());
    assert!(ids.len() > 40);
    for thread in 0..4 {
        assert_eq!(fs::read(root.join(format!("f{thread}"))).expect("there"), b"9");
    }
}
