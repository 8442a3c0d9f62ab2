//! What is wrong with a record, by those before it.

use orch_core::event::Event;
use orch_core::event::agent::{AgentJoined, Inventory, Shutdown, ShutdownStage};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::correction::{Change, Correction};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::{Message, WaitDeclared, WaitRef};
use orch_core::event::task::{TaskClosed, TaskDeclared, Unmet};
use orch_core::ids::{AgentName, AgentRef, Seq, TaskId};
use orch_core::party::{Actor, Party};
use orch_core::record::Record;

use super::log::Log;
use super::tables::{AGENT, Cell, TASK, cell};
use super::{judge_gates, judge_work, plan};

/// Codes of what is wrong with a record.
pub(super) type Codes = Vec<&'static str>;

/// How far beyond the next a number of an attempt or an incarnation may lie.
pub(super) const FAR_NUMBER: u32 = 1 << 20;

/// How far beyond the head a position may lie.
const FAR_SEQ: u64 = 1 << 32;

/// The newest version of the rules that is known here.
const RULES: u32 = 1;

/// Where a record stands with respect to those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind the head.
    Next,
    /// Behind the head, with a gap between.
    AfterGap,
    /// At no place that counts.
    Nowhere,
}

/// Finds the place of a record.
pub(super) fn place(log: &Log<'_>, record: &Record) -> Place {
    let head = log.head();
    let own = record.envelope();
    let first = log.rows.iter().find(|row| row.is_placed);
    let is_foreign = first.is_some_and(|row| row.record.envelope().mission != own.mission);
    if is_foreign || own.seq <= head || own.seq.0 > head.0.saturating_add(FAR_SEQ) {
        Place::Nowhere
    } else if own.seq == head.next() {
        Place::Next
    } else {
        Place::AfterGap
    }
}

/// Everything that is wrong with a record.
pub(super) fn codes(log: &Log<'_>, record: &Record, place: Place) -> Codes {
    let own = record.envelope();
    let mut codes = match place {
        Place::Next => Vec::new(),
        Place::AfterGap => vec!["seq_gap"],
        Place::Nowhere => return vec![misplaced(log, record)],
    };
    if matches!(record.event(), Event::Unreadable { .. }) {
        codes.push("unreadable_data");
        return codes;
    }
    let is_opening = matches!(record.event(), Event::MissionOpened(_));
    if !is_opening && log.rows.iter().all(|row| !row.is_placed) {
        codes.push("not_opened");
    }
    if log.closed().is_some() && moves_after_close(record.event()) {
        codes.push("after_close");
    }
    codes.extend(of_author(log, &own.by, record.event()));
    codes.extend(of_event(log, record));
    codes
}

fn misplaced(log: &Log<'_>, record: &Record) -> &'static str {
    let own = record.envelope();
    let first = log.rows.iter().find(|row| row.is_placed);
    if first.is_some_and(|row| row.record.envelope().mission != own.mission) {
        "foreign_record"
    } else if own.seq > log.head() {
        "implausible_number"
    } else if log.row(own.seq).is_some() || own.seq == Seq::ZERO {
        "duplicate_record"
    } else {
        "out_of_order"
    }
}

/// Whether an event moves something that a close put to rest.
fn moves_after_close(event: &Event) -> bool {
    match event {
        Event::TaskDelivered(_)
        | Event::MissionArchived(_)
        | Event::FindingRecorded(_)
        | Event::Note(_)
        | Event::Receipt(_)
        | Event::Unknown { .. } => false,
        Event::Correction(data) => data.change != Change::Reopen,
        _ => true,
    }
}

/// What is wrong with the author, whatever the event.
fn of_author(log: &Log<'_>, by: &Actor, event: &Event) -> Codes {
    let Some(agent) = by.agent() else {
        return Vec::new();
    };
    if matches!(event, Event::AgentJoined(_) | Event::Unknown { .. }) {
        return Vec::new();
    }
    match log.agent(agent) {
        None => vec!["unknown_incarnation"],
        Some("stopped" | "terminated") => vec!["zombie"],
        Some("left") => vec!["fenced"],
        Some(_) => Vec::new(),
    }
}

fn of_event(log: &Log<'_>, record: &Record) -> Codes {
    let by = &record.envelope().by;
    match record.event() {
        Event::MissionOpened(data) if log.opened().is_some() => {
            let _ = data;
            vec!["opened_twice"]
        }
        Event::MissionOpened(data) if data.rules > RULES => vec!["rules_newer"],
        Event::MissionOpened(_) => Vec::new(),
        Event::TaskDeclared(data) => declared(log, data),
        Event::AgentJoined(data) => joined(log, data),
        Event::AgentLeft(data) => leaves(log, by, &data.agent),
        Event::Dispatched(data) => judge_work::dispatched(log, record, data),
        Event::AttemptStarted(data) => {
            judge_work::report(log, record, &data.task, data.attempt, &data.agent)
        }
        Event::Progress(data) => {
            judge_work::report(log, record, &data.task, data.attempt, &data.agent)
        }
        Event::Heartbeat(data) => {
            judge_work::report(log, record, &data.task, data.attempt, &data.agent)
        }
        Event::Handoff(data) => judge_work::handoff(log, record, data),
        Event::AttemptEnded(data) => {
            judge_work::report(log, record, &data.task, data.attempt, &data.agent)
        }
        Event::Message(data) => message(log, by, data),
        Event::Receipt(data) => unknown_seqs(log, &data.of),
        Event::WaitDeclared(data) => wait(log, by, data),
        Event::GateRequested(data) => judge_gates::requested(log, by, data),
        Event::GateDecided(data) => judge_gates::decided(log, by, data),
        Event::Correction(data) => correction(log, record, data),
        Event::Shutdown(data) => shutdown(log, by, data),
        Event::Timeout(data) => timeout(log, data),
        Event::Inventory(data) => inventory(log, by, data),
        Event::TaskClosed(data) => task_closed(log, by, data),
        Event::TaskDelivered(data) => judge_gates::delivered(log, by, data),
        Event::MissionClosed(data) => mission_closed(log, by, data),
        Event::MissionArchived(_) => {
            let mut codes = authority(log, by);
            if log.closed().is_none() {
                codes.push("not_permitted");
            }
            codes
        }
        Event::FindingRecorded(data) => optional_task(log, data.task.as_ref()),
        Event::Note(data) => optional_task(log, data.task.as_ref()),
        Event::RunStarted(data) => {
            let is_known = log.events().any(|(_, event)| match event {
                Event::RunStarted(other) => other.run == data.run,
                _ => false,
            });
            if is_known {
                vec!["run_exists"]
            } else {
                Vec::new()
            }
        }
        Event::RunEnded(data) => {
            let runs = log.events().filter_map(|(_, event)| match event {
                Event::RunStarted(other) if other.run == data.run => Some(true),
                Event::RunEnded(other) if other.run == data.run => Some(false),
                _ => None,
            });
            if runs.last() == Some(true) {
                Vec::new()
            } else {
                vec!["unknown_run"]
            }
        }
        _ => Vec::new(),
    }
}

pub(super) fn authority(log: &Log<'_>, by: &Actor) -> Codes {
    if log.has_authority(by) {
        Vec::new()
    } else {
        vec!["not_authorised"]
    }
}

pub(super) fn task(log: &Log<'_>, task: &TaskId) -> Codes {
    if log.declaration(task).is_some() {
        Vec::new()
    } else {
        vec!["unknown_task"]
    }
}

fn optional_task(log: &Log<'_>, named: Option<&TaskId>) -> Codes {
    named.map_or_else(Vec::new, |named| task(log, named))
}

pub(super) fn unknown_seqs(log: &Log<'_>, seqs: &[Seq]) -> Codes {
    if seqs.iter().all(|seq| log.row(*seq).is_some()) {
        Vec::new()
    } else {
        vec!["unknown_record"]
    }
}

/// What is wrong with giving something to an incarnation.
pub(super) fn recipient(log: &Log<'_>, agent: &AgentRef) -> Codes {
    match log.agent(agent) {
        None => vec!["unknown_agent"],
        Some("live") => Vec::new(),
        Some("stopping") => vec!["agent_stopping"],
        Some(_) => vec!["agent_gone"],
    }
}

/// The incarnations of a name.
pub(super) fn of_name(log: &Log<'_>, name: &AgentName) -> Vec<AgentRef> {
    log.agents()
        .into_iter()
        .filter(|agent| agent.name == *name)
        .collect()
}

fn declared(log: &Log<'_>, data: &TaskDeclared) -> Codes {
    if log.declaration(&data.task).is_some() {
        return vec!["task_exists"];
    }
    let mut codes = judge_gates::specs(&data.gates);
    let closes = |need: &TaskId| *need == data.task || log.comes_before(&data.task, need);
    if data.needs.iter().any(|need| closes(&need.task)) {
        codes.push("dep_cycle");
    }
    codes
}

fn joined(log: &Log<'_>, data: &AgentJoined) -> Codes {
    let known = of_name(log, &data.agent);
    let is_live = known.iter().any(|agent| log.is_live(agent));
    if is_live {
        return if data.alias {
            Vec::new()
        } else {
            vec!["name_collision"]
        };
    }
    let last = known
        .iter()
        .map(|agent| agent.incarnation.0)
        .max()
        .unwrap_or(0);
    let number = data.incarnation.0;
    if number > last.saturating_add(1).saturating_add(FAR_NUMBER) {
        vec!["implausible_number"]
    } else if number == last.saturating_add(1) {
        Vec::new()
    } else {
        vec!["incarnation_order"]
    }
}

fn leaves(log: &Log<'_>, by: &Actor, agent: &AgentRef) -> Codes {
    let mut codes = Vec::new();
    if log.agent(agent).is_none() {
        codes.push("unknown_agent");
    }
    if by.agent() != Some(agent) && !log.has_authority(by) {
        codes.push("not_authorised");
    }
    codes
}

fn message(log: &Log<'_>, by: &Actor, data: &Message) -> Codes {
    let mut codes = optional_task(log, data.task.as_ref());
    if !log.speaks_for(by, &log.behind(&data.from)) && !log.has_authority(by) {
        codes.push("not_owner");
    }
    for party in [&data.to, &data.from] {
        if let Party::Agent(name) = party
            && of_name(log, name).is_empty()
        {
            codes.push("unknown_agent");
        }
    }
    let answered = data.reply_to.and_then(|seq| log.row(seq));
    let is_message = answered.is_some_and(|row| matches!(row.record.event(), Event::Message(_)));
    if data.reply_to.is_some() && !is_message {
        codes.push("unknown_record");
    }
    codes
}

fn wait(log: &Log<'_>, by: &Actor, data: &WaitDeclared) -> Codes {
    let mut codes = Vec::new();
    let _ = by;
    for end in [&data.who, &data.on] {
        match end {
            WaitRef::Task(named) => codes.extend(task(log, named)),
            WaitRef::Agent(name) if of_name(log, name).is_empty() => codes.push("unknown_agent"),
            _ => {}
        }
    }
    codes
}

fn correction(log: &Log<'_>, record: &Record, data: &Correction) -> Codes {
    let mut codes = authority(log, &record.envelope().by);
    codes.extend(task(log, &data.task));
    codes.extend(unknown_seqs(log, &data.supersedes));
    if data.reason.is_empty() {
        codes.push("reason_missing");
    }
    match &data.change {
        Change::Rebind { to, attempt } => {
            codes.extend(recipient(log, to));
            codes.extend(judge_work::number(log, &data.task, *attempt));
        }
        Change::Supersede { by } => {
            if *by == data.task || log.standing_for(by) == data.task {
                codes.push("unknown_successor");
            } else {
                codes.extend(task(log, by));
                if log.comes_before(&data.task, by) {
                    codes.push("dep_cycle");
                }
            }
        }
        Change::Adopt { seq } if !judge_work::is_adoptable(log, &data.task, *seq) => {
            codes.push("not_evidence");
        }
        Change::Amend(amendment) => {
            if let Some(gates) = &amendment.gates {
                codes.extend(judge_gates::specs(gates));
            }
            let closes = |need: &TaskId| *need == data.task || log.comes_before(&data.task, need);
            if amendment.add_needs.iter().any(|need| closes(&need.task)) {
                codes.push("dep_cycle");
            }
        }
        Change::Reopen | Change::Unblock | Change::Adopt { .. } => {}
        _ => {}
    }
    codes
}

/// The event of the agent's table that a step of the ladder is.
pub(super) const fn ladder(stage: ShutdownStage) -> &'static str {
    match stage {
        ShutdownStage::Requested => "stop_requested",
        ShutdownStage::Acknowledged => "stop_acknowledged",
        ShutdownStage::Refused => "stop_refused",
        ShutdownStage::Terminated => "terminated",
        _ => "",
    }
}

fn shutdown(log: &Log<'_>, by: &Actor, data: &Shutdown) -> Codes {
    let mut codes = Vec::new();
    let is_own = by.agent() == Some(&data.agent);
    match data.stage {
        ShutdownStage::Acknowledged | ShutdownStage::Refused => {
            if !is_own && !log.has_authority(by) {
                codes.push("not_owner");
            }
        }
        _ => codes.extend(authority(log, by)),
    }
    let Some(status) = log.agent(&data.agent) else {
        codes.push("unknown_agent");
        return codes;
    };
    match cell(AGENT, ladder(data.stage), status) {
        Cell::Marked(_) => codes.push("ladder_skipped"),
        Cell::Forbidden => codes.push("not_permitted"),
        Cell::To(_) | Cell::Stays | Cell::Already => {}
    }
    codes
}

fn timeout(log: &Log<'_>, data: &Timeout) -> Codes {
    let is_running = match (&data.subject, data.clock) {
        (ClockSubject::Attempt { task, attempt }, clock) => {
            log.owner(task, *attempt).is_some()
                && match (log.stage(task, *attempt), clock) {
                    ("dispatched", ClockKind::Start) => true,
                    ("started", ClockKind::Attempt | ClockKind::Progress) => true,
                    ("dispatched" | "started", ClockKind::Alive | ClockKind::Report) => true,
                    _ => false,
                }
        }
        (ClockSubject::Task(task), ClockKind::Total) => {
            !log.attempts(task).is_empty() && !plan::is_ended(log.status(task))
        }
        (ClockSubject::Message(seq), ClockKind::Reply) => {
            log.replies_owed().iter().any(|owed| owed.since == *seq)
        }
        (ClockSubject::Agent(agent), ClockKind::Ack) => log.agent(agent) == Some("stopping"),
        _ => false,
    };
    if is_running {
        Vec::new()
    } else {
        vec!["clock_closed"]
    }
}

fn inventory(log: &Log<'_>, by: &Actor, data: &Inventory) -> Codes {
    let mut codes = Vec::new();
    if by.agent() != Some(&data.agent) && !log.has_authority(by) {
        codes.push("not_authorised");
    }
    if log.agent(&data.agent).is_none() {
        codes.push("unknown_agent");
    }
    for carried in &data.carries {
        codes.extend(task(log, &carried.task));
    }
    codes
}

/// The event of the task's table that a close is.
pub(super) const fn closing(outcome: Unmet) -> &'static str {
    match outcome {
        Unmet::Failed => "closed_failed",
        Unmet::Skipped => "closed_skipped",
        Unmet::Cancelled => "closed_cancelled",
        _ => "",
    }
}

fn task_closed(log: &Log<'_>, by: &Actor, data: &TaskClosed) -> Codes {
    let mut codes = authority(log, by);
    codes.extend(task(log, &data.task));
    if cell(TASK, closing(data.outcome), log.status(&data.task)) == Cell::Forbidden {
        codes.push("not_permitted");
    }
    codes
}

fn mission_closed(log: &Log<'_>, by: &Actor, data: &MissionClosed) -> Codes {
    let mut codes = authority(log, by);
    if data.forced && data.reason.is_empty() {
        codes.push("reason_missing");
    }
    if data.outcome == MissionOutcome::Completed && !data.forced {
        if log.has_obstacles() {
            codes.push("incomplete");
        }
        let is_empty = log.opened().is_some_and(|opened| opened.empty);
        if log.tasks().is_empty() && !is_empty {
            codes.push("empty_mission");
        }
    }
    codes
}
