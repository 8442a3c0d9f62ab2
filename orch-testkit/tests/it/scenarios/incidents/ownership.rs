//! Who has what: D13, D14, D18, D24.

use crate::scenarios::words::*;

/// D13. A task was done and merged, and the pointer of its agent to it was not cleared. Days later
/// the session was dead, and a patrol restarted the agent onto the task: the work was done again,
/// from an old branch. What an agent has is derived from its open attempts, so it has nothing once
/// the task is accepted; a dispatch onto an accepted task is refused before a reopening.
// spec: CORRECT-2, CORRECT-3
#[test]
fn an_agent_is_not_restarted_onto_a_task_that_is_done() {
    let mut world = World::new().agents(&["worker"]).tasks(&["bead"]);
    let done = world.finish("bead", "worker");
    world.reads_results();
    world.pass(3 * 24 * 60).leaves("worker");
    world.join("worker");
    let restored = world.accepts(&Actor::Host, carries("worker#2", &[("bead", 1)]));
    world.rejects(
        &lead(),
        dispatch("bead", "worker"),
        Code::DispatchAfterSuccess,
    );
    let mut reopened = world.clone();
    reopened.accepts(&lead(), correct("bead", Change::Reopen));
    reopened.dispatch("bead", "worker");
    let code = Code::DispatchAfterSuccess;
    world.imposes(&Actor::Host, dispatched("bead", 2, "worker#2"), code);
    let patrol = world.mission.head();

    Story::of(
        "D13-stale-pointer",
        "a patrol restarts an agent onto a task that is done",
        &world,
    )
    .never_from(done, "the agent still has the task", |it| {
        it.holds_work("worker")
    })
    .never("the agent that came back has it", |it| {
        it.seq < patrol && it.holds_work("worker#2")
    })
    .shows(restored, "a runtime that contradicts the log", |it| {
        let found = it.mission.divergences();
        found.len() == 1 && found[0].correction.is_none()
    })
    .shows(patrol, "the restart, as a breach", |it| {
        it.mission
            .anomalies()
            .last()
            .is_some_and(|it| it.code == code)
    })
    .told();
}

/// D14. An author handed a task over for review and rightly could not complete it; then somebody
/// wrote `done` straight into the store, beside the events, and no way led back. The log says what
/// is so: the task is in review. A record that claims otherwise changes nothing, and reopening is
/// allowed from every status.
// spec: GATE-3, CORRECT-2, FOLD-1
#[test]
fn a_done_that_no_gate_decided_does_not_take_a_task_out_of_review() {
    let mut world = World::new().agents(&["author", "reviewer"]);
    world.declare_gated("t", &["review"]);
    world.finish("t", "author");
    let asked = world.accepts(
        &by("author"),
        request_gate("t", 1, "review", "agent:reviewer"),
    );
    let own = decide_gate("t", 1, "review", "agent:author", Verdict::Approved);
    world.rejects(&by("author"), own, Code::SelfApproval);
    let written = TaskDelivered {
        task: task("t"),
        note: "set by hand".to_owned(),
    };
    let claim = Command::Deliver(written.clone());
    world.rejects(&by("author"), claim.clone(), Code::NotAuthorised);
    world.rejects(&Actor::Host, claim, Code::NotPermitted);
    world.imposes(&Actor::Host, written, Code::NotPermitted);
    let raw = world.mission.head();
    let cancelled = world.accepts(&lead(), close_task("t", Unmet::Cancelled, "to start over"));
    let reopened = world.accepts(&lead(), correct("t", Change::Reopen));

    Story::of(
        "D14-raw-done",
        "done is written straight into the store",
        &world,
    )
    .never("the task is done", |it| it.is_done("t"))
    .never("completed", |it| {
        it.is_completed() || it.seq < cancelled && it.is_nothing_open()
    })
    .shows(raw, "a review that goes on", |it| {
        it.is("t", TaskStatus::InReview) && it.waits_for("agent:reviewer")
    })
    .shows(asked, "who holds the gate", |it| {
        it.waits_for("agent:reviewer")
    })
    .shows(reopened, "a task that starts over", |it| it.is_ready("t"))
    .told();
}

/// D18. The context of a lead was compacted while three tasks ran, it looked at the wrong branch,
/// and believed that nothing had survived. It made ready to hand all three out again while two of
/// them were done. The state says so, with the branch of each attempt; the two are refused as done
/// and the third because its attempt is open.
// spec: CORRECT-2, FOLD-4
#[test]
fn work_that_is_done_or_at_work_is_not_handed_out_again_by_a_lead_that_forgot() {
    let mut world = World::new()
        .agents(&["a", "b", "c", "d"])
        .tasks(&["t1", "t2", "t3"]);
    for (id, who) in [("t1", "a"), ("t2", "b"), ("t3", "c")] {
        let on_branch = Dispatch {
            branch: Some("e2e-wiring".to_owned()),
            ..Dispatch::new(task(id), name(who))
        };
        world.accepts(&lead(), Command::Dispatch(on_branch));
        world.accepts(&by(who), started(1, id, &agent(who)));
    }
    let compacted = Note {
        task: None,
        text: "the context of the lead was compacted".to_owned(),
    };
    let compacted = world
        .pass(30)
        .accepts(&Actor::Host, Command::Note(compacted));
    world.pass(5).hand("t1", HandoffStatus::Done);
    let survived = world.pass(5).hand("t2", HandoffStatus::Done);
    for id in ["t1", "t2"] {
        world.forbids(&lead(), dispatch(id, "d"), Code::DispatchAfterSuccess);
    }
    world.forbids(&lead(), dispatch("t3", "d"), Code::ParallelAttempts);
    let rebind = Rebind {
        task: task("t3"),
        to: name("d"),
        reason: "c is not coming back".to_owned(),
        supersedes: Vec::new(),
    };
    let rebound = world.accepts(&lead(), Command::Rebind(rebind));

    Story::of(
        "D18-amnesia",
        "a lead that was compacted hands finished work out again",
        &world,
    )
    .never("a task can be handed out again", |it| {
        it.seq >= compacted && ["t1", "t2", "t3"].iter().any(|id| it.is_ready(id))
    })
    .shows(
        survived,
        "two done and one at work, with its branch",
        |it| {
            let third = it.view("t3").and_then(|view| view.token());
            let branch = third.and_then(|token| token.branch());
            it.mission.counts().done == 2 && it.is_at_work("t3") && branch == Some("e2e-wiring")
        },
    )
    .shows(rebound, "the third, taken over on purpose", |it| {
        it.view("t3")
            .is_some_and(|view| view.owner() == Some(agent("d")))
    })
    .told();
}

/// D24. A task was blocked on a reviewer, another task carried the work around it and was merged,
/// and for days the first raised alerts about something that no longer was. That one goes on under
/// another is a correction: what blocked it is gone with it.
// spec: CORRECT-1, RETRY-2, HAND-1
#[test]
fn a_task_whose_work_went_on_under_another_is_not_blocked() {
    let mut world = World::new().agents(&["x", "y", "reviewer"]).tasks(&["old"]);
    world.start("old", "x");
    let mut blocked = world.handoff("old", HandoffStatus::Blocked);
    blocked.blocked_on = Some(party("agent:reviewer"));
    let blocked = world.accepts(&by("x"), Command::Handoff(blocked));
    let left = world.pass(60).leaves("reviewer");
    world.declare(TaskDeclared::new(
        task("new"),
        "the same, around the review",
    ));
    let superseded = correct("old", Change::Supersede { by: task("new") });
    let superseded = world.accepts(&lead(), superseded);
    world.forbids(&lead(), dispatch("old", "y"), Code::NotOpen);
    world.start("new", "y");
    let done = world.pass(30).hand("new", HandoffStatus::Done);

    Story::of(
        "D24-routed-around",
        "a blocked task outlives the work that went around it",
        &world,
    )
    .later(blocked, 30)
    .later(done, 240)
    .never_from(left, "the reviewer owes something", |it| {
        it.waits_for("agent:reviewer")
    })
    .never_from(superseded, "the old task is blocked", |it| {
        it.causes().iter().any(|it| it.task == Some(task("old")))
    })
    .shows(blocked, "whom it waits for", |it| {
        it.waits_for("agent:reviewer")
    })
    .shows(left, "that the lead has to act", |it| it.waits_for("lead"))
    .shows(superseded, "under what it goes on", |it| {
        let by = it.view("old").and_then(|view| view.superseded_by());
        it.is("old", TaskStatus::Superseded) && by == Some(&task("new"))
    })
    .told();
}

/// D24, where a breaker gave a task up, and what should have picked it up could never run: it was
/// silent for sixteen hours. A task that was tried too often names who has to rule on it, at every
/// moment.
// spec: RETRY-2
#[test]
fn a_task_that_was_given_up_names_its_owner_at_every_moment() {
    let mut world = World::with(|policy| policy.retry.max_attempts = Some(1))
        .agents(&["x"])
        .tasks(&["t"]);
    world.start("t", "x");
    let parked = world.hand("t", HandoffStatus::Failed);

    Story::of(
        "D24b-given-up",
        "a breaker gives a task up and nothing picks it up",
        &world,
    )
    .later(parked, 1)
    .later(parked, 16 * 60)
    .never_from(parked, "nobody has to act", |it| !it.waits_for("lead"))
    .shows(parked, "a task that was tried too often", |it| {
        it.has_cause(Cause::Exhausted, Some("t"))
    })
    .told();
}
