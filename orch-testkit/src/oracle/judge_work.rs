//! What is wrong with a dispatch, or with a report of an attempt.

use orch_core::event::Event;
use orch_core::event::attempt::{Dispatched, Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::ids::{AgentRef, AttemptNo, Seq, TaskId};
use orch_core::record::Record;

use super::facts::Standing;
use super::judge::{self, Codes, FAR_NUMBER};
use super::log::Log;
use super::plan;
use super::tables::{Cell, TASK, cell};

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
    let by = &record.envelope().by;
    let mut codes = judge::task(log, &data.task);
    codes.extend(judge::recipient(log, &data.agent));
    codes.extend(number(log, &data.task, data.attempt));
    if !log.has_authority(by) && by.agent() != Some(&data.agent) {
        codes.push("not_authorised");
    }
    let task = &data.task;
    let mut check = |is_wrong: bool, code: &'static str| {
        if is_wrong {
            codes.push(code);
        }
    };
    let status = log.status(task);
    let attempts = log.attempts(task);
    let is_beside = attempts.iter().any(|it| log.is_in_flight(task, it.0));
    check(!log.needs_met(task), "needs_unmet");
    check(!log.specs_done(task), "spec_first");
    check(log.is_held(task, record.at()), "held");
    check(is_beside, "parallel_attempts");
    check(log.has_success(task), "dispatch_after_success");
    check(status == "exhausted", "exhausted");
    check(status != "open", "not_open");
    check(
        log.retry_at(task).is_some_and(|at| record.at() < at),
        "retry_wait",
    );
    check(
        !log.has_place(task) || !agent_has_place(log, &data.agent),
        "wip_full",
    );
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
    let mut codes = judge::task(log, task);
    let is_end = matches!(record.event(), Event::AttemptEnded(_));
    if by.agent().is_some_and(|by| by != agent) && !(is_end && log.has_authority(by)) {
        codes.push("not_owner");
    }
    let Some(owner) = log.owner(task, number) else {
        codes.push("unknown_attempt");
        return codes;
    };
    if owner != *agent {
        codes.push("not_owner");
    }
    match log.agent(agent) {
        Some("stopped" | "terminated") => codes.push("zombie"),
        Some("left") => codes.push("fenced"),
        _ => {}
    }
    let status = log.status(task);
    if log.stage(task, number) == "closed" {
        codes.push(match record.event() {
            Event::AttemptEnded(_) => "duplicate_terminal",
            _ if plan::is_settled(status) => "activity_after_completion",
            _ => "fenced",
        });
        return codes;
    }
    if log.token(task) != Some(number) {
        if !is_end {
            codes.push("parallel_report");
        }
        return codes;
    }
    if cell(TASK, moved_by(record.event()), status) == Cell::Forbidden {
        codes.push("activity_after_completion");
    }
    let goes_on = matches!(record.event(), Event::Progress(_) | Event::Handoff(_));
    if goes_on && is_unanswered(log, task, number, agent) {
        codes.push("proceeded_without_answer");
    }
    codes
}

/// The event of the task's table that a report is, as far as it is asked whether it is allowed.
fn moved_by(event: &Event) -> &'static str {
    match event {
        Event::AttemptStarted(_) => "started",
        Event::Progress(_) => "progressed",
        Event::Heartbeat(_) => "beat",
        Event::Handoff(_) => "handed_bare",
        Event::AttemptEnded(_) => "ended_clean",
        _ => "",
    }
}

/// Whether a question of the attempt ran out of time without an answer.
fn is_unanswered(log: &Log<'_>, task: &TaskId, number: AttemptNo, agent: &AgentRef) -> bool {
    log.replies_owed().into_iter().any(|owed| {
        let Some(row) = log.row(owed.since) else {
            return false;
        };
        let Event::Message(asked) = row.record.event() else {
            return false;
        };
        asked.class == MessageClass::Question
            && asked.task.as_ref() == Some(task)
            && row.record.envelope().by.agent() == Some(agent)
            && log
                .attempts(task)
                .iter()
                .any(|it| it.0 == number && it.2 < owed.since)
            && log.ran_out(owed.since)
    })
}

pub(super) fn handoff(log: &Log<'_>, record: &Record, data: &Handoff) -> Codes {
    let mut codes = report(log, record, &data.task, data.attempt, &data.agent);
    let names_more = !data.remaining.is_empty() || data.blocked_on.is_some();
    if data.status == Some(HandoffStatus::Done) && names_more {
        codes.push("contradictory_done");
    }
    codes
}

/// Whether a record is late evidence of a task, or its last handoff, and a handoff.
pub(super) fn is_adoptable(log: &Log<'_>, task: &TaskId, seq: Seq) -> bool {
    let Some(row) = log.row(seq) else {
        return false;
    };
    let Event::Handoff(handoff) = row.record.event() else {
        return false;
    };
    let is_adopted = log
        .corrections(task)
        .iter()
        .any(|(_, data)| data.change == Change::Adopt { seq });
    handoff.task == *task
        && match row.standing {
            Standing::Evidence => !is_adopted && log.owner(task, handoff.attempt).is_some(),
            Standing::Clean | Standing::Marked => {
                log.last_handoff(task).is_some_and(|it| it.0 == seq)
            }
            Standing::Ignored => false,
        }
}
