//! What the fold costs in memory.

use orch_core::command::Command;
use orch_core::event::Event;
use orch_core::history::History;
use orch_core::mission::Mission;
use orch_core::record::Record;

use crate::support::*;

/// Seals an event as the next record of a world, without applying it.
fn next(world: &World, who: &str, event: Event) -> Record {
    let mut ahead = world.clone();
    ahead.happens(&by(who), event);
    ahead.records.pop().unwrap()
}

#[test]
fn a_heartbeat_and_a_progress_report_are_folded_without_an_allocation() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    for event in [
        beat("t1", 1, "coder").into(),
        progress("t1", 1, "coder").into(),
    ] {
        let record = next(&world, "coder", event);
        let counted = allocation_counter::measure(|| {
            world.mission.apply(&record);
        });
        assert_eq!(counted.count_total, 0, "{record:?}");
    }
    // The counter counts: deciding does allocate.
    let command = Command::Beat(beat("t1", 1, "coder"));
    let counted = allocation_counter::measure(|| {
        let decision = world.decide(&by("coder"), &command);
        assert!(decision.is_ok());
    });
    assert!(counted.count_total > 0);
}

#[test]
fn a_task_and_an_attempt_take_few_bytes() {
    let mut world = World::with_policy(orch_core::policy::Policy::unlimited()).agents(&["coder"]);
    let per_task = growth(&mut world, |world, n| {
        world.declare(orch_core::event::task::TaskDeclared::new(
            task(&format!("t{n}")),
            "title",
        ));
    });
    let per_attempt = growth(&mut world, |world, n| {
        world.dispatch(&format!("t{n}"), "coder");
    });
    assert!(per_task <= 700, "{per_task} bytes a task");
    assert!(per_attempt <= 400, "{per_attempt} bytes an attempt");
}

/// The bytes that a copy of the mission grows by, for each of many steps.
fn growth(world: &mut World, step: impl Fn(&mut World, usize)) -> u64 {
    const STEPS: usize = 1024;
    let size = |world: &World| {
        let counted = allocation_counter::measure(|| drop(world.mission.clone()));
        counted.bytes_total
    };
    let before = size(world);
    for n in 0..STEPS {
        step(world, n);
    }
    size(world).saturating_sub(before) / STEPS as u64
}

#[test]
fn checkpoints_take_at_most_a_hundred_bytes_a_record() {
    // Signs of life of all tasks in turn: a checkpoint shares nothing with the one before it.
    let scattered = |n_tasks: usize| {
        let mut world =
            World::with_policy(orch_core::policy::Policy::unlimited()).agents(&["coder"]);
        for n in 0..n_tasks {
            world.declare_after(&format!("t{n}"), &[]);
            world.start(&format!("t{n}"), "coder");
        }
        for turn in 0..20_000 {
            let task = format!("t{}", (turn * 7919) % n_tasks);
            world.happens(&by("coder"), progress(&task, 1, "coder"));
        }
        world.records
    };
    // Talk that nobody reads: the state itself grows with every record.
    let talk = || {
        let mut world = World::new().agents(&["coder"]);
        let note = |world: &World| {
            let text = format!("after {}", world.mission.head());
            message(
                "agent:coder",
                "human:ada",
                orch_core::event::talk::MessageClass::Fyi,
                &text,
            )
        };
        for _ in 0..20_000 {
            let note = note(&world);
            world.happens(&by("coder"), note);
        }
        world.records
    };
    for (name, records) in [
        ("10 tasks", scattered(10)),
        ("1,000 tasks", scattered(1_000)),
        ("talk", talk()),
    ] {
        let n_records = records.len() as u64;
        let state = allocation_counter::measure(|| std::mem::forget(Mission::fold(&records)));
        let kept = allocation_counter::measure(|| std::mem::forget(History::new(records)));
        let checkpoints = kept.bytes_current.saturating_sub(state.bytes_current);
        let checkpoints = u64::try_from(checkpoints).unwrap();
        assert!(checkpoints > 0, "{name}: there are checkpoints");
        let per_record = checkpoints / n_records;
        assert!(per_record <= 100, "{name}: {per_record} bytes a record");
    }
}

#[test]
fn a_position_beside_a_checkpoint_is_reached_without_folding_what_comes_before_it() {
    let mut world = World::with_policy(orch_core::policy::Policy::unlimited());
    for n in 0..300 {
        world.declare_after(&format!("t{n}"), &[]);
    }
    let reaching = |history: &History| {
        let at = orch_core::ids::Seq(200);
        allocation_counter::measure(|| drop(history.at(at))).count_total
    };
    let folded = reaching(&History::new(world.records.clone()));
    let beside = reaching(&History::with_checkpoints_every(1, world.records));
    assert!(
        beside * 4 < folded,
        "{beside} allocations, folding makes {folded}"
    );
}
