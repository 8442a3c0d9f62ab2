//! Gates: who decides them, on what, and when nobody can any more.

use orch_core::codes::Code;
use orch_core::event::gate::{GateDecided, Verdict};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::task::{GateSpec, GateStage, TaskDeclared};
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

use super::*;

/// Task `t1` by `a` is in review; `b` and `c` are there.
fn in_review() -> World {
    let mut world = World::new().agents(&["a", "b", "c"]);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    world
}

fn decides(who: &str, verdict: Verdict) -> Command {
    decide_gate("t1", 1, "review", who, verdict)
}

fn decided(command: Command) -> GateDecided {
    let Command::DecideGate(data) = command else {
        panic!("{command:?}")
    };
    data
}

// spec: GATE-2, COMPLETE-1
#[test]
fn what_the_holder_of_a_gate_owes_ends_with_the_task() {
    let ends: [&[Command]; 3] = [
        &[close_task("t1", Unmet::Cancelled)],
        &[correct("t1", Change::Supersede { by: task("t2") })],
        &[
            correct("t1", Change::Reopen),
            close_task("t1", Unmet::Skipped),
        ],
    ];
    for commands in ends {
        let mut world = in_review().tasks(&["t2"]);
        world.accepts(&lead(), request_gate("t1", 1, "review", "agent:b"));
        assert_eq!(owed(&world), [ObligationKind::GateDecision]);
        for command in commands {
            world.accepts(&lead(), command.clone());
            assert_eq!(owed(&world), [], "{command:?}");
        }
        let approved = decides("agent:b", Verdict::Approved);
        world.rejects(&by("b"), approved.clone(), Code::GateNotOpen);
        let ended = world.status("t1");
        let imposed = imposed(&world, &by("b"), decided(approved));
        assert_eq!(imposed.mission.late_evidence()[0].code, Code::GateNotOpen);
        assert_eq!(imposed.status("t1"), ended);
        world.accepts(&lead(), close_task("t2", Unmet::Skipped));
        world.accepts(&lead(), close(MissionOutcome::Completed));
    }
}

// spec: GATE-3
#[test]
fn an_author_who_leads_the_mission_does_not_decide_their_own_work_under_either_name() {
    let mut world = World::unopened();
    let open = orch_core::command::OpenMission {
        title: "auth".to_owned(),
        lead: party("agent:a"),
        policy: None,
        empty: false,
    };
    world.accepts(&by("a"), Command::OpenMission(open));
    world.join("a");
    let gates = vec![GateSpec::new(gate("review"), GateStage::Accept)];
    let declared = TaskDeclared {
        gates,
        ..TaskDeclared::new(task("t1"), "t1")
    };
    world.accepts(&by("a"), Command::DeclareTask(declared));
    world.accepts(&by("a"), dispatch("t1", "a"));
    world.accepts(&by("a"), started(1, "t1", &agent("a")));
    world.hand("t1", HandoffStatus::Done);
    for name in ["agent:a", "lead"] {
        let approved = decides(name, Verdict::Approved);
        world.rejects(&by("a"), approved.clone(), Code::SelfApproval);
        let imposed = imposed(&world, &by("a"), decided(approved));
        assert_eq!(imposed.status("t1"), TaskStatus::InReview);
        assert_eq!(imposed.mission.late_evidence()[0].code, Code::SelfApproval);
        let request = request_gate("t1", 1, "review", name);
        world.rejects(&by("a"), request, Code::SelfApproval);
    }
}

// spec: GATE-2, AUTH-1
#[test]
fn a_gate_that_somebody_holds_is_not_taken_by_another_agent() {
    let mut world = in_review();
    world.accepts(&lead(), request_gate("t1", 1, "review", "agent:b"));
    let taken = request_gate("t1", 1, "review", "agent:c");
    world.rejects(&by("c"), taken, Code::NotAuthorised);
    let approved = decides("agent:c", Verdict::Approved);
    world.rejects(&by("c"), approved, Code::NotGateHolder);
    world.accepts(&by("b"), request_gate("t1", 1, "review", "agent:c"));
    world.accepts(&by("c"), decides("agent:c", Verdict::Approved));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

/// Task `t1` was handed over at revision `r1` and then at `r2`; `b` holds its gate.
fn revised() -> World {
    let mut world = World::new().agents(&["a", "b"]);
    world.declare_gated("t1", &["review"]);
    world.start("t1", "a");
    world.accepts(&by("a"), done_at("t1", 1, "a", "r1"));
    world.accepts(&lead(), request_gate("t1", 1, "review", "agent:b"));
    world.accepts(&by("a"), done_at("t1", 1, "a", "r2"));
    world
}

// spec: GATE-1
#[test]
fn an_approval_that_names_no_revision_passes_nothing_where_work_has_one() {
    let world = revised();
    let approved = decides("agent:b", Verdict::Approved);
    world.rejects(&by("b"), approved.clone(), Code::StaleDecision);
    let imposed = imposed(&world, &by("b"), decided(approved.clone()));
    assert_eq!(imposed.mission.late_evidence()[0].code, Code::StaleDecision);
    assert_eq!(imposed.status("t1"), TaskStatus::InReview);
    let mut world = world;
    world.accepts(&by("b"), world.judging_newest(approved));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: GATE-1, DECIDE-3
#[test]
fn a_stale_decision_is_not_offered_a_blind_one_in_its_place() {
    let world = revised();
    let revision = Some("r1".to_owned());
    let stale = GateDecided {
        revision,
        ..decided(decides("agent:b", Verdict::Approved))
    };
    let stale = Command::DecideGate(stale);
    let refused = world.rejects(&by("b"), stale, Code::StaleDecision);
    assert_eq!(refused.instead, []);
}

// spec: COMPLETE-2
#[test]
fn no_gate_is_decided_after_the_mission_was_closed() {
    let mut world = in_review();
    let forced = MissionClosed {
        outcome: MissionOutcome::Cancelled,
        forced: true,
        reason: "out of money".to_owned(),
    };
    world.accepts(&lead(), Command::CloseMission(forced));
    for verdict in [Verdict::Approved, Verdict::ChangesRequested] {
        world.rejects(&lead(), decides("human:ada", verdict), Code::AfterClose);
        assert_eq!(world.status("t1"), TaskStatus::InReview);
    }
}

// spec: GATE-1
#[test]
fn a_gate_that_could_never_open_is_not_declared() {
    let opens_after = |name: &str, after: &str| GateSpec {
        after: Some(vec![gate(after)]),
        ..GateSpec::new(gate(name), GateStage::Accept)
    };
    let plain = |name: &str, stage| GateSpec::new(gate(name), stage);
    let never = [
        vec![opens_after("a", "a")],
        vec![plain("a", GateStage::Accept), plain("a", GateStage::Accept)],
        vec![plain("d", GateStage::Deliver), opens_after("a", "d")],
        vec![opens_after("a", "b"), opens_after("b", "a")],
    ];
    for gates in never {
        let world = World::new();
        let declared = TaskDeclared {
            gates,
            ..TaskDeclared::new(task("t1"), "t1")
        };
        let command = Command::DeclareTask(declared.clone());
        world.rejects(&lead(), command, Code::GateSpecBad);
        let imposed = imposed(&world, &import(), declared);
        assert_eq!(imposed.anomalies(), [Code::GateSpecBad]);
        assert_eq!(imposed.status("t1"), TaskStatus::Open);
    }
}

// spec: GATE-1
#[test]
fn a_gate_opens_after_those_that_it_names_and_after_no_other() {
    let mut world = World::unlimited().agents(&["a"]);
    let stage = GateStage::Accept;
    let mut last = GateSpec::new(gate("last"), stage);
    last.after = Some(vec![gate("first")]);
    world.declare(TaskDeclared {
        gates: vec![
            GateSpec::new(gate("first"), stage),
            GateSpec::new(gate("beside"), stage),
            last,
        ],
        ..TaskDeclared::new(task("t1"), "t1")
    });
    let mut second = GateSpec::new(gate("second"), stage);
    second.after = Some(vec![gate("first")]);
    world.declare(TaskDeclared {
        gates: vec![GateSpec::new(gate("first"), stage), second],
        ..TaskDeclared::new(task("t2"), "t2")
    });
    world.finish("t1", "a");
    let early = decide_gate("t1", 1, "last", "human:ada", Verdict::Approved);
    world.rejects(&lead(), world.judging_newest(early), Code::GateNotOpen);
    world.passes("t1", "first");
    world.passes("t1", "last");
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    world.passes("t1", "beside");
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: GATE-1, FOLD-4
#[test]
fn of_a_gate_that_was_declared_after_what_is_not_before_it_the_rest_holds() {
    let spec = |name, stage, after: &[&str]| GateSpec {
        after: Some(after.iter().map(|name| gate(name)).collect()),
        ..GateSpec::new(gate(name), stage)
    };
    let mut world = World::unlimited().agents(&["a"]);
    let gates = vec![
        GateSpec::new(gate("first"), GateStage::Accept),
        GateSpec::new(gate("merge"), GateStage::Deliver),
        spec("last", GateStage::Accept, &["first", "merge", "none"]),
    ];
    let declared = TaskDeclared {
        gates,
        ..TaskDeclared::new(task("t1"), "t1")
    };
    world.happens(&import(), declared);
    assert_eq!(world.anomalies(), [Code::GateSpecBad]);
    world.finish("t1", "a");
    let early = decide_gate("t1", 1, "last", "human:ada", Verdict::Approved);
    world.rejects(&lead(), world.judging_newest(early), Code::GateNotOpen);
    world.passes("t1", "first");
    world.passes("t1", "last");
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: GATE-1, CORRECT-1
#[test]
fn what_was_decided_stands_where_a_gate_keeps_its_name_and_its_stage() {
    let mut world = World::unlimited().agents(&["a"]);
    world.declare_gated("t1", &["review", "test"]);
    world.finish("t1", "a");
    world.passes("t1", "review");
    let becomes = |specs: &[(&str, GateStage)]| {
        let specs = specs
            .iter()
            .map(|(name, stage)| GateSpec::new(gate(name), *stage));
        correct("t1", amend(|change| change.gates = Some(specs.collect())))
    };
    let statuses = |world: &World| -> Vec<GateStatus> {
        world.view("t1").gates().map(|gate| gate.status()).collect()
    };
    let (accept, deliver) = (GateStage::Accept, GateStage::Deliver);
    let kept = becomes(&[("audit", accept), ("review", accept)]);
    let mut same = world.clone();
    same.accepts(&lead(), kept);
    assert_eq!(statuses(&same), [GateStatus::Open, GateStatus::Approved]);
    let moved = becomes(&[("test", accept), ("review", deliver)]);
    world.accepts(&lead(), moved);
    assert_eq!(statuses(&world), [GateStatus::Open, GateStatus::Open]);
    // What is accepted gets no more gates to be accepted, but for its delivery.
    world.passes("t1", "test");
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    let late = [("test", accept), ("review", deliver), ("tag", deliver)];
    let Command::Correct(mut judged_again) = becomes(&late) else {
        panic!("it is a correction")
    };
    world.accepts(&lead(), becomes(&late));
    if let Change::Amend(amendment) = &mut judged_again.change {
        let specs = amendment.gates.as_mut().unwrap();
        specs.push(GateSpec::new(gate("security"), accept));
    }
    world.happens(&import(), judged_again);
    assert_eq!(
        statuses(&world),
        [GateStatus::Approved, GateStatus::Open, GateStatus::Open]
    );
}

// spec: GATE-1, CORRECT-1
#[test]
fn an_acceptance_gate_is_added_in_review_but_not_to_what_is_accepted() {
    let mut world = in_review();
    let accepts = |names: &[&str]| {
        let spec = |name: &&str| GateSpec::new(gate(name), GateStage::Accept);
        let gates = names.iter().map(spec).collect();
        correct("t1", amend(|change| change.gates = Some(gates)))
    };
    world.accepts(&lead(), accepts(&["review", "security"]));
    world.accepts(&lead(), decides("human:ada", Verdict::Approved));
    assert_eq!(world.status("t1"), TaskStatus::InReview);
    let second = decide_gate("t1", 1, "security", "human:ada", Verdict::Approved);
    world.accepts(&lead(), second);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    world.rejects(&lead(), accepts(&["more"]), Code::GateSpecBad);
}

// spec: GATE-2, FOLD-3
#[test]
fn a_gate_decision_is_owed_since_the_gate_was_given_to_its_holder() {
    let mut world = in_review();
    let asked = world
        .pass(60)
        .accepts(&lead(), request_gate("t1", 1, "review", "agent:b"));
    let found = &world.mission.obligations()[0];
    assert_eq!((found.opened.seq, found.opened.at), (asked, world.now));
    assert_eq!(found.owed_by, party("agent:b"));
    let status = world.view("t1").gates().next().unwrap().status();
    assert_eq!(status, GateStatus::Requested);
    assert_eq!(causes(&world, "t1"), [Cause::GateOpen]);
}
