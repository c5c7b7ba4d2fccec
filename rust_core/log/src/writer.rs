//! The writer as its callers see it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use arc_swap::{ArcSwap, Guard};

use crate::error::LogError;
use crate::file::{LogFile, Rotation};
use crate::fork;
use crate::queue::{Limits, Offer, Queue, Wait};
use crate::record::Record;
use crate::worker;

/// What [`JsonLines::write`] does where the queue is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFull {
    /// Drop the record and count it; a line in the file tells how many are missing.
    #[default]
    Drop,
    /// Wait for room.
    Block,
}

/// How a writer works.
#[derive(Debug, Clone)]
pub struct Options {
    /// The number of records that may wait.
    pub queue: usize,
    /// The number of bytes that waiting records may take.
    pub queue_bytes: usize,
    /// What to do where there is no room.
    pub on_full: OnFull,
    /// Start a new file before one grows beyond this size; 0: never. One record that is larger
    /// has a file to itself.
    pub max_bytes: u64,
    /// How many full files to keep, as `<path>.1` and so on.
    pub backups: u32,
    /// Wait for the disk after each batch before its records count as written.
    pub fsync: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            queue: 65_536,
            queue_bytes: 16 << 20,
            on_full: OnFull::default(),
            max_bytes: 0,
            backups: 0,
            fsync: false,
        }
    }
}

/// What a writer has done in this process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stats {
    /// Records that the queue took.
    pub accepted: u64,
    /// Records that are in the file.
    pub written: u64,
    /// Records that wait in memory.
    pub pending: u64,
    /// Records refused because the queue was full.
    pub dropped: u64,
    /// Records given up when the time to close ran out.
    pub lost: u64,
    /// Failures of the disk; each was tried again.
    pub errors: u64,
    /// The last failure.
    pub last_error: Option<String>,
    /// How often the file was found moved or removed and was opened again.
    pub reopened: u64,
    /// How often this writer rotated the file.
    pub rotated: u64,
}

/// A writer of JSON lines; see the [crate] documentation. It may be shared between threads, and
/// works in children of `fork`, where it begins with an empty queue.
///
/// Dropping it lets its thread write what is left; [`close`](Self::close) also waits for that.
#[derive(Debug)]
pub struct JsonLines {
    path: PathBuf,
    options: Options,
    closed: AtomicBool,
    /// Exchanged without a lock, because a lock could be held at the moment of a fork.
    current: ArcSwap<Process>,
}

/// The part of a writer that belongs to one process.
#[derive(Debug)]
struct Process {
    generation: u64,
    queue: Arc<Queue>,
    started: AtomicBool,
}

impl JsonLines {
    /// A writer that appends to the file at `path`, which is created where it is missing.
    pub fn open(path: &Path, options: Options) -> Result<Self, LogError> {
        check(&options)?;
        let named = |source| LogError::Open { path: path.to_owned(), source };
        // The file is opened again later, when the working directory may be another.
        let path = std::path::absolute(path).map_err(named)?;
        fork::watch().map_err(|source| LogError::Thread { source })?;
        let current = ArcSwap::from_pointee(Process::new(&options, false));
        let writer = Self { path, options, closed: AtomicBool::new(false), current };
        let mut file = writer.file();
        file.probe().map_err(|source| LogError::Open { path: writer.path.clone(), source })?;
        let process = writer.current.load();
        process.start(file).map_err(|source| LogError::Thread { source })?;
        drop(process);
        tracing::debug!(path = %writer.path.display(), "log opened");
        Ok(writer)
    }

    /// The file, as an absolute path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What happens to records where the queue is full.
    pub fn on_full(&self) -> OnFull {
        self.options.on_full
    }

    /// Hand over a record; whether it was taken. Waits only where the writer is to block.
    pub fn write(&self, record: &Record) -> bool {
        match self.options.on_full {
            OnFull::Drop => self.write_now(record),
            OnFull::Block => loop {
                match self.offer(record, Duration::MAX) {
                    Offer::Accepted => return true,
                    Offer::Closed => return false,
                    Offer::Full => {}
                }
            },
        }
    }

    /// Hand over a record or drop it; never waits.
    pub fn write_now(&self, record: &Record) -> bool {
        self.process().queue.offer(record.bytes(), Wait::No) == Offer::Accepted
    }

    /// Wait for room for a record no longer than `patience`. A record that finds none is not
    /// counted as dropped: the caller may offer it again.
    pub fn offer(&self, record: &Record, patience: Duration) -> Offer {
        self.process().queue.offer(record.bytes(), Wait::For(patience))
    }

    /// Wait until everything written so far is in the file; whether it is.
    pub fn flush(&self, timeout: Duration) -> bool {
        self.flush_while(timeout, || true)
    }

    /// The same, but `poll` is called every 50 ms and ends the wait with `false`.
    pub fn flush_while(&self, timeout: Duration, poll: impl FnMut() -> bool) -> bool {
        let process = self.current.load();
        // In a child of `fork` that has written nothing there is nothing to wait for.
        process.generation != fork::generation() || process.queue.flush(timeout, poll)
    }

    /// Accept nothing more and wait until everything is in the file; whether it is. Afterwards
    /// the thread gives up where the disk fails, and goes on where it is only slow.
    pub fn close(&self, timeout: Duration) -> bool {
        self.close_while(timeout, || true)
    }

    /// The same, but `poll` is called every 50 ms and ends the wait with `false`.
    pub fn close_while(&self, timeout: Duration, poll: impl FnMut() -> bool) -> bool {
        self.closed.store(true, Ordering::Relaxed);
        self.process().queue.close(timeout, poll)
    }

    /// What this writer has done in this process.
    pub fn stats(&self) -> Stats {
        let (counters, pending) = self.process().queue.counters();
        Stats {
            accepted: counters.accepted,
            written: counters.written,
            pending: pending as u64,
            dropped: counters.dropped,
            lost: counters.lost,
            errors: counters.errors,
            last_error: counters.last_error,
            reopened: counters.reopened,
            rotated: counters.rotated,
        }
    }

    fn file(&self) -> LogFile {
        let Options { max_bytes, backups, fsync, .. } = self.options;
        LogFile::new(self.path.clone(), Rotation { max_bytes, backups }, fsync)
    }

    /// The part of this process, made anew after a fork, with its thread running.
    fn process(&self) -> Guard<Arc<Process>> {
        let mut process = self.current.load();
        if process.generation != fork::generation() {
            let closed = self.closed.load(Ordering::Relaxed);
            let fresh = Arc::new(Process::new(&self.options, closed));
            self.current.compare_and_swap(&process, fresh);
            process = self.current.load();
        }
        if !process.started.load(Ordering::Relaxed)
            && let Err(error) = process.start(self.file())
        {
            process.queue.failed(&error);
        }
        process
    }
}

impl Drop for JsonLines {
    fn drop(&mut self) {
        let process = self.current.load();
        if process.generation == fork::generation() {
            process.queue.close(Duration::ZERO, || false);
        }
    }
}

impl Process {
    fn new(options: &Options, closed: bool) -> Self {
        let limits = Limits { records: options.queue, bytes: options.queue_bytes };
        let queue = Arc::new(Queue::new(limits, closed));
        // A writer that is closed needs no thread.
        Self { generation: fork::generation(), queue, started: AtomicBool::new(closed) }
    }

    /// Start the thread, unless another caller does.
    fn start(&self, file: LogFile) -> std::io::Result<()> {
        if self.started.swap(true, Ordering::Relaxed) {
            return Ok(());
        }
        let queue = Arc::clone(&self.queue);
        let thread = thread::Builder::new().name("pyagent-log".to_owned());
        thread.spawn(move || worker::run(&queue, file)).map(drop).inspect_err(|_| {
            self.started.store(false, Ordering::Relaxed);
        })
    }
}

fn check(options: &Options) -> Result<(), LogError> {
    let fault = |option, reason| Err(LogError::Option { option, reason });
    if options.queue == 0 {
        return fault("queue", "must be at least 1");
    }
    if options.queue_bytes == 0 {
        return fault("queue_bytes", "must be at least 1");
    }
    match (options.max_bytes, options.backups) {
        (0, 1..) => fault("backups", "needs max_bytes, the size at which to rotate"),
        (1.., 0) => fault("max_bytes", "needs backups, the number of full files to keep"),
        _ => Ok(()),
    }
}

#[cfg(test)]
#[path = "writer_tests.rs"]
mod tests;
