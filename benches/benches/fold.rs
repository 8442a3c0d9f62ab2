//! How long the core takes for a record: to read it, to fold it, and to decide a command.

#![expect(
    clippy::expect_used,
    reason = "a bench that cannot be set up must stop"
)]

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use orch_benches::{RECORDS_PER_TASK, smooth};
use orch_core::command::{Command, Dispatch};
use orch_core::decide::{Context, Decision};
use orch_core::ids::{AgentName, TaskId};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Record, read_lines};

fn folding(c: &mut Criterion) {
    let mut group = c.benchmark_group("per record, 1,000 tasks");
    let records = smooth(1_000).expect("a log");
    let digest = Mission::fold(&records).digest().expect("a digest");
    group.throughput(Throughput::Elements(records.len() as u64));
    group.bench_function("fold", |b| b.iter(|| Mission::fold(black_box(&records))));
    let lines: Vec<&str> = records.iter().map(Record::as_line).collect();
    let text = lines.join("\n");
    group.bench_function("read", |b| {
        b.iter(|| read_lines(black_box(text.as_bytes())));
    });
    group.bench_function("read and fold", |b| {
        b.iter(|| Mission::fold(&read_lines(black_box(text.as_bytes())).records));
    });
    group.finish();
    // The work was done, and the same each time.
    let again = Mission::fold(&read_lines(text.as_bytes()).records);
    assert_eq!(again.digest().expect("a digest"), digest);
    assert_eq!(again.counts().done, 1_000);
    assert!(again.anomalies().is_empty());
}

fn deciding(c: &mut Criterion) {
    let mut group = c.benchmark_group("decide a dispatch");
    for n_tasks in [100, 1_000, 10_000] {
        let mut records = smooth(n_tasks).expect("a log");
        // The last task is declared, and nobody has it.
        records.truncate(records.len().saturating_sub(RECORDS_PER_TASK - 1));
        let mission = Mission::fold(&records);
        let task = TaskId::parse(&format!("task-{:05}", n_tasks - 1)).expect("an id");
        let agent = AgentName::parse("agent-1").expect("a name");
        let command = Command::Dispatch(Dispatch::new(task, agent));
        let now = mission.head_at().expect("a time");
        let context = Context::new(Actor::Host, now);
        let decision = mission.decide(&command, &context).expect("a decision");
        assert!(matches!(decision, Decision::Accepted { .. }));
        group.bench_function(n_tasks.to_string(), |b| {
            b.iter(|| mission.decide(black_box(&command), &context));
        });
    }
    group.finish();
}

criterion_group!(benches, folding, deciding);
criterion_main!(benches);
