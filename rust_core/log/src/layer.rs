//! Events of the `tracing` crate as log records.

use std::fmt::Debug;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwapOption;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt};

use crate::record::{Dict, Record, Value};
use crate::writer::JsonLines;

/// Where events go. It is exchanged without a lock, because events come from any thread.
static SINK: ArcSwapOption<JsonLines> = ArcSwapOption::const_empty();

/// An index into [`FILTERS`].
static MAX_LEVEL: AtomicU8 = AtomicU8::new(0);

const FILTERS: [LevelFilter; 6] = [
    LevelFilter::OFF,
    LevelFilter::ERROR,
    LevelFilter::WARN,
    LevelFilter::INFO,
    LevelFilter::DEBUG,
    LevelFilter::TRACE,
];

/// Send `tracing` events of this project's crates, up to `level`, to `writer` from now on, or
/// nowhere. Whether they arrive: not where the process has a subscriber of its own.
///
/// Events are never waited for: what finds the queue full is dropped, whatever the writer does
/// with other records, because an event may come from a thread that must not stop.
pub fn forward_tracing(writer: Option<Arc<JsonLines>>, level: LevelFilter) -> bool {
    static INSTALLED: OnceLock<bool> = OnceLock::new();

    let level = if writer.is_some() { level } else { LevelFilter::OFF };
    let index = FILTERS.iter().position(|&filter| filter == level).unwrap_or(0);
    MAX_LEVEL.store(u8::try_from(index).unwrap_or(0), Ordering::Relaxed);
    let idle = writer.is_none() && INSTALLED.get().is_none();
    SINK.store(writer);
    if idle {
        return true;
    }
    let installed = *INSTALLED.get_or_init(|| {
        let subscriber = tracing_subscriber::registry().with(Forward);
        tracing::subscriber::set_global_default(subscriber).is_ok()
    });
    // Each place that emits remembers whether anybody listens.
    tracing::callsite::rebuild_interest_cache();
    installed
}

fn max_level() -> LevelFilter {
    FILTERS[usize::from(MAX_LEVEL.load(Ordering::Relaxed)) % FILTERS.len()]
}

/// The layer that forwards.
struct Forward;

impl<S: Subscriber> Layer<S> for Forward {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target().starts_with("pyagent") && *metadata.level() <= max_level()
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(max_level())
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if let Some(writer) = &*SINK.load() {
            writer.write_now(&to_record(event));
        }
    }
}

fn to_record(event: &Event<'_>) -> Record {
    let metadata = event.metadata();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let mut message = Message::default();
    event.record(&mut message);
    let mut record = Record::new(
        level_name(*metadata.level()),
        metadata.target(),
        &message.0,
        i64::try_from(now.as_nanos()).unwrap_or(i64::MAX),
    );
    let mut origin = record.origin();
    let mut source = origin.entry("source").dict();
    if let Some(file) = metadata.file() {
        source.entry("file").text(file);
    }
    if let Some(line) = metadata.line() {
        source.entry("line").int(line.into());
    }
    drop(source);
    origin.entry("pid").int(std::process::id().into());
    if let Some(name) = std::thread::current().name() {
        origin.entry("thread").text(name);
    }
    drop(origin);
    event.record(&mut Fields(record.fields()));
    record
}

/// The names that Python's `logging` has, so that one filter serves both.
fn level_name(level: Level) -> &'static str {
    match level {
        Level::ERROR => "ERROR",
        Level::WARN => "WARNING",
        Level::INFO => "INFO",
        Level::DEBUG => "DEBUG",
        Level::TRACE => "TRACE",
    }
}

/// Picks the message out of an event's fields.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

/// Copies the other fields.
struct Fields<'a>(Dict<'a>);

impl Fields<'_> {
    fn entry(&mut self, field: &Field, put: impl FnOnce(Value<'_>)) {
        if field.name() != "message" {
            put(self.0.entry(field.name()));
        }
    }
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.entry(field, |entry| entry.text(&format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.entry(field, |entry| entry.text(value));
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.entry(field, |entry| entry.bool(value));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.entry(field, |entry| entry.int(value));
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.entry(field, |entry| entry.decimal(itoa::Buffer::new().format(value)));
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.entry(field, |entry| entry.float(value));
    }
}
