//! The words of each command of the core.

mod task;

use orch_core::command::{Command, Dispatch, Join, OpenMission, Rebind};
use orch_core::event::agent::{Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{AttemptEnded, Handoff, Heartbeat, Progress};
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::{Message, MessageClass};
use orch_core::event::task::{TaskClosed, Unmet};
use orch_core::ids::TaskId;
use orch_core::party::Actor;

use super::builder::Words;
use crate::words;
use crate::write::amount::clock_args;

/// Returns the words that ask for a command; `None` where there are none.
pub(super) fn of(command: &Command, actor: &Actor) -> Option<Vec<String>> {
    let words = match command {
        Command::OpenMission(data) => open(data)?,
        Command::DeclareTask(data) => task::declare(data),
        Command::Join(data) => join(data),
        Command::Leave(data) => Words::of(&["agent", "retire"])
            .arg(data.agent.to_string())
            .said("reason", &data.reason),
        Command::Dispatch(data) => dispatch(data, actor),
        Command::Start(data) => Words::of(&["start"]).report(&data.task, data.attempt),
        Command::Beat(data) => beat(data),
        Command::Progress(data) => progress(data),
        Command::Handoff(data) => handoff(data),
        Command::EndAttempt(data) => release(data),
        Command::Send(data) => message(data),
        Command::Receipt(data) => Words::of(&["ack"]).args(&data.of),
        Command::Wait(data) => Words::of(&["hold"])
            .arg(data.who.to_string())
            .flag("on", data.on.to_string())
            .maybe("until", data.until.map(time)),
        Command::RequestGate(data) => request(data),
        Command::DecideGate(data) => decide(data)?,
        Command::Rebind(data) => rebind(data),
        Command::Correct(data) => task::correct(data)?,
        Command::Shutdown(data) => shutdown(data)?,
        Command::Observe(data) => observe(data),
        Command::Tick => Words::of(&["tick"]),
        Command::CloseTask(data) => close_task(data)?,
        Command::Deliver(data) => Words::of(&["deliver"])
            .arg(data.task.as_str())
            .said("note", &data.note),
        Command::CloseMission(data) => close(data)?,
        Command::Archive(data) => Words::of(&["archive"]).said("reason", &data.reason),
        Command::RecordFinding(data) => Words::of(&["findings", "put"])
            .args(&data.task)
            .flag("title", &data.title)
            .flag("body", &data.body),
        Command::Note(data) => Words::of(&["note"])
            .arg(&data.text)
            .maybe("task", data.task.as_ref().map(TaskId::as_str)),
        Command::StartRun(data) => Words::of(&["run", "start"]).arg(data.run.as_str()),
        Command::EndRun(data) => Words::of(&["run", "finish"]).arg(data.run.as_str()),
        // The core may know more commands.
        _ => return None,
    };
    Some(words.into_words())
}

fn open(data: &OpenMission) -> Option<Words> {
    // A policy is a file, and which mission it is for the command does not say.
    let words = Words::of(&["mission", "new"])
        .flag("title", &data.title)
        .flag("lead", data.lead.to_string())
        .switch("empty", data.empty);
    data.policy.is_none().then_some(words)
}

fn join(data: &Join) -> Words {
    Words::of(&["agent", "register"])
        .arg(data.agent.as_str())
        .each("role", &data.roles)
        .maybe("session", data.session.as_deref())
        .switch("alias", data.alias)
}

fn dispatch(data: &Dispatch, actor: &Actor) -> Words {
    let is_own = actor.agent().is_some_and(|agent| agent.name == data.agent);
    let words = if is_own {
        Words::of(&["claim"]).arg(data.task.as_str())
    } else {
        Words::of(&["dispatch"])
            .arg(data.task.as_str())
            .flag("to", data.agent.as_str())
    };
    words
        .maybe("workspace", data.workspace.as_deref())
        .maybe("branch", data.branch.as_deref())
        .each("clock", data.limits.map(clock_args).unwrap_or_default())
        .said("note", &data.note)
}

fn beat(data: &Heartbeat) -> Words {
    let words = Words::of(&["beat"]).report(&data.task, data.attempt);
    words.maybe("silent-until", data.silent_until.map(time))
}

fn progress(data: &Progress) -> Words {
    let says_so = data.percent.is_some() || !data.note.is_empty();
    Words::of(&["beat"])
        .report(&data.task, data.attempt)
        .maybe("percent", data.percent.map(|percent| percent.to_string()))
        .said("note", &data.note)
        .switch("progress", !says_so)
        .maybe("silent-until", data.silent_until.map(time))
}

fn handoff(data: &Handoff) -> Words {
    let evidence = data.evidence.iter();
    let evidence = evidence.map(|one| format!("{}={}", one.kind, one.value));
    let on = data.blocked_on.as_ref().map(ToString::to_string);
    Words::of(&["handoff"])
        .report(&data.task, data.attempt)
        .maybe("status", data.status.map(words::handoff_status))
        .said("summary", &data.summary)
        .each("remaining", &data.remaining)
        .maybe("blocked-on", on)
        .each("evidence", evidence)
        .maybe("revision", data.revision.as_deref())
        .maybe("error", data.error.as_deref())
        .switch("not-retryable", data.not_retryable)
}

fn release(data: &AttemptEnded) -> Words {
    Words::of(&["release"])
        .report(&data.task, data.attempt)
        .flag("how", words::attempt_end(data.how).replace(' ', "-"))
        .maybe("code", data.code.map(|code| code.to_string()))
        .said("reason", &data.reason)
}

fn message(data: &Message) -> Words {
    let class = Some(data.class).filter(|class| *class != MessageClass::Fyi);
    Words::of(&["message"])
        .arg(data.to.to_string())
        .arg(&data.text)
        .maybe("class", class.map(words::message_class))
        .maybe("task", data.task.as_ref().map(TaskId::as_str))
        .maybe("reply-to", data.reply_to.map(|seq| seq.to_string()))
}

fn request(data: &GateRequested) -> Words {
    Words::of(&["gate", "request"])
        .arg(data.task.as_str())
        .arg(data.gate.as_str())
        .flag("to", data.holder.to_string())
        .flag("attempt", data.attempt.to_string())
}

fn decide(data: &GateDecided) -> Option<Words> {
    let verb = match data.verdict {
        Verdict::Approved => "pass",
        Verdict::ChangesRequested => "reject",
        Verdict::Waived => "waive",
        // The core may know more verdicts.
        _ => return None,
    };
    let words = Words::of(&["gate", verb])
        .arg(data.task.as_str())
        .arg(data.gate.as_str())
        .flag("attempt", data.attempt.to_string())
        .maybe("revision", data.revision.as_deref())
        .each("finding", &data.findings);
    Some(words.said("reason", &data.reason))
}

fn rebind(data: &Rebind) -> Words {
    Words::of(&["rebind"])
        .arg(data.task.as_str())
        .flag("to", data.to.as_str())
        .flag("reason", &data.reason)
        .each("supersedes", &data.supersedes)
}

fn shutdown(data: &Shutdown) -> Option<Words> {
    let words = Words::of(&["shutdown"]).arg(data.agent.to_string());
    let words = match data.stage {
        ShutdownStage::Requested => words,
        ShutdownStage::Acknowledged => words.switch("acknowledge", true),
        ShutdownStage::Refused => words.switch("refuse", true),
        ShutdownStage::Terminated => words.switch("terminate", true),
        // The core may know more steps.
        _ => return None,
    };
    Some(words.said("reason", &data.reason))
}

fn observe(data: &Inventory) -> Words {
    let carried = data.carries.iter();
    let carried = carried.map(|one| format!("{}#{}", one.task, one.attempt));
    let carried: Vec<String> = carried.collect();
    Words::of(&["inventory"])
        .arg(data.agent.to_string())
        .args(&carried)
}

fn close_task(data: &TaskClosed) -> Option<Words> {
    let cancel = || Words::of(&["cancel"]).arg(data.task.as_str());
    let words = match data.outcome {
        Unmet::Skipped => Words::of(&["skip"]).arg(data.task.as_str()),
        Unmet::Cancelled => cancel(),
        Unmet::Failed => cancel().flag("as", "failed"),
        // The core may know more ends.
        _ => return None,
    };
    Some(words.said("reason", &data.reason))
}

fn close(data: &MissionClosed) -> Option<Words> {
    let outcome = match data.outcome {
        MissionOutcome::Completed => None,
        MissionOutcome::Failed | MissionOutcome::Cancelled => Some(data.outcome),
        // The core may know more outcomes.
        _ => return None,
    };
    let words = Words::of(&["close"])
        .maybe("outcome", outcome.map(words::mission_outcome))
        .switch("force", data.forced);
    Some(words.said("reason", &data.reason))
}

fn time(time: chrono::DateTime<chrono::Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}
