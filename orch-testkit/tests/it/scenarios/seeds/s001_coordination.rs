//! Seed 001: a name taken twice, and replies from the past.

use orch_core::command::Join;
use orch_core::ids::Incarnation;

use crate::scenarios::words::*;

/// An orchestrator spawned an agent under a name that was in use, and the platform added a suffix
/// without a word: tasks went to one of the two and the prompt to the other, and both did the work.
/// A live name is refused, and whoever means another session of the same agent says so.
// spec: NAME-1
#[test]
fn spawning_a_live_name_is_refused_not_suffixed() {
    let mut world = World::new().agents(&["secretary"]).tasks(&["harvest"]);
    let refused = world.rejects(&by("secretary"), join("secretary"), Code::NameCollision);
    insta::assert_snapshot!(refused, @"the name secretary is taken by secretary#1, live since 2");
    let alias = Join {
        agent: name("secretary"),
        roles: vec![],
        session: None,
        alias: true,
    };
    assert_eq!(refused.instead, [Command::Join(alias.clone())]);
    let spawned = world.event_of(&join("secretary")).unwrap();
    world.imposes(&Actor::Host, spawned, Code::NameCollision);
    world.start("harvest", "secretary");
    world.accepts(&Actor::Host, Command::Join(alias));

    Story::of(
        "S001a-name-collision",
        "a second agent is spawned under a live name",
        &world,
    )
    .never("there are two", |it| it.mission.agents().count() > 1)
    .told();
}

/// An agent that left joins again. It is a new incarnation of its name: the log tells the two apart,
/// and what the old one says is late.
// spec: NAME-1, FENCE-1
#[test]
fn joining_again_after_leaving_is_a_new_incarnation() {
    let mut world = World::new().agents(&["secretary"]).tasks(&["harvest"]);
    world.start("harvest", "secretary");
    let left = world.leaves("secretary");
    world.join("secretary");
    let old = Command::Handoff(handoff("harvest", 1, "secretary", HandoffStatus::Done));
    world.late(&by("secretary"), old, Code::Fenced);

    Story::of(
        "S001b-rejoin",
        "an agent joins again under its name",
        &world,
    )
    .never_from(left, "the old one is there", |it| {
        let live = it.mission.live_agent(&name("secretary"));
        live.is_some_and(|it| it.agent().incarnation != Incarnation(2))
    })
    .never("the late result counts", |it| it.is_done("harvest"))
    .told();
}

/// An orchestrator wrote "stand down" and its agents, whose replies crossed with that, went on and
/// committed. Words are advice: they stop nobody, and nothing shows the agent as stopped.
// spec: SHUT-1, NOTE-1
#[test]
fn a_stand_down_in_words_stops_nobody() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let words = message("human:ada", "agent:coder", MessageClass::Fyi, "stand down");
    let told = world.accepts(&lead(), Command::Send(about("t1", words)));
    let done = world.pass(2).hand("t1", HandoffStatus::Done);

    Story::of(
        "S001c-stand-down",
        "an agent is told to stand down and goes on",
        &world,
    )
    .never("the agent is shown as stopping", |it| {
        let known = it.mission.agent(&agent("coder"));
        known.is_some_and(|it| it.status() != AgentStatus::Live)
    })
    .shows(told, "an agent at work", |it| it.is_at_work("t1"))
    .shows(done, "a result that counts", |it| it.is_done("t1"))
    .told();
}

/// A commit landed after its author had agreed to stop, and the acknowledgement arrived after it.
/// A shutdown is structural: what comes after its acknowledgement is kept, marked, and without
/// effect until somebody adopts it.
// spec: SHUT-2, FENCE-1, FENCE-2
#[test]
fn a_late_reply_after_shutdown_is_fenced_and_kept_and_can_be_adopted() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    world.accepts(&lead(), shutdown("coder", ShutdownStage::Requested));
    let stopped = world.accepts(&by("coder"), shutdown("coder", ShutdownStage::Acknowledged));
    let committed = handoff("t1", 1, "coder", HandoffStatus::Done);
    let late = world.late(&by("coder"), Command::Handoff(committed), Code::Zombie);
    let adopted = world.accepts(&lead(), correct("t1", Change::Adopt { seq: late }));

    Story::of(
        "S001d-late-commit",
        "a commit comes after its author agreed to stop",
        &world,
    )
    .never_before(adopted, "the commit counts by itself", |it| {
        it.is_done("t1")
    })
    .never_from(stopped, "it is at work", |it| it.is_at_work("t1"))
    .shows(stopped, "an outcome that nobody knows", |it| {
        it.is("t1", TaskStatus::OutcomeUnknown)
    })
    .shows(late, "late evidence", |it| {
        it.mission.late_evidence()[0].seq == late
    })
    .shows(adopted, "work that was adopted", |it| {
        it.is_done("t1") && it.mission.late_evidence()[0].adopted == Some(adopted)
    })
    .told();
}

/// An agent that had been asked to stop was given a fix to make. Between the request and its answer
/// it gets no new work, and owes the answer; once it refuses, it can be given work again.
// spec: SHUT-2
#[test]
fn an_agent_that_was_asked_to_stop_gets_no_new_work_and_owes_an_acknowledgement() {
    let mut world = World::new().agents(&["coder", "other"]).tasks(&["t1"]);
    let asked = world.accepts(&lead(), shutdown("coder", ShutdownStage::Requested));
    let refused = world.rejects(&lead(), dispatch("t1", "coder"), Code::AgentStopping);
    assert_eq!(refused.instead, [dispatch("t1", "other")]);
    let goes_on = world.accepts(&by("coder"), shutdown("coder", ShutdownStage::Refused));
    let given = world.dispatch("t1", "coder");

    Story::of(
        "S001e-stopping",
        "an agent that was asked to stop is given work",
        &world,
    )
    .never_before(given, "it has work", |it| it.holds_work("coder"))
    .shows(asked, "an answer that is owed", |it| {
        it.waits_for("agent:coder")
    })
    .shows(goes_on, "nothing owed any more", |it| {
        !it.waits_for("agent:coder")
    })
    .told();
}
