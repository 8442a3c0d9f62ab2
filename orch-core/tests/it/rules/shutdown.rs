//! Shutdown: a ladder of four steps, and what becomes of the work of who goes down it.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Decision, Effect};
use orch_core::diagnosis::Cause;
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::mission::MissionOutcome;
use orch_core::event::talk::MessageClass;
use orch_core::event::task::Unmet;
use orch_core::mission::ObligationKind;
use orch_core::party::{Actor, Party};
use orch_core::policy::Millis;
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;

use super::{close_task, in_status, shutdown};
use crate::support::*;
use ShutdownStage::{Acknowledged, Refused, Requested, Terminated};

fn status(world: &World, who: &str) -> AgentStatus {
    world.mission.agent(&agent(who)).unwrap().status()
}

// spec: SHUT-1
#[test]
fn each_rung_of_the_ladder_is_a_record_of_its_own_and_does_its_own_part() {
    let mut world = in_status(TaskStatus::Running);
    let words = message("human:ada", "agent:a", MessageClass::Fyi, "please stop");
    world.accepts(&lead(), Command::Send(words));
    assert_eq!(
        (status(&world, "a"), world.status("t1")),
        (AgentStatus::Live, TaskStatus::Running)
    );

    world.accepts(&lead(), close_task("t1", Unmet::Cancelled));
    assert_eq!(
        (status(&world, "a"), world.status("t1")),
        (AgentStatus::Live, TaskStatus::Cancelled)
    );

    let (_, effects) = world.accepts_with(&lead(), shutdown("a", Requested));
    assert!(effects.contains(&Effect::Stop { agent: agent("a") }));
    assert_eq!(status(&world, "a"), AgentStatus::Stopping);

    let (_, effects) = world.accepts_with(&lead(), shutdown("a", Terminated));
    assert!(effects.contains(&Effect::Kill { agent: agent("a") }));
    assert_eq!(status(&world, "a"), AgentStatus::Terminated);
}

// spec: SHUT-1
#[test]
fn nobody_is_terminated_or_says_it_stops_without_having_been_asked() {
    let world = in_status(TaskStatus::Running);
    let (refused, imposed) = world.forbids(&lead(), shutdown("a", Terminated), Code::LadderSkipped);
    let asks = |it: &Command| matches!(it, Command::Shutdown(it) if it.stage == Requested);
    assert!(refused.instead.iter().any(asks));
    assert_eq!(
        status(&imposed, "a"),
        AgentStatus::Terminated,
        "it happened, and is marked"
    );
    let said = shutdown("a", Acknowledged);
    let (_, imposed) = world.forbids(&by("a"), said, Code::LadderSkipped);
    assert_eq!(status(&imposed, "a"), AgentStatus::Stopped);
}

// spec: SHUT-1, AUTH-1
#[test]
fn only_the_agent_itself_acknowledges_or_refuses() {
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&lead(), shutdown("a", Requested));
    for stage in [Acknowledged, Refused] {
        let (_, imposed) = world.forbids(&by("b"), shutdown("a", stage), Code::NotAuthorised);
        assert_eq!(status(&imposed, "a"), AgentStatus::Stopping);
    }
}

// spec: SHUT-2
#[test]
fn a_request_stops_new_work_and_leaves_the_work_that_runs() {
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&lead(), shutdown("a", Requested));
    let (_, imposed) = world.forbids(&lead(), dispatch("next", "a"), Code::AgentStopping);
    assert_eq!(
        imposed.status("next"),
        TaskStatus::Dispatched,
        "it happened, and is marked"
    );
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: SHUT-2, TIME-2
#[test]
fn a_request_that_is_ignored_stays_visible_until_the_agent_is_stopped() {
    // D21: idle notifications keep coming, an answer does not.
    let mut world = World::with(|policy| policy.clocks.ack_ms = Some(Millis::minutes(5)))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    let (asked, effects) = world.accepts_with(&lead(), shutdown("a", Requested));
    let due = world.now + chrono::TimeDelta::minutes(5);
    assert!(effects.contains(&Effect::WakeAt { at: due }));
    let owed = &world.mission.obligations()[0];
    assert_eq!(
        (owed.kind, owed.opened.seq, owed.due),
        (ObligationKind::Acknowledgement, asked, Some(due))
    );
    let unacked = |world: &World| {
        let roots = world.mission.roots(world.now);
        roots
            .into_iter()
            .find(|it| it.cause == Cause::ShutdownUnacked)
            .unwrap()
    };
    assert_eq!(unacked(&world).next, party("agent:a"));

    world.pass(5).accepts(&Actor::Host, Command::Tick);
    assert_eq!(
        status(&world, "a"),
        AgentStatus::Stopping,
        "a clock stops nobody"
    );
    assert_eq!(unacked(&world).because, [asked, world.mission.head()]);
    world.accepts(&lead(), shutdown("a", Terminated));
    let owed: Vec<_> = world
        .mission
        .obligations()
        .iter()
        .map(|it| it.kind)
        .collect();
    assert_eq!(owed, [], "who was stopped owes nothing");
}

// spec: SHUT-2
#[test]
fn what_was_begun_has_an_unknown_outcome_and_what_was_not_is_open_again() {
    for last in [Acknowledged, Terminated] {
        let mut world = in_status(TaskStatus::Running);
        world.dispatch("next", "a");
        world.accepts(&lead(), shutdown("a", Requested));
        assert_eq!(world.status("next"), TaskStatus::Dispatched);
        let actor = if last == Acknowledged {
            by("a")
        } else {
            Actor::Host
        };
        world.accepts(&actor, shutdown("a", last));
        assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
        assert_eq!(world.status("next"), TaskStatus::Open);
        assert_eq!(world.mission.in_flight().count(), 0);
        assert_eq!(world.blockers("t1")[0].next, Party::Lead);
    }
}

// spec: SHUT-2, FENCE-2
#[test]
fn whatever_an_agent_says_after_its_shutdown_is_late_and_marks_a_zombie() {
    // D21, variant a
    for last in [Acknowledged, Terminated] {
        let mut world = in_status(TaskStatus::Running);
        world.accepts(&lead(), shutdown("a", Requested));
        let actor = if last == Acknowledged {
            by("a")
        } else {
            lead()
        };
        world.accepts(&actor, shutdown("a", last));
        let words = message("agent:a", "human:ada", MessageClass::Fyi, "still idle");
        let said = [
            Command::Beat(beat("t1", 1, "a")),
            Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done)),
            Command::Send(words),
        ];
        for command in said {
            let answer = world.decide(&by("a"), &command);
            assert!(
                matches!(answer, Ok(Decision::Late { .. })),
                "{command:?}: {answer:#?}"
            );
            world.late(&by("a"), command, Code::Zombie);
            assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
        }
        assert_eq!(world.anomalies(), [Code::Zombie; 3]);
    }
}

// spec: SHUT-2, COMPLETE-1
#[test]
fn a_mission_closes_without_the_cooperation_of_an_agent_that_was_stopped() {
    // D21
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&lead(), shutdown("a", Requested));
    world.forbids(&lead(), close(MissionOutcome::Completed), Code::Incomplete);
    world.accepts(&lead(), shutdown("a", Terminated));
    for id in ["t1", "next"] {
        world.accepts(&lead(), close_task(id, Unmet::Cancelled));
    }
    world.accepts(&lead(), close(MissionOutcome::Completed));
}

// spec: SHUT-2
#[test]
fn an_agent_that_refuses_goes_on() {
    let mut world = in_status(TaskStatus::Running);
    world.accepts(&lead(), shutdown("a", Requested));
    world.accepts(&by("a"), shutdown("a", Refused));
    assert_eq!(
        (status(&world, "a"), world.mission.obligations()),
        (AgentStatus::Live, vec![])
    );
    world.dispatch("next", "a");
}
