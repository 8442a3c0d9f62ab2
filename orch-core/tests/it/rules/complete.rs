//! Completion: what is open is named, and no shortcut hides.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::MessageClass;
use orch_core::event::task::{TaskDeclared, Unmet};
use orch_core::party::Actor;
use orch_core::status::task::TaskStatus;
use orch_core::view::{ObstacleKind, PhaseKind};

use super::{close_task, in_status};
use crate::support::*;

fn completed() -> Command {
    close(MissionOutcome::Completed)
}

fn forced() -> Command {
    let reason = "out of money".to_owned();
    let outcome = MissionOutcome::Completed;
    Command::CloseMission(MissionClosed {
        outcome,
        forced: true,
        reason,
    })
}

fn obstacles(world: &World) -> Vec<ObstacleKind> {
    world.mission.obstacles().iter().map(|it| it.kind).collect()
}

// spec: COMPLETE-1
#[test]
fn a_mission_completes_over_a_task_in_exactly_the_statuses_that_are_settled() {
    use TaskStatus::{Accepted, Cancelled, Delivered, Skipped, Superseded};
    for &status in TaskStatus::ALL {
        let mut world = in_status(status);
        world.accepts(&lead(), close_task("next", Unmet::Skipped));
        world.reads_results();
        if [Accepted, Delivered, Skipped, Cancelled, Superseded].contains(&status) {
            world.accepts(&lead(), completed());
            continue;
        }
        let (refused, imposed) = world.forbids(&lead(), completed(), Code::Incomplete);
        assert!(refused.message.contains("task t1"), "{status}: {refused}");
        assert!(!refused.because.is_empty());
        assert_eq!(imposed.mission.outcome(), None, "{status}");
    }
}

// spec: COMPLETE-1
#[test]
fn completing_while_a_relay_is_open_is_refused_with_both_replies_that_are_owed() {
    // D01
    let mut world = World::new()
        .agents(&["copywriter", "reviewer"])
        .tasks(&["copy"]);
    world.start("copy", "copywriter");
    let ask = message(
        "agent:copywriter",
        "agent:reviewer",
        MessageClass::Actionable,
        "review?",
    );
    world.accepts(&by("copywriter"), Command::Send(ask));
    let ask = message(
        "human:ada",
        "agent:copywriter",
        MessageClass::Actionable,
        "the copy?",
    );
    world.accepts(&lead(), Command::Send(ask));
    let (refused, _) = world.forbids(&lead(), completed(), Code::Incomplete);
    insta::assert_snapshot!(refused, @"3 open: task copy is running, attempt 1 with copywriter#1; reply owed by agent:reviewer; reply owed by agent:copywriter");

    // Forced over it, the close says so, and what comes later is no silence.
    world.accepts(&lead(), forced());
    assert!(world.mission.phase().forced);
    let late = message(
        "agent:reviewer",
        "agent:copywriter",
        MessageClass::Actionable,
        "PASS",
    );
    let anomalies = world.mission.anomalies().len();
    world.happens(&by("reviewer"), late);
    let roots = world.mission.roots(world.now);
    let is_shown = roots.iter().any(|it| it.cause == Cause::Undeliverable);
    assert!(is_shown || world.mission.anomalies().len() > anomalies);
}

// spec: COMPLETE-1
#[test]
fn agents_that_died_are_not_a_completed_fan_out() {
    // D12
    let mut world = World::unlimited().agents(&["a", "b", "c", "d", "e"]);
    for who in ["a", "b", "c", "d", "e"] {
        world.declare(TaskDeclared::new(task(who), who));
        world.start(who, who);
    }
    world.hand("a", HandoffStatus::Done);
    for who in ["b", "c", "d", "e"] {
        world.accepts(&Actor::Host, leave(who));
    }
    world.reads_results();
    let counts = world.mission.counts();
    assert_eq!((counts.done, counts.of(TaskStatus::OutcomeUnknown)), (1, 4));
    assert_eq!(obstacles(&world), [ObstacleKind::Task; 4]);
    world.forbids(&lead(), completed(), Code::Incomplete);
}

// spec: COMPLETE-1
#[test]
fn a_result_that_nobody_read_and_a_reply_that_is_owed_keep_a_mission_open() {
    let mut world = in_status(TaskStatus::Accepted);
    world.accepts(&lead(), close_task("next", Unmet::Skipped));
    let ask = message("agent:b", "human:ada", MessageClass::Question, "shall I?");
    let asked = world.accepts(&by("b"), Command::Send(ask));
    assert_eq!(
        obstacles(&world),
        [ObstacleKind::Obligation, ObstacleKind::Result]
    );
    world.reads_results();
    world.forbids(&lead(), completed(), Code::Incomplete);
    let mut reply = message("human:ada", "agent:b", MessageClass::Fyi, "yes");
    reply.reply_to = Some(asked);
    world.accepts(&lead(), Command::Send(reply));
    world.accepts(&lead(), completed());
}

// spec: COMPLETE-1
#[test]
fn a_mission_without_tasks_is_not_complete_even_on_a_log_that_says_so() {
    let (_, imposed) = World::new().forbids(&lead(), completed(), Code::EmptyMission);
    assert_eq!(imposed.mission.outcome(), None);
}

// spec: COMPLETE-2
#[test]
fn a_task_added_late_takes_the_mission_visibly_back_to_executing() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let kind = |world: &World| world.mission.phase().kind;
    assert_eq!(kind(&world), PhaseKind::Planning);
    world.finish("t1", "a");
    assert_eq!(kind(&world), PhaseKind::Reviewing);
    let added = world.declare(TaskDeclared::new(task("t2"), "t2"));
    let phase = world.mission.phase();
    assert_eq!(phase.kind, PhaseKind::Executing);
    assert!(phase.because.contains(&added));
}

// spec: COMPLETE-2
#[test]
fn a_closed_mission_takes_no_work_until_a_task_is_reopened() {
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&lead(), forced());
    let (_, imposed) = world.forbids(&lead(), dispatch("next", "b"), Code::AfterClose);
    assert_eq!(
        imposed.status("next"),
        TaskStatus::Dispatched,
        "it happened, and is marked"
    );
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(
        (world.mission.outcome(), world.mission.phase().forced),
        (None, false)
    );
    world.dispatch("t1", "b");
}

// spec: COMPLETE-2, AUTH-1
#[test]
fn a_forced_close_needs_a_reason_and_is_not_a_completion_like_another() {
    let world = in_status(TaskStatus::Running);
    let outcome = MissionOutcome::Completed;
    let silent = MissionClosed {
        outcome,
        forced: true,
        reason: String::new(),
    };
    let (_, imposed) = world.forbids(&lead(), Command::CloseMission(silent), Code::ReasonMissing);
    let phase = imposed.mission.phase();
    assert_eq!((phase.kind, phase.forced), (PhaseKind::Completed, true));
}
