//! Agents that would not stop, and messages to those who had: D21 and D22.

use crate::scenarios::words::*;

/// D21. An agent was asked to stop and did not answer: it went on to say that it was idle, and the
/// team could not be closed because a member was active. The request is on record, an answer is
/// owed by a deadline, and after that the lead may terminate it. Its begun task gets an unknown
/// outcome and its unbegun one is open again, what it still says is fenced, and the mission closes
/// without its help.
// spec: SHUT-1, SHUT-2
#[test]
fn an_agent_that_ignores_its_shutdown_does_not_hold_the_mission_open() {
    let mut world = World::with(|policy| policy.clocks.ack_ms = Some(Millis::minutes(5)))
        .agents(&["idler", "other"])
        .tasks(&["begun", "unbegun"]);
    world.start("begun", "idler");
    world.dispatch("unbegun", "idler");
    let asked = world
        .pass(10)
        .accepts(&lead(), shutdown("idler", ShutdownStage::Requested));
    world.rejects(&lead(), dispatch("unbegun", "idler"), Code::AgentStopping);
    for _ in 0..2 {
        world
            .pass(2)
            .accepts(&by("idler"), Command::Beat(beat("begun", 1, "idler")));
    }
    let tick = world.pass(1).accepts(&Actor::Host, Command::Tick);
    let over = world.accepts(&lead(), shutdown("idler", ShutdownStage::Terminated));
    let still = Command::Beat(beat("begun", 1, "idler"));
    let still = world.pass(1).late(&by("idler"), still, Code::Zombie);
    world.accepts(
        &lead(),
        close_task("begun", Unmet::Cancelled, "nobody can tell"),
    );
    world.finish("unbegun", "other");
    world.reads_results();
    let closed = world.accepts(&lead(), close(MissionOutcome::Completed));

    Story::of(
        "D21-shutdown-ignored",
        "an agent ignores its shutdown",
        &world,
    )
    .never_from(over, "the agent is active", |it| {
        it.holds_work("idler") || it.waits_for("agent:idler") || it.is_at_work("begun")
    })
    .never_from(asked, "it is simply live", |it| {
        let known = it.mission.agent(&agent("idler"));
        known.is_some_and(|view| view.status() == AgentStatus::Live)
    })
    .shows(asked, "an answer that is owed", |it| {
        it.waits_for("agent:idler")
    })
    .shows(tick, "that the lead has to act", |it| {
        it.has_cause(Cause::ShutdownUnacked, None) && it.waits_for("lead")
    })
    .shows(over, "what became of its tasks", |it| {
        it.is("begun", TaskStatus::OutcomeUnknown) && it.is_ready("unbegun")
    })
    .shows(still, "what it still says, without effect", |it| {
        it.mission
            .anomalies()
            .last()
            .is_some_and(|it| it.code == Code::Zombie)
    })
    .shows(closed, "a mission that closed without it", |it| {
        it.is_completed()
    })
    .told();
}

/// D21, where the agent agreed to stop and its process went on talking. The tracker showed it as
/// idle. Whatever comes after the acknowledgement is fenced, kept, and says that it is a zombie.
// spec: SHUT-2
#[test]
fn who_speaks_after_an_acknowledged_shutdown_is_a_zombie() {
    let mut world = World::new().agents(&["idler"]).tasks(&["t"]);
    world.accepts(&lead(), shutdown("idler", ShutdownStage::Requested));
    let agreed = world.accepts(&by("idler"), shutdown("idler", ShutdownStage::Acknowledged));
    for _ in 0..2 {
        let idle = message("agent:idler", "lead", MessageClass::Fyi, "idle");
        world
            .pass(3)
            .late(&by("idler"), Command::Send(idle), Code::Zombie);
    }
    world.rejects(&lead(), dispatch("t", "idler"), Code::AgentGone);

    Story::of(
        "D21b-zombie",
        "an agent agrees to stop and goes on talking",
        &world,
    )
    .never_from(agreed, "the agent is there", |it| {
        it.mission.live_agent(&name("idler")).is_some()
    })
    .shows(agreed.next().next(), "two marks", |it| {
        let marks = it
            .mission
            .anomalies()
            .iter()
            .filter(|it| it.code == Code::Zombie);
        marks.count() == 2
    })
    .told();
}

/// D22. An agent that was asked to stop used its last turn to write to a colleague who had been
/// stopped before: the message was reported as sent and read by nobody. A message to somebody who
/// is gone is undeliverable, and the mission does not complete before somebody has read it; one to a
/// name that nobody has is refused with the names that are like it.
// spec: NAME-2, COMPLETE-1, SHUT-1
#[test]
fn a_message_to_somebody_who_is_gone_is_read_by_the_lead() {
    let mut world = World::new().agents(&["analyst", "developer"]).tasks(&["t"]);
    world.finish("t", "developer");
    world.reads_results();
    for step in [ShutdownStage::Requested, ShutdownStage::Terminated] {
        world.accepts(&lead(), shutdown("analyst", step));
    }
    world.accepts(&lead(), shutdown("developer", ShutdownStage::Requested));
    let lost = |to| {
        message(
            "agent:developer",
            to,
            MessageClass::Actionable,
            "the vectors differ",
        )
    };
    let unknown = Command::Send(lost("agent:analysts"));
    let refused = world.rejects(&by("developer"), unknown, Code::UnknownAgent);
    assert!(
        refused.message.contains("the nearest known: analyst"),
        "{refused}"
    );
    let lost = world.accepts(&by("developer"), Command::Send(lost("agent:analyst")));
    world.accepts(
        &by("developer"),
        shutdown("developer", ShutdownStage::Acknowledged),
    );
    world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    let read = world.pass(2).accepts(&lead(), receipt(&[lost]));
    let taken = message(
        "human:ada",
        "lead",
        MessageClass::Fyi,
        "seen: the vectors are rounded",
    );
    let settled = world.accepts(&lead(), Command::Send(reply(lost, taken)));
    let closed = world.accepts(&lead(), close(MissionOutcome::Completed));

    Story::of(
        "D22-dead-letter",
        "the last message of an agent goes to one that is gone",
        &world,
    )
    .never_from(lost, "nothing pending", |it| {
        it.seq < settled && it.is_nothing_open()
    })
    .never("somebody who is gone has to act", |it| {
        it.seq >= lost && it.waits_for("agent:analyst")
    })
    .shows(lost, "a message that was not delivered", |it| {
        it.has_cause(Cause::Undeliverable, None) && it.waits_for("lead")
    })
    .shows(
        read,
        "a message that was read, and still asks for something",
        |it| !it.has_cause(Cause::Undeliverable, None) && it.has_cause(Cause::ReplyOwed, None),
    )
    .shows(closed, "a mission that closed well", Glance::is_completed)
    .told();
}
