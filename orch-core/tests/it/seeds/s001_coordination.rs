//! Seed 001: a name taken twice, replies from the past, and output taken for completion.

use orch_core::codes::Code;
use orch_core::command::{Command, Join};
use orch_core::diagnosis::Cause;
use orch_core::event::agent::{Shutdown, ShutdownStage};
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::ids::Incarnation;
use orch_core::party::Party;
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;

use crate::support::*;

fn shutdown(who: &str, stage: ShutdownStage) -> Command {
    Command::Shutdown(Shutdown {
        agent: agent(who),
        stage,
        reason: "the work is over".into(),
    })
}

// spec: NAME-1
#[test]
fn spawning_a_live_name_is_refused_not_suffixed() {
    let world = World::new().agents(&["secretary"]);
    let refused = world.rejects(&by("secretary"), join("secretary"), Code::NameCollision);
    insta::assert_snapshot!(refused, @"the name secretary is taken by secretary#1, live since 2");
    let alias = Join {
        agent: name("secretary"),
        roles: vec![],
        session: None,
        alias: true,
    };
    assert_eq!(refused.instead, [Command::Join(alias)]);
    assert_eq!(world.mission.agents().count(), 1);
}

// spec: NAME-1
#[test]
fn joining_again_after_leaving_is_a_new_incarnation() {
    let mut world = World::new().agents(&["secretary"]);
    let left = orch_core::event::agent::AgentLeft {
        agent: agent("secretary"),
        reason: String::new(),
    };
    world.accepts(&by("secretary"), Command::Leave(left));
    world.join("secretary");
    let live = world.mission.live_agent(&name("secretary")).unwrap();
    assert_eq!(live.agent().incarnation, Incarnation(2));
}

// spec: SHUT-1
#[test]
fn a_stand_down_in_words_stops_nobody() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let words = message("human:ada", "agent:coder", MessageClass::Fyi, "stand down");
    world.accepts(&lead(), Command::Send(words));
    assert_eq!(
        world.mission.live_agent(&name("coder")).unwrap().status(),
        AgentStatus::Live
    );
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: SHUT-2, FENCE-1, FENCE-2
#[test]
fn a_late_reply_after_shutdown_is_fenced_and_kept_and_can_be_adopted() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    world.accepts(&lead(), shutdown("coder", ShutdownStage::Requested));
    world.accepts(&by("coder"), shutdown("coder", ShutdownStage::Acknowledged));
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);

    let committed = handoff("t1", 1, "coder", HandoffStatus::Done);
    let late = world.late(&by("coder"), Command::Handoff(committed), Code::Zombie);
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
    assert_eq!(world.mission.late_evidence()[0].seq, late);

    let adopted = world.accepts(&lead(), correct("t1", Change::Adopt { seq: late }));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
    assert_eq!(world.mission.late_evidence()[0].adopted, Some(adopted));
}

// spec: SHUT-2
#[test]
fn an_agent_that_was_asked_to_stop_gets_no_new_work_and_owes_an_acknowledgement() {
    let mut world = World::new().agents(&["coder", "other"]).tasks(&["t1"]);
    world.accepts(&lead(), shutdown("coder", ShutdownStage::Requested));
    let refused = world.rejects(&lead(), dispatch("t1", "coder"), Code::AgentStopping);
    assert_eq!(refused.instead, [dispatch("t1", "other")]);
    assert_eq!(world.mission.obligations()[0].owed_by, party("agent:coder"));
    world.accepts(&by("coder"), shutdown("coder", ShutdownStage::Refused));
    world.dispatch("t1", "coder");
}

// spec: HAND-1
#[test]
fn partial_returns_the_task_with_what_remains_and_is_no_failure() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let mut partial = world.handoff("t1", HandoffStatus::Partial);
    partial.remaining = vec!["12 of 15 commits".to_owned()];
    world.accepts(&by("coder"), Command::Handoff(partial));
    let view = world.view("t1");
    assert_eq!(
        (view.status(), view.counters().failures),
        (TaskStatus::Open, 0)
    );
    assert_eq!(view.remaining(), ["12 of 15 commits"]);
    world.dispatch("t1", "coder");
}

// spec: HAND-1
#[test]
fn blocked_names_who_must_act_and_never_completes() {
    let mut world = World::new()
        .agents(&["architect", "coder"])
        .tasks(&["t1", "t2"]);
    world.start("t1", "architect");
    let mut blocked = world.handoff("t1", HandoffStatus::Blocked);
    blocked.blocked_on = Some(party("agent:coder"));
    world.accepts(&by("architect"), Command::Handoff(blocked));
    let found = world.blockers("t1");
    assert_eq!(
        (found[0].cause, &found[0].next),
        (Cause::PausedBy, &party("agent:coder"))
    );

    world.start("t2", "architect");
    world.hand("t2", HandoffStatus::Blocked);
    assert_eq!(world.blockers("t2")[0].next, Party::Lead);

    world.rejects(&lead(), dispatch("t1", "coder"), Code::NotOpen);
    world.accepts(&lead(), correct("t1", Change::Unblock));
    assert_eq!(world.status("t1"), TaskStatus::Open);
}

// spec: COMPLETE-3
#[test]
fn being_idle_or_nudged_or_ended_never_completes_a_task() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    for nudge in 0..60 {
        let words = message(
            "human:ada",
            "agent:coder",
            MessageClass::Fyi,
            &format!("done? {nudge}"),
        );
        world.accepts(&lead(), Command::Send(words));
        world.accepts(&by("coder"), Command::Beat(beat("t1", 1, "coder")));
        assert_eq!(world.status("t1"), TaskStatus::Running);
    }
    world.accepts(
        &by("coder"),
        Command::EndAttempt(exited("t1", 1, "coder", 0)),
    );
    assert_eq!(world.status("t1"), TaskStatus::Reported);
    let mut other = World::new().agents(&["coder"]).tasks(&["t1"]);
    other.start("t1", "coder");
    let over = ended("t1", 1, "coder", AttemptEnd::SessionEnded);
    other.accepts(&orch_core::party::Actor::Host, Command::EndAttempt(over));
    assert_eq!(other.status("t1"), TaskStatus::Open);
}

// spec: COMPLETE-4
#[test]
fn a_procedural_close_that_names_work_left_over_is_refused() {
    let mut world = World::new().agents(&["coder"]).tasks(&["t1"]);
    world.start("t1", "coder");
    let mut done = world.handoff("t1", HandoffStatus::Done);
    done.remaining = vec!["12 of 15 commits".to_owned()];
    let refused = world.rejects(
        &by("coder"),
        Command::Handoff(done.clone()),
        Code::ContradictoryDone,
    );
    let mut honest = done;
    honest.status = Some(HandoffStatus::Partial);
    assert!(refused.instead.contains(&Command::Handoff(honest)));
}
