use std::fs;
use std::io::Write;
use std::path::Path;

use super::{Batch, LogFile, Rotation, Tail};

fn batch(lines: &[&str]) -> Batch {
    let mut batch = Batch::default();
    for line in lines {
        batch.text.extend_from_slice(line.as_bytes());
        batch.text.push(b'\n');
        batch.end_line(line.len() + 1);
    }
    batch
}

fn write_all(file: &mut LogFile, lines: &[&str]) {
    let mut batch = batch(lines);
    while !batch.is_written() {
        file.append(&mut batch).expect("a writable file");
        batch.settle();
    }
}

fn unbounded(path: &Path) -> LogFile {
    LogFile::new(path.to_owned(), Rotation::default(), false)
}

#[test]
fn a_moved_or_removed_file_is_opened_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut file = unbounded(&path);
    write_all(&mut file, &["one"]);
    fs::rename(&path, folder.path().join("old")).expect("renamed");
    write_all(&mut file, &["two"]);
    fs::remove_file(&path).expect("removed");
    write_all(&mut file, &["three"]);
    assert_eq!(fs::read_to_string(folder.path().join("old")).expect("old"), "one\n");
    assert_eq!(fs::read_to_string(&path).expect("new"), "three\n");
    assert_eq!(file.reopened, 2);
}

#[test]
fn files_rotate_before_they_grow_too_large() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut file = LogFile::new(path.clone(), Rotation { max_bytes: 10, backups: 2 }, true);
    write_all(&mut file, &["1234", "5678", "90", "a line that is larger than a file", "x"]);
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
    assert_eq!(read("log"), "x\n");
    assert_eq!(read("log.1"), "a line that is larger than a file\n");
    assert_eq!(read("log.2"), "90\n");
    assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 3);
    assert_eq!(file.rotated, 3);
}

#[test]
fn a_file_that_cannot_be_rotated_grows_on() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut file = LogFile::new(path.clone(), Rotation { max_bytes: 4, backups: 1 }, false);
    fs::create_dir_all(folder.path().join("log.1/occupied")).expect("an obstacle");
    write_all(&mut file, &["one"]);
    write_all(&mut file, &["two"]);
    assert_eq!(fs::read_to_string(&path).expect("read"), "one\ntwo\n");
    assert!(file.unrotated.is_some());
}

/// A batch of which the first `done` bytes have gone to the file.
fn torn(file: &mut LogFile, lines: &[&str], done: usize) -> Batch {
    let mut batch = batch(lines);
    file.follow().expect("opened");
    let open = file.file.as_mut().expect("open");
    open.write_all(&batch.text[..done]).expect("written");
    file.tail = Tail::At(open.metadata().expect("metadata").len());
    batch.done = done;
    batch.settle();
    batch
}

#[test]
fn a_torn_line_is_continued_where_nobody_came_between() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut file = unbounded(&path);
    let mut batch = torn(&mut file, &["one", "two", "three"], 6);
    file.release();
    file.append(&mut batch).expect("written");
    assert!(batch.is_written());
    assert_eq!(fs::read_to_string(&path).expect("read"), "one\ntwo\nthree\n");
}

#[test]
fn a_torn_line_is_written_again_where_somebody_did() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut file = unbounded(&path);
    let mut batch = torn(&mut file, &["one", "two", "three"], 6);
    unbounded(&path).append(&mut self::batch(&["other"])).expect("written");
    file.append(&mut batch).expect("written");
    assert_eq!(fs::read_to_string(&path).expect("read"), "one\ntwother\n\ntwo\nthree\n");
}

#[test]
fn a_torn_line_is_whole_in_a_new_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let mut file = unbounded(&path);
    let mut batch = torn(&mut file, &["one", "two", "three"], 6);
    fs::rename(&path, folder.path().join("old")).expect("renamed");
    file.append(&mut batch).expect("written");
    assert_eq!(fs::read_to_string(&path).expect("read"), "two\nthree\n");
}

#[test]
fn settling_counts_whole_lines() {
    let mut batch = batch(&["one", "two"]);
    batch.text.extend_from_slice(b"own\n");
    batch.end_line(0);
    batch.done = 5;
    assert_eq!(batch.settle(), (1, 4));
    assert_eq!(batch.settle(), (0, 0));
    batch.done = batch.text.len();
    assert_eq!(batch.settle(), (1, 4));
    assert!(batch.is_written());
}
