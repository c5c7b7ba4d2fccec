//! A log writer of JSON lines that never makes its callers wait for the disk.
//!
//! A [`Record`] is a compact copy of what is to be logged: no text is formatted by the caller.
//! [`JsonLines`] puts it into a bounded queue, and a thread of the writer's own turns it into one
//! line of JSON and appends it to the file, many lines to one system call. What goes wrong with the
//! disk is counted, retried and told by [`JsonLines::stats`]; the caller never sees it.
//!
//! ```
//! use std::time::Duration;
//! use pyagent_log::{JsonLines, Options, Record};
//!
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("log.jsonl");
//! let writer = JsonLines::open(&path, Options::default())?;
//!
//! let mut record = Record::new("INFO", "docs", "edited", 1_700_000_000_123_456_000);
//! record.fields().entry("edits").int(3);
//! assert!(writer.write(&record));
//! assert!(writer.close(Duration::from_secs(5)));
//!
//! assert_eq!(
//!     std::fs::read_to_string(&path)?,
//!     "{\"timestamp\":\"2023-11-14T22:13:20.123456Z\",\"level\":\"INFO\",\
//!      \"logger\":\"docs\",\"message\":\"edited\",\"edits\":3}\n"
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod error;
mod file;
mod fork;
mod json;
mod layer;
mod queue;
mod record;
mod timestamp;
mod worker;
mod writer;

pub use error::LogError;
pub use layer::forward_tracing;
pub use queue::Offer;
pub use record::{Dict, List, RESERVED, Record, Value};
pub use tracing_subscriber::filter::LevelFilter;
pub use writer::{JsonLines, OnFull, Options, Stats};
