//! How long the core takes to say what is ready, why nothing moves, and that a ring was closed.

#![expect(
    clippy::expect_used,
    reason = "a bench that cannot be set up must stop"
)]

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use orch_benches::{WIDTH_SHARE, layered, task_of};
use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::event::task::Need;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Batch, Record};
use uuid::Uuid;

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

/// A record that closes a ring of needs through ten layers, and one of agents that wait for each
/// other: from the append to the steps of the ring.
fn closing(c: &mut Criterion) {
    let mut group = c.benchmark_group("append and name the ring that it closes");
    for n_tasks in [1_000, 10_000] {
        let mission = Mission::fold(&layered(n_tasks).expect("a log"));
        let width = n_tasks / WIDTH_SHARE;
        let place = 50 * width + width / 2;
        let (low, high) = (
            task_of(place).expect("an id"),
            task_of(place + 10 * width).expect("an id"),
        );
        let mut amendment = Amendment::default();
        amendment.add_needs = vec![Need::accepted(high)];
        let need = Correction {
            task: low,
            change: Change::Amend(Box::new(amendment)),
            reason: "as the plan has it".to_owned(),
            supersedes: Vec::new(),
        };
        let waits = |who: &str, on: &str| WaitDeclared {
            who: WaitRef::parse(who).expect("a wait"),
            on: WaitRef::parse(on).expect("a wait"),
            until: None,
        };
        let first = next(&mission, waits("agent:worker", "job:build"));
        let mut waiting = mission.clone();
        waiting.apply(&first);
        let mixed = next(&waiting, waits("job:build", "agent:worker"));
        let closing = [
            ("needs", mission.clone(), next(&mission, need), 11),
            ("waits", waiting, mixed, 2),
        ];
        for (name, before, record, n_steps) in closing {
            let now = before.head_at().expect("a time");
            assert!(before.rings(now).is_empty());
            group.bench_function(format!("{name}, {n_tasks} tasks"), |b| {
                b.iter_batched_ref(
                    || before.clone(),
                    |mission| {
                        mission.apply(black_box(&record));
                        let rings = mission.rings(now);
                        assert_eq!(rings.first().map(Vec::len), Some(n_steps));
                    },
                    BatchSize::LargeInput,
                );
            });
        }
    }
    group.finish();
}

fn next(mission: &Mission, event: impl Into<Event>) -> Record {
    let batch = Batch {
        mission: mission.id().expect("an id").clone(),
        head: mission.head(),
        at: mission.head_at().expect("a time"),
        by: Actor::Host,
        command: None,
        request: None,
        cause: None,
    };
    let sealed = batch.seal(vec![event.into()], || Uuid::from_u128(1));
    sealed.expect("a record").pop().expect("a record")
}

criterion_group!(benches, asking, closing);
criterion_main!(benches);
