//! Attempts side by side, and what an attempt that does not hold the token leaves behind.

use orch_core::codes::Code;
use orch_core::event::attempt::AttemptEnd;
use orch_core::event::gate::Verdict;
use orch_core::event::task::Need;
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;

use super::*;

/// Attempt 1 of `t1` with `a`, and attempt 2 with `b` beside it, which holds the token.
fn side_by_side() -> World {
    let mut world = World::new().agents(&["a", "b", "c"]).tasks(&["t1"]);
    world.dispatch("t1", "a");
    world.happens(&lead(), dispatched("t1", 2, "b"));
    world
}

fn statuses(world: &World) -> Vec<AttemptStatus> {
    let view = world.view("t1");
    view.attempts().map(|attempt| attempt.status()).collect()
}

// spec: FOLD-4, DEP-1
#[test]
fn a_task_is_not_ready_while_an_attempt_without_the_token_is_open() {
    let mut world = side_by_side();
    world.happens(&by("b"), handoff("t1", 2, "b", HandoffStatus::Partial));
    assert_eq!(world.status("t1"), TaskStatus::Open);
    assert!(world.mission.ready(world.now).is_empty());
    assert_eq!(causes(&world, "t1"), [Cause::DispatchedNotStarted]);
    world.rejects(&lead(), dispatch("t1", "c"), Code::ParallelAttempts);
    world.happens(&Actor::Host, ended("t1", 1, "a", AttemptEnd::Killed));
    assert_eq!(world.mission.ready(world.now), [&task("t1")]);
    world.dispatch("t1", "c");
}

// spec: FOLD-4, COMPLETE-1
#[test]
fn an_attempt_whose_work_is_not_judged_any_more_keeps_no_mission_open() {
    let mut world = World::new().agents(&["a", "b"]);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    world.happens(&lead(), dispatched("t1", 2, "b"));
    assert_eq!(statuses(&world)[0], AttemptStatus::Closed);
    world.happens(&by("b"), handoff("t1", 2, "b", HandoffStatus::Done));
    let approved = decide_gate("t1", 2, "review", "human:ada", Verdict::Approved);
    world.accepts(&lead(), approved);
    world.happens(&by("a"), handoff("t1", 1, "a", HandoffStatus::Done));
    world.happens(&Actor::Host, exited("t1", 1, "a", 0));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    assert_eq!(statuses(&world), [AttemptStatus::Closed; 2]);
    assert_eq!(world.mission.obstacles(), []);
}

// spec: FENCE-2, CORRECT-1
#[test]
fn adopting_a_handover_closes_every_other_open_attempt() {
    let mut world = World::new().agents(&["a", "b", "c"]);
    world.declare_gated("t1", &["review"]);
    world.start("t1", "a");
    world.happens(&Actor::Host, ended("t1", 1, "a", AttemptEnd::Killed));
    let late = Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done));
    let seq = world.late(&by("a"), late, Code::DuplicateTerminal);
    world.happens(&lead(), dispatched("t1", 2, "b"));
    world.happens(&lead(), dispatched("t1", 3, "c"));
    assert_eq!(world.mission.in_flight().count(), 2);
    world.accepts(&lead(), correct("t1", Change::Adopt { seq }));
    let expected = [
        AttemptStatus::HandedOver,
        AttemptStatus::Closed,
        AttemptStatus::Closed,
    ];
    assert_eq!(statuses(&world), expected);
    assert_eq!(
        (world.status("t1"), world.token("t1")),
        (TaskStatus::InReview, 1)
    );
    assert_eq!(world.mission.open_attempts().count(), 1);
}

// spec: FENCE-1, FENCE-2
#[test]
fn the_handover_of_an_agent_that_never_had_the_attempt_is_not_adopted_as_its_owners() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    let foreign = handoff("t1", 1, "b", HandoffStatus::Done);
    world.rejects(&by("b"), Command::Handoff(foreign.clone()), Code::NotOwner);
    world.happens(&by("b"), foreign);
    let seq = world.mission.head();
    assert_eq!(world.mission.late_evidence()[0].seq, seq);
    world.rejects(
        &lead(),
        correct("t1", Change::Adopt { seq }),
        Code::NotEvidence,
    );
    assert_eq!(
        (world.status("t1"), world.owner("t1")),
        (TaskStatus::Running, agent("a"))
    );
}

// spec: FENCE-1
#[test]
fn the_handover_of_a_later_incarnation_is_late_and_can_be_adopted() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&by("a"), leave("a"));
    world.join("a");
    let done = Command::Handoff(handoff("t1", 1, "a#2", HandoffStatus::Done));
    let seq = world.late(&by("a#2"), done, Code::Fenced);
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
    world.accepts(&lead(), correct("t1", Change::Adopt { seq }));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: CORRECT-3
#[test]
fn an_inventory_from_before_a_handover_is_not_held_against_the_log() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&Actor::Host, observe("a", &[("t1", 1)]));
    world.hand("t1", HandoffStatus::Partial);
    assert_eq!(causes(&world, "t1"), [Cause::NoWakeSource]);
    world.start("t1", "b");
    assert_eq!(world.mission.divergences(), []);
    assert_eq!(causes(&world, "t1"), [Cause::InProgress]);
}

// spec: DEP-3
#[test]
fn a_progress_report_begins_no_attempt_whose_start_would_be_refused() {
    let mut world = World::new().agents(&["a"]).tasks(&["t0", "t1"]);
    world.dispatch("t1", "a");
    let needs = vec![Need::accepted(task("t0"))];
    let amended = correct("t1", amend(|change| change.add_needs = needs));
    world.accepts(&lead(), amended);
    world.rejects(&by("a"), started(1, "t1", &agent("a")), Code::NeedsUnmet);
    let report = progress("t1", 1, "a");
    world.rejects(
        &by("a"),
        Command::Progress(report.clone()),
        Code::NeedsUnmet,
    );
    let imposed = imposed(&world, &by("a"), report);
    assert_eq!(imposed.anomalies(), [Code::NeedsUnmet]);
    assert_eq!(imposed.status("t1"), TaskStatus::Running);
}

// spec: WIP-1
#[test]
fn rework_takes_a_place_in_flight_however_it_begins() {
    let mut world = World::with(|policy| policy.wip.mission = Some(1))
        .agents(&["a", "b"])
        .tasks(&["t2"]);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    let again = decide_gate("t1", 1, "review", "human:ada", Verdict::ChangesRequested);
    world.accepts(&lead(), again);
    world.start("t2", "b");
    world.rejects(&by("a"), started(1, "t1", &agent("a")), Code::WipFull);
    let report = progress("t1", 1, "a");
    world.rejects(&by("a"), Command::Progress(report.clone()), Code::WipFull);
    let imposed = imposed(&world, &by("a"), report);
    assert_eq!(imposed.anomalies(), [Code::WipFull]);
    assert_eq!(imposed.mission.in_flight().count(), 2);
}

// spec: RETRY-2, FENCE-1
#[test]
fn an_attempt_of_an_incarnation_that_is_gone_waits_for_the_lead_not_for_its_namesake() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.accepts(&lead(), leave("a"));
    world.join("a");
    world.happens(&import(), dispatched("t1", 1, "a#1"));
    let next: Vec<_> = world.blockers("t1").into_iter().map(|it| it.next).collect();
    assert_eq!(next, [party("lead")]);
    world.declare_after("t2", &["t1"]);
    assert_eq!(world.blockers("t2")[0].next, party("lead"));
}
