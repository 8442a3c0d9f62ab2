//! Gates: bound to the work they judged, and held by somebody who is there.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::task::{GateSpec, GateStage, TaskDeclared};
use orch_core::party::{Actor, Party};
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

use super::deliver;
use crate::support::*;

pub(super) fn approves(which: &str, who: &str) -> Command {
    decide_gate("t1", 1, which, who, Verdict::Approved)
}

pub(super) fn statuses(world: &World) -> Vec<GateStatus> {
    world.view("t1").gates().map(|it| it.status()).collect()
}

pub(super) fn revision(text: &str) -> Command {
    let revision = Some(text.to_owned());
    Command::Handoff(Handoff {
        revision,
        ..handoff("t1", 1, "a", HandoffStatus::Done)
    })
}

/// Two acceptance gates, and a first revision of the work in review.
pub(super) fn two_gates() -> World {
    let mut world = World::unlimited().agents(&["a", "b", "c"]);
    world.declare_gated("t1", &["test", "review"]);
    world.start("t1", "a");
    world.accepts(&by("a"), revision("3cb4f24"));
    world
}

// spec: GATE-1
#[test]
fn an_approval_does_not_survive_the_revision_that_invalidates_it() {
    // D23: all of it within one second, so only positions can tell.
    let mut world = two_gates();
    world.passes("t1", "test");
    world.accepts(&by("a"), revision("a58ca22"));
    assert_eq!(statuses(&world), [GateStatus::Open; 2]);
    let view = world.view("t1");
    let stale = view.gates().next().unwrap();
    assert!(stale.is_stale() && stale.decision().is_some());
    assert_eq!(world.causes("t1"), [Cause::GateStale]);
    world.passes("t1", "test");
    world.passes("t1", "review");
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: GATE-1
#[test]
fn a_decision_on_an_older_revision_or_attempt_is_stale_and_passes_nothing() {
    let mut world = two_gates();
    world.accepts(&by("a"), revision("a58ca22"));
    let Command::DecideGate(approval) = approves("test", "human:ada") else {
        panic!()
    };
    let old = GateDecided {
        revision: Some("3cb4f24".to_owned()),
        ..approval
    };
    let command = Command::DecideGate(old);
    let (_, imposed) = world.forbids(&lead(), command, Code::StaleDecision);
    assert_eq!(statuses(&imposed), [GateStatus::Open; 2]);

    world.accepts(
        &lead(),
        correct("t1", orch_core::event::correction::Change::Reopen),
    );
    world.finish("t1", "b");
    let earlier = approves("test", "human:ada");
    let (_, imposed) = world.forbids(&lead(), earlier, Code::StaleDecision);
    assert_eq!(statuses(&imposed), [GateStatus::Open; 2]);
}

// spec: GATE-1
#[test]
fn gates_open_in_their_declared_order_once_the_work_is_handed_over() {
    let world = two_gates();
    let (_, imposed) = world.forbids(
        &lead(),
        world.judging_newest(approves("review", "human:ada")),
        Code::GateNotOpen,
    );
    assert_eq!(
        (statuses(&imposed)[1], imposed.status("t1")),
        (GateStatus::Open, TaskStatus::InReview)
    );
    let mut early = World::unlimited().agents(&["a", "b"]);
    early.declare_gated("t1", &["test"]);
    early.start("t1", "a");
    let (_, imposed) = early.forbids(&lead(), approves("test", "human:ada"), Code::GateNotOpen);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
}

// spec: GATE-1
#[test]
fn a_gate_may_say_itself_which_gates_it_waits_for() {
    let mut world = World::unlimited().agents(&["a", "b"]);
    let spec = |which: &str, after| GateSpec {
        after,
        ..GateSpec::new(gate(which), GateStage::Accept)
    };
    let gates = vec![
        spec("test", None),
        spec("docs", Some(vec![])),
        spec("last", None),
    ];
    world.declare(TaskDeclared {
        gates,
        ..TaskDeclared::new(task("t1"), "t1")
    });
    world.finish("t1", "a");
    world.passes("t1", "docs");
    world.forbids(&lead(), approves("last", "human:ada"), Code::GateNotOpen);
    world.passes("t1", "test");
    world.passes("t1", "last");
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: GATE-1
#[test]
fn a_gate_that_the_task_does_not_have_is_refused() {
    let world = two_gates();
    let (_, imposed) = world.forbids(&lead(), approves("legal", "human:ada"), Code::UnknownGate);
    assert_eq!(imposed.view("t1").gates().count(), 2);
}

// spec: GATE-1
#[test]
fn accepted_work_is_delivered_only_through_its_delivery_gates() {
    let mut world = World::unlimited().agents(&["a"]);
    let gates = vec![GateSpec::new(gate("merged"), GateStage::Deliver)];
    world.declare(TaskDeclared {
        gates,
        ..TaskDeclared::new(task("t1"), "t1")
    });
    world.finish("t1", "a");
    assert_eq!(world.causes("t1"), [Cause::GateOpen]);
    let (_, imposed) = world.forbids(&lead(), deliver("t1"), Code::GateOpen);
    assert_eq!(imposed.status("t1"), TaskStatus::Accepted);
    world.accepts(&Actor::Host, approves("merged", "host"));
    world.accepts(&lead(), deliver("t1"));
    assert_eq!(world.status("t1"), TaskStatus::Delivered);
}

// spec: GATE-2
#[test]
fn a_gate_nobody_was_asked_to_decide_is_the_leads_to_give() {
    let mut world = two_gates();
    let found = &world.blockers("t1")[0];
    assert_eq!((found.cause, &found.next), (Cause::GateOpen, &Party::Lead));
    world.accepts(&lead(), request_gate("t1", 1, "test", "agent:b"));
    assert_eq!(world.blockers("t1")[0].next, party("agent:b"));
    assert_eq!(world.mission.obligations()[0].owed_by, party("agent:b"));
    world.accepts(&lead(), request_gate("t1", 1, "test", "agent:c"));
    assert_eq!(world.mission.obligations()[0].owed_by, party("agent:c"));
    world.leaves("c");
    assert_eq!(world.blockers("t1")[0].next, Party::Lead);
}

// spec: GATE-2
#[test]
fn an_agent_decides_only_a_gate_that_it_holds() {
    let mut world = two_gates();
    world.accepts(&lead(), request_gate("t1", 1, "test", "agent:b"));
    let (_, imposed) = world.forbids(
        &by("c"),
        world.judging_newest(approves("test", "agent:c")),
        Code::NotGateHolder,
    );
    assert_eq!(statuses(&imposed)[0], GateStatus::Requested);
    let unnamed = approves("test", "agent:b");
    world.forbids(&by("b"), unnamed.clone(), Code::StaleDecision);
    let named = world.judging_newest(unnamed);
    world.accepts(&by("b"), named);
    assert_eq!(statuses(&world)[0], GateStatus::Approved);
}

// spec: GATE-2, RETRY-2
#[test]
fn a_gate_is_not_given_to_somebody_who_is_gone() {
    let mut world = two_gates();
    world.leaves("b");
    let asked = request_gate("t1", 1, "test", "agent:b");
    let (_, imposed) = world.forbids(&lead(), asked, Code::AgentGone);
    assert_eq!(imposed.blockers("t1")[0].next, Party::Lead);
}
