//! How long the core takes to say what is ready, why nothing moves, and that a ring was closed.

#![expect(
    clippy::expect_used,
    reason = "a bench that cannot be set up must stop"
)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use orch_benches::{WIDTH_SHARE, layered, task_of};
use orch_core::diagnosis::Cause;
use orch_core::mission::Mission;

fn asking(c: &mut Criterion) {
    for n_tasks in [1_000, 10_000] {
        let mission = Mission::fold(&layered(n_tasks).expect("a log"));
        let now = mission.head_at().expect("a time");
        let width = n_tasks / WIDTH_SHARE;
        let last = task_of(n_tasks - 1).expect("an id");
        assert!(mission.anomalies().is_empty());
        assert_eq!(mission.ready(now).len(), width / 5);
        let diagnosis = mission.diagnose(now);
        assert_eq!(
            diagnosis
                .causes
                .iter()
                .filter(|one| one.cause == Cause::NeedsInput)
                .count(),
            width / 5
        );
        assert!(mission.why(&last, now).expect("a task").len() >= width / 2);
        let mut group = c.benchmark_group(format!("{n_tasks} tasks"));
        group.bench_function("ready", |b| b.iter(|| mission.ready(black_box(now))));
        group.bench_function("why, the mission", |b| {
            b.iter(|| mission.diagnose(black_box(now)));
        });
        group.bench_function("why, the last task", |b| {
            b.iter(|| mission.why(black_box(&last), now));
        });
        group.finish();
    }
}

criterion_group!(benches, asking);
criterion_main!(benches);
