//! Metrics of unchanged files, kept from one run to the next.
//!
//! The cache is a log: each record is one measured file, a later record replaces an earlier one of
//! the same path, and a record that is damaged or cut off is passed over. Two processes may append
//! at once. A file counts as unchanged while its size, its times and its inode are what they were,
//! if those times were old enough when it was measured; git's index decides by the same rule
//! ("racy git").

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::tree::display;
use crate::{Failure, FileMetrics, ModuleMetrics, Selection};

/// Changes with every change of the record, or of what a metric means.
const HEADER: &[u8] = concat!("pyagent metrics 1 ", env!("CARGO_PKG_VERSION"), "\n").as_bytes();

/// A file that changed this shortly before it was measured may change again within one tick of
/// its file system's clock, and look the same.
const RACY_NANOSECONDS: u64 = 2_000_000_000;

/// The log is written anew where it is this much larger than what is in use of it.
const GARBAGE: usize = 2;

/// Length and checksum in front of each record.
const FRAME: usize = 8;

/// What tells whether a file changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Stamp {
    size: u64,
    modified: u64,
    changed: u64,
    inode: u64,
}

impl Stamp {
    /// The stamp of the file at `path`; `None` where there is none that proves anything.
    fn of(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        let (changed, inode) = identity(&metadata);
        let stamp = Self {
            size: metadata.len(),
            modified: nanoseconds(metadata.modified().ok()?)?,
            changed,
            inode,
        };
        metadata.is_file().then_some(stamp)
    }

    fn is_settled(&self, now: u64) -> bool {
        self.modified.max(self.changed).saturating_add(RACY_NANOSECONDS) <= now
    }
}

fn nanoseconds(time: SystemTime) -> Option<u64> {
    u64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_nanos()).ok()
}

#[cfg(unix)]
fn identity(metadata: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    let seconds = u64::try_from(metadata.ctime()).unwrap_or(0);
    let rest = u64::try_from(metadata.ctime_nsec()).unwrap_or(0);
    (seconds.saturating_mul(1_000_000_000).saturating_add(rest), metadata.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// What is known of a file before its metrics are decoded.
#[derive(Serialize, Deserialize)]
struct Head<'a> {
    path: &'a str,
    selection: Selection,
    stamp: Stamp,
}

/// A record of the log.
struct Entry {
    stamp: Stamp,
    /// The whole record, with its frame.
    record: Range<usize>,
    /// The metrics in it.
    body: Range<usize>,
    /// It was asked for and still holds.
    used: AtomicBool,
}

type Outcome = Result<ModuleMetrics, Failure>;

/// An open cache.
pub(crate) struct Cache {
    path: PathBuf,
    selection: Selection,
    now: u64,
    log: Vec<u8>,
    entries: FxHashMap<String, Entry>,
    /// Records to add.
    fresh: Mutex<Vec<u8>>,
}

impl Cache {
    /// Open the cache at `path`; an empty one where there is none, or one of another version.
    pub(crate) fn open(path: &Path, selection: Selection) -> Self {
        let log = fs::read(path).unwrap_or_default();
        let log = if log.starts_with(HEADER) { log } else { Vec::new() };
        let entries = entries(&log, selection);
        Self {
            path: path.to_owned(),
            selection,
            now: nanoseconds(SystemTime::now()).unwrap_or(0),
            log,
            entries,
            fresh: Mutex::default(),
        }
    }

    /// The metrics of the file at `path`: those kept, if it has not changed, or what `measure`
    /// yields, which are then kept.
    pub(crate) fn get_or(
        &self,
        path: &Path,
        measure: impl FnOnce() -> Outcome,
    ) -> Arc<FileMetrics> {
        let name = display(path);
        let stamp = Stamp::of(path);
        if let Some(stamp) = stamp
            && let Some(outcome) = self.known(&name, stamp)
        {
            return Arc::new(FileMetrics { path: name, outcome });
        }
        let file = FileMetrics { path: name, outcome: measure() };
        if let Some(stamp) = stamp
            && stamp.is_settled(self.now)
        {
            self.keep(&file, stamp);
        }
        Arc::new(file)
    }

    fn known(&self, name: &str, stamp: Stamp) -> Option<Outcome> {
        let entry = self.entries.get(name).filter(|entry| entry.stamp == stamp)?;
        let record = &self.log[entry.record.clone()];
        let checksum = u32::from_le_bytes(record[4..FRAME].try_into().ok()?);
        if crc32fast::hash(&record[FRAME..]) != checksum {
            return None;
        }
        let outcome = postcard::from_bytes(&self.log[entry.body.clone()]).ok()?;
        entry.used.store(true, Ordering::Relaxed);
        Some(outcome)
    }

    fn keep(&self, file: &FileMetrics, stamp: Stamp) {
        let head = Head { path: &file.path, selection: self.selection, stamp };
        let Ok(mut payload) = postcard::to_stdvec(&head) else { return };
        let Ok(body) = postcard::to_stdvec(&file.outcome) else { return };
        payload.extend_from_slice(&body);
        let Ok(length) = u32::try_from(payload.len()) else { return };
        let mut fresh = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        fresh.extend_from_slice(&length.to_le_bytes());
        fresh.extend_from_slice(&crc32fast::hash(&payload).to_le_bytes());
        fresh.extend_from_slice(&payload);
    }

    /// Write what is new. A cache that cannot be written costs time and nothing else, so the only
    /// thing to do about it is to tell the caller.
    pub(crate) fn save(self) -> io::Result<()> {
        let fresh = self.fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        let used: Vec<&[u8]> = self
            .entries
            .values()
            .filter(|entry| entry.used.load(Ordering::Relaxed))
            .map(|entry| &self.log[entry.record.clone()])
            .collect();
        let in_use = used.iter().map(|record| record.len()).sum::<usize>() + fresh.len();
        let total = self.log.len() + fresh.len();
        if self.log.is_empty() || total > HEADER.len() + in_use * GARBAGE {
            return replace(&self.path, &used, &fresh);
        }
        if fresh.is_empty() {
            return Ok(());
        }
        OpenOptions::new().append(true).open(&self.path)?.write_all(&fresh)
    }
}

/// The last record of each path that was measured with `selection`.
fn entries(log: &[u8], selection: Selection) -> FxHashMap<String, Entry> {
    let mut entries = FxHashMap::default();
    let mut at = HEADER.len();
    while let Some(frame) = log.get(at..at + FRAME) {
        let length = u32::from_le_bytes([frame[0], frame[1], frame[2], frame[3]]) as usize;
        let end = at + FRAME + length;
        let Some(payload) = log.get(at + FRAME..end) else { break };
        // A damaged length leads here as well: the head does not decode, and the scan ends.
        let Ok((head, rest)) = postcard::take_from_bytes::<Head<'_>>(payload) else { break };
        if head.selection == selection {
            let entry = Entry {
                stamp: head.stamp,
                record: at..end,
                body: end - rest.len()..end,
                used: AtomicBool::new(false),
            };
            entries.insert(head.path.to_owned(), entry);
        }
        at = end;
    }
    entries
}

/// Write a new log beside the old one and move it into place.
fn replace(path: &Path, records: &[&[u8]], fresh: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let written = (|| {
        let mut file = File::create(&temporary)?;
        file.write_all(HEADER)?;
        for record in records {
            file.write_all(record)?;
        }
        file.write_all(fresh)?;
        drop(file);
        fs::rename(&temporary, path)
    })();
    if written.is_err() {
        // What is left of it is of no use; that it cannot be removed changes nothing.
        let _ = fs::remove_file(&temporary);
    }
    written
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
