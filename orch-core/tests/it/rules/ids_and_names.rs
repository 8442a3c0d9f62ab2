//! Ids and names: an attempt is on record before it is sent, and nobody is addressed by accident.

use orch_core::codes::Code;
use orch_core::command::{Command, Join};
use orch_core::decide::Effect;
use orch_core::diagnosis::Cause;
use orch_core::event::agent::AgentJoined;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::talk::{MessageClass, Receipt};
use orch_core::event::task::TaskDeclared;
use orch_core::ids::{AttemptNo, Incarnation};
use orch_core::party::{Actor, Party};
use orch_core::status::task::TaskStatus;

use super::{dispatched, in_status};
use crate::support::*;

// spec: ID-1
#[test]
fn the_token_that_is_sent_is_the_one_on_record() {
    // D29: what is sent follows from a record, so a crash in between loses no dispatch.
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    let (seq, effects) = world.accepts_with(&lead(), dispatch("t1", "a"));
    let sent = Effect::Deliver {
        task: task("t1"),
        attempt: AttemptNo(1),
        agent: agent("a"),
    };
    assert!(effects.contains(&sent));
    let token = world.view("t1").token().unwrap();
    assert_eq!(
        (token.number(), token.dispatched().seq),
        (AttemptNo(1), seq)
    );
    assert_eq!(world.status("t1"), TaskStatus::Dispatched);
    assert_eq!(world.causes("t1"), [Cause::DispatchedNotStarted]);
}

// spec: ID-1
#[test]
fn an_attempt_number_is_never_used_again_however_the_attempt_ended() {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    for number in 1..=6 {
        world.start("t1", "a");
        assert_eq!(world.token("t1"), number);
        let owner = by("a");
        let end = |how| Command::EndAttempt(ended("t1", number, "a", how));
        match number {
            1 => world.accepts(&owner, end(AttemptEnd::Released)),
            2 => world.hand("t1", HandoffStatus::Partial),
            3 => world.hand("t1", HandoffStatus::Failed),
            4 => world.accepts(&owner, end(AttemptEnd::SessionEnded)),
            _ => world.accepts(&lead(), correct("t1", Change::Reopen)),
        };
        let mut reused = world.clone();
        reused.imposes(&lead(), dispatched("t1", number, "a"), Code::AttemptReused);
        assert_eq!(reused.status("t1"), TaskStatus::Open);
    }
    world.imposes(&lead(), dispatched("t1", 9, "a"), Code::AttemptGap);
    assert_eq!(
        (world.token("t1"), world.view("t1").next_attempt()),
        (9, AttemptNo(10))
    );
}

// spec: ID-1
#[test]
fn a_task_id_is_taken_once_and_must_be_declared_before_it_is_used() {
    let world = in_status(TaskStatus::Running);
    let again = Command::DeclareTask(TaskDeclared::new(task("t1"), "another"));
    let (_, imposed) = world.forbids(&lead(), again, Code::TaskExists);
    assert_eq!(
        (imposed.status("t1"), imposed.view("t1").title()),
        (TaskStatus::Running, "t1")
    );

    let (_, imposed) = world.forbids(&lead(), dispatch("t9", "b"), Code::UnknownTask);
    assert_eq!(imposed.status("t9"), TaskStatus::Dispatched);
    assert!(imposed.view("t9").is_implicit());
}

// spec: NAME-1
#[test]
fn a_join_under_a_live_name_is_refused_and_changes_nothing_on_a_log_that_says_so() {
    let world = in_status(TaskStatus::Running);
    let (refused, imposed) = world.forbids(&Actor::Host, join("a"), Code::NameCollision);
    let is_alias = |it: &Command| matches!(it, Command::Join(join) if join.alias);
    assert!(refused.instead.iter().any(is_alias));
    assert_eq!(imposed.owner("t1"), agent("a"));
    let live = imposed.mission.live_agent(&name("a")).unwrap();
    assert_eq!(live.agent(), agent("a"));
}

// spec: NAME-1
#[test]
fn an_alias_is_the_same_incarnation_and_may_report() {
    let mut world = in_status(TaskStatus::Running);
    let alias = Join {
        agent: name("a"),
        roles: vec![],
        session: Some("s2".into()),
        alias: true,
    };
    world.accepts(&Actor::Host, Command::Join(alias));
    assert_eq!(world.mission.agents().count(), 3);
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: NAME-1, FENCE-1
#[test]
fn a_rejoin_is_a_new_incarnation_that_does_not_inherit_an_attempt() {
    let mut world = in_status(TaskStatus::Running);
    world.leaves("a");
    world.join("a");
    let live = world.mission.live_agent(&name("a")).unwrap();
    assert_eq!(live.agent(), agent("a#2"));
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
    let claimed = handoff("t1", 1, "a#2", HandoffStatus::Done);
    world.late(&by("a#2"), Command::Handoff(claimed), Code::Fenced);
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
}

// spec: NAME-1
#[test]
fn an_incarnation_out_of_order_is_marked() {
    let mut world = World::new();
    let third = AgentJoined {
        agent: name("a"),
        incarnation: Incarnation(3),
        roles: vec![],
        session: None,
        alias: false,
        implicit: false,
    };
    world.imposes(&import(), third, Code::IncarnationOrder);
    assert!(world.mission.agent(&agent("a#3")).is_some());
}

// spec: NAME-2
#[test]
fn an_unknown_recipient_is_refused_with_the_nearest_names() {
    // D22: a message to the type of an agent must not open an inbox that nobody reads.
    let world = World::new().agents(&["reviewer", "tester"]);
    let text = "look at this";
    let words = message("human:ada", "agent:reviwer", MessageClass::Actionable, text);
    let (refused, imposed) = world.forbids(&lead(), Command::Send(words), Code::UnknownAgent);
    insta::assert_snapshot!(refused, @"agent reviwer never joined; the nearest known: reviewer, tester");
    assert!(imposed.mission.live_agent(&name("reviwer")).is_none());
}

// spec: NAME-2
#[test]
fn work_for_an_unknown_agent_is_refused_with_the_nearest_names() {
    let world = World::new().agents(&["coder", "tester"]).tasks(&["t1"]);
    let (refused, imposed) = world.forbids(&lead(), dispatch("t1", "codr"), Code::UnknownAgent);
    assert_eq!(refused.instead.first(), Some(&dispatch("t1", "coder")));
    assert_eq!(imposed.status("t1"), TaskStatus::Dispatched, "it happened");
}

// spec: NAME-2, COMPLETE-1
#[test]
fn a_message_to_an_agent_that_is_gone_keeps_the_mission_open_until_somebody_reads_it() {
    // D22: the developer writes to the analyst, who was stopped before.
    let mut world = World::new()
        .agents(&["analyst", "developer"])
        .tasks(&["t1"]);
    world.finish("t1", "developer");
    world.reads_results();
    world.accepts(&by("analyst"), leave("analyst"));
    let text = "vector discrepancy";
    let lost = message(
        "agent:developer",
        "agent:analyst",
        MessageClass::Actionable,
        text,
    );
    let seq = world.accepts(&by("developer"), Command::Send(lost));
    let roots = world.mission.roots(world.now);
    let found = roots
        .iter()
        .find(|it| it.cause == Cause::Undeliverable)
        .unwrap();
    assert_eq!(
        (&found.next, &found.because[..]),
        (&Party::Lead, &[seq][..])
    );
    world.rejects(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    world.accepts(&lead(), Command::Receipt(Receipt { of: vec![seq] }));
    assert!(
        world
            .mission
            .roots(world.now)
            .iter()
            .all(|it| it.cause != Cause::Undeliverable)
    );

    // What it asked for is still owed, and the lead answers for whoever is gone.
    assert_eq!(world.mission.obligations()[0].next, Party::Lead);
    let mut reply = message(
        "human:ada",
        "agent:developer",
        MessageClass::Fyi,
        "never mind",
    );
    reply.reply_to = Some(seq);
    world.accepts(&lead(), Command::Send(reply));
    world.accepts(&lead(), close(MissionOutcome::Completed));
}
