//! What could be handed out, and what could not: D06 to D09.

use crate::scenarios::words::*;

/// D06. The last of three tasks became ready when the turn of the coordinator was over: no wait was
/// open, no timer ran, nobody owed anything. It looked just like a run that is finished. That work
/// could be handed out and nobody owes the move is seen from the state alone, without a clock.
// spec: DEP-1
#[test]
fn a_mission_in_which_work_is_ready_and_nobody_moves_is_not_finished() {
    let mut world = World::new().agents(&["x", "y"]).tasks(&["a", "b"]);
    world.declare_after("c", &["a"]);
    world.start("a", "x");
    world.start("b", "y");
    world.pass(5).hand("a", HandoffStatus::Done);
    world.pass(5).hand("b", HandoffStatus::Done);
    world.reads_results();
    let idle = world.mission.head();
    world.forbids(&lead(), close(MissionOutcome::Completed), Code::Incomplete);

    Story::of(
        "D06-no-wake-source",
        "a task is ready and nobody is left to wake",
        &world,
    )
    .later(idle, 600)
    .never("completed", Glance::is_completed)
    .never("nothing open", Glance::is_nothing_open)
    .shows(idle, "a task that the lead has to hand out", |it| {
        let is_named = it.is_ready("c") && it.has_cause(Cause::NoWakeSource, Some("c"));
        is_named && it.verdict() == Moves::Quiescent
    })
    .told();
}

/// D07. A task was declared after what it needs was done, and stayed pending until a human set it
/// ready: readiness had been worked out only at the moment its need was met. It is a function of
/// the state, so both orders end in the same set of ready tasks.
// spec: DEP-1
#[test]
fn a_task_declared_after_its_need_was_met_is_ready_at_once() {
    let mut late = World::new().agents(&["x"]).tasks(&["p"]);
    late.finish("p", "x");
    late.now += TimeDelta::seconds(44);
    let declared = late.declare_after("c", &["p"]);

    let mut early = World::new().agents(&["x"]).tasks(&["p"]);
    early.declare_after("c", &["p"]);
    early.finish("p", "x");
    assert_eq!(late.mission.ready(late.now), early.mission.ready(early.now));

    Story::of(
        "D07-late-dependent",
        "a dependent is declared after its dependency is done",
        &late,
    )
    .never_from(declared, "it is held back", |it| !it.is_ready("c"))
    .told();
}

/// D08. A linter failed for good, and the check that needs it was promoted, handed out, and skipped
/// from within: a failed task counted as one that is met. That a task has ended and that it
/// satisfies what needs it are two things. The dependent stays blocked until somebody skips it.
// spec: DEP-2, DEP-3
#[test]
fn a_need_that_failed_is_not_met() {
    let mut world = World::new().agents(&["x", "y"]).tasks(&["linter"]);
    world.declare_after("security", &["linter"]);
    world.start("linter", "x");
    let failed = Handoff {
        error: Some("no configuration".to_owned()),
        not_retryable: true,
        ..world.handoff("linter", HandoffStatus::Failed)
    };
    let failed = world.accepts(&by("x"), Command::Handoff(failed));
    world.forbids(&lead(), dispatch("security", "y"), Code::NeedsUnmet);
    let skipped = close_task(
        "security",
        Unmet::Skipped,
        "nothing to check without a linter",
    );
    let skipped = world.accepts(&lead(), skipped);

    Story::of(
        "D08-failed-dependency",
        "a dependency that failed counts as met",
        &world,
    )
    .never("it can be handed out", |it| {
        it.is_ready("security") || it.is_at_work("security")
    })
    .shows(failed, "what it needs, as failed", |it| {
        it.has_cause(Cause::DepFailed, Some("security"))
    })
    .shows(skipped, "a task that was left out on purpose", |it| {
        it.is("security", TaskStatus::Skipped) && !it.is_done("security")
    })
    .told();
}

/// D09. What a task needs was looked at when it was declared and never again: it was started and
/// completed while its blocker was pending, without a warning. Each transition is refused. A log
/// that says it happened is believed and marked at each step, and its mission does not complete
/// while the blocker is open.
// spec: DEP-3, FOLD-4, COMPLETE-1
#[test]
fn a_need_is_looked_at_at_every_transition() {
    let mut world = World::new().agents(&["x"]).tasks(&["blocker"]);
    world.declare_after("dependent", &["blocker"]);
    let refused = world.rejects(&lead(), dispatch("dependent", "x"), Code::NeedsUnmet);
    assert!(refused.message.contains("blocker"), "{refused}");
    let begins = world.mission.head().next();
    world.imposes(&import(), dispatched("dependent", 1, "x"), Code::NeedsUnmet);
    let begin = started(1, "dependent", &agent("x"));
    world.rejects(&by("x"), begin.clone(), Code::NeedsUnmet);
    let begin = world.event_of(&begin).unwrap();
    world.imposes(&import(), begin, Code::NeedsUnmet);
    let done = handoff("dependent", 1, "x", HandoffStatus::Done);
    world.rejects(&by("x"), Command::Handoff(done.clone()), Code::NeedsUnmet);
    world.imposes(&import(), done, Code::NeedsUnmet);
    let ends = world.mission.head();
    world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);

    Story::of(
        "D09-guard-bypass",
        "a dependent is started and completed past its blocker",
        &world,
    )
    .never("it is ready", |it| it.is_ready("dependent"))
    .never("completed", |it| it.is_completed() || it.is_nothing_open())
    .never_from(begins, "no warning", |it| {
        let marks = it
            .mission
            .anomalies()
            .iter()
            .filter(|it| it.code == Code::NeedsUnmet);
        marks.count() as u64 != it.seq.0 - begins.0 + 1
    })
    .shows(ends, "the blocker as open", |it| {
        it.is("blocker", TaskStatus::Open)
    })
    .told();
}
