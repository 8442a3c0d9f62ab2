//! Seed 004: counts that drifted, retries that were forgotten, tasks stuck for ever, empty plans.

use chrono::TimeDelta;
use orch_core::codes::Code;
use orch_core::command::{Command, OpenMission};
use orch_core::decide::RetryHint;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::clock::ClockKind;
use orch_core::event::correction::Change;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::task::TaskDeclared;
use orch_core::mission::Liveness;
use orch_core::party::Actor;
use orch_core::policy::{Millis, OnExpiry};
use orch_core::status::task::TaskStatus;

use crate::support::*;

// spec: COUNT-1
#[test]
fn counts_match_a_recount_after_every_record() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["1", "2", "3"]);
    let sub = |id: &str, parent: &str| TaskDeclared {
        parent: Some(task(parent)),
        ..TaskDeclared::new(task(id), id)
    };
    world.declare(sub("3.1", "3"));
    world.finish("1", "a");
    world.start("2", "b");
    world.start("3.1", "a");
    world.hand("3.1", HandoffStatus::Failed);
    let mut mission = orch_core::mission::Mission::new();
    for record in &world.records {
        mission.apply(record);
        let counts = mission.counts();
        let recount = mission
            .tasks()
            .filter(|it| it.status() == TaskStatus::Running)
            .count();
        assert_eq!(counts.of(TaskStatus::Running), recount);
        assert_eq!(counts.by_status.values().sum::<usize>(), counts.total);
        assert_eq!(counts.total, mission.tasks().count());
    }
    let counts = mission.counts();
    assert_eq!(
        (counts.total, counts.done, counts.percent()),
        (4, 1, Some(25))
    );
}

// spec: RETRY-1
#[test]
fn a_failed_task_is_tried_again_with_a_growing_wait_and_keeps_its_last_error() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    for (attempt, wait) in [(1, 30), (2, 60)] {
        world.start("t1", "a");
        let mut failed = world.handoff("t1", HandoffStatus::Failed);
        failed.error = Some(format!("error {attempt}"));
        let seq = world.accepts(&by("a"), Command::Handoff(failed));
        let until = world.now + TimeDelta::seconds(wait);
        let refused = world.rejects(&lead(), dispatch("t1", "a"), Code::RetryWait);
        assert_eq!(refused.retry, RetryHint::At(until));
        assert_eq!(
            world.view("t1").last_error().unwrap(),
            (seq, &*format!("error {attempt}"))
        );
        world.now = until;
    }
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Failed);
    assert_eq!(world.status("t1"), TaskStatus::Exhausted);
    assert_eq!(world.blockers("t1")[0].cause, Cause::Exhausted);
    let refused = world.rejects(&lead(), dispatch("t1", "a"), Code::ExhaustedTask);
    assert_eq!(refused.instead.len(), 1, "reopening it");
    world.accepts(&lead(), refused.instead[0].clone());
    world.dispatch("t1", "a");
}

// spec: TIME-3
#[test]
fn a_stuck_task_is_detected_and_only_a_policy_fails_it() {
    let stuck = |on_expiry| {
        let mut world = World::with(|policy| {
            policy.clocks.attempt_ms = Some(Millis::minutes(30));
            policy.on_expiry = on_expiry;
        })
        .agents(&["a"])
        .tasks(&["t1"]);
        world.start("t1", "a");
        world.pass(29);
        world.changes_nothing(&Actor::Host, Command::Tick);
        world.pass(1);
        assert_eq!(world.mission.due(world.now)[0].clock, ClockKind::Attempt);
        world.accepts(&Actor::Host, Command::Tick);
        world.changes_nothing(&Actor::Host, Command::Tick);
        world
    };
    let surfaced = stuck(OnExpiry::Surface);
    assert_eq!(surfaced.status("t1"), TaskStatus::Running);
    assert_eq!(
        surfaced.view("t1").token().unwrap().liveness(),
        Liveness::Suspect
    );
    assert!(
        surfaced
            .blockers("t1")
            .iter()
            .any(|it| it.cause == Cause::RulingOwed)
    );

    let failed = stuck(OnExpiry::FailAttempt);
    assert_eq!(failed.status("t1"), TaskStatus::Open);
    assert_eq!(
        failed.view("t1").last_error().unwrap().1,
        "timed out: attempt"
    );
    assert_eq!(failed.view("t1").counters().crashes, 1);
}

// spec: COMPLETE-1, COUNT-1
#[test]
fn an_empty_plan_is_nothing_of_nothing_and_completes_only_if_it_was_opened_so() {
    let world = World::new();
    let counts = world.mission.counts();
    assert_eq!((counts.total, counts.percent()), (0, None));
    world.rejects(
        &lead(),
        close(MissionOutcome::Completed),
        Code::EmptyMission,
    );

    let mut empty = World::unopened();
    let title = "nothing to do".to_owned();
    let lead_party = party("human:ada");
    let open = OpenMission {
        title,
        lead: lead_party,
        policy: None,
        empty: true,
    };
    empty.accepts(&lead(), Command::OpenMission(open));
    empty.accepts(&lead(), close(MissionOutcome::Completed));
}

// spec: ID-1
#[test]
fn a_task_id_is_not_used_twice() {
    let world = World::new().tasks(&["1.1"]);
    let again = Command::DeclareTask(TaskDeclared::new(task("1.1"), "another"));
    let refused = world.rejects(&lead(), again, Code::TaskExists);
    assert_eq!(refused.because.len(), 1);
}

// spec: CORRECT-2
#[test]
fn a_stale_done_does_not_overwrite_a_correction() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&lead(), correct("t1", Change::Reopen));
    world.start("t1", "b");
    let stale = handoff("t1", 1, "a", HandoffStatus::Done);
    world.late(&by("a"), Command::Handoff(stale), Code::Fenced);
    assert_eq!(
        (world.status("t1"), world.owner("t1")),
        (TaskStatus::Running, agent("b"))
    );
}
