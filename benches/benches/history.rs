//! How long it takes to go to a position of a log that is in memory, beside folding it all.
//!
//! Sizes grow by ten, so that what grows with the history can be told from what does not. Positions
//! are drawn from all over the log, in no order.

#![expect(
    clippy::expect_used,
    reason = "a bench that cannot be set up must stop"
)]

use std::hint::black_box;

use criterion::{Criterion, SamplingMode, criterion_group, criterion_main};
use orch_benches::{scattered, talkative};
use orch_core::history::History;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_core::record::Record;

/// A step through the log that comes by every position before it comes by one twice.
const STEP: u64 = 1_299_709;

/// Work that moves through 1,000 or 10,000 tasks, a few at a time.
fn one_after_another(c: &mut Criterion) {
    for (n_tasks, n_signs) in [
        (100, 3),
        (1_000, 3),
        (1_000, 48),
        (1_000, 498),
        (10_000, 48),
    ] {
        let records = talkative(n_tasks, n_signs).expect("a log");
        measure(c, &format!("{n_tasks} tasks one after another"), records);
    }
}

/// Signs of life of all tasks at once: a checkpoint shares nothing with the one before it.
fn all_at_once(c: &mut Criterion) {
    for (n_tasks, n_records) in [
        (1_000, 10_000),
        (1_000, 100_000),
        (1_000, 1_000_000),
        (10_000, 1_000_000),
    ] {
        let records = scattered(n_tasks, n_records).expect("a log");
        measure(c, &format!("{n_tasks} tasks all at once"), records);
    }
}

fn measure(c: &mut Criterion, name: &str, records: Vec<Record>) {
    let n_all = records.len();
    let n_records = n_all as u64;
    let mut group = c.benchmark_group(format!("{name}, {n_records} records"));
    group.sample_size(10).sampling_mode(SamplingMode::Flat);
    group.bench_function("fold all", |b| {
        b.iter(|| Mission::fold(black_box(&records)));
    });
    let history = History::new(records);
    let mut turn = 0;
    group.bench_function("go anywhere", |b| {
        b.iter(|| {
            turn = (turn + STEP) % n_records;
            let seq = Seq(turn + 1);
            let mission = history.at(black_box(seq));
            assert_eq!(mission.head(), seq);
            mission
        });
    });
    group.finish();
    // The same as by folding, where it was checked at all.
    for place in [1, n_all / 3, n_all / 2, n_all - 1] {
        let first = history.records().iter().take(place);
        let folded = Mission::fold(first).digest().expect("a digest");
        let reached = history.at(Seq(place as u64));
        let reached = reached.digest().expect("a digest");
        assert_eq!(reached, folded, "{name} at {place}");
    }
}

criterion_group!(benches, one_after_another, all_at_once);
criterion_main!(benches);
