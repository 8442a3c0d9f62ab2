//! Seed 001: output that was taken for completion, whether the work was partial, blocked or done.

use crate::scenarios::words::*;

/// A coder had made three of fifteen commits, and a hook took its output for the end of the task.
/// A partial handoff gives the task back with what remains: it is open again, and has not failed.
// spec: HAND-1
#[test]
fn partial_returns_the_task_with_what_remains_and_is_no_failure() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let mut partial = world.handoff("t1", HandoffStatus::Partial);
    partial.remaining = vec!["12 of 15 commits".to_owned()];
    let partial = world.accepts(&by("coder"), Command::Handoff(partial));
    world.dispatch("t1", "coder");

    Story::of(
        "S001f-partial",
        "three commits of fifteen are taken for the end",
        &world,
    )
    .never("the task is done", |it| it.is_done("t1"))
    .never("a failure is counted", |it| {
        it.view("t1")
            .is_some_and(|view| view.counters().failures > 0)
    })
    .shows(partial, "what remains", |it| {
        it.is_ready("t1") && it.view("t1").unwrap().remaining() == ["12 of 15 commits"]
    })
    .told();
}

/// A reviewer could not commit its documents because they were ignored by the repository, asked the
/// lead what to do, and was nudged until it marked the task as completed without an artefact.
/// A blocked handoff names who must act, and nothing but a correction takes the task on.
// spec: HAND-1
#[test]
fn blocked_names_who_must_act_and_never_completes() {
    let mut world = World::new()
        .agents(&["architect", "coder"])
        .tasks(&["t1", "t2"]);
    world.start("t1", "architect");
    let mut blocked = world.handoff("t1", HandoffStatus::Blocked);
    blocked.blocked_on = Some(party("agent:coder"));
    let on_coder = world.accepts(&by("architect"), Command::Handoff(blocked));
    world.start("t2", "architect");
    let on_lead = world.hand("t2", HandoffStatus::Blocked);
    world.rejects(&lead(), dispatch("t1", "coder"), Code::NotOpen);
    let unblocked = world.accepts(&lead(), correct("t1", Change::Unblock));

    Story::of(
        "S001g-blocked",
        "a blocked task is marked as completed to stop the nudges",
        &world,
    )
    .never("a task is done", |it| it.mission.counts().done > 0)
    .never_from(on_coder, "it goes on by itself", |it| {
        it.seq < unblocked && it.is_ready("t1")
    })
    .shows(on_coder, "whom it waits for", |it| {
        it.waits_for("agent:coder")
    })
    .shows(on_lead, "that the lead has to act", |it| {
        let causes = it.causes().into_iter();
        causes
            .filter(|it| it.cause == Cause::PausedBy)
            .any(|it| it.next == Party::Lead)
    })
    .shows(unblocked, "a task that is open", |it| it.is_ready("t1"))
    .told();
}

/// A hook asked an idle coder more than sixty times whether it was done. Neither being asked nor
/// being alive nor ending well makes a task done, however often.
// spec: COMPLETE-3
#[test]
fn being_idle_or_nudged_or_ended_never_completes_a_task() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1", "t2"]);
    world.start("t1", "coder");
    let ask = |world: &mut World| {
        let words = message("human:ada", "agent:coder", MessageClass::Fyi, "done?");
        world.accepts(&lead(), Command::Send(about("t1", words)));
        world.accepts(&by("coder"), Command::Beat(beat("t1", 1, "coder")));
    };
    let mut nudged = world.clone();
    for _ in 0..60 {
        ask(&mut nudged);
        assert_eq!(nudged.status("t1"), TaskStatus::Running);
    }
    ask(&mut world);
    let ends = Command::EndAttempt(exited("t1", 1, "coder", 0));
    let exit = world.accepts(&by("coder"), ends);
    world.start("t2", "coder");
    let over = ended("t2", 1, "coder", AttemptEnd::SessionEnded);
    let over = world.accepts(&Actor::Host, Command::EndAttempt(over));

    Story::of(
        "S001h-nudged",
        "a hook nudges an idle agent until it gives in",
        &world,
    )
    .never("a task is done", |it| it.mission.counts().done > 0)
    .shows(exit, "a result that somebody must judge", |it| {
        it.is("t1", TaskStatus::Reported)
    })
    .shows(over, "a task that is open again", |it| it.is_ready("t2"))
    .told();
}

/// To stop the nudges the coder closed the task for the sake of form, with twelve commits left. A
/// `done` that names what is left over contradicts itself and is refused; `partial` says the same
/// honestly. Where such a `done` happened, it is marked and the task is only reported.
// spec: COMPLETE-4
#[test]
fn a_procedural_close_that_names_work_left_over_is_refused() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let mut done = world.handoff("t1", HandoffStatus::Done);
    done.remaining = vec!["12 of 15 commits".to_owned()];
    let asked = Command::Handoff(done.clone());
    let refused = world.rejects(&by("coder"), asked, Code::ContradictoryDone);
    let mut honest = done.clone();
    honest.status = Some(HandoffStatus::Partial);
    assert!(refused.instead.contains(&Command::Handoff(honest)));
    world.imposes(&by("coder"), done, Code::ContradictoryDone);
    let claimed = world.mission.head();

    Story::of(
        "S001i-procedural-close",
        "a task is closed for the sake of form",
        &world,
    )
    .never("the task is done", |it| it.is_done("t1"))
    .shows(claimed, "a result that somebody must judge", |it| {
        it.has_cause(Cause::ReportedNotAccepted, Some("t1"))
    })
    .told();
}
