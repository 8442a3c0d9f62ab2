//! Retries: limited, spaced, with their last error, and never without an owner.

use chrono::TimeDelta;
use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::RetryHint;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::{AttemptEnd, Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::task::{Limits, TaskDeclared};
use orch_core::party::{Actor, Party};
use orch_core::policy::{Backoff, Millis};
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;

use super::in_status;
use crate::support::*;

fn fails(world: &mut World, error: &str) {
    let error = Some(error.to_owned());
    let failed = Handoff {
        error,
        ..world.handoff("t1", HandoffStatus::Failed)
    };
    world.accepts(&by("a"), Command::Handoff(failed));
}

// spec: RETRY-1
#[test]
fn the_wait_between_tries_grows_up_to_its_cap_and_a_dispatch_within_it_is_early() {
    let mut world = World::with(|policy| {
        policy.retry.max_attempts = None;
        policy.retry.backoff = Some(Backoff::new(Millis::minutes(1), 3, Millis::minutes(5)));
    })
    .agents(&["a"])
    .tasks(&["t1"]);
    for minutes in [1, 3, 5, 5] {
        world.start("t1", "a");
        fails(&mut world, "no route to host");
        let until = world.now + TimeDelta::minutes(minutes);
        assert_eq!(world.view("t1").retry_at(), Some(until));
        assert!(world.causes("t1").contains(&Cause::RetryWait));
        world.now = until - TimeDelta::milliseconds(1);
        let (refused, imposed) = world.forbids(&lead(), dispatch("t1", "a"), Code::RetryWait);
        assert_eq!(refused.retry, RetryHint::At(until));
        assert_eq!(
            imposed.status("t1"),
            TaskStatus::Dispatched,
            "it happened, and is marked"
        );
        world.now = until;
        assert_eq!(
            world.mission.readiness(&task("t1"), world.now),
            Some(Readiness::Ready)
        );
    }
}

// spec: RETRY-1
#[test]
fn a_task_is_exhausted_at_its_own_limit_and_its_lead_must_rule() {
    let mut world = World::new().agents(&["a"]);
    let mut limits = Limits::default();
    limits.max_attempts = Some(2);
    world.declare(TaskDeclared {
        limits: Some(limits),
        ..TaskDeclared::new(task("t1"), "t1")
    });
    for error in ["first", "second"] {
        world.start("t1", "a");
        fails(&mut world, error);
        world.pass(60);
    }
    assert_eq!(world.status("t1"), TaskStatus::Exhausted);
    let found = &world.blockers("t1")[0];
    assert_eq!((found.cause, &found.next), (Cause::Exhausted, &Party::Lead));
    assert!(found.detail.contains("second"), "{}", found.detail);
    let (_, imposed) = world.forbids(&lead(), dispatch("t1", "a"), Code::ExhaustedTask);
    assert_eq!(imposed.status("t1"), TaskStatus::Dispatched);
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(
        world.view("t1").last_error().unwrap().1,
        "second",
        "a ruling forgets no error"
    );
    world.start("t1", "a");
}

// spec: RETRY-1
#[test]
fn a_failure_that_is_not_retryable_is_not_tried_again() {
    let world = in_status(TaskStatus::Failed);
    assert_eq!(world.causes("t1"), [Cause::Failed]);
    let (refused, _) = world.forbids(&lead(), dispatch("t1", "a"), Code::NotOpen);
    let reopen = |it: &Command| matches!(it, Command::Correct(it) if it.change == Change::Reopen);
    assert!(refused.instead.iter().any(reopen));
}

// spec: RETRY-1, GATE-3
#[test]
fn crashes_have_a_limit_of_their_own() {
    let mut world = World::with(|policy| policy.retry.max_crashes = Some(2))
        .agents(&["a"])
        .tasks(&["t1"]);
    for number in [1, 2] {
        assert_eq!(world.status("t1"), TaskStatus::Open);
        world.start("t1", "a");
        let killed = ended("t1", number, "a", AttemptEnd::Killed);
        world.accepts(&Actor::Host, Command::EndAttempt(killed));
        world.pass(60);
    }
    let counters = world.view("t1").counters();
    assert_eq!((counters.crashes, counters.failures), (2, 0));
    assert_eq!(world.status("t1"), TaskStatus::Exhausted);
}

// spec: RETRY-1, GATE-3
#[test]
fn a_task_that_is_blocked_too_often_or_reviewed_too_often_needs_a_ruling() {
    let mut world = World::with(|policy| policy.retry.max_blocks = Some(2))
        .agents(&["a"])
        .tasks(&["t1"]);
    for _ in 0..2 {
        world.start("t1", "a");
        world.hand("t1", HandoffStatus::Blocked);
        assert_eq!(world.status("t1"), TaskStatus::Blocked);
        world.accepts(&lead(), correct("t1", Change::Unblock));
    }
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Blocked);
    let found = world.blockers("t1");
    assert!(
        found
            .iter()
            .any(|it| it.cause == Cause::RulingOwed && it.next == Party::Lead),
        "{found:#?}"
    );
    assert_eq!(world.view("t1").counters().failures, 0);
}

// spec: RETRY-1
#[test]
fn attempts_without_progress_one_after_another_are_a_livelock() {
    let round = |world: &mut World, moves: bool| {
        world.start("t1", "a");
        let number = world.token("t1");
        if moves {
            world.accepts(&by("a"), Command::Progress(progress("t1", number, "a")));
        }
        let killed = ended("t1", number, "a", AttemptEnd::Killed);
        world.accepts(&Actor::Host, Command::EndAttempt(killed));
    };
    let mut idle = World::with(|policy| {
        policy.retry.max_crashes = None;
        policy.retry.backoff = None;
    });
    idle = idle.agents(&["a"]).tasks(&["t1"]);
    let mut busy = idle.clone();
    for n in 0..3 {
        assert!(!idle.causes("t1").contains(&Cause::Livelock), "after {n}");
        round(&mut idle, false);
        round(&mut busy, n == 1);
    }
    assert_eq!(idle.blockers("t1")[0].next, Party::Lead);
    assert!(idle.causes("t1").contains(&Cause::Livelock));
    assert!(
        !busy.causes("t1").contains(&Cause::Livelock),
        "progress in between"
    );
}

// spec: RETRY-2
#[test]
fn nothing_is_handed_to_an_incarnation_that_is_gone() {
    let mut world = in_status(TaskStatus::Open);
    world.leaves("a");
    let (refused, imposed) = world.forbids(&lead(), dispatch("t1", "a"), Code::AgentGone);
    assert!(refused.instead.contains(&dispatch("t1", "b")));
    assert_eq!(
        imposed.status("t1"),
        TaskStatus::Dispatched,
        "it happened, and is marked"
    );
    let rebind = Change::Rebind {
        to: agent("a"),
        attempt: orch_core::ids::AttemptNo(1),
    };
    world.forbids(&lead(), correct("t1", rebind), Code::AgentGone);
}

// spec: RETRY-2
#[test]
fn whatever_does_not_move_names_somebody_who_is_there() {
    use TaskStatus::{Accepted, Cancelled, Delivered, Skipped, Superseded};
    // D24: a parked task without owner, timer or obligation stays silent for hours.
    let good = [Accepted, Delivered, Skipped, Cancelled, Superseded];
    for &status in TaskStatus::ALL {
        let mut world = in_status(status);
        world.accepts(&Actor::Host, leave("c"));
        let found = world.blockers("t1");
        assert_eq!(found.is_empty(), good.contains(&status), "{status}");
        for blocker in found {
            if let Party::Agent(name) = &blocker.next {
                assert!(world.mission.live_agent(name).is_some(), "{status}");
            }
            assert!(!blocker.clears.is_empty(), "{status}");
        }
    }
}

// spec: RETRY-2, COMPLETE-3
#[test]
fn a_session_that_ends_without_a_handoff_gives_its_task_back() {
    // D25, D29: accepted, acknowledged, and then gone without a word.
    let mut world = in_status(TaskStatus::Running);
    let over = ended("t1", 1, "a", AttemptEnd::SessionEnded);
    world.accepts(&Actor::Host, Command::EndAttempt(over));
    assert_eq!(
        (world.status("t1"), world.mission.in_flight().count()),
        (TaskStatus::Open, 0)
    );
    assert_eq!(world.view("t1").counters().crashes, 1);
    world.dispatch("t1", "b");
}

// spec: RETRY-2, TIME-1
#[test]
fn work_that_nobody_was_given_is_found_without_any_clock() {
    // D06: every lane has settled, the lead is idle, and it looks like a finished run.
    let mut world = World::new().agents(&["a"]).tasks(&["x", "y"]);
    world.declare_after("z", &["x"]);
    world.finish("x", "a");
    world.finish("y", "a");
    assert_eq!(world.mission.next_deadline(), None);
    let found = &world.blockers("z")[0];
    assert_eq!(
        (found.cause, &found.next),
        (Cause::NoWakeSource, &Party::Lead)
    );
    let roots = world.mission.roots(world.now);
    assert!(roots.iter().any(|it| it.cause == Cause::NoWakeSource));
}
