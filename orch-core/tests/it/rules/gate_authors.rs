//! Gates and authors: nobody passes their own work, and a review round is no failure.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

use super::gate::{approves, revision, statuses, two_gates};
use super::in_status;
use crate::support::*;

// spec: GATE-3
#[test]
fn an_author_cannot_pass_their_own_work_even_under_a_new_incarnation() {
    let mut world = two_gates();
    let own = request_gate("t1", 1, "test", "agent:a");
    let (_, imposed) = world.forbids(&lead(), own, Code::SelfApproval);
    assert_eq!(statuses(&imposed)[0], GateStatus::Open);
    for who in ["a", "a#2"] {
        let refused = world
            .decide(&by(who), &approves("test", "agent:a"))
            .expect_err(who);
        assert!(
            refused
                .message
                .contains("wrote what gate test of task t1 judges"),
            "{refused}"
        );
        let mut imposed = world.clone();
        let approved = world.event_of(&approves("test", "agent:a")).unwrap();
        imposed.imposes(&by(who), approved, Code::SelfApproval);
        assert_eq!(statuses(&imposed)[0], GateStatus::Open);
        if who == "a" {
            world.leaves("a");
            world.join("a");
        }
    }
}

// spec: GATE-3, AUTH-1
#[test]
fn a_waiver_takes_authority_and_a_reason() {
    let mut world = two_gates();
    let Command::DecideGate(approval) = approves("test", "human:ada") else {
        panic!()
    };
    let waiver = GateDecided {
        verdict: Verdict::Waived,
        ..approval
    };
    let (_, imposed) = world.forbids(
        &lead(),
        Command::DecideGate(waiver.clone()),
        Code::ReasonMissing,
    );
    assert_eq!(
        statuses(&imposed)[0],
        GateStatus::Waived,
        "it happened, and is marked"
    );
    let reason = "covered by the nightly run".to_owned();
    world.accepts(
        &lead(),
        Command::DecideGate(GateDecided { reason, ..waiver }),
    );
    assert_eq!(statuses(&world)[0], GateStatus::Waived);
}

// spec: GATE-3
#[test]
fn review_rounds_failures_blocks_and_crashes_are_counted_apart() {
    // D28: a second round of review is no loop of blocks.
    let mut world = two_gates();
    for _ in 0..2 {
        let again = decide_gate("t1", 1, "test", "human:ada", Verdict::ChangesRequested);
        let again = world.judging_newest(again);
        world.accepts(&lead(), again);
        assert_eq!(
            (world.status("t1"), world.owner("t1")),
            (TaskStatus::Rework, agent("a"))
        );
        world.accepts(&by("a"), revision("next"));
    }
    let count = |world: &World| {
        let it = world.view("t1").counters();
        (it.review_rounds, it.failures, it.blocks, it.crashes)
    };
    assert_eq!(count(&world), (2, 0, 0, 0));

    let mut world = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Failed);
    world.start("t1", "a");
    let killed = Command::EndAttempt(ended("t1", 2, "a", AttemptEnd::Killed));
    world.accepts(&Actor::Host, killed);
    world.start("t1", "a");
    world.hand("t1", HandoffStatus::Blocked);
    assert_eq!((count(&world), world.token("t1")), ((0, 1, 1, 1), 3));
}

// spec: GATE-3
#[test]
fn rework_whose_author_is_gone_is_open_to_others() {
    let mut world = in_status(TaskStatus::InReview);
    world.leaves("a");
    let again = decide_gate("t1", 1, "review", "human:ada", Verdict::ChangesRequested);
    world.accepts(&lead(), again);
    assert_eq!(world.status("t1"), TaskStatus::Open);
    world.dispatch("t1", "b");
    assert_eq!(world.view("t1").token().unwrap().number(), AttemptNo(2));
}
