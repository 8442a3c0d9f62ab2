//! Seed 003: limits on work in flight, the order of work, and what was handed out unseen.

use crate::scenarios::words::*;

/// At most three agents work at once, because more of them lose track of each other. A fourth
/// dispatch is refused with the three that are in flight; a handover makes room before anybody has
/// judged the work.
// spec: WIP-1
#[test]
fn a_fourth_dispatch_is_refused_with_the_three_that_are_in_flight() {
    let mut world = World::new()
        .agents(&["a", "b", "c", "d"])
        .tasks(&["t1", "t2", "t3", "t4"]);
    let mut held = vec![world.dispatch("t1", "a"), world.start("t2", "b")];
    held.push(world.dispatch("t3", "c"));
    let (refused, _) = world.forbids(&lead(), dispatch("t4", "d"), Code::WipFull);
    insta::assert_snapshot!(refused, @"3 in flight, the limit of the mission is 3: t1 with a#1, t2 with b#1, t3 with c#1");
    let because: Vec<_> = refused.because.iter().map(|fact| fact.seq).collect();
    assert_eq!(because, held);
    let full = world.mission.head();
    let room = world.hand("t2", HandoffStatus::Done);
    world.dispatch("t4", "d");

    Story::of(
        "S003a-wip",
        "a fourth agent is started beside three",
        &world,
    )
    .never("four are in flight", |it| it.n_in_flight() > 3)
    .shows(full, "why the fourth waits", |it| {
        !it.is_ready("t4") && it.has_cause(Cause::WipFull, Some("t4"))
    })
    .shows(room, "room for it", |it| it.is_ready("t4"))
    .told();
}

/// Tasks were begun before what they build on was there. A task is not handed out before what it
/// needs is accepted, and the refusal offers what to hand out instead.
// spec: DEP-3
#[test]
fn a_task_is_not_handed_out_before_what_it_needs_is_accepted() {
    let mut world = World::new().agents(&["a"]).tasks(&["model"]);
    world.declare_after("login", &["model"]);
    let (refused, _) = world.forbids(&lead(), dispatch("login", "a"), Code::NeedsUnmet);
    assert_eq!(refused.instead, [dispatch("model", "a")]);
    let done = world.finish("model", "a");
    world.dispatch("login", "a");

    Story::of(
        "S003b-needs",
        "a task is begun before what it builds on",
        &world,
    )
    .never("both are ready", |it| {
        it.is_ready("model") && it.is_ready("login")
    })
    .never_before(done, "it is ready too soon", |it| it.is_ready("login"))
    .shows(done, "a task that can be handed out", |it| {
        it.is_ready("login")
    })
    .told();
}

/// Planning was skipped, or its documents never committed, before the code was written. An
/// implementation waits for the specification beside it, in whatever order the two were declared,
/// and a specification without the commit that its contract asks for is not accepted.
// spec: COMPLETE-2, COMPLETE-3
#[test]
fn implementation_waits_for_its_specification_in_whatever_order_they_were_declared() {
    let mut told = None;
    for spec_is_first in [true, false] {
        let mut world = World::new().agents(&["a"]);
        let mut design = TaskDeclared {
            kind: Some(label("spec")),
            ..TaskDeclared::new(task("design"), "design")
        };
        design.evidence = vec![label("commit")];
        let build = TaskDeclared {
            kind: Some(label("implement")),
            ..TaskDeclared::new(task("build"), "build")
        };
        let mut both = [design, build];
        if !spec_is_first {
            both.reverse();
        }
        for declared in both {
            world.declare(declared);
        }
        let planned = world.mission.head();
        let refused = world.rejects(&lead(), dispatch("build", "a"), Code::SpecFirst);
        assert_eq!(refused.instead, [dispatch("design", "a")]);
        world.finish("design", "a");
        world.rejects(&lead(), dispatch("build", "a"), Code::SpecFirst);
        let mut committed = world.handoff("design", HandoffStatus::Done);
        committed.evidence = vec![evidence("commit", "3cb4f24")];
        let committed = world.accepts(&by("a"), Command::Handoff(committed));
        world.dispatch("build", "a");
        told = Some((world, planned, committed));
    }
    let (world, planned, committed) = told.unwrap();

    Story::of(
        "S003c-spec-first",
        "code is written before its plan is committed",
        &world,
    )
    .never_from(planned, "the code can be begun", |it| {
        it.seq < committed && it.is_ready("build")
    })
    .shows(Seq(committed.0 - 1), "what is missing", |it| {
        it.has_cause(Cause::EvidenceMissing, Some("design"))
    })
    .told();
}

/// An agent was spawned, and the task for it was to be created afterwards and was not: nothing knew
/// that it worked. A dispatch of a task that was never declared is refused; where it happened, the
/// task and who has it are in the state from then on.
// spec: ID-1, FOLD-4
#[test]
fn an_agent_that_was_spawned_without_a_task_does_not_work_unseen() {
    let mut world = World::new().agents(&["engineer"]).tasks(&["login"]);
    world.rejects(&lead(), dispatch("profile", "engineer"), Code::UnknownTask);
    world.imposes(
        &Actor::Host,
        dispatched("profile", 1, "engineer"),
        Code::UnknownTask,
    );
    let spawned = world.mission.head();
    world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);

    Story::of(
        "S003d-unregistered",
        "an agent is spawned without a task",
        &world,
    )
    .never_from(spawned, "it works unseen", |it| {
        !it.holds_work("engineer") || it.n_in_flight() != 1
    })
    .told();
}

/// An orchestrator started an agent in the background and closed its task in the next line. Nobody
/// but its owner says that a task is done, and one that is at work cannot be called delivered.
// spec: AUTH-1, COMPLETE-3
#[test]
fn a_task_is_not_closed_as_done_behind_the_back_of_whoever_works_on_it() {
    let mut world = World::new().agents(&["engineer"]).tasks(&["t"]);
    world.start("t", "engineer");
    let claimed = handoff("t", 1, "engineer", HandoffStatus::Done);
    world.forbids(&lead(), Command::Handoff(claimed.clone()), Code::NotOwner);
    world.imposes(&lead(), claimed, Code::NotOwner);
    let delivered = TaskDelivered {
        task: task("t"),
        note: String::new(),
    };
    world.forbids(&lead(), Command::Deliver(delivered), Code::NotPermitted);
    let done = world.pass(30).hand("t", HandoffStatus::Done);

    Story::of(
        "S003e-fire-and-forget",
        "a task is closed while its agent works",
        &world,
    )
    .never_before(done, "the task is done", |it| it.is_done("t"))
    .shows(done, "the handoff of its owner", |it| it.is_done("t"))
    .told();
}

/// An agent that gave no news for a quarter of an hour may be stuck, and nobody looked. Signs of
/// life are not news: after the progress clock the lead has to look, and only progress clears that.
// spec: TIME-2, TIME-3
#[test]
fn an_agent_that_beats_and_gets_nowhere_is_seen_to_be_stuck() {
    let mut world = World::with(|policy| policy.clocks.progress_ms = Some(Millis::minutes(15)))
        .agents(&["engineer"])
        .tasks(&["t"]);
    world.start("t", "engineer");
    for _ in 0..2 {
        world
            .pass(7)
            .accepts(&by("engineer"), Command::Beat(beat("t", 1, "engineer")));
    }
    let tick = world.pass(1).accepts(&Actor::Host, Command::Tick);
    let beats = world
        .pass(4)
        .accepts(&by("engineer"), Command::Beat(beat("t", 1, "engineer")));
    let moves = Command::Progress(progress("t", 1, "engineer"));
    let moves = world.pass(1).accepts(&by("engineer"), moves);

    Story::of(
        "S003f-no-news",
        "an agent gives no news for a quarter of an hour",
        &world,
    )
    .later(tick, 3)
    .never_from(tick, "all is well", |it| {
        it.seq < moves && !it.has_cause(Cause::NoProgress, Some("t"))
    })
    .shows(beats, "that the lead has to look", |it| {
        it.waits_for("lead")
    })
    .shows(moves, "an agent at work", |it| {
        it.is_at_work("t") && !it.waits_for("lead")
    })
    .told();
}

/// A question that only a human can answer was asked in passing, and the work went on without the
/// answer being missed. An escalation is owed by the human it names, in every status, until it is
/// answered.
// spec: NOTE-1
#[test]
fn an_escalation_that_nobody_answers_keeps_the_mission_open() {
    let mut world = World::new().agents(&["engineer"]).tasks(&["t"]);
    world.start("t", "engineer");
    let escalates = message(
        "agent:engineer",
        "human:owner",
        MessageClass::Actionable,
        "break the interface?",
    );
    let asked = world.accepts(&by("engineer"), Command::Send(escalates));
    world.hand("t", HandoffStatus::Done);
    world.reads_results();
    let finished = world.mission.head();
    world.forbids(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    let decided = message("human:owner", "agent:engineer", MessageClass::Fyi, "yes");
    world.accepts(&human("owner"), Command::Send(reply(asked, decided)));
    let closed = world.accepts(&lead(), close(MissionOutcome::Completed));

    Story::of(
        "S003g-escalation",
        "a question to a human is asked in passing",
        &world,
    )
    .later(finished, 24 * 60)
    .never_from(asked, "nobody owes an answer", |it| {
        it.seq.0 <= finished.0 && !it.waits_for("human:owner")
    })
    .never_before(closed, "completed", Glance::is_completed)
    .told();
}
