//! `pyagent._core.log`: the JSON-lines log writer, and Python values as its records.

use std::cell::Cell;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use pyagent_log::{JsonLines, LevelFilter, Offer, OnFull, Record};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::error;
use crate::log_values::{Text, encode};

/// How long the GIL is released at a time while a record waits for room.
const PATIENCE: Duration = Duration::from_millis(50);

/// How long a writer may keep the interpreter from exiting.
const EXIT_SECONDS: f64 = 2.0;

/// The writers that must be flushed at exit. It is locked with the GIL held and never for longer
/// than a moment without giving it up, so that no fork made by Python finds it locked.
static WRITERS: Mutex<Vec<Weak<JsonLines>>> = Mutex::new(Vec::new());

thread_local! {
    /// Memory for the next record of this thread. It is taken out while it is used: text of an
    /// unknown object may be computed by code that logs.
    static SCRATCH: Cell<Record> = Cell::default();
}

/// Enter a writer among those to be flushed at exit, which is arranged with the first.
fn enter(py: Python<'_>, writer: &Arc<JsonLines>) -> PyResult<()> {
    let first = {
        let mut writers = WRITERS.lock().unwrap_or_else(PoisonError::into_inner);
        let first = writers.capacity() == 0;
        writers.retain(|writer| writer.strong_count() > 0);
        writers.push(Arc::downgrade(writer));
        first
    };
    if first {
        let flush_all = py.import("pyagent._core.log")?.getattr("flush_all")?;
        py.import("atexit")?.call_method1("register", (flush_all, EXIT_SECONDS))?;
    }
    Ok(())
}

fn seconds(timeout: f64) -> PyResult<Duration> {
    let valid = timeout >= 0.0;
    let timeout = Duration::try_from_secs_f64(timeout.min(1e9));
    timeout.ok().filter(|_| valid).ok_or_else(|| {
        error::config("timeout: must be a number of seconds that is not negative", "")
    })
}

/// Raise what a signal handler raises.
fn signal(py: Python<'_>) -> PyResult<()> {
    py.check_signals()
}

/// Wait without the GIL; `wait` is given a function to ask whether a signal has come.
fn wait(
    py: Python<'_>,
    wait: impl FnOnce(&mut (dyn FnMut() -> bool + Send)) -> bool + Send,
) -> PyResult<bool> {
    let mut raised = None;
    let done = py.detach(|| {
        wait(&mut || {
            raised = Python::attach(signal).err();
            raised.is_none()
        })
    });
    raised.map_or(Ok(done), Err)
}

/// Hand over a record by the rules of the writer, with the GIL released only where it must wait.
fn hand_over(py: Python<'_>, writer: &JsonLines, record: &Record) -> PyResult<bool> {
    if writer.on_full() == OnFull::Drop {
        return Ok(writer.write_now(record));
    }
    let mut offer = writer.offer(record, Duration::ZERO);
    while offer == Offer::Full {
        offer = py.detach(|| writer.offer(record, PATIENCE));
        py.check_signals()?;
    }
    Ok(offer == Offer::Accepted)
}

/// The `tracing` level that lets through what a Python level does.
fn level_filter(level: u32) -> LevelFilter {
    match level {
        ..10 => LevelFilter::TRACE,
        10..20 => LevelFilter::DEBUG,
        20..30 => LevelFilter::INFO,
        30..40 => LevelFilter::WARN,
        40..=50 => LevelFilter::ERROR,
        _ => LevelFilter::OFF,
    }
}

/// A log writer of JSON lines with a thread of its own.
#[pymodule(submodule, module = "pyagent._core")]
pub(crate) mod log {
    use std::path::PathBuf;

    use pyagent_log::Options;

    use super::{
        Arc, Bound, Duration, JsonLines, OnFull, PoisonError, Py, PyDict, PyResult, PyString,
        Python, SCRATCH, Text, WRITERS, Weak, encode, enter, error, hand_over, level_filter,
        pyclass, pyfunction, pymethods, seconds, wait,
    };

    /// What a writer has done in this process.
    #[pyclass(frozen, get_all)]
    struct WriterStats {
        accepted: u64,
        written: u64,
        pending: u64,
        dropped: u64,
        lost: u64,
        errors: u64,
        last_error: Option<String>,
        reopened: u64,
        rotated: u64,
    }

    /// Appends records to a file as lines of JSON, from a thread of its own.
    #[pyclass(frozen)]
    struct JsonLinesWriter(Arc<JsonLines>);

    #[pymethods]
    impl JsonLinesWriter {
        #[new]
        #[expect(
            clippy::too_many_arguments,
            clippy::needless_pass_by_value,
            reason = "as in Python"
        )]
        #[pyo3(signature = (
            path, *, queue = 65_536, queue_bytes = 16_777_216, on_full = "drop", max_bytes = 0,
            backups = 0, fsync = false
        ))]
        fn new(
            py: Python<'_>,
            path: PathBuf,
            queue: usize,
            queue_bytes: usize,
            on_full: &str,
            max_bytes: u64,
            backups: u32,
            fsync: bool,
        ) -> PyResult<Self> {
            let on_full = match on_full {
                "drop" => OnFull::Drop,
                "block" => OnFull::Block,
                _ => return Err(error::config("on_full: must be \"drop\" or \"block\"", "")),
            };
            let options = Options { queue, queue_bytes, on_full, max_bytes, backups, fsync };
            let writer = py
                .detach(|| JsonLines::open(&path, options))
                .map_err(|error| error::log(&error))?;
            let writer = Arc::new(writer);
            enter(py, &writer)?;
            Ok(Self(writer))
        }

        #[getter]
        fn path(&self) -> PathBuf {
            self.0.path().to_owned()
        }

        #[expect(clippy::too_many_arguments, reason = "as in Python")]
        #[pyo3(signature = (level, logger, message, created_ns, fields, origin = None))]
        fn write(
            &self,
            py: Python<'_>,
            level: &Bound<'_, PyString>,
            logger: &Bound<'_, PyString>,
            message: &Bound<'_, PyString>,
            created_ns: i64,
            fields: &Bound<'_, PyDict>,
            origin: Option<&Bound<'_, PyDict>>,
        ) -> PyResult<bool> {
            let (level, logger, message) =
                (Text::of(level)?, Text::of(logger)?, Text::of(message)?);
            let mut record = SCRATCH.take();
            let begin = |record: &mut pyagent_log::Record| {
                record.reset(level.as_str(), logger.as_str(), message.as_str(), created_ns);
            };
            let taken = encode(&mut record, begin, origin, fields)
                .and_then(|()| hand_over(py, &self.0, &record));
            SCRATCH.set(record);
            taken
        }

        #[pyo3(signature = (timeout = 5.0))]
        fn flush(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
            let timeout = seconds(timeout)?;
            wait(py, |poll| self.0.flush_while(timeout, poll))
        }

        #[pyo3(signature = (timeout = 5.0))]
        fn close(&self, py: Python<'_>, timeout: f64) -> PyResult<bool> {
            let timeout = seconds(timeout)?;
            wait(py, |poll| self.0.close_while(timeout, poll))
        }

        fn stats(&self) -> WriterStats {
            let stats = self.0.stats();
            WriterStats {
                accepted: stats.accepted,
                written: stats.written,
                pending: stats.pending,
                dropped: stats.dropped,
                lost: stats.lost,
                errors: stats.errors,
                last_error: stats.last_error,
                reopened: stats.reopened,
                rotated: stats.rotated,
            }
        }
    }

    /// Wait until every writer of this process is up to date, all together at most `timeout`.
    #[pyfunction]
    #[pyo3(signature = (timeout = 5.0))]
    fn flush_all(py: Python<'_>, timeout: f64) -> PyResult<bool> {
        let deadline = std::time::Instant::now() + seconds(timeout)?;
        let writers: Vec<_> = {
            let writers = WRITERS.lock().unwrap_or_else(PoisonError::into_inner);
            writers.iter().filter_map(Weak::upgrade).collect()
        };
        let mut done = true;
        for writer in writers {
            let left: Duration = deadline.saturating_duration_since(std::time::Instant::now());
            done &= wait(py, |poll| writer.flush_while(left, poll))?;
        }
        Ok(done)
    }

    /// Send `tracing` events of the native crates to a writer from now on, or nowhere.
    #[pyfunction]
    #[pyo3(signature = (writer, level))]
    fn forward_tracing(writer: Option<Py<JsonLinesWriter>>, level: u32) -> bool {
        let writer = writer.map(|writer| Arc::clone(&writer.get().0));
        pyagent_log::forward_tracing(writer, level_filter(level))
    }
}
