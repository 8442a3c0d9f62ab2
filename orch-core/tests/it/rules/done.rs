//! Done: only an explicit, proven `done` counts.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::task::TaskDeclared;
use orch_core::party::{Actor, Party};
use orch_core::status::task::TaskStatus;

use super::{deliver, in_status};
use crate::support::*;

// spec: COMPLETE-3
#[test]
fn a_result_without_an_explicit_done_is_only_reported() {
    // D10: "I was unable to complete the task", with success set by the framework.
    let mut world = in_status(TaskStatus::Running);
    world.declare_after("later", &["t1"]);
    let soft = Handoff {
        status: None,
        ..handoff("t1", 1, "a", HandoffStatus::Done)
    };
    world.accepts(&by("a"), Command::Handoff(soft));
    assert_eq!(
        (world.status("t1"), world.mission.counts().done),
        (TaskStatus::Reported, 0)
    );
    let found = &world.blockers("t1")[0];
    assert_eq!(
        (found.cause, &found.next),
        (Cause::ReportedNotAccepted, &Party::Lead)
    );
    world.forbids(&lead(), dispatch("later", "b"), Code::NeedsUnmet);
    // The attempt kept its token: it may still say what it should have said.
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: COMPLETE-3
#[test]
fn a_done_without_the_evidence_of_its_contract_is_hollow() {
    // D11: four lanes, exit 0 and no commit.
    let mut world = World::new().agents(&["a"]);
    let evidence = vec![label("commit"), label("test-log")];
    world.declare(TaskDeclared {
        evidence,
        ..TaskDeclared::new(task("t1"), "t1")
    });
    world.start("t1", "a");
    let mut done = world.handoff("t1", HandoffStatus::Done);
    done.evidence = vec![evidence_of("test-log")];
    world.accepts(&by("a"), Command::Handoff(done.clone()));
    assert_eq!(
        (world.status("t1"), world.mission.counts().done),
        (TaskStatus::Reported, 0)
    );
    assert_eq!(world.view("t1").missing_evidence(), [label("commit")]);
    assert_eq!(world.causes("t1"), [Cause::EvidenceMissing]);
    world.accepts(&by("a"), Command::EndAttempt(exited("t1", 1, "a", 0)));
    assert_eq!(world.status("t1"), TaskStatus::Reported);
    done.evidence.push(evidence_of("commit"));
    world.accepts(&by("a"), Command::Handoff(done));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

fn evidence_of(kind: &str) -> orch_core::event::attempt::Evidence {
    evidence(kind, "3cb4f24")
}

// spec: COMPLETE-3
#[test]
fn work_that_goes_on_after_it_was_said_to_be_complete_is_named() {
    // D02: the notification was early; the first true end is the handoff.
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&Actor::Host, Command::EndAttempt(exited("t1", 1, "a", 0)));
    assert_eq!(world.status("t1"), TaskStatus::Reported);
    world.happens(&by("a"), progress("t1", 1, "a"));
    assert_eq!(world.anomalies(), [Code::ActivityAfterCompletion]);
    let mark = &world.mission.anomalies()[0];
    let head = world.mission.head();
    assert!(
        mark.seq == head && !mark.because.is_empty(),
        "it names both records"
    );
}

// spec: COMPLETE-4
#[test]
fn a_done_that_names_what_is_left_or_blocks_it_contradicts_itself() {
    // D10
    let world = in_status(TaskStatus::Running);
    let done = || handoff("t1", 1, "a", HandoffStatus::Done);
    let left = Handoff {
        remaining: vec!["12 of 15 commits".to_owned()],
        ..done()
    };
    let blocked = Handoff {
        blocked_on: Some(party("human:ada")),
        ..done()
    };
    for contradictory in [left, blocked] {
        let command = Command::Handoff(contradictory);
        let (refused, imposed) = world.forbids(&by("a"), command, Code::ContradictoryDone);
        assert!(!refused.instead.is_empty());
        assert_eq!(imposed.status("t1"), TaskStatus::Reported);
        assert_eq!(imposed.mission.counts().done, 0);
    }
}

// spec: COMPLETE-3, CORRECT-2
#[test]
fn a_task_in_review_is_not_done_by_decree_and_can_always_be_reopened() {
    // D14
    let mut world = in_status(TaskStatus::InReview);
    let (_, imposed) = world.forbids(&lead(), deliver("t1"), Code::NotPermitted);
    assert_eq!(imposed.status("t1"), TaskStatus::InReview);
    world.passes("t1", "review");
    world.accepts(&lead(), deliver("t1"));
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(world.status("t1"), TaskStatus::Open);
}
