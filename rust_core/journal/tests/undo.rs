//! Undo: what was done is taken back, in one transaction that can be taken back itself.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use pyagent_journal::{
    Change, Commit, CommitOptions, EntryState, Expected, Journal, JournalError, JournalOptions,
    Meta, Placement, Transaction,
};

fn open(root: &Path) -> Arc<Journal> {
    Arc::new(Journal::open(root, &JournalOptions::default()).expect("the journal opens"))
}

fn commit(journal: &Journal, changes: Vec<Change>, placement: Placement) -> u64 {
    let options = CommitOptions { placement, provisional: false };
    let done = journal.commit(changes, &Meta::default(), &options, &AtomicBool::new(false));
    done.expect("committed").id
}

fn undo(journal: &Arc<Journal>, ids: &[u64]) -> Result<Commit, JournalError> {
    let ids: BTreeSet<u64> = ids.iter().copied().collect();
    let none = &mut |_: &Path, _: &[u8], _: &[u8], _: &[u8]| None;
    journal.undo(&ids, none, &Meta::default(), &AtomicBool::new(false))
}

/// Every path below a folder with what it is and holds.
fn tree(root: &Path) -> Vec<String> {
    fn walk(folder: &Path, root: &Path, found: &mut Vec<String>) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let stat = path.symlink_metadata().expect("there");
            let name = path.strip_prefix(root).expect("below").display().to_string();
            if name == ".pyagent" {
                continue;
            }
            let mode = stat.mode() & 0o7777;
            if stat.is_dir() {
                found.push(format!("{name}/ {mode:o}"));
                walk(&path, root, found);
            } else if stat.is_symlink() {
                found
                    .push(format!("{name} -> {}", fs::read_link(&path).expect("a link").display()));
            } else {
                let content = fs::read(&path).expect("a file");
                let mtime = stat.mtime();
                found.push(format!("{name} {mode:o} {mtime} {}", content.escape_ascii()));
            }
        }
    }
    let mut found = Vec::new();
    walk(root, root, &mut found);
    found.sort();
    found
}

fn some_tree(root: &Path) {
    fs::create_dir_all(root.join("d/e")).expect("made");
    for (path, content) in [("a", "one"), ("b", "two"), ("d/x", "ex"), ("d/e/y", "why")] {
        fs::write(root.join(path), content).expect("written");
    }
    std::os::unix::fs::symlink("a", root.join("link")).expect("linked");
}

#[test]
fn each_transaction_is_undone_and_redone() {
    for placement in [Placement::Rename, Placement::InPlace] {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path();
        some_tree(root);
        let journal = open(root);
        let mut states = vec![tree(root)];
        let mut ids = Vec::new();
        let mut step = |work: &dyn Fn(&mut Transaction) -> Result<(), JournalError>| {
            let mut transaction = Transaction::new(Arc::clone(&journal));
            work(&mut transaction).expect("laid over");
            ids.push(commit(&journal, transaction.into_changes(), placement));
            states.push(tree(root));
        };
        step(&|tx| {
            tx.write("a".as_ref(), b"one and more".to_vec(), None, None)?;
            tx.write("d/e/y".as_ref(), b"w".to_vec(), Some(0o600), None)?;
            tx.write("n/e/w".as_ref(), b"new".to_vec(), None, None)
        });
        step(&|tx| {
            tx.delete("link".as_ref())?;
            tx.delete("d/x".as_ref())?;
            tx.rename("d".as_ref(), "n/d".as_ref(), false)?;
            tx.write("n/d/e/y".as_ref(), b"moved and changed".to_vec(), None, None)
        });
        step(&|tx| {
            tx.rename("a".as_ref(), "swap".as_ref(), false)?;
            tx.rename("b".as_ref(), "a".as_ref(), false)?;
            tx.rename("swap".as_ref(), "b".as_ref(), false)?;
            tx.link("link".as_ref(), "b".as_ref())?;
            tx.set_mode("n".as_ref(), 0o700)
        });
        step(&|tx| {
            tx.delete("n".as_ref())?;
            tx.make_folder("n".as_ref(), false)?;
            tx.write("b".as_ref(), Vec::new(), None, None)
        });
        // One by one, and each undo undone again.
        for at in (0..ids.len()).rev() {
            let done = undo(&journal, &[ids[at]]).unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(tree(root), states[at], "undo of {at}");
            let again = undo(&journal, &[done.id]);
            let again = again.unwrap_or_else(|error| panic!("redo {at}: {error}"));
            assert_eq!(tree(root), states[at + 1], "redo of {at}");
            undo(&journal, &[again.id]).unwrap_or_else(|error| panic!("{at}: {error}"));
            assert_eq!(tree(root), states[at], "second undo of {at}");
        }
    }
}

#[test]
fn several_transactions_are_undone_in_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    some_tree(root);
    let journal = open(root);
    let before = tree(root);
    let mut ids = Vec::new();
    let mut step = |work: &dyn Fn(&mut Transaction) -> Result<(), JournalError>| {
        let mut transaction = Transaction::new(Arc::clone(&journal));
        work(&mut transaction).expect("laid over");
        ids.push(commit(&journal, transaction.into_changes(), Placement::InPlace));
    };
    step(&|tx| tx.rename("a".as_ref(), "d/a".as_ref(), false));
    step(&|tx| tx.write("d/a".as_ref(), b"one!".to_vec(), None, None));
    step(&|tx| tx.write("d/a".as_ref(), b"one!!".to_vec(), None, None));
    step(&|tx| tx.rename("d".as_ref(), "c".as_ref(), false));
    step(&|tx| tx.delete("c".as_ref()));
    let after = tree(root);
    let done = undo(&journal, &ids).expect("undone");
    assert_eq!(tree(root), before);
    let states: Vec<EntryState> =
        journal.history().expect("a history").iter().map(|entry| entry.state).collect();
    let expected = [EntryState::Undone(6); 5].into_iter().chain([EntryState::Applied]);
    assert_eq!(states, expected.collect::<Vec<_>>());
    undo(&journal, &[done.id]).expect("redone");
    assert_eq!(tree(root), after);
}

#[test]
fn what_has_changed_since_is_a_conflict_or_merged() {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    fs::write(root.join("a"), "1\n2\n").expect("written");
    let journal = open(root);
    let changes = vec![
        Change::write("a", "1\nII\n", Expected::Any),
        Change::write("b", "new", Expected::Absent),
    ];
    let id = commit(&journal, changes, Placement::Rename);
    fs::write(root.join("a"), "0\n1\nII\n").expect("written");
    let Err(JournalError::Conflict { paths }) = undo(&journal, &[id]) else { panic!("a conflict") };
    assert_eq!(paths, [("a".into(), "has changed since")]);
    assert!(root.join("b").exists());
    let merge = &mut |_: &Path, base: &[u8], ours: &[u8], theirs: &[u8]| {
        assert_eq!((base, ours, theirs), (&b"1\nII\n"[..], &b"0\n1\nII\n"[..], &b"1\n2\n"[..]));
        Some(b"0\n1\n2\n".to_vec())
    };
    let ids = BTreeSet::from([id]);
    journal.undo(&ids, merge, &Meta::default(), &AtomicBool::new(false)).expect("merged");
    assert_eq!(fs::read(root.join("a")).expect("there"), b"0\n1\n2\n");
    assert!(!root.join("b").exists());
    assert!(matches!(undo(&journal, &[id]), Err(JournalError::EntryState { .. })));
    assert!(matches!(undo(&journal, &[99]), Err(JournalError::UnknownEntry(99))));
}
