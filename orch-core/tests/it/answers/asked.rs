//! What is asked: each kind of command, in the forms that the rules tell apart.

use orch_core::command::{Command, Dispatch, Rebind};
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{AttemptEnd, Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change};
use orch_core::event::gate::Verdict;
use orch_core::event::mission::{MissionArchived, MissionClosed, MissionOutcome, RunEnded};
use orch_core::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
use orch_core::event::task::{GateSpec, GateStage, Need, TaskDeclared, Unmet};
use orch_core::ids::{RunId, Seq};
use orch_core::party::{Actor, Party};

use crate::rules::stage::{close_task, deliver, inventory, shutdown};
use crate::support::*;

/// The questions by topic, each with who asks it.
pub(super) fn topics() -> [(&'static str, Vec<(Actor, Command)>); 6] {
    [
        ("work", work()),
        ("gates", gates()),
        ("corrections", corrections()),
        ("talk", talk()),
        ("people", people()),
        ("ends", ends()),
    ]
}

fn from(actor: &Actor, commands: Vec<Command>) -> Vec<(Actor, Command)> {
    commands.into_iter().map(|it| (actor.clone(), it)).collect()
}

fn work() -> Vec<(Actor, Command)> {
    let hands = |status| Command::Handoff(handoff("t1", 1, "a", status));
    let contradictory = |blocked_on: Option<Party>, remaining: &[&str]| {
        Command::Handoff(Handoff {
            blocked_on,
            remaining: remaining.iter().map(|&it| it.to_owned()).collect(),
            ..handoff("t1", 1, "a", HandoffStatus::Done)
        })
    };
    let given_up = Command::Handoff(Handoff {
        not_retryable: true,
        ..handoff("t1", 1, "a", HandoffStatus::Failed)
    });
    let of_owner = vec![
        started(1, "t1", &agent("a")),
        Command::Beat(beat("t1", 1, "a")),
        Command::Progress(progress("t1", 1, "a")),
        hands(HandoffStatus::Partial),
        hands(HandoffStatus::Blocked),
        hands(HandoffStatus::Done),
        hands(HandoffStatus::Failed),
        given_up,
        contradictory(None, &["the rest"]),
        contradictory(Some(Party::Lead), &[]),
        Command::EndAttempt(exited("t1", 1, "a", 1)),
        Command::EndAttempt(exited("t1", 1, "a", 0)),
    ];
    let of_others = vec![
        Command::Handoff(handoff("t1", 1, "b", HandoffStatus::Done)),
        Command::Handoff(handoff("t1", 9, "b", HandoffStatus::Done)),
        dispatch("t1", "b"),
    ];
    let mut again = Dispatch::new(task("t1"), name("a"));
    again.note.push_str("once more");
    let of_lead = vec![
        dispatch("t1", "b"),
        Command::Dispatch(again),
        dispatch("t1", "ghost"),
        dispatch("t2", "b"),
        dispatch("next", "c"),
        Command::EndAttempt(ended("t1", 1, "a", AttemptEnd::Killed)),
        Command::EndAttempt(ended("t1", 1, "a", AttemptEnd::Released)),
        Command::Observe(inventory("a", &[])),
        Command::Observe(inventory("b", &[("t1", 1)])),
        Command::Tick,
    ];
    let mut asked = from(&by("a"), of_owner);
    asked.extend(from(&by("b"), of_others));
    asked.extend(from(&lead(), of_lead));
    asked
}

fn gates() -> Vec<(Actor, Command)> {
    let decide = |who: &str, verdict| decide_gate("t1", 1, "review", who, verdict);
    let of_lead = vec![
        request_gate("t1", 1, "review", "agent:b"),
        request_gate("t1", 1, "review", "agent:a"),
        request_gate("t1", 1, "review", "agent:ghost"),
        request_gate("t1", 1, "other", "agent:b"),
        request_gate("t1", 2, "review", "agent:b"),
        decide("human:ada", Verdict::Approved),
        decide("human:ada", Verdict::ChangesRequested),
        decide("human:ada", Verdict::Waived),
        decide_gate("t1", 1, "other", "human:ada", Verdict::Approved),
        deliver("t1"),
    ];
    let mut asked = from(&lead(), of_lead);
    asked.push((by("a"), decide("agent:a", Verdict::Approved)));
    asked.push((by("b"), decide("agent:b", Verdict::Approved)));
    asked.push((by("b"), decide("agent:b", Verdict::Waived)));
    asked
}

fn corrections() -> Vec<(Actor, Command)> {
    let rebind = |to: &str| {
        Command::Rebind(Rebind {
            task: task("t1"),
            to: name(to),
            reason: "as observed".to_owned(),
            supersedes: Vec::new(),
        })
    };
    let mut needing = Amendment::default();
    needing.add_needs = vec![Need::accepted(task("t1"))];
    let mut regated = Amendment::default();
    regated.gates = Some(vec![GateSpec::new(gate("other"), GateStage::Accept)]);
    let amend = |amendment| correct("t1", Change::Amend(Box::new(amendment)));
    let of_lead = vec![
        rebind("b"),
        rebind("a"),
        rebind("gost"),
        correct("t1", Change::Reopen),
        correct("t1", Change::Unblock),
        correct("t1", Change::Supersede { by: task("next") }),
        correct("t1", Change::Supersede { by: task("t1") }),
        correct("t1", Change::Adopt { seq: Seq(8) }),
        correct("t1", Change::Adopt { seq: Seq(2) }),
        amend(needing),
        amend(regated),
    ];
    let mut asked = from(&lead(), of_lead);
    asked.push((by("b"), correct("t1", Change::Reopen)));
    asked
}

fn talk() -> Vec<(Actor, Command)> {
    let says = |to: &str, class| {
        Command::Send(Message {
            task: Some(task("t1")),
            ..message("agent:a", to, class, "which port?")
        })
    };
    let waits = Command::Wait(WaitDeclared {
        who: WaitRef::Task(task("t1")),
        on: WaitRef::Task(task("next")),
        until: None,
    });
    from(
        &by("a"),
        vec![
            says("agent:b", MessageClass::Fyi),
            says("agent:b", MessageClass::Actionable),
            says("lead", MessageClass::Question),
            says("agent:gost", MessageClass::Fyi),
            waits,
            Command::Receipt(Receipt { of: vec![Seq(1)] }),
        ],
    )
}

fn people() -> Vec<(Actor, Command)> {
    let mut asked = from(
        &Actor::Host,
        vec![
            join("a"),
            join("d"),
            shutdown("a", ShutdownStage::Requested),
            shutdown("a", ShutdownStage::Acknowledged),
            shutdown("a", ShutdownStage::Refused),
            shutdown("a", ShutdownStage::Terminated),
        ],
    );
    asked.push((by("a"), leave("a")));
    asked.push((by("b"), leave("a")));
    asked
}

fn ends() -> Vec<(Actor, Command)> {
    let forced = Command::CloseMission(MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: true,
        reason: String::new(),
    });
    let mut asked = from(
        &lead(),
        vec![
            close_task("t1", Unmet::Skipped),
            close_task("t1", Unmet::Cancelled),
            close_task("t1", Unmet::Failed),
            close_task("ghost", Unmet::Failed),
            close(MissionOutcome::Completed),
            close(MissionOutcome::Cancelled),
            forced,
            Command::Archive(MissionArchived {
                reason: String::new(),
            }),
            Command::DeclareTask(TaskDeclared::new(task("t1"), "again")),
            Command::EndRun(RunEnded {
                run: RunId::parse("r1").unwrap(),
            }),
        ],
    );
    asked.push((by("b"), close(MissionOutcome::Cancelled)));
    asked
}
