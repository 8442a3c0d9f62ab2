//! Seed 003: limits on work in flight, order of work, two gates, and done versus done-done.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::gate::Verdict;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::task::{GateSpec, GateStage, TaskDeclared, TaskDelivered};
use orch_core::party::Actor;
use orch_core::status::task::TaskStatus;
use orch_core::view::{PhaseKind, Readiness};

use crate::support::*;

// spec: WIP-1
#[test]
fn a_fourth_dispatch_is_refused_with_the_three_that_are_in_flight() {
    let mut world = World::new()
        .agents(&["a", "b", "c", "d"])
        .tasks(&["t1", "t2", "t3", "t4"]);
    let mut held = vec![world.dispatch("t1", "a"), world.start("t2", "b")];
    held.push(world.dispatch("t3", "c"));
    let refused = world.rejects(&lead(), dispatch("t4", "d"), Code::WipFull);
    insta::assert_snapshot!(refused, @"3 in flight, the limit of the mission is 3: t1 with a#1, t2 with b#1, t3 with c#1");
    let because: Vec<_> = refused.because.iter().map(|fact| fact.seq).collect();
    assert_eq!(because, held);
    let ready = world.mission.readiness(&task("t4"), world.now).unwrap();
    assert!(matches!(ready, Readiness::WipWait { .. }));

    // Handing over frees the place before anybody has judged the work.
    world.hand("t2", HandoffStatus::Done);
    world.dispatch("t4", "d");
}

// spec: DEP-3
#[test]
fn a_task_is_not_handed_out_before_what_it_needs_is_accepted() {
    let mut world = World::new().agents(&["a"]).tasks(&["model"]);
    world.declare_after("login", &["model"]);
    let refused = world.rejects(&lead(), dispatch("login", "a"), Code::NeedsUnmet);
    assert_eq!(refused.instead, [dispatch("model", "a")]);
    assert_eq!(world.mission.ready(world.now), [&task("model")]);
    world.finish("model", "a");
    assert_eq!(world.mission.ready(world.now), [&task("login")]);
    world.dispatch("login", "a");
}

/// A task with the tester before the reviewer, and a commit before it is delivered.
fn two_gates() -> World {
    let mut world = World::new().agents(&["coder", "tester", "reviewer"]);
    let mut declared = TaskDeclared::new(task("t1"), "t1");
    declared.gates = vec![
        GateSpec::new(gate("tester"), GateStage::Accept),
        GateSpec::new(gate("reviewer"), GateStage::Accept),
        GateSpec::new(gate("committed"), GateStage::Deliver),
    ];
    world.declare(declared);
    world.finish("t1", "coder");
    world
}

// spec: GATE-1, COMPLETE-3
#[test]
fn a_task_is_accepted_by_the_tester_first_and_then_the_reviewer() {
    let mut world = two_gates();
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    let early = request_gate("t1", 1, "reviewer", "agent:reviewer");
    let refused = world.rejects(&lead(), early, Code::GateNotOpen);
    insta::assert_snapshot!(refused, @"gate reviewer opens after tester");
    world.accepts(&lead(), request_gate("t1", 1, "tester", "agent:tester"));
    world.accepts(
        &by("tester"),
        decide_gate("t1", 1, "tester", "agent:tester", Verdict::Approved),
    );
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    world.accepts(&lead(), request_gate("t1", 1, "reviewer", "agent:reviewer"));
    let approved = decide_gate("t1", 1, "reviewer", "agent:reviewer", Verdict::Approved);
    world.accepts(&by("reviewer"), approved);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: GATE-3
#[test]
fn changes_requested_go_back_to_the_author_and_the_tester_tests_again() {
    let mut world = two_gates();
    let by_lead = |which: &str, verdict| decide_gate("t1", 1, which, "human:ada", verdict);
    world.accepts(&lead(), by_lead("tester", Verdict::Approved));
    world.accepts(&lead(), by_lead("reviewer", Verdict::ChangesRequested));
    assert_eq!(
        (world.status("t1"), world.owner("t1")),
        (TaskStatus::Rework, agent("coder"))
    );
    let counters = world.view("t1").counters();
    assert_eq!(
        (counters.review_rounds, counters.failures, counters.blocks),
        (1, 0, 0)
    );
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    let view = world.view("t1");
    let open = view.gates().filter(|it| !it.status().has_passed());
    assert_eq!(
        open.count(),
        3,
        "new work: both acceptance gates are open again"
    );
}

// spec: GATE-3
#[test]
fn nobody_passes_a_gate_on_their_own_work() {
    let mut world = two_gates();
    let own = request_gate("t1", 1, "tester", "agent:coder");
    world.rejects(&lead(), own, Code::SelfApproval);
    let own = decide_gate("t1", 1, "tester", "agent:coder", Verdict::Approved);
    let event = match own {
        Command::DecideGate(event) => event,
        other => panic!("{other:?}"),
    };
    world.happens(&by("coder"), event);
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    assert!(world.anomalies().contains(&Code::SelfApproval));
}

// spec: COMPLETE-3
#[test]
fn done_is_not_done_done() {
    let mut world = two_gates();
    for which in ["tester", "reviewer"] {
        world.accepts(
            &lead(),
            decide_gate("t1", 1, which, "human:ada", Verdict::Approved),
        );
    }
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    let deliver = || {
        Command::Deliver(TaskDelivered {
            task: task("t1"),
            note: String::new(),
        })
    };
    world.rejects(&lead(), deliver(), Code::GateOpen);
    world.accepts(
        &Actor::Host,
        decide_gate("t1", 1, "committed", "host", Verdict::Approved),
    );
    world.accepts(&lead(), deliver());
    assert_eq!(world.status("t1"), TaskStatus::Delivered);
    world.accepts(&lead(), close(MissionOutcome::Completed));
    assert_eq!(world.mission.phase().kind, PhaseKind::Delivered);
}

// spec: COMPLETE-2
#[test]
fn implementation_waits_for_its_specification_in_whatever_order_they_were_declared() {
    for spec_is_first in [true, false] {
        let mut world = World::new().agents(&["a"]);
        let mut kinds = [("design", "spec"), ("build", "implement")];
        if !spec_is_first {
            kinds.reverse();
        }
        for (id, kind) in kinds {
            world.declare(TaskDeclared {
                kind: Some(label(kind)),
                ..TaskDeclared::new(task(id), id)
            });
        }
        let refused = world.rejects(&lead(), dispatch("build", "a"), Code::SpecFirst);
        assert_eq!(refused.instead, [dispatch("design", "a")]);
        world.finish("design", "a");
        world.dispatch("build", "a");
    }
}
