//! Seed 000: a mission was shown as completed while its work was still in flight.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::Receipt;
use orch_core::event::task::TaskDeclared;
use orch_core::status::task::TaskStatus;
use orch_core::view::PhaseKind::{Completed, Executing, Planning, Reviewing};

use crate::support::*;

/// A specification, and two implementations beside it.
fn spec_first() -> World {
    let mut world = World::new().agents(&["writer", "coder", "tester"]);
    let of_kind = |id: &str, kind: &str| TaskDeclared {
        kind: Some(label(kind)),
        ..TaskDeclared::new(task(id), id)
    };
    world.declare(of_kind("spec", "spec"));
    world.declare(of_kind("api", "implement"));
    world.declare(of_kind("ui", "implement"));
    world
}

// spec: COMPLETE-1
#[test]
fn completion_with_work_in_flight_is_refused_with_the_list() {
    let mut world = spec_first();
    world.finish("spec", "writer");
    let api = world.start("api", "coder");
    let ui = world.dispatch("ui", "tester");
    let refused = world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    assert_eq!(refused.rule, "COMPLETE-1");
    insta::assert_snapshot!(refused, @"3 open: task api is running, attempt 1 with coder#1; task ui is dispatched, attempt 1 with tester#1; unread result 10 of task spec");
    let because: Vec<_> = refused.because.iter().map(|fact| fact.seq).collect();
    assert!(because.contains(&ui) && because.contains(&api.next()));
}

// spec: ID-1
#[test]
fn a_task_id_seen_in_a_dispatch_is_never_lost() {
    let mut world = spec_first();
    world.finish("spec", "writer");
    world.dispatch("api", "coder");
    for _ in 0..3 {
        world.accepts(
            &lead(),
            Command::Note(orch_core::event::note::Note {
                task: None,
                text: "…".into(),
            }),
        );
        assert_eq!(world.status("api"), TaskStatus::Dispatched);
        assert_eq!(world.mission.in_flight().count(), 1);
    }
}

// spec: COMPLETE-2
#[test]
fn phases_go_from_planning_over_executing_and_reviewing_to_completed_without_a_shortcut() {
    let mut world = spec_first();
    let phase = |world: &World| world.mission.phase().kind;
    let mut seen = vec![phase(&world)];
    world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    world.finish("spec", "writer");
    seen.push(phase(&world));
    world.start("api", "coder");
    seen.push(phase(&world));
    world.start("ui", "tester");
    world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    world.hand("ui", HandoffStatus::Done);
    world.hand("api", HandoffStatus::Done);
    seen.push(phase(&world));
    let unread: Vec<_> = world
        .mission
        .obstacles()
        .iter()
        .flat_map(|it| it.because.clone())
        .collect();
    world.accepts(&lead(), Command::Receipt(Receipt { of: unread }));
    world.accepts(&lead(), close(MissionOutcome::Completed));
    seen.push(phase(&world));
    assert_eq!(seen, [Planning, Planning, Executing, Reviewing, Completed]);
}

// spec: COMPLETE-2
#[test]
fn a_forced_close_is_an_outcome_of_its_own_and_stays_visible() {
    let mut world = spec_first();
    world.start("spec", "writer");
    let forced = |reason: &str| {
        let reason = reason.to_owned();
        Command::CloseMission(MissionClosed {
            outcome: MissionOutcome::Completed,
            forced: true,
            reason,
        })
    };
    world.rejects(&lead(), forced(""), Code::ReasonMissing);
    world.accepts(&lead(), forced("the customer left"));
    let phase = world.mission.phase();
    assert!(phase.forced && phase.kind == Completed);
    // What was in flight is fenced, and shown as what it is.
    assert_eq!(world.status("spec"), TaskStatus::Running);
    let done = handoff("spec", 1, "writer", HandoffStatus::Done);
    world.late(&by("writer"), Command::Handoff(done), Code::Fenced);
}
