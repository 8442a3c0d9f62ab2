//! One of each command of the core, about a task and with a text.

use chrono::TimeDelta;
use orch_core::command::{Command, Dispatch, Join, OpenMission, Rebind};
use orch_core::event::agent::{AgentLeft, Carried, Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Evidence, Handoff, HandoffStatus, Heartbeat, Progress,
};
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::mission::{
    MissionArchived, MissionClosed, MissionOutcome, RunEnded, RunStarted,
};
use orch_core::event::note::{FindingRecorded, Note};
use orch_core::event::talk::{Message, MessageClass, Receipt, WaitDeclared, WaitRef};
use orch_core::event::task::{
    GateSpec, GateStage, Limits, Need, NeedOn, TaskClosed, TaskDeclared, TaskDelivered, Unmet,
};
use orch_core::ids::{AgentName, AttemptNo, GateName, RunId, Seq, TaskId};
use orch_core::party::Party;
use orch_core::policy::{Clocks, Millis};

use super::{NOW, coder, id, label};

fn party(text: &str) -> Party {
    Party::parse(text).unwrap()
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_attempts = Some(2);
    limits.clocks.start_ms = Some(Millis(90_001));
    limits
}

/// A task with everything that one can have.
fn declared(task: &TaskId, text: &str) -> TaskDeclared {
    let need = |on, or| Need {
        task: task.clone(),
        on,
        or,
    };
    let mut declared = TaskDeclared::new(id("new"), text);
    declared.kind = Some(label("implement"));
    declared.phase = Some(label("phase two"));
    declared.role = Some(label("-r"));
    declared.priority = Some(-3);
    declared.parent = Some(task.clone());
    declared.needs = vec![
        need(NeedOn::Reported, vec![Unmet::Skipped, Unmet::Failed]),
        need(NeedOn::Accepted, Vec::new()),
    ];
    declared.gates = vec![
        GateSpec::new(GateName::parse("tester").unwrap(), GateStage::Accept),
        GateSpec::new(GateName::parse("merged").unwrap(), GateStage::Deliver),
    ];
    declared.evidence = vec![label("commit")];
    declared.limits = Some(limits());
    declared.source = Some(text.to_owned());
    declared
}

fn about_tasks(task: &TaskId, text: &str) -> Vec<Command> {
    let declared = declared(task, text);
    let mut amendment = Amendment::default();
    amendment.title = Some(text.to_owned());
    amendment.gates = Some(Vec::new());
    amendment.evidence = Some(Vec::new());
    amendment.add_needs = declared.needs.clone();
    amendment.remove_needs = vec![id("login")];
    amendment.limits = Some(limits());
    let mut less = Amendment::default();
    less.remove_needs = vec![id("login"), task.clone()];
    let correct = |change: Change, supersedes: &[u64]| {
        Command::Correct(Correction {
            task: task.clone(),
            change,
            reason: text.to_owned(),
            supersedes: supersedes.iter().copied().map(Seq).collect(),
        })
    };
    let mut commands = vec![
        Command::DeclareTask(declared),
        correct(Change::Amend(Box::new(amendment)), &[]),
        correct(Change::Amend(Box::new(less.clone())), &[]),
        correct(Change::Amend(Box::new(less)), &[1]),
        correct(Change::Supersede { by: id("login-2") }, &[]),
        correct(Change::Reopen, &[3, 4]),
        correct(Change::Adopt { seq: Seq(7) }, &[]),
        correct(Change::Unblock, &[]),
        correct(
            Change::Rebind {
                to: coder(),
                attempt: AttemptNo(4),
            },
            &[],
        ),
        Command::Rebind(Rebind {
            task: task.clone(),
            to: AgentName::parse("-x").unwrap(),
            reason: text.to_owned(),
            supersedes: vec![Seq(2)],
        }),
        Command::Deliver(TaskDelivered {
            task: task.clone(),
            note: text.to_owned(),
        }),
    ];
    for outcome in [Unmet::Skipped, Unmet::Cancelled, Unmet::Failed] {
        let (task, reason) = (task.clone(), text.to_owned());
        commands.push(Command::CloseTask(TaskClosed {
            task,
            outcome,
            reason,
        }));
    }
    commands
}

fn reports(task: &TaskId, text: &str) -> Vec<Command> {
    let (attempt, agent) = (AttemptNo(3), coder());
    let silent_until = NOW.checked_add_signed(TimeDelta::milliseconds(1_500));
    let progress = |percent, note: &str| {
        Command::Progress(Progress {
            task: task.clone(),
            attempt,
            agent: coder(),
            percent,
            note: note.to_owned(),
            silent_until,
        })
    };
    let mut handoff = Handoff::new(
        task.clone(),
        attempt,
        agent.clone(),
        Some(HandoffStatus::Blocked),
    );
    handoff.summary = text.to_owned();
    handoff.remaining = vec![text.to_owned(), "b, c".to_owned()];
    handoff.evidence = vec![Evidence {
        kind: label("commit"),
        value: text.to_owned(),
    }];
    handoff.revision = Some(text.to_owned());
    handoff.blocked_on = Some(party("human:ada"));
    handoff.error = Some(text.to_owned());
    handoff.not_retryable = true;
    let mut dispatch = Dispatch::new(task.clone(), AgentName::parse("-x").unwrap());
    dispatch.workspace = Some(text.to_owned());
    dispatch.note = text.to_owned();
    let mut limits = Clocks::default();
    limits.total_ms = Some(Millis::minutes(90));
    dispatch.limits = Some(limits);
    let mut commands = vec![
        Command::Dispatch(Dispatch::new(task.clone(), agent.name.clone())),
        Command::Dispatch(dispatch),
        Command::Start(AttemptStarted {
            task: task.clone(),
            attempt,
            agent: agent.clone(),
        }),
        Command::Beat(Heartbeat {
            task: task.clone(),
            attempt,
            agent: agent.clone(),
            silent_until,
        }),
        progress(Some(100), text),
        progress(None, ""),
        Command::Handoff(handoff),
        Command::Handoff(Handoff::new(task.clone(), attempt, agent.clone(), None)),
    ];
    for how in [AttemptEnd::Released, AttemptEnd::SessionEnded] {
        commands.push(Command::EndAttempt(AttemptEnded {
            task: task.clone(),
            attempt,
            agent: agent.clone(),
            how,
            code: Some(-9),
            reason: text.to_owned(),
        }));
    }
    commands
}

fn judgements_and_talk(task: &TaskId, text: &str) -> Vec<Command> {
    let gate = GateName::parse("re view").unwrap();
    let mut commands = vec![
        Command::RequestGate(GateRequested {
            task: task.clone(),
            attempt: AttemptNo(2),
            gate: gate.clone(),
            holder: party("agent:-x"),
        }),
        Command::Wait(WaitDeclared {
            who: WaitRef::Task(task.clone()),
            on: WaitRef::Lock(label("staging")),
            until: Some(NOW),
        }),
        Command::Receipt(Receipt {
            of: vec![Seq(1), Seq(9)],
        }),
        Command::Note(Note {
            task: Some(task.clone()),
            text: text.to_owned(),
        }),
        Command::RecordFinding(FindingRecorded {
            task: Some(task.clone()),
            title: text.to_owned(),
            body: text.to_owned(),
        }),
        Command::Observe(Inventory {
            agent: coder(),
            carries: vec![Carried {
                task: task.clone(),
                attempt: AttemptNo(7),
            }],
        }),
    ];
    for verdict in [
        Verdict::Approved,
        Verdict::ChangesRequested,
        Verdict::Waived,
    ] {
        let judges = verdict != Verdict::Waived;
        commands.push(Command::DecideGate(GateDecided {
            task: task.clone(),
            attempt: AttemptNo(2),
            gate: gate.clone(),
            decider: party("agent:coder"),
            revision: judges.then(|| text.to_owned()),
            verdict,
            findings: if judges {
                vec![text.to_owned()]
            } else {
                Vec::new()
            },
            reason: text.to_owned(),
        }));
    }
    for class in [
        MessageClass::Fyi,
        MessageClass::Actionable,
        MessageClass::Question,
    ] {
        commands.push(Command::Send(Message {
            from: party("agent:coder"),
            to: party("lead"),
            class,
            task: Some(task.clone()),
            reply_to: Some(Seq(3)),
            text: text.to_owned(),
        }));
    }
    commands
}

fn of_the_mission(text: &str) -> Vec<Command> {
    let run = RunId::parse("run 1").unwrap();
    let mut commands = vec![
        Command::OpenMission(OpenMission {
            title: text.to_owned(),
            lead: party("human:ada"),
            policy: None,
            empty: true,
        }),
        Command::Join(Join {
            agent: AgentName::parse("-new").unwrap(),
            roles: vec![label("a"), label("b, c")],
            session: Some(text.to_owned()),
            alias: true,
        }),
        Command::Leave(AgentLeft {
            agent: coder(),
            reason: text.to_owned(),
        }),
        Command::Tick,
        Command::Archive(MissionArchived {
            reason: text.to_owned(),
        }),
        Command::StartRun(RunStarted { run: run.clone() }),
        Command::EndRun(RunEnded { run }),
    ];
    for stage in [
        ShutdownStage::Requested,
        ShutdownStage::Acknowledged,
        ShutdownStage::Refused,
        ShutdownStage::Terminated,
    ] {
        let (agent, reason) = (coder(), text.to_owned());
        commands.push(Command::Shutdown(Shutdown {
            agent,
            stage,
            reason,
        }));
    }
    for (outcome, forced) in [
        (MissionOutcome::Completed, true),
        (MissionOutcome::Failed, false),
        (MissionOutcome::Cancelled, false),
    ] {
        let reason = text.to_owned();
        commands.push(Command::CloseMission(MissionClosed {
            outcome,
            forced,
            reason,
        }));
    }
    commands
}

/// Every command there is, about a task and with a text.
pub(super) fn commands(task: &str, text: &str) -> Vec<Command> {
    let task = id(task);
    let mut all = about_tasks(&task, text);
    all.extend(reports(&task, text));
    all.extend(judgements_and_talk(&task, text));
    all.extend(of_the_mission(text));
    all
}
