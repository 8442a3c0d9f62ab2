//! The facts at the end of a log, put together from the questions.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::event::Event;
use orch_core::event::attempt::{AttemptEnded, HandoffStatus};
use orch_core::event::mission::MissionOutcome;
use orch_core::ids::{AttemptNo, GateName, Seq, TaskId};
use orch_core::record::Record;

use super::facts::{AttemptFacts, Facts, GateFacts, RecordFacts, Standing, TaskFacts};
use super::log::{Log, Row, Said};
use super::plan;

/// Computes the facts at the end of a log, as seen at the time of its last record.
pub fn facts(records: &[Record]) -> Facts {
    let log = Log::of(records);
    let tasks: BTreeMap<TaskId, TaskFacts> = log
        .tasks()
        .into_iter()
        .map(|id| (id.clone(), task(&log, &id)))
        .collect();
    let mut counts = BTreeMap::new();
    for facts in tasks.values() {
        *counts.entry(facts.status.clone()).or_insert(0) += 1;
    }
    let open = log.open_attempts();
    Facts {
        agents: log
            .agents()
            .into_iter()
            .filter_map(|agent| log.agent(&agent).map(str::to_owned).map(|it| (agent, it)))
            .collect(),
        records: records_of(&log),
        owed: log.owed(),
        unread: log.unread(),
        undeliverable: log.undeliverable(),
        in_flight: open
            .iter()
            .filter(|it| log.is_in_flight(&it.0, it.1))
            .count(),
        phase: phase(&log),
        forced: log.closed().is_some_and(|(_, close)| close.forced),
        tasks,
        counts,
    }
}

/// Whether a record is a sign of life that was told too late of an attempt that was there.
fn is_late_sign(log: &Log<'_>, row: &Row<'_>, task: &TaskId, number: AttemptNo) -> bool {
    let of = match row.record.event() {
        Event::AttemptStarted(data) => (&data.task, data.attempt),
        Event::Progress(data) => (&data.task, data.attempt),
        Event::Heartbeat(data) => (&data.task, data.attempt),
        _ => return false,
    };
    let was_there = || {
        log.attempts(task)
            .iter()
            .any(|it| it.0 == number && it.2 < row.record.seq())
    };
    row.standing == Standing::Evidence && of == (task, number) && was_there()
}

/// Whether a record is listed nowhere: a sign of life that only came too late is counted with its
/// attempt.
fn is_only_counted(log: &Log<'_>, row: &Row<'_>) -> bool {
    let of = match row.record.event() {
        Event::AttemptStarted(data) => (&data.task, data.attempt),
        Event::Progress(data) => (&data.task, data.attempt),
        Event::Heartbeat(data) => (&data.task, data.attempt),
        _ => return false,
    };
    row.codes == ["fenced"] && is_late_sign(log, row, of.0, of.1)
}

fn records_of(log: &Log<'_>) -> BTreeMap<Seq, RecordFacts> {
    let mut records: BTreeMap<Seq, RecordFacts> = BTreeMap::new();
    for row in log
        .rows
        .iter()
        .filter(|row| row.standing != Standing::Clean && !is_only_counted(log, row))
    {
        let facts = records
            .entry(row.record.seq())
            .or_insert_with(|| RecordFacts {
                standing: Standing::Clean,
                codes: BTreeSet::new(),
            });
        facts.standing = facts.standing.max(row.standing);
        facts
            .codes
            .extend(row.codes.iter().map(|code| (*code).to_owned()));
    }
    records
}

fn task(log: &Log<'_>, id: &TaskId) -> TaskFacts {
    let now = log.rows.last().map(|row| row.record.at());
    let attempts = log.attempts(id).into_iter().map(|(number, owner, _)| {
        let liveness = log
            .is_in_flight(id, number)
            .then(|| log.liveness(id, number).to_owned());
        let late_signs = log
            .rows
            .iter()
            .filter(|row| is_late_sign(log, row, id, number))
            .count();
        let facts = AttemptFacts {
            owner,
            stage: log.stage(id, number).to_owned(),
            liveness,
            late_signs: u32::try_from(late_signs).unwrap_or(u32::MAX),
        };
        (number, facts)
    });
    let count = |said: Said| log.count(&said, id);
    TaskFacts {
        status: log.status(id).to_owned(),
        attempts: attempts.collect(),
        token: log
            .token(id)
            .filter(|number| log.stage(id, *number) != "closed"),
        gates: log
            .gates(id)
            .into_iter()
            .map(|spec| (spec.gate.clone(), gate(log, id, &spec.gate)))
            .collect(),
        needs: log
            .needs(id)
            .iter()
            .map(|need| (need.task.clone(), log.is_met(need)))
            .collect(),
        ready: now.is_some_and(|now| log.is_ready(id, now)),
        counters: [
            count(Said::Failed(id.clone())),
            count(Said::Crashed(id.clone())),
            count(Said::Blocked(id.clone())),
            count(Said::SentBack(id.clone())),
            log.fruitless(id),
        ],
        last_error: last_error(log, id),
        remaining: plan::left(log.handoffs(id).into_iter()),
        superseded_by: log.successor(id),
    }
}

fn last_error(log: &Log<'_>, id: &TaskId) -> Option<(Seq, String)> {
    let failed = log.handoffs(id).into_iter().filter_map(|(seq, data)| {
        let text = data.error.as_ref().unwrap_or(&data.summary);
        (data.status == Some(HandoffStatus::Failed)).then(|| (seq, text.clone()))
    });
    let crashed = log.said().filter_map(|(seq, said)| match said {
        Said::Crashed(of) if of == id => match log.row(seq)?.record.event() {
            Event::AttemptEnded(data) => Some((seq, crash(data))),
            _ => None,
        },
        _ => None,
    });
    failed.chain(crashed).max_by_key(|(seq, _)| *seq)
}

fn crash(ended: &AttemptEnded) -> String {
    match ended.code {
        Some(code) if ended.reason.is_empty() => format!("exit code {code}"),
        Some(_) | None => ended.reason.clone(),
    }
}

fn gate(log: &Log<'_>, task: &TaskId, name: &GateName) -> GateFacts {
    let status = log.gate_status(task, name);
    let is_decided = log
        .gate_story(task, name)
        .iter()
        .any(|status| matches!(*status, "approved" | "changes_requested" | "waived"));
    GateFacts {
        status: status.to_owned(),
        holder: log.holder(task, name).map(|party| party.to_string()),
        stale: is_decided && matches!(status, "open" | "requested"),
    }
}

fn phase(log: &Log<'_>) -> String {
    let tasks = log.tasks();
    if let Some((_, close)) = log.closed() {
        return match close.outcome {
            MissionOutcome::Completed => {
                let is_undelivered = tasks.iter().any(|task| log.status(task) == "accepted");
                let is_delivered = tasks.iter().any(|task| log.status(task) == "delivered");
                if is_delivered && !is_undelivered && !close.forced {
                    "delivered"
                } else {
                    "completed"
                }
            }
            MissionOutcome::Failed => "failed",
            MissionOutcome::Cancelled => "cancelled",
            _ => "",
        }
        .to_owned();
    }
    let is_work = |task: &TaskId| {
        log.attempts(task)
            .iter()
            .any(|it| !log.was_spec(task, it.2))
    };
    let has_begun = tasks.iter().any(is_work);
    let is_unfinished = |task: &TaskId| {
        let status = log.status(task);
        !plan::is_settled(status) && status != "in_review"
    };
    if !has_begun {
        "planning"
    } else if tasks.iter().any(is_unfinished) {
        "executing"
    } else {
        "reviewing"
    }
    .to_owned()
}
