//! Transactions as a caller makes them: what is in the tree afterwards.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use pyagent_journal::{
    Change, Commit, CommitOptions, Expected, Journal, JournalError, JournalOptions, Kind, Meta,
    Placement,
};

fn tree() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder for the test")
}

fn open(root: &Path) -> Journal {
    Journal::open(root, &JournalOptions::default()).expect("the journal opens")
}

fn commit(journal: &Journal, changes: Vec<Change>) -> Result<Commit, JournalError> {
    commit_as(journal, changes, Placement::Rename)
}

fn commit_as(
    journal: &Journal,
    changes: Vec<Change>,
    placement: Placement,
) -> Result<Commit, JournalError> {
    let options = CommitOptions { placement, provisional: false };
    journal.commit(changes, &Meta::default(), &options, &AtomicBool::new(false))
}

fn change(path: &str, kind: Kind) -> Change {
    Change { path: path.into(), kind, expected: Expected::Any }
}

fn read(root: &Path, path: &str) -> String {
    fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn writes_deletes_and_renames_in_one_transaction() {
    for placement in [Placement::Rename, Placement::InPlace] {
        let folder = tree();
        let root = folder.path();
        fs::write(root.join("old"), "one two three").expect("written");
        fs::write(root.join("gone"), "x").expect("written");
        fs::write(root.join("from"), "moved").expect("written");
        fs::set_permissions(root.join("old"), fs::Permissions::from_mode(0o750)).expect("set");
        let journal = open(root);
        let changes = vec![
            Change::write("old", "one 2 three", Expected::content(b"one two three")),
            Change::write("new", "fresh", Expected::Absent),
            Change::delete("gone", Expected::content(b"x")),
            Change::rename("from", "to", Expected::Any),
            change("sub", Kind::Directory),
            Change::write("sub/inner", "deep", Expected::Absent),
            change("link", Kind::Symlink { target: "old".into() }),
            change("to", Kind::Mode(0o600)),
        ];
        let done = commit_as(&journal, changes, placement).expect("committed");
        assert_eq!((done.id, done.files), (1, 8));
        assert_eq!(read(root, "old"), "one 2 three");
        assert_eq!(fs::metadata(root.join("old")).expect("there").mode() & 0o777, 0o750);
        assert_eq!(read(root, "new"), "fresh");
        assert!(!root.join("gone").exists() && !root.join("from").exists());
        assert_eq!(read(root, "to"), "moved");
        assert_eq!(fs::metadata(root.join("to")).expect("there").mode() & 0o777, 0o600);
        assert_eq!(read(root, "sub/inner"), "deep");
        assert_eq!(read(root, "link"), "one 2 three");
    }
}

#[test]
fn all_conflicts_are_listed_and_nothing_is_changed() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("a"), "a").expect("written");
    fs::write(root.join("b"), "b").expect("written");
    fs::create_dir(root.join("d")).expect("made");
    let journal = open(root);
    let changes = vec![
        Change::write("a", "new", Expected::content(b"other")),
        Change::write("b", "new", Expected::Absent),
        Change::write("d", "new", Expected::Any),
        Change::delete("missing", Expected::Any),
        Change::write("fine", "new", Expected::Absent),
    ];
    let Err(JournalError::Conflict { paths }) = commit(&journal, changes) else {
        panic!("a conflict");
    };
    let found: Vec<(String, &str)> =
        paths.into_iter().map(|(path, how)| (path.display().to_string(), how)).collect();
    let expected =
        [("a", "has changed"), ("b", "exists"), ("d", "is a folder"), ("missing", "is gone")];
    assert_eq!(found, expected.map(|(path, how)| (path.to_owned(), how)));
    assert_eq!((read(root, "a"), root.join("fine").exists()), ("a".to_owned(), false));
}

#[test]
fn names_are_swapped_and_folders_replaced() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("a"), "a").expect("written");
    fs::write(root.join("b"), "b").expect("written");
    fs::create_dir_all(root.join("d/e")).expect("made");
    fs::write(root.join("d/e/f"), "f").expect("written");
    let changes = vec![
        Change::rename("a", "b", Expected::Any),
        Change::rename("b", "a", Expected::Any),
        Change::rename("d/e", "x", Expected::Any),
        Change::rename("d", "x/e", Expected::Any),
        change("d", Kind::Directory),
        Change::write("x/f", "new f", Expected::content(b"f")),
    ];
    commit(&open(root), changes).expect("committed");
    assert_eq!((read(root, "a"), read(root, "b")), ("b".to_owned(), "a".to_owned()));
    assert_eq!(read(root, "x/f"), "new f");
    assert!(root.join("x/e").is_dir() && root.join("d").is_dir());
    assert!(!root.join("d/e").exists());
}

#[test]
fn a_second_handle_sees_what_the_first_committed() {
    let folder = tree();
    let (one, other) = (open(folder.path()), open(folder.path()));
    for (round, journal) in [&one, &other, &other, &one].into_iter().enumerate() {
        let done = commit(journal, vec![Change::write("f", format!("{round}"), Expected::Any)]);
        assert_eq!(done.expect("committed").id, round as u64 + 1);
    }
    assert_eq!(read(folder.path(), "f"), "3");
}

#[test]
fn a_provisional_transaction_is_taken_back_unless_confirmed() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("f"), "before").expect("written");
    let options = CommitOptions { provisional: true, ..CommitOptions::default() };
    let trial = |content: &str| {
        let journal = open(root);
        let changes = vec![Change::write("f", content, Expected::Any)];
        let done = journal.commit(changes, &Meta::default(), &options, &AtomicBool::new(false));
        (journal, done.expect("committed").id)
    };
    let (journal, _) = trial("trial");
    assert_eq!(read(root, "f"), "trial");
    let busy = Journal::open(root, &JournalOptions { wait: std::time::Duration::ZERO, bound: 1 });
    assert!(matches!(busy, Err(JournalError::Locked { .. })));
    drop(journal);
    open(root);
    assert_eq!(read(root, "f"), "before");
    let (journal, id) = trial("kept");
    journal.confirm(id).expect("confirmed");
    drop(journal);
    open(root);
    assert_eq!(read(root, "f"), "kept");
}

#[test]
fn hard_links_stay_together() {
    let folder = tree();
    let root = folder.path();
    fs::write(root.join("a"), "one").expect("written");
    fs::hard_link(root.join("a"), root.join("b")).expect("linked");
    commit(&open(root), vec![Change::write("a", "two", Expected::Any)]).expect("committed");
    assert_eq!(read(root, "b"), "two");
}

#[test]
fn a_hundred_thousand_files_are_written_and_taken_back() {
    // In memory where there is such a place: it is the number that is tried here, not the disk.
    let memory = Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let folder = tempfile::tempdir_in(place).expect("a folder for the test");
    let root = folder.path();
    let journal = std::sync::Arc::new(open(root));
    let folders = (0..100).map(|number| change(&format!("d{number}"), Kind::Directory));
    let files = (0..100_000_u32).map(|number| {
        let path = format!("d{}/f{number}", number % 100);
        Change::write(path, number.to_le_bytes(), Expected::Absent)
    });
    let done = commit(&journal, folders.chain(files).collect()).expect("committed");
    assert_eq!(done.files, 100_100);
    assert_eq!(fs::read(root.join("d99/f99999")).expect("there"), 99_999_u32.to_le_bytes());
    let none = &mut |_: &Path, _: &[u8], _: &[u8], _: &[u8]| None;
    let ids = std::collections::BTreeSet::from([done.id]);
    journal.undo(&ids, none, &Meta::default(), &AtomicBool::new(false)).expect("undone");
    assert_eq!(journal.root().list(Path::new("")).expect("listed"), []);
}
