//! Why a command was not carried out: code, records, and what would be accepted instead.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "to most there is one answer, and a new kind starts with it"
)]

mod better_way;

use chrono::SecondsFormat;
use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::decide::{Fact, Rejection, RetryHint};
use orch_core::event::Event;
use orch_core::event::gate::GateRequested;
use orch_core::ids::{CommandKey, Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::record::Record;
use orch_store::coordinator::CommandError;
use orch_store::error::{AppendError, StoreError};

use super::{Asked, Asks, Scene, actor, failure, next, shell};
use crate::error::{CliError, ErrorCode, Ruling};
use crate::event::summary;
use crate::render::time::span;
use crate::view::{about as named, in_mission, prefix};

/// The most records that are named as the reason.
const NAMED_MAX: usize = 8;

/// Says why a command was not carried out.
pub(super) fn explain(scene: &Scene<'_>, asks: &dyn Asks, error: &CommandError) -> CliError {
    match error {
        CommandError::Rejected(rejection) if rejection.code == Code::CommandReused => {
            reused(scene, &rejection.message, &rejection.because)
        }
        CommandError::Rejected(rejection) => rejected(scene, asks, rejection),
        CommandError::Moved {
            actual,
            since,
            expected,
        } => {
            let what = format!("the mission is at record {actual}, not {expected}");
            let mut error = scene.named(CliError::new(ErrorCode::Moved, what), since);
            let more = since.len().saturating_sub(NAMED_MAX);
            if more > 0 {
                error = error.evidence(format!("and {more} more records"));
            }
            error.hint(format!("orch{} log", prefix(scene.globals)))
        }
        CommandError::Append(AppendError::Reused { first, last }) => {
            let what = format!("records {first} to {last} answer another command under this key");
            reused(scene, &what, &[Fact { seq: *first }, Fact { seq: *last }])
        }
        CommandError::Append(AppendError::Unknown(StoreError::OwnerGone { .. })) => {
            CliError::new(ErrorCode::OwnerGone, error.to_string())
        }
        CommandError::Append(AppendError::Unknown(cause)) => {
            unsure(&cause.to_string(), &scene.key, asks)
        }
        other => failure::failed(other),
    }
}

/// Says that nobody knows what became of a command, and how to find out.
pub(super) fn unsure(cause: &str, key: &CommandKey, asks: &dyn Asks) -> CliError {
    let what = format!("it is not known whether this was written: {cause}");
    let key = ["--op", key.as_str()];
    let has_key = asks.options().op.is_some();
    let again = shell::again(&[], if has_key { &[] } else { &key });
    CliError::new(ErrorCode::Unsure, what).hint(again)
}

/// Says why a report changes nothing, and how it could count after all.
pub(super) fn late(
    scene: &Scene<'_>,
    asks: &dyn Asks,
    records: &[Record],
    code: Code,
    message: String,
    because: &[Fact],
) -> CliError {
    let mut error = scene.because(CliError::new(ErrorCode::Late, message), because);
    let handoff = records.iter().find_map(|record| match record.event() {
        Event::Handoff(handoff) => Some((record.seq(), handoff)),
        _ => None,
    });
    if let Some(owner) =
        task_of(records).and_then(|task| scene.look(|mission| owner(mission, &task)).flatten())
    {
        error = error.evidence(owner);
    }
    let kept = match records.first() {
        Some(record) => format!("kept as late evidence, record {}", record.seq()),
        None => "it would be kept as late evidence".to_owned(),
    };
    let error = error.evidence(kept).ruling(Ruling {
        code,
        rule: code.rule(),
        instead: Vec::new(),
        retry: RetryHint::Never,
    });
    let Some((seq, handoff)) = handoff else {
        return error;
    };
    // Whoever came too late has no authority to make it count.
    let leader = scene.look(|mission| {
        let by = actor::of(scene.globals, mission, asks).ok()?;
        let lead = mission.lead()?;
        let is_lead = by.party().as_ref() == Some(lead);
        (by.agent().is_some() && !is_lead).then(|| lead.to_string())
    });
    if let Some(lead) = leader.flatten() {
        let show = about_task(scene, &handoff.task);
        return error
            .evidence(format!("{lead}, who leads, can adopt it"))
            .hint(show);
    }
    let words = shell::Words::of(&["correct", "adopt"])
        .arg(handoff.task.as_str())
        .arg(seq.to_string())
        .flag("reason", "it counts after all");
    let words = words.into_words();
    let lead = scene.look(|mission| {
        mission
            .lead()
            .and_then(|lead| actor::of_party(mission, lead))
    });
    error.hint(shell::as_actor(
        scene.globals,
        lead.flatten().as_ref(),
        &words,
    ))
}

fn about_task(scene: &Scene<'_>, task: &TaskId) -> String {
    format!(
        "orch{} show {}",
        prefix(scene.globals),
        named(task.as_str())
    )
}

fn task_of(records: &[Record]) -> Option<TaskId> {
    records.iter().find_map(|record| match record.event() {
        Event::Handoff(it) => Some(it.task.clone()),
        Event::AttemptStarted(it) => Some(it.task.clone()),
        Event::Heartbeat(it) => Some(it.task.clone()),
        Event::Progress(it) => Some(it.task.clone()),
        Event::AttemptEnded(it) => Some(it.task.clone()),
        _ => None,
    })
}

/// Says who has a task now.
fn owner(mission: &Mission, task: &TaskId) -> Option<String> {
    let task = mission.task(task)?;
    let Some(owner) = task.owner() else {
        let (id, status, since) = (task.id(), task.status(), task.since().seq);
        return Some(format!("task {id} is {status} since record {since}"));
    };
    let token = task.token()?;
    Some(format!(
        "task {} is with {owner} as attempt {} since record {}",
        task.id(),
        token.number(),
        token.dispatched().seq
    ))
}

fn reused(scene: &Scene<'_>, message: &str, because: &[Fact]) -> CliError {
    let error = CliError::new(ErrorCode::Reused, message);
    let first = because.first().map_or(Seq::ZERO, |fact| fact.seq);
    scene
        .because(error, because)
        .hint(format!("orch{} show {first}", prefix(scene.globals)))
}

fn rejected(scene: &Scene<'_>, asks: &dyn Asks, rejection: &Rejection) -> CliError {
    let error = CliError::new(ErrorCode::Rejected, &rejection.message);
    let mut error = scene.because(error, &rejection.because);
    if let RetryHint::At(at) = rejection.retry {
        let wait = span(at.signed_duration_since(scene.now));
        let at = at.to_rfc3339_opts(SecondsFormat::Secs, true);
        error = error.evidence(format!("the same is accepted at {at}, in {wait}"));
    }
    let better = scene
        .look(|mission| {
            let by = actor::of(scene.globals, mission, asks).ok()?;
            let command = asked_for(scene, asks, mission, &by)?;
            better_way::of(scene, mission, rejection.code, &by, command)
        })
        .flatten();
    if let Some(why) = better.as_ref().and_then(|better| better.why) {
        error = error.evidence(why);
    }
    let instead = scene.look(|mission| {
        let Ok(actor) = actor::of(scene.globals, mission, asks) else {
            return Vec::new();
        };
        let asked = asked_for(scene, asks, mission, &actor);
        let sensible = rejection.instead.iter().filter(|command| {
            let asked = asked.as_ref();
            asked.is_none_or(|asked| better_way::is_sensible(mission, asked, command))
        });
        let lines = sensible.map(|command| {
            let words = shell::faithful(command, mission, &actor, scene.now);
            shell::as_self(scene.globals, &words)
        });
        lines.collect()
    });
    let instead: Vec<String> = instead.unwrap_or_default();
    // To close over open work, or to start over before a backoff is over, is possible, and not what
    // to try first.
    let is_drastic = matches!(rejection.code, Code::Incomplete | Code::RetryWait);
    let hint = better.map(|better| better.line);
    let hint = hint.or_else(|| instead.first().filter(|_| !is_drastic).cloned());
    let hint = hint.or_else(|| {
        scene
            .look(|mission| other_way(scene, asks, mission, rejection.code))
            .flatten()
    });
    let error = error.ruling(Ruling {
        code: rejection.code,
        rule: rejection.rule,
        instead,
        retry: rejection.retry,
    });
    match hint {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// What to do about a rejection where no command of the same actor would be accepted.
fn other_way(scene: &Scene<'_>, asks: &dyn Asks, mission: &Mission, code: Code) -> Option<String> {
    let orch = format!("orch{}", prefix(scene.globals));
    let by = actor::of(scene.globals, mission, asks).ok()?;
    let command = asked_for(scene, asks, mission, &by);
    let task = command.as_ref().and_then(task_asked);
    let about = |verb: &str| {
        let task = named(task?.as_str());
        Some(format!("{orch} {verb} {task}"))
    };
    match code {
        Code::UnknownIncarnation => {
            let name = &by.agent()?.name;
            Some(format!("{orch} agent register {}", named(name.as_str())))
        }
        Code::UnknownAgent | Code::AgentGone => Some(format!("{orch} agent list")),
        Code::Incomplete => Some(next::to_close(mission).map_or_else(
            || format!("{orch} why-not complete"),
            |words| shell::as_self(scene.globals, &words),
        )),
        Code::WipFull | Code::AfterClose => Some(format!("{orch} status")),
        Code::OpenedTwice => {
            let flags = in_mission(scene.globals, scene.mission.as_str());
            Some(format!("orch{flags} status"))
        }
        Code::NeedsUnmet | Code::SpecFirst | Code::GateNotOpen => about("why-not"),
        Code::Held | Code::NotOpen | Code::ParallelAttempts | Code::RetryWait => about("why"),
        Code::ExhaustedTask | Code::DispatchAfterSuccess => about("why"),
        Code::NotOwner | Code::TaskExists | Code::StaleDecision => about("show"),
        Code::UnknownAttempt if mission.task(task?)?.token().is_some() => about("show"),
        Code::UnknownAttempt => {
            let words = shell::Words::of(&["claim"]).arg(task?.as_str());
            Some(shell::as_self(scene.globals, &words.into_words()))
        }
        Code::NotGateHolder => as_the_lead(scene, mission, command?),
        // To all others their page says it.
        _ => None,
    }
}

/// What was asked for, as far as it can be said again.
fn asked_for(scene: &Scene<'_>, asks: &dyn Asks, mission: &Mission, by: &Actor) -> Option<Command> {
    let asked = Asked {
        mission,
        actor: by,
        now: scene.now,
        text: None,
    };
    asks.command(&asked).ok()
}

/// The task that a command is about, as far as the way out depends on it.
fn task_asked(command: &Command) -> Option<&TaskId> {
    Some(match command {
        Command::DeclareTask(it) => &it.task,
        Command::Dispatch(it) => &it.task,
        Command::Start(it) => &it.task,
        Command::Beat(it) => &it.task,
        Command::Progress(it) => &it.task,
        Command::Handoff(it) => &it.task,
        Command::EndAttempt(it) => &it.task,
        Command::RequestGate(it) => &it.task,
        Command::DecideGate(it) => &it.task,
        Command::Rebind(it) => &it.task,
        Command::Correct(it) => &it.task,
        _ => return None,
    })
}

/// Whoever leads gives the gate to whoever wants to decide it.
// spec: GATE-2
fn as_the_lead(scene: &Scene<'_>, mission: &Mission, command: Command) -> Option<String> {
    let Command::DecideGate(data) = command else {
        return None;
    };
    let request = Command::RequestGate(GateRequested {
        task: data.task,
        attempt: data.attempt,
        gate: data.gate,
        holder: data.decider,
    });
    let lead = actor::of_party(mission, &Party::Lead)?;
    let words = shell::faithful(&request, mission, &lead, scene.now);
    Some(shell::as_actor(scene.globals, Some(&lead), &words))
}

impl Scene<'_> {
    /// Names the records that are the reason.
    fn because(&self, error: CliError, because: &[Fact]) -> CliError {
        let records = because.iter().take(NAMED_MAX).filter_map(|fact| {
            let found = self.records(fact.seq, fact.seq).ok()?;
            found.into_iter().next()
        });
        let error = self.named(error, &records.collect::<Vec<Record>>());
        let more = because.len().saturating_sub(NAMED_MAX);
        if more > 0 {
            return error.evidence(format!("and {more} more records"));
        }
        error
    }

    /// Says of each record what it is, who wrote it and when.
    fn named(&self, mut error: CliError, records: &[Record]) -> CliError {
        for record in records.iter().take(NAMED_MAX) {
            let age = span(self.now.signed_duration_since(record.at()));
            let what = format!(
                "{} by {}, {age} ago: {}",
                record.event().kind(),
                record.envelope().by,
                summary(record.event())
            );
            error = error.evidence_of(record.seq(), what);
        }
        error
    }
}
