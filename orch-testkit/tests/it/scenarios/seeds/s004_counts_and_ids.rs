//! Seed 004: counts that drifted, ids used twice, plans that were empty or not there yet.

use orch_core::command::OpenMission;

use crate::scenarios::words::*;

/// A summary was kept beside the tasks and no longer matched them: a task in progress was counted
/// as pending, subtasks twice or not at all. Counts are made from the tasks at every record, and
/// each task counts once.
// spec: COUNT-1
#[test]
fn counts_match_a_recount_after_every_record() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["1", "2", "3"]);
    let sub = |id: &str, parent: &str| TaskDeclared {
        parent: Some(task(parent)),
        ..TaskDeclared::new(task(id), id)
    };
    world.declare(sub("3.1", "3"));
    world.finish("1", "a");
    world.start("2", "b");
    world.start("3.1", "a");
    let last = world.hand("3.1", HandoffStatus::Failed);

    Story::of(
        "S004a-counts",
        "a summary no longer matches its tasks",
        &world,
    )
    .never("the counts differ from a recount", |it| {
        let counts = it.mission.counts();
        let recount = |status| {
            it.mission
                .tasks()
                .filter(|it| it.status() == status)
                .count()
        };
        let is_off = |&status: &TaskStatus| counts.of(status) != recount(status);
        TaskStatus::ALL.iter().any(is_off) || counts.total != it.mission.tasks().count()
    })
    .shows(last, "one of four done", |it| {
        let counts = it.mission.counts();
        (counts.total, counts.done, counts.percent()) == (4, 1, Some(25))
    })
    .told();
}

/// The panel of what was in progress listed the next tasks instead, and the next tasks were taken
/// from a phase whose turn had not come. What is at work is what attempts are in flight for, and
/// what is next is what is ready: no task is both.
// spec: DEP-1, COUNT-1
#[test]
fn what_is_at_work_and_what_is_next_are_never_the_same() {
    let mut world = World::new().agents(&["a", "b"]);
    let in_phase = |id: &str, phase: &str, needs: &[&str]| TaskDeclared {
        phase: Some(label(phase)),
        needs: needs.iter().map(|id| Need::accepted(task(id))).collect(),
        ..TaskDeclared::new(task(id), id)
    };
    for (id, phase, needs) in [
        ("1.1", "one", &[][..]),
        ("1.2", "one", &[]),
        ("2.1", "two", &["1.1", "1.2"]),
    ] {
        world.declare(in_phase(id, phase, needs));
    }
    world.start("1.1", "a");
    world.pass(5).hand("1.1", HandoffStatus::Done);
    world.start("1.2", "b");
    let second = world.pass(5).hand("1.2", HandoffStatus::Done);

    Story::of(
        "S004b-in-progress",
        "the next tasks are shown as in progress",
        &world,
    )
    .never("a task is both", |it| {
        ["1.1", "1.2", "2.1"]
            .iter()
            .any(|id| it.is_ready(id) && it.is_at_work(id))
    })
    .never_before(second, "the second phase is next too soon", |it| {
        it.is_ready("2.1")
    })
    .shows(second, "the second phase as next", |it| it.is_ready("2.1"))
    .told();
}

/// An empty plan divided by nothing, and counted as finished. Nothing of nothing has no percentage,
/// and a mission without tasks completes only if it was opened as empty.
// spec: COMPLETE-1, COUNT-1
#[test]
fn an_empty_plan_is_nothing_of_nothing_and_completes_only_if_it_was_opened_so() {
    let mut world = World::new();
    world.rejects(
        &lead(),
        close(MissionOutcome::Completed),
        Code::EmptyMission,
    );
    world.imposes(&lead(), completed(), Code::EmptyMission);

    let mut empty = World::unopened();
    let open = OpenMission {
        title: "nothing to do".to_owned(),
        lead: party("human:ada"),
        policy: None,
        empty: true,
    };
    empty.accepts(&lead(), Command::OpenMission(open));
    empty.accepts(&lead(), close(MissionOutcome::Completed));

    Story::of(
        "S004c-empty-plan",
        "an empty plan counts as finished",
        &world,
    )
    .never("completed", Glance::is_completed)
    .never("a share of nothing", |it| {
        it.mission.counts().percent().is_some()
    })
    .told();
}

/// Two tasks of a plan had the same id, and the second took the place of the first. An id is used
/// once: the second declaration is refused, and ignored where it happened.
// spec: ID-1
#[test]
fn a_task_id_is_not_used_twice() {
    let mut world = World::new().tasks(&["1.1"]);
    let again = TaskDeclared::new(task("1.1"), "another");
    let asked = Command::DeclareTask(again.clone());
    let refused = world.rejects(&lead(), asked, Code::TaskExists);
    assert_eq!(refused.because.len(), 1);
    world.imposes(&lead(), again, Code::TaskExists);

    Story::of(
        "S004d-same-id",
        "two tasks of a plan have the same id",
        &world,
    )
    .never("the second took its place", |it| {
        it.view("1.1").is_some_and(|view| view.title() != "1.1")
    })
    .told();
}

/// The orchestrator began to work on a plan whose status file had not been made. Nothing is accepted
/// before the mission is open; a log that begins mid-story is folded all the same, and says so.
// spec: FOLD-1, COMPLETE-2
#[test]
fn nothing_happens_before_a_mission_is_open() {
    let mut world = World::unopened();
    let declared = TaskDeclared::new(task("1.1"), "1.1");
    let asked = Command::DeclareTask(declared.clone());
    world.rejects(&lead(), asked, Code::NotOpened);
    world.imposes(&import(), declared, Code::NotOpened);

    Story::of(
        "S004e-not-opened",
        "work begins before its plan is there",
        &world,
    )
    .never("it goes unsaid", |it| it.mission.anomalies().is_empty())
    .never("completed", |it| it.is_completed() || it.is_nothing_open())
    .told();
}

/// Two writers held two truths, and the older `done` of one wrote over what the other had corrected.
/// A correction fences what was before it: the stale result is kept, and the task stays with its
/// new owner.
// spec: CORRECT-2, FENCE-1
#[test]
fn a_stale_done_does_not_overwrite_a_correction() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    let reopened = world.accepts(&lead(), correct("t1", Change::Reopen));
    let again = world.start("t1", "b");
    let stale = handoff("t1", 1, "a", HandoffStatus::Done);
    let stale = world.late(&by("a"), Command::Handoff(stale), Code::Fenced);

    Story::of(
        "S004f-stale-done",
        "an older result is written over a correction",
        &world,
    )
    .never_from(reopened, "the task is done, or with its old owner", |it| {
        it.is_done("t1") || it.holds_work("a")
    })
    .shows(again, "a task with its new owner", |it| it.holds_work("b"))
    .shows(stale, "the new owner, at work", |it| {
        it.is("t1", TaskStatus::Running)
    })
    .told();
}
