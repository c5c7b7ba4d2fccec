//! What a record costs its caller, and what it costs to format and write.

use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use pyagent_log::{JsonLines, OnFull, Options, Record};

fn fill(record: &mut Record) {
    record.reset("INFO", "bench.writer", "edited the file", 1_700_000_000_123_456_000);
    let mut fields = record.fields();
    fields.entry("path").text("src/package/module.py");
    fields.entry("edits").int(3);
    fields.entry("ratio").float(0.25);
}

/// The time to enqueue `count` records in bursts that the queue holds, not that to write them.
fn bursts(writer: &JsonLines, record: &mut Record, count: u64) -> Duration {
    let mut taken = Duration::ZERO;
    let mut left = count;
    while left > 0 {
        let burst = left.min(20_000);
        let start = Instant::now();
        for _ in 0..burst {
            fill(record);
            black_box(writer.write(record));
        }
        taken += start.elapsed();
        assert!(writer.flush(Duration::from_mins(1)));
        left -= burst;
    }
    taken
}

fn caller(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("log");
    let open = |on_full| {
        let options = Options { on_full, ..Options::default() };
        JsonLines::open(&path, options).expect("a writer")
    };
    let mut group = criterion.benchmark_group("caller");
    group.throughput(Throughput::Elements(1));
    let mut record = Record::default();
    group.bench_function("encode", |bencher| bencher.iter(|| fill(black_box(&mut record))));
    let dropping = open(OnFull::Drop);
    group.bench_function("encode and enqueue", |bencher| {
        bencher.iter_custom(|count| bursts(&dropping, &mut record, count));
    });
    assert_eq!(dropping.stats().dropped, 0);
    let blocking = open(OnFull::Block);
    group.bench_function("end to end, waiting where the queue is full", |bencher| {
        bencher.iter(|| {
            fill(&mut record);
            blocking.write(&record)
        });
    });
    for writer in [dropping, blocking] {
        assert!(writer.close(Duration::from_mins(1)));
    }
}

criterion_group!(benches, caller);
criterion_main!(benches);
