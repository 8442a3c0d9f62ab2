//! What is wrong with a record, by those before it.

use orch_core::event::Event;
use orch_core::event::agent::{AgentJoined, Inventory, Shutdown, ShutdownStage};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::correction::{Change, Correction};
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::{Message, WaitDeclared, WaitRef};
use orch_core::event::task::{GateSpec, GateStage, Need, TaskClosed, TaskDeclared, Unmet};
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

/// Whether a code is about where a record stands and not about what it says.
pub(super) fn is_about_place(code: &str) -> bool {
    matches!(code, "seq_gap" | "not_opened" | "rules_newer")
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
    let is_opening = matches!(record.event(), Event::MissionOpened(_));
    if !is_opening && log.rows.iter().all(|row| !row.is_placed) {
        codes.push("not_opened");
    }
    let stranger = of_author(log, &own.by, record.event());
    if !stranger.is_empty() && !is_opening {
        codes.extend(stranger);
        return codes;
    }
    if matches!(record.event(), Event::Unreadable { .. }) {
        codes.push("unreadable_data");
        return codes;
    }
    if log.closed().is_some() && moves_after_close(record.event()) {
        codes.push("after_close");
    }
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
///
/// Reports are late evidence then, because a close fences every attempt.
fn moves_after_close(event: &Event) -> bool {
    match event {
        Event::TaskDeclared(_)
        | Event::AgentJoined(_)
        | Event::Dispatched(_)
        | Event::Message(_)
        | Event::WaitDeclared(_)
        | Event::GateRequested(_)
        | Event::TaskClosed(_)
        | Event::RunStarted(_) => true,
        Event::Correction(data) => data.change != Change::Reopen,
        _ => false,
    }
}

/// What is wrong with the author, whatever the event.
fn of_author(log: &Log<'_>, by: &Actor, event: &Event) -> Codes {
    let Some(agent) = by.agent() else {
        return Vec::new();
    };
    if matches!(event, Event::AgentJoined(data) if data.agent == agent.name) {
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
        Event::MissionOpened(_) if log.opened().is_some() => vec!["opened_twice"],
        Event::MissionOpened(data) if data.rules > RULES => vec!["rules_newer"],
        Event::MissionOpened(_) => Vec::new(),
        Event::TaskDeclared(data) => declared(log, data),
        Event::AgentJoined(data) => joined(log, by, data),
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
        Event::Timeout(data) => timeout(log, by, data),
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
                _ => None,
            });
            if runs.count() > 0 {
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

/// A task is unknown to the first record that names it, and known from then on.
pub(super) fn task(log: &Log<'_>, task: &TaskId) -> Codes {
    if log.tasks().contains(task) {
        Vec::new()
    } else {
        vec!["unknown_task"]
    }
}

fn optional_task(log: &Log<'_>, named: Option<&TaskId>) -> Codes {
    named.map_or_else(Vec::new, |named| task(log, named))
}

pub(super) fn unknown_seqs(log: &Log<'_>, seqs: &[Seq]) -> Codes {
    if seqs
        .iter()
        .all(|seq| *seq != Seq::ZERO && *seq <= log.head())
    {
        Vec::new()
    } else {
        vec!["unknown_record"]
    }
}

/// What is wrong with giving something to an incarnation.
pub(super) fn recipient(log: &Log<'_>, agent: &AgentRef) -> Codes {
    match log.agent(agent) {
        None => unknown_agent(log, agent),
        Some("live") => Vec::new(),
        Some("stopping") => vec!["agent_stopping"],
        Some(_) => vec!["agent_gone"],
    }
}

/// What is wrong with an incarnation that never joined.
fn unknown_agent(log: &Log<'_>, agent: &AgentRef) -> Codes {
    let known = of_name(log, &agent.name);
    let last = known
        .iter()
        .map(|agent| agent.incarnation.0)
        .max()
        .unwrap_or(0);
    let is_far = agent.incarnation.0 > last.saturating_add(1).saturating_add(FAR_NUMBER);
    if is_far {
        vec!["unknown_agent", "implausible_number"]
    } else {
        vec!["unknown_agent"]
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
    let is_known = log.tasks().contains(&data.task);
    if data.implicit && is_known {
        return Vec::new();
    }
    let mut codes = judge_gates::specs(&data.gates);
    if log
        .declaration(&data.task)
        .is_some_and(|before| !before.implicit)
    {
        codes.push("task_exists");
    }
    codes.extend(parent(log, &data.task, data.parent.as_ref()));
    codes.extend(needs(log, &data.task, &data.needs));
    let is_spec = data
        .kind
        .as_ref()
        .is_some_and(|kind| kind.as_str() == "spec");
    let waits_for_it = |other: &TaskId| {
        log.kind(other)
            .is_some_and(|kind| kind.as_str() == "implement")
            && log.parent(other) == data.parent.as_ref()
    };
    let is_ring = log.tasks().iter().any(|other| {
        waits_for_it(other)
            && data
                .needs
                .iter()
                .any(|need| need.task == *other || log.comes_before(other, &need.task))
    });
    if is_spec && log.policy().spec_first && is_ring {
        codes.push("dep_cycle");
    }
    codes
}

/// What is wrong with the task of which a task is to be a part.
fn parent(log: &Log<'_>, own: &TaskId, parent: Option<&TaskId>) -> Codes {
    let Some(parent) = parent else {
        return Vec::new();
    };
    let mut codes = task(log, parent);
    if log.is_part_of(parent, own) {
        codes.push("dep_cycle");
    }
    codes
}

/// What is wrong with needs of a task.
fn needs(log: &Log<'_>, own: &TaskId, needs: &[Need]) -> Codes {
    let mut codes = Vec::new();
    for need in needs {
        let stands = log.standing_for(&need.task);
        if need.task == *own || stands == *own || log.comes_before(own, &stands) {
            codes.push("dep_cycle");
        }
        if need.task != *own {
            codes.extend(task(log, &need.task));
        }
    }
    codes
}

fn joined(log: &Log<'_>, by: &Actor, data: &AgentJoined) -> Codes {
    let mut codes = Vec::new();
    if by.agent().is_some_and(|agent| agent.name != data.agent) {
        codes.extend(authority(log, by));
    }
    let live = log.live(&data.agent);
    if live.is_some() && !data.alias {
        codes.push("name_collision");
        return codes;
    }
    let known = of_name(log, &data.agent);
    let last = known
        .iter()
        .map(|agent| agent.incarnation.0)
        .max()
        .unwrap_or(0);
    let next = live
        .as_ref()
        .map_or_else(|| last.saturating_add(1), |live| live.incarnation.0);
    let number = data.incarnation.0;
    if number == next {
        return codes;
    }
    codes.push(if number < next || live.is_some() {
        "name_collision"
    } else if number > next.saturating_add(FAR_NUMBER) {
        "implausible_number"
    } else {
        "incarnation_order"
    });
    codes
}

fn leaves(log: &Log<'_>, by: &Actor, agent: &AgentRef) -> Codes {
    let mut codes = Vec::new();
    if log.agent(agent).is_none() {
        codes.extend(unknown_agent(log, agent));
    }
    if by.agent() != Some(agent) && !log.has_authority(by) {
        codes.push("not_authorised");
    }
    codes
}

fn message(log: &Log<'_>, by: &Actor, data: &Message) -> Codes {
    let mut codes = optional_task(log, data.task.as_ref());
    if !log.speaks_for(by, &data.from) {
        codes.push("not_owner");
    }
    if let Party::Agent(name) = &data.to
        && of_name(log, name).is_empty()
    {
        codes.push("unknown_agent");
    }
    if let Some(seq) = data.reply_to {
        let is_message = log
            .events()
            .any(|(at, event)| at == seq && matches!(event, Event::Message(_)));
        let is_owed = log
            .owed()
            .iter()
            .any(|owed| owed.since == seq && owed.kind != "gate_decision");
        if !is_message && !is_owed {
            codes.push("unknown_record");
        }
    }
    codes
}

fn wait(log: &Log<'_>, by: &Actor, data: &WaitDeclared) -> Codes {
    let mut codes = Vec::new();
    let is_own = by.agent().is_some_and(|agent| match &data.who {
        WaitRef::Agent(name) => *name == agent.name,
        WaitRef::Task(task) => log.token(task).is_some_and(|token| {
            log.stage(task, token) != "closed" && log.owner(task, token).as_ref() == Some(agent)
        }),
        _ => false,
    });
    if !is_own {
        codes.extend(authority(log, by));
    }
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
    if data.reason.trim().is_empty() {
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
                let waits =
                    |other: &TaskId| log.needs(other).iter().any(|need| need.task == data.task);
                let closes = |other: &TaskId| *other == *by || log.comes_before(other, by);
                let is_ring = log
                    .tasks()
                    .iter()
                    .any(|other| waits(other) && closes(other));
                if is_ring || log.comes_before(&data.task, by) {
                    codes.push("dep_cycle");
                }
            }
        }
        Change::Adopt { seq } if !judge_work::is_adoptable(log, &data.task, *seq) => {
            codes.push("not_evidence");
        }
        Change::Amend(amendment) => {
            codes.extend(parent(log, &data.task, amendment.parent.as_ref()));
            codes.extend(judge_gates::specs(
                amendment.gates.as_deref().unwrap_or_default(),
            ));
            let is_late = |spec: &GateSpec| {
                spec.stage == GateStage::Accept
                    && log
                        .gates(&data.task)
                        .iter()
                        .all(|gate| gate.gate != spec.gate)
            };
            let comes_late = amendment.gates.iter().flatten().any(is_late);
            if comes_late && plan::is_ended(log.status(&data.task)) {
                codes.push("gate_spec");
            }
            codes.extend(needs(log, &data.task, &amendment.add_needs));
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
                codes.push("not_authorised");
            }
        }
        _ => codes.extend(authority(log, by)),
    }
    let Some(status) = log.agent(&data.agent) else {
        codes.extend(unknown_agent(log, &data.agent));
        return codes;
    };
    match cell(AGENT, ladder(data.stage), status) {
        Cell::Marked(_) => codes.push("ladder_skipped"),
        Cell::Forbidden => codes.push("not_permitted"),
        Cell::To(_) | Cell::Stays | Cell::Already => {}
    }
    codes
}

fn timeout(log: &Log<'_>, by: &Actor, data: &Timeout) -> Codes {
    let mut codes = authority(log, by);
    let is_running = match &data.subject {
        ClockSubject::Attempt { task, attempt } => {
            if log.owner(task, *attempt).is_none() {
                codes.push("unknown_attempt");
                return codes;
            }
            log.runs(task, *attempt, data.clock)
        }
        ClockSubject::Task(named) => {
            codes.extend(task(log, named));
            let runs = data.clock == ClockKind::Total
                && log.has_begun(named)
                && !plan::is_ended(log.status(named));
            runs || log.total_ran_out(named)
        }
        ClockSubject::Message(seq) => {
            data.clock == ClockKind::Reply
                && log.replies_owed().iter().any(|owed| owed.since == *seq)
        }
        ClockSubject::Agent(agent) => {
            let is_owed = |asked: &Seq| log.dismissals(*asked, None).is_empty();
            data.clock == ClockKind::Ack && log.asked_to_stop(agent).as_ref().is_some_and(is_owed)
        }
        _ => false,
    };
    if !is_running {
        codes.push("clock_closed");
    }
    codes
}

fn inventory(log: &Log<'_>, by: &Actor, data: &Inventory) -> Codes {
    let mut codes = Vec::new();
    if by.agent() != Some(&data.agent) && !log.has_authority(by) {
        codes.push("not_authorised");
    }
    if log.agent(&data.agent).is_none() {
        codes.extend(unknown_agent(log, &data.agent));
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
    if !log.tasks().contains(&data.task) {
        codes.push("unknown_task");
        return codes;
    }
    if cell(TASK, closing(data.outcome), log.status(&data.task)) == Cell::Forbidden {
        codes.push("not_permitted");
    }
    codes
}

fn mission_closed(log: &Log<'_>, by: &Actor, data: &MissionClosed) -> Codes {
    let mut codes = authority(log, by);
    if log.closed().is_some() {
        return codes;
    }
    if data.forced && data.reason.trim().is_empty() {
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
