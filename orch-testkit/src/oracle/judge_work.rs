//! What is wrong with a dispatch, or with a report of an attempt.

use orch_core::event::Event;
use orch_core::event::attempt::{Dispatched, Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::ids::{AgentRef, AttemptNo, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::record::Record;

use super::facts::Standing;
use super::judge::{self, Codes, FAR_NUMBER};
use super::log::{Log, Said};

/// What is wrong with the number of a new attempt.
pub(super) fn number(log: &Log<'_>, task: &TaskId, number: AttemptNo) -> Codes {
    let used = log
        .attempts(task)
        .into_iter()
        .map(|it| it.0.0)
        .max()
        .unwrap_or(0);
    let next = used.saturating_add(1);
    if number.0 <= used {
        vec!["attempt_reused"]
    } else if number.0 > next.saturating_add(FAR_NUMBER) {
        vec!["implausible_number"]
    } else if number.0 > next {
        vec!["attempt_gap"]
    } else {
        Vec::new()
    }
}

pub(super) fn dispatched(log: &Log<'_>, record: &Record, data: &Dispatched) -> Codes {
    let mut codes = judge::task(log, &data.task);
    codes.extend(judge::recipient(log, &data.agent));
    codes.extend(number(log, &data.task, data.attempt));
    let task = &data.task;
    let mut check = |is_wrong: bool, code: &'static str| {
        if is_wrong {
            codes.push(code);
        }
    };
    let status = log.status(task);
    let mut attempts = log.attempts(task).into_iter();
    check(
        attempts.any(|it| log.stage(task, it.0) != "closed"),
        "parallel_attempts",
    );
    check(log.has_success(task), "dispatch_after_success");
    check(status == "exhausted", "exhausted");
    // With no attempt open, the others are open in all but name.
    let is_closed = !matches!(
        status,
        "open" | "dispatched" | "running" | "in_review" | "rework"
    );
    check(is_closed, "not_open");
    check(
        log.retry_at(task).is_some_and(|at| record.at() < at),
        "retry_wait",
    );
    check(
        !log.has_place(task) || !agent_has_place(log, &data.agent),
        "wip_full",
    );
    codes.extend(unready(log, record, task));
    codes
}

/// What is wrong with work on a task that is not ready for it.
fn unready(log: &Log<'_>, record: &Record, task: &TaskId) -> Codes {
    let mut codes = Vec::new();
    if !log.needs_met(task) {
        codes.push("needs_unmet");
    }
    if !log.specs_done(task) {
        codes.push("spec_first");
    }
    if log.is_held_back(task, record.at()) {
        codes.push("held");
    }
    codes
}

fn agent_has_place(log: &Log<'_>, agent: &AgentRef) -> bool {
    let open = log.open_attempts().into_iter();
    let own = open
        .filter(|it| it.2.name == agent.name && log.is_in_flight(&it.0, it.1))
        .count();
    let limit = log.policy().wip.agent;
    limit.is_none_or(|limit| u32::try_from(own).is_ok_and(|own| own < limit))
}

/// What is wrong with anything that an attempt reports.
pub(super) fn report(
    log: &Log<'_>,
    record: &Record,
    task: &TaskId,
    number: AttemptNo,
    agent: &AgentRef,
) -> Codes {
    let by = &record.envelope().by;
    let is_end = matches!(record.event(), Event::AttemptEnded(_));
    let Some(owner) = log.owner(task, number) else {
        return vec!["unknown_attempt"];
    };
    let speaks = match by {
        Actor::Import(_) => true,
        _ => by.agent() == Some(agent) || (is_end && log.has_authority(by)),
    };
    if !speaks || owner.name != agent.name {
        return vec!["not_owner"];
    }
    if owner != *agent {
        return vec!["fenced"];
    }
    match log.agent(agent) {
        Some("stopped" | "terminated") if !is_end => return vec!["zombie"],
        Some("left") if !is_end => return vec!["fenced"],
        _ => {}
    }
    if log.stage(task, number) == "closed" {
        return vec![too_late(
            record.event(),
            log.ending(task, number).unwrap_or_default(),
        )];
    }
    let is_handoff = matches!(record.event(), Event::Handoff(_));
    if is_handoff && log.token(task) != Some(number) {
        return vec!["parallel_report"];
    }
    if !matches!(
        record.event(),
        Event::AttemptStarted(_) | Event::Progress(_)
    ) {
        return Vec::new();
    }
    work(log, record, task, number, agent)
}

/// Why a report comes too late, by how its attempt ended.
fn too_late(event: &Event, ending: &str) -> &'static str {
    match event {
        Event::AttemptEnded(_) if matches!(ending, "clean" | "dirty" | "released") => {
            "duplicate_terminal"
        }
        Event::Handoff(_) if !matches!(ending, "corrected" | "closed" | "gone") => {
            "duplicate_terminal"
        }
        Event::AttemptStarted(_) | Event::Progress(_) if matches!(ending, "accepted" | "clean") => {
            "activity_after_completion"
        }
        Event::Heartbeat(_) if ending == "clean" => "activity_after_completion",
        _ => "fenced",
    }
}

/// What is wrong with beginning, or going on with, the work.
fn work(
    log: &Log<'_>,
    record: &Record,
    task: &TaskId,
    number: AttemptNo,
    agent: &AgentRef,
) -> Codes {
    let stage = log.stage(task, number);
    if stage == "handed_over" && log.status(task) == "in_review" {
        return vec!["activity_after_completion"];
    }
    let mut codes = Vec::new();
    if stage == "dispatched" {
        codes.extend(unready(log, record, task));
    }
    if stage == "handed_over" && !(log.has_place(task) && agent_has_place(log, agent)) {
        codes.push("wip_full");
    }
    if matches!(record.event(), Event::Progress(_)) && is_unanswered(log, task, agent) {
        codes.push("proceeded_without_answer");
    }
    codes
}

/// Whether a question about the task ran out of time without an answer.
fn is_unanswered(log: &Log<'_>, task: &TaskId, agent: &AgentRef) -> bool {
    log.replies_owed().into_iter().any(|owed| {
        let row = log.row(owed.since);
        row.is_some_and(|row| match row.record.event() {
            Event::Message(asked) => {
                asked.class == MessageClass::Question
                    && asked.task.as_ref() == Some(task)
                    && asked.from == Party::Agent(agent.name.clone())
                    && log.ran_out(owed.since)
            }
            _ => false,
        })
    })
}

pub(super) fn handoff(log: &Log<'_>, record: &Record, data: &Handoff) -> Codes {
    let mut codes = report(log, record, &data.task, data.attempt, &data.agent);
    if !codes.is_empty() {
        return codes;
    }
    if let Some(Party::Agent(name)) = &data.blocked_on
        && judge::of_name(log, name).is_empty()
    {
        codes.push("unknown_agent");
    }
    if data.status != Some(HandoffStatus::Done) {
        return codes;
    }
    if !data.remaining.is_empty() || data.blocked_on.is_some() {
        codes.push("contradictory_done");
    }
    codes.extend(unready(log, record, &data.task));
    if is_unanswered(log, &data.task, &data.agent) {
        codes.push("proceeded_without_answer");
    }
    codes
}

/// Whether a record is a handoff of a task that could be adopted: late evidence, or its last one.
pub(super) fn is_adoptable(log: &Log<'_>, task: &TaskId, seq: Seq) -> bool {
    let Some(row) = log.row(seq) else {
        return false;
    };
    let Event::Handoff(handoff) = row.record.event() else {
        return false;
    };
    let owner = log.owner(task, handoff.attempt);
    let is_adopted = log
        .corrections(task)
        .iter()
        .any(|(_, data)| data.change == Change::Adopt { seq });
    handoff.task == *task
        && match row.standing {
            Standing::Evidence => owner.is_some_and(|owner| owner.name == handoff.agent.name),
            Standing::Clean | Standing::Marked => {
                !is_adopted && row.says.contains(&Said::Status(task.clone(), "reported"))
            }
            Standing::Ignored => false,
        }
}
