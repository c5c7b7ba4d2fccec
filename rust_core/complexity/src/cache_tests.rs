use std::fs::FileTimes;
use std::time::Duration;

use super::*;
use crate::measure;

/// A folder with `a.py`, last changed long ago, and the path of a cache in it.
fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    let (source, cache) = (folder.path().join("a.py"), folder.path().join("sub/cache"));
    write(&source, "def f(): pass\n", 100);
    (folder, source, cache)
}

fn write(path: &Path, text: &str, seconds: u64) {
    fs::write(path, text).unwrap_or_else(|error| panic!("{error}"));
    let times = FileTimes::new().set_modified(UNIX_EPOCH + Duration::from_secs(seconds));
    let file = OpenOptions::new().write(true).open(path);
    file.and_then(|file| file.set_times(times)).unwrap_or_else(|error| panic!("{error}"));
}

/// Ask a cache, as it is opened some seconds from now, for `source`; whether it had to measure.
fn ask(source: &Path, cache: &Path, later: u64) -> (Arc<FileMetrics>, bool) {
    let mut cache = Cache::open(cache, Selection::ALL);
    cache.now += later * 1_000_000_000;
    let mut measured = false;
    let file = cache.get_or(source, || {
        measured = true;
        let text = fs::read_to_string(source).unwrap_or_default();
        Ok(measure(&text, Selection::ALL).unwrap_or_else(|error| panic!("{error}")))
    });
    cache.save().unwrap_or_else(|error| panic!("{error}"));
    (file, measured)
}

#[test]
fn unchanged_files_are_measured_once() {
    let (_folder, source, cache) = folder();
    let (first, measured) = ask(&source, &cache, 10);
    assert!(measured);
    let (second, measured) = ask(&source, &cache, 10);
    assert!(!measured);
    assert_eq!(first, second);
}

#[test]
fn a_change_of_the_same_size_is_seen() {
    let (_folder, source, cache) = folder();
    ask(&source, &cache, 10);
    write(&source, "def g(): pass\n", 100);
    let (file, measured) = ask(&source, &cache, 10);
    assert!(measured);
    let name = file.outcome.as_ref().map(|module| module.functions[0].qualname.as_str());
    assert_eq!(name, Ok("g"));
}

#[test]
fn a_file_that_just_changed_is_not_kept() {
    let (_folder, source, cache) = folder();
    ask(&source, &cache, 0);
    assert!(ask(&source, &cache, 0).1);
}

#[test]
fn damage_costs_nothing_but_time() {
    let (_folder, source, cache) = folder();
    let (expected, _) = ask(&source, &cache, 10);
    let whole = fs::read(&cache).unwrap_or_default();
    assert!(whole.len() > HEADER.len() + FRAME);
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x55;
        fs::write(&cache, &bytes).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(ask(&source, &cache, 10).0, expected, "byte {at}");
        fs::write(&cache, &whole[..at]).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(ask(&source, &cache, 10).0, expected, "cut at {at}");
    }
}

#[test]
fn the_log_does_not_grow_without_bound() {
    let (_folder, source, cache) = folder();
    for round in 0..20 {
        write(&source, &format!("def f{round}(): pass\n"), 100);
        ask(&source, &cache, 10);
    }
    let once = {
        let (_folder, source, cache) = folder();
        ask(&source, &cache, 10);
        fs::metadata(cache).map(|metadata| metadata.len()).unwrap_or_default()
    };
    let size = fs::metadata(&cache).map(|metadata| metadata.len()).unwrap_or_default();
    assert!(size <= 3 * once, "{size} bytes, {once} for one record");
}

#[test]
fn another_selection_has_records_of_its_own() {
    let (_folder, source, cache) = folder();
    ask(&source, &cache, 10);
    let other = Cache::open(&cache, Selection::STATEMENTS);
    assert!(
        other.known(&display(&source), Stamp::of(&source).unwrap_or_else(|| panic!())).is_none()
    );
}
