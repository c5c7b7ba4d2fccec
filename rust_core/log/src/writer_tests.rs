use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use serde_json::Value;

use super::{JsonLines, OnFull, Options};
use crate::{LevelFilter, LogError, Offer, Record, forward_tracing};

const LONG: Duration = Duration::from_secs(30);

fn record(number: i64) -> Record {
    let mut record = Record::new("INFO", "test", "message", 0);
    record.fields().entry("number").int(number);
    record
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).expect("a log");
    text.lines().map(|line| serde_json::from_str(line).expect(line)).collect()
}

fn numbers(path: &Path) -> Vec<i64> {
    lines(path).iter().filter_map(|line| line["number"].as_i64()).collect()
}

fn small(on_full: OnFull) -> Options {
    Options { queue: 4, on_full, ..Options::default() }
}

/// A writer whose disk is stuck: nobody reads from the pipe.
#[cfg(unix)]
fn stuck(folder: &Path, options: Options) -> JsonLines {
    let path = folder.join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status().expect("mkfifo");
    assert!(made.success());
    JsonLines::open(&path, options).expect("a pipe")
}

#[test]
fn blocking_loses_nothing() {
    const THREADS: i64 = 8;
    const EACH: i64 = 2_000;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let writer = JsonLines::open(&path, small(OnFull::Block)).expect("a writer");
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let writer = &writer;
            scope.spawn(move || {
                for number in 0..EACH {
                    assert!(writer.write(&record(thread * EACH + number)));
                }
            });
        }
    });
    assert!(writer.close(LONG));
    let mut found = numbers(&path);
    for thread in 0..THREADS {
        let own = found.iter().filter(|&&n| n / EACH == thread);
        assert!(own.is_sorted(), "the order of one thread is kept");
    }
    found.sort_unstable();
    assert_eq!(found, (0..THREADS * EACH).collect::<Vec<_>>());
    let stats = writer.stats();
    assert_eq!((stats.written, stats.dropped, stats.lost), (16_000, 0, 0));
}

#[cfg(unix)]
#[test]
fn a_stuck_disk_drops_and_tells() {
    let folder = tempfile::tempdir().expect("a folder");
    let writer = stuck(folder.path(), small(OnFull::Drop));
    let taken = (0..10).filter(|&number| writer.write(&record(number))).count();
    assert_eq!(taken, 4);
    assert!(!writer.flush(Duration::from_millis(20)));
    let stats = writer.stats();
    assert_eq!((stats.accepted, stats.dropped, stats.pending, stats.written), (4, 6, 4, 0));

    let path = folder.path().join("pipe");
    let reader = thread::spawn(move || fs::read_to_string(path).expect("read"));
    assert!(writer.close(LONG));
    let text = reader.join().expect("read");
    let last: Value = serde_json::from_str(text.lines().last().expect("lines")).expect("JSON");
    assert_eq!(text.lines().count(), 5);
    assert_eq!((&last["dropped"], &last["logger"]), (&6.into(), &"pyagent.log".into()));
    assert!(!writer.write(&record(11)), "closed");
}

#[cfg(unix)]
#[test]
fn closing_on_a_stuck_disk_comes_back() {
    let folder = tempfile::tempdir().expect("a folder");
    let writer = stuck(folder.path(), small(OnFull::Block));
    for number in 0..4 {
        assert!(writer.write(&record(number)));
    }
    assert_eq!(writer.offer(&record(4), Duration::from_millis(5)), Offer::Full);
    assert!(!writer.flush(Duration::from_millis(300)));
    let start = Instant::now();
    assert!(!writer.close(Duration::from_millis(300)), "the time was waited already");
    assert!(start.elapsed() < Duration::from_millis(250));
    assert_eq!(writer.offer(&record(5), LONG), Offer::Closed);
}

#[cfg(unix)]
#[test]
fn a_wait_can_be_ended() {
    let folder = tempfile::tempdir().expect("a folder");
    let writer = stuck(folder.path(), small(OnFull::Drop));
    assert!(writer.write(&record(1)));
    let mut polls = 0;
    let poll = || {
        polls += 1;
        polls < 2
    };
    assert!(!writer.flush_while(LONG, poll));
    assert_eq!(polls, 2);
    assert!(!writer.close_while(LONG, || false));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_counted_and_given_up_at_close() {
    let writer = JsonLines::open(Path::new("/dev/full"), Options::default()).expect("a writer");
    assert!(writer.write(&record(1)));
    assert!(!writer.flush(Duration::from_millis(50)));
    assert!(!writer.close(Duration::from_millis(200)));
    thread::sleep(Duration::from_millis(50));
    let stats = writer.stats();
    assert!(stats.errors >= 1);
    assert!(stats.last_error.expect("an error").contains("No space left"));
    assert_eq!((stats.written, stats.lost, stats.pending), (0, 1, 0));
}

#[cfg(unix)]
#[test]
fn a_folder_that_comes_back_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inner, path) = (folder.path().join("logs"), folder.path().join("logs/log"));
    fs::create_dir(&inner).expect("a folder");
    let writer = JsonLines::open(&path, Options::default()).expect("a writer");
    fs::remove_dir_all(&inner).expect("removed");
    assert!(writer.write(&record(1)));
    assert!(!writer.flush(Duration::from_millis(30)));
    fs::create_dir(&inner).expect("a folder");
    assert!(writer.flush(LONG));
    assert_eq!(numbers(&path), [1]);
}

#[test]
fn what_cannot_work_is_said_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let open = |path: &Path, options| JsonLines::open(path, options).expect_err("refused");
    let missing = folder.path().join("none/log");
    assert!(matches!(open(&missing, Options::default()), LogError::Open { .. }));
    assert!(matches!(open(folder.path(), Options::default()), LogError::Open { .. }));
    let path = folder.path().join("log");
    for options in [
        Options { queue: 0, ..Options::default() },
        Options { queue_bytes: 0, ..Options::default() },
        Options { max_bytes: 1, ..Options::default() },
        Options { backups: 1, ..Options::default() },
    ] {
        assert!(matches!(open(&path, options), LogError::Option { .. }));
    }
    assert!(!path.exists());
}

#[test]
fn a_record_larger_than_the_queue_goes_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let options = Options { queue_bytes: 64, on_full: OnFull::Block, ..Options::default() };
    let writer = JsonLines::open(&path, options).expect("a writer");
    let large = "x".repeat(1 << 20);
    for _ in 0..3 {
        assert!(writer.write(&Record::new("INFO", "test", &large, 0)));
    }
    assert!(writer.close(LONG));
    assert_eq!(lines(&path).len(), 3);
}

#[test]
fn a_dropped_writer_finishes() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let writer = JsonLines::open(&path, Options::default()).expect("a writer");
    assert!(writer.write(&record(1)));
    let queue = Arc::clone(&writer.process().queue);
    drop(writer);
    assert!(queue.close(LONG, || true));
    assert_eq!(numbers(&path), [1]);
}

#[test]
fn tracing_events_arrive_and_stop() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let writer = Arc::new(JsonLines::open(&path, Options::default()).expect("a writer"));
    let emit = |number: u64| {
        tracing::warn!(target: "pyagent_test", number, ratio = 0.5, ok = true, name = "a", "hello");
        tracing::debug!(target: "pyagent_test", number, "too detailed");
        tracing::error!(target: "elsewhere", number, "of another crate");
    };
    emit(0);
    assert!(forward_tracing(Some(Arc::clone(&writer)), LevelFilter::INFO));
    emit(1);
    assert!(forward_tracing(None, LevelFilter::INFO));
    emit(2);
    assert!(writer.close(LONG));
    let found = lines(&path);
    assert_eq!(found.len(), 1);
    let line = &found[0];
    assert_eq!((&line["level"], &line["logger"]), (&"WARNING".into(), &"pyagent_test".into()));
    assert_eq!((&line["message"], &line["number"]), (&"hello".into(), &1.into()));
    assert_eq!((&line["ratio"], &line["ok"]), (&0.5.into(), &true.into()));
    assert!(line["source"]["file"].as_str().expect("a file").ends_with("writer_tests.rs"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn rotated_files_hold_everything_in_order(
        sizes in prop::collection::vec(0_usize..300, 1..60), max_bytes in 1_u64..2_000,
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("log");
        let options = Options { max_bytes, backups: 100, ..Options::default() };
        let writer = JsonLines::open(&path, options).expect("a writer");
        for (number, size) in (0_i64..).zip(&sizes) {
            let mut record = Record::new("INFO", "test", &"x".repeat(*size), 0);
            record.fields().entry("number").int(number);
            prop_assert!(writer.write(&record));
        }
        prop_assert!(writer.close(LONG));
        let mut found = Vec::new();
        for number in (1..=100).rev() {
            let backup = folder.path().join(format!("log.{number}"));
            if backup.exists() {
                let size = fs::metadata(&backup).expect("metadata").len();
                prop_assert!(size <= max_bytes || lines(&backup).len() == 1);
                found.extend(numbers(&backup));
            }
        }
        found.extend(numbers(&path));
        prop_assert_eq!(found, (0..).take(sizes.len()).collect::<Vec<i64>>());
    }
}
