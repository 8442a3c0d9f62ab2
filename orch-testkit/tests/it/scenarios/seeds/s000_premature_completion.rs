//! Seed 000: a mission was shown as completed while its work was still in flight.

use crate::scenarios::words::*;

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

/// An orchestrator wrote its specification, handed out the implementation, and completed the mission
/// while the code was still being written. The dashboard showed it as completed. Completing is
/// refused with the list of what is open.
// spec: COMPLETE-1
#[test]
fn completion_with_work_in_flight_is_refused_with_the_list() {
    let mut world = spec_first();
    world.finish("spec", "writer");
    let api = world.start("api", "coder");
    let ui = world.dispatch("ui", "tester");
    let refused = world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    insta::assert_snapshot!(refused, @"3 open: task api is running, attempt 1 with coder#1; task ui is dispatched, attempt 1 with tester#1; unread result 10 of task spec");
    let because: Vec<_> = refused.because.iter().map(|fact| fact.seq).collect();
    assert!(because.contains(&ui) && because.contains(&api.next()));
    world.imposes(&lead(), completed(), Code::Incomplete);

    Story::of(
        "S000a-in-flight",
        "a mission is completed while its work is in flight",
        &world,
    )
    .never("completed", Glance::is_completed)
    .never_from(api, "nothing pending", Glance::is_nothing_open)
    .told();
}

/// The orchestrator lost track of the ids of what it had handed out, so it could not know when that
/// was done. A dispatch is the record of the id: whatever is said after it, the task is in flight
/// until it is given back.
// spec: ID-1
#[test]
fn a_task_id_seen_in_a_dispatch_is_never_lost() {
    let mut world = spec_first();
    world.finish("spec", "writer");
    let api = world.dispatch("api", "coder");
    for _ in 0..3 {
        let note = Note {
            task: None,
            text: "…".to_owned(),
        };
        world.accepts(&lead(), Command::Note(note));
    }

    Story::of(
        "S000b-lost-ids",
        "the ids of what was handed out are forgotten",
        &world,
    )
    .never_from(api, "the dispatch is forgotten", |it| {
        !it.is("api", TaskStatus::Dispatched) || it.n_in_flight() != 1
    })
    .told();
}

/// The status jumped to completed. A mission goes from planning over executing and reviewing to
/// completed, each seen at the record that brings it there, and asking for the end earlier is
/// refused in each of them.
// spec: COMPLETE-2
#[test]
fn phases_go_from_planning_over_executing_and_reviewing_to_completed_without_a_shortcut() {
    let mut world = spec_first();
    let refuses = |world: &World| {
        world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
        world.mission.head()
    };
    refuses(&world);
    world.finish("spec", "writer");
    let planned = refuses(&world);
    world.start("api", "coder");
    world.start("ui", "tester");
    world.hand("ui", HandoffStatus::Done);
    let executed = refuses(&world);
    world.hand("api", HandoffStatus::Done);
    refuses(&world);
    world.reads_results();
    let reviewed = world.mission.head();
    let closed = world.accepts(&lead(), close(MissionOutcome::Completed));

    let phase = |it: &Glance| it.mission.phase().kind;
    Story::of(
        "S000c-no-shortcut",
        "a mission goes through its phases in order",
        &world,
    )
    .never_before(closed, "completed", Glance::is_completed)
    .shows(planned, "planning", |it| phase(it) == PhaseKind::Planning)
    .shows(executed, "executing", |it| {
        phase(it) == PhaseKind::Executing
    })
    .shows(reviewed, "reviewing", |it| {
        phase(it) == PhaseKind::Reviewing
    })
    .shows(closed, "completed", Glance::is_completed)
    .told();
}

/// Somebody may want to end a mission over open work. That needs a reason, it is an outcome of its
/// own in every view, and what was in flight is fenced and shown as what it is.
// spec: COMPLETE-2, FENCE-1
#[test]
fn a_forced_close_is_an_outcome_of_its_own_and_stays_visible() {
    let mut world = spec_first();
    world.start("spec", "writer");
    world.rejects(&lead(), forced(""), Code::ReasonMissing);
    let closed = world.accepts(&lead(), forced("the customer left"));
    let done = handoff("spec", 1, "writer", HandoffStatus::Done);
    world.late(&by("writer"), Command::Handoff(done), Code::Fenced);

    Story::of("S000d-forced", "a mission is closed over open work", &world)
        .never("completed", Glance::is_completed)
        .never("the task is done", |it| it.is_done("spec"))
        .never_from(closed, "the close is not shown as forced", |it| {
            let phase = it.mission.phase();
            !phase.forced || phase.kind != PhaseKind::Completed
        })
        .shows(closed, "the task as it was", |it| {
            it.is("spec", TaskStatus::Running)
        })
        .told();
}

/// A task went silent and the orchestrator would have waited for ever. A clock says when somebody
/// has to look: from then on the mission names who, and the task is not taken for failed.
// spec: TIME-1, TIME-3
#[test]
fn a_task_that_goes_silent_is_surfaced_and_not_waited_for_in_silence() {
    let mut world = World::with(|policy| policy.clocks.alive_ms = Some(Millis::minutes(10)))
        .agents(&["coder"])
        .tasks(&["api"]);
    world.start("api", "coder");
    let begun = world.mission.head();
    let due = world.now + TimeDelta::minutes(10);
    assert_eq!(world.mission.next_deadline(), Some(due));
    let tick = world.pass(10).accepts(&Actor::Host, Command::Tick);

    Story::of("S000e-silent", "an implementation goes silent", &world)
        .later(begun, 9)
        .later(tick, 60)
        .never_from(begun, "the task is failed or taken away", |it| {
            !it.is("api", TaskStatus::Running)
        })
        .never_from(tick, "nobody has to look", |it| !it.waits_for("lead"))
        .told();
}
