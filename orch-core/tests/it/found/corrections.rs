//! Corrections: what they forget, and what they must not.

use chrono::TimeDelta;
use orch_core::codes::Code;
use orch_core::event::correction::Correction;
use orch_core::event::mission::{MissionArchived, MissionOutcome};
use orch_core::event::talk::Receipt;
use orch_core::event::task::TaskDeclared;
use orch_core::policy::{Backoff, Policy};
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;

use super::*;

// spec: CORRECT-1, RETRY-1
#[test]
fn reopening_a_task_clears_its_backoff() {
    let mut policy = Policy::default();
    policy.retry.backoff = Some(Backoff::new(LIMIT, 1, LIMIT));
    let mut world = World::with_policy(policy).agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Failed);
    let until = world.now + TimeDelta::minutes(10);
    assert_eq!(world.view("t1").retry_at(), Some(until));
    world.rejects(&lead(), dispatch("t1", "a"), Code::RetryWait);
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(world.view("t1").retry_at(), None);
    let readiness = world.mission.readiness(&task("t1"), world.now);
    assert_eq!(readiness, Some(Readiness::Ready));
    world.dispatch("t1", "a");
}

// spec: COMPLETE-2, CORRECT-2
#[test]
fn reopening_a_task_of_a_closed_and_archived_mission_opens_both_again() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.finish("t1", "a");
    let of = vec![world.mission.head()];
    world.accepts(&lead(), Command::Receipt(Receipt { of }));
    world.accepts(&lead(), close(MissionOutcome::Completed));
    let reason = String::new();
    world.accepts(&lead(), Command::Archive(MissionArchived { reason }));
    assert!(world.mission.archived().is_some());
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(
        (world.mission.closed(), world.mission.archived()),
        (None, None)
    );
    assert_eq!(world.mission.outcome(), None);
    world.dispatch("t1", "a");
}

// spec: RETRY-1
#[test]
fn a_rebind_keeps_the_count_of_failures() {
    let mut policy = Policy::default();
    policy.retry.max_attempts = Some(2);
    policy.retry.backoff = None;
    let mut world = World::with_policy(policy).agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Failed);
    let rebound = Correction {
        task: task("t1"),
        change: Change::Rebind {
            to: agent("a"),
            attempt: AttemptNo(2),
        },
        reason: "as observed".to_owned(),
        supersedes: Vec::new(),
    };
    world.accepts(&lead(), Command::Correct(rebound));
    world.hand("t1", HandoffStatus::Failed);
    assert_eq!(world.status("t1"), TaskStatus::Exhausted);
    assert_eq!(world.view("t1").counters().failures, 2);
}

// spec: CORRECT-1, COMPLETE-3
#[test]
fn evidence_that_is_not_asked_for_any_more_is_not_missing_and_the_lead_still_has_to_judge() {
    let mut world = World::new().agents(&["a"]);
    world.declare(TaskDeclared {
        evidence: vec![label("tests")],
        ..TaskDeclared::new(task("t1"), "t1")
    });
    world.finish("t1", "a");
    assert_eq!(causes(&world, "t1"), [Cause::EvidenceMissing]);
    let amended = amend(|change| change.evidence = Some(Vec::new()));
    world.accepts(&lead(), correct("t1", amended));
    assert_eq!(world.view("t1").missing_evidence(), []);
    assert_eq!(causes(&world, "t1"), [Cause::ReportedNotAccepted]);
    assert_eq!(world.status("t1"), TaskStatus::Reported);
}

// spec: COMPLETE-1, COMPLETE-2
#[test]
fn a_mission_whose_every_task_was_skipped_completes_though_nothing_was_begun() {
    let mut world = World::new().tasks(&["t1"]);
    let refused = world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    assert!(refused.message.contains("t1"), "{refused}");
    world.accepts(&lead(), close_task("t1", Unmet::Skipped));
    world.accepts(&lead(), close(MissionOutcome::Completed));
    assert_eq!(world.mission.outcome(), Some(MissionOutcome::Completed));
}
