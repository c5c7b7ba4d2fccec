//! The writer's thread: takes records, formats them, writes them, and tries again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::file::{Batch, LogFile};
use crate::json::Formatter;
use crate::queue::Queue;
use crate::record::{Cursor, Record};

/// A batch is written once it is this long.
const BATCH_BYTES: usize = 128 << 10;

/// The delay after an error doubles between these.
const FIRST_DELAY: Duration = Duration::from_millis(50);
const LAST_DELAY: Duration = Duration::from_secs(5);

/// Write what comes into the queue, until it is closed.
pub(crate) fn run(queue: &Queue, file: LogFile) {
    let end = End(queue);
    let mut worker =
        Worker { queue, file, batch: Batch::default(), formatter: Formatter::default() };
    let mut chunk = Vec::new();
    while let Some(dropped) = queue.take(&mut chunk) {
        if !worker.write_chunk(&chunk) || !worker.tell_dropped(dropped) {
            break;
        }
    }
    drop(end);
}

/// However the thread ends, those who wait for it must learn of it.
struct End<'a>(&'a Queue);

impl Drop for End<'_> {
    fn drop(&mut self) {
        self.0.finish();
    }
}

struct Worker<'a> {
    queue: &'a Queue,
    file: LogFile,
    batch: Batch,
    formatter: Formatter,
}

impl Worker<'_> {
    /// Whether to go on.
    fn write_chunk(&mut self, chunk: &[u8]) -> bool {
        let mut records = Cursor::new(chunk);
        while let Some(record) = records.slice() {
            self.formatter.line(record, &mut self.batch.text);
            self.batch.end_line(record.len());
            if self.batch.text.len() >= BATCH_BYTES && !self.deliver() {
                return false;
            }
        }
        self.deliver()
    }

    /// Leave a line in the file that tells how many records are missing at this place.
    fn tell_dropped(&mut self, dropped: u64) -> bool {
        if dropped == 0 {
            return true;
        }
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let now = i64::try_from(now.as_nanos()).unwrap_or(i64::MAX);
        let message = "records dropped: the queue was full";
        let mut record = Record::new("WARNING", "pyagent.log", message, now);
        record.origin().entry("dropped").int(i64::try_from(dropped).unwrap_or(i64::MAX));
        self.formatter.line(record.bytes(), &mut self.batch.text);
        self.batch.end_line(0);
        self.deliver()
    }

    /// Write the batch, however long that takes; `false` where the time to close has run out.
    fn deliver(&mut self) -> bool {
        let mut delay = FIRST_DELAY;
        while !self.batch.is_written() {
            let outcome = self.file.append(&mut self.batch);
            self.account();
            match outcome {
                Ok(()) => delay = FIRST_DELAY,
                Err(error) => {
                    self.report(&error, "records wait in memory");
                    self.file.release();
                    if !self.queue.pause(delay) {
                        return false;
                    }
                    delay = (delay * 2).min(LAST_DELAY);
                }
            }
        }
        self.batch.clear();
        true
    }

    /// Tell the queue what is in the file, and what happened to it.
    fn account(&mut self) {
        let (records, bytes) = self.batch.settle();
        let reopened = std::mem::take(&mut self.file.reopened);
        let rotated = std::mem::take(&mut self.file.rotated);
        if reopened + rotated > 0 {
            self.queue.moved(reopened, rotated);
        }
        if let Some(error) = self.file.unrotated.take() {
            self.report(&error, "the file is not rotated");
        }
        self.queue.settle(records, bytes);
    }

    /// Count an error, and tell of the first.
    fn report(&self, error: &std::io::Error, consequence: &str) {
        use std::io::Write;

        if self.queue.failed(error) {
            let path = self.file.path().display();
            // There is nowhere left to report that this fails.
            let _ = writeln!(std::io::stderr(), "pyagent: log {path}: {error}; {consequence}");
        }
    }
}
