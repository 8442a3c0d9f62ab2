//! Whether a record says only what is so already.

use orch_core::event::Event;
use orch_core::event::clock::{ClockSubject, Timeout};
use orch_core::event::correction::{Change, Correction};
use orch_core::event::gate::Verdict;
use orch_core::record::Record;

use super::judge;
use super::log::{Log, Said};
use super::tables::{AGENT, Cell, GATE, TASK, cell};

/// Whether a record with which nothing is wrong changes nothing either.
pub(super) fn is_so(log: &Log<'_>, record: &Record) -> bool {
    let agent = |agent, event| {
        log.agent(agent)
            .is_some_and(|status| cell(AGENT, event, status) == Cell::Already)
    };
    let task = |task, event| cell(TASK, event, log.status(task)) == Cell::Already;
    match record.event() {
        Event::TaskDeclared(data) => data.implicit && log.tasks().contains(&data.task),
        Event::AgentLeft(data) => agent(&data.agent, "left"),
        Event::Shutdown(data) => agent(&data.agent, judge::ladder(data.stage)),
        Event::AttemptStarted(data) => log.stage(&data.task, data.attempt) == "started",
        Event::GateRequested(data) => {
            let status = log.gate_status(&data.task, &data.gate);
            let is_same = log.holder(&data.task, &data.gate) == Some(data.holder.clone());
            cell(GATE, "requested", status) == Cell::Already
                || (is_same && log.is_held(&data.task, &data.gate))
        }
        Event::GateDecided(data) => {
            let event = match data.verdict {
                Verdict::Approved => "approved",
                Verdict::ChangesRequested => "changes_requested",
                _ => "waived",
            };
            cell(GATE, event, log.gate_status(&data.task, &data.gate)) == Cell::Already
        }
        Event::Correction(data) => correction(log, record, data),
        Event::TaskClosed(data) => task(&data.task, judge::closing(data.outcome)),
        Event::TaskDelivered(data) => task(&data.task, "delivered"),
        Event::MissionClosed(_) => log.closed().is_some(),
        Event::Timeout(data) => timeout(log, data),
        _ => false,
    }
}

fn correction(log: &Log<'_>, record: &Record, data: &Correction) -> bool {
    let task = &data.task;
    match &data.change {
        Change::Reopen => {
            let counted = [
                Said::Failed(task.clone()),
                Said::Crashed(task.clone()),
                Said::Blocked(task.clone()),
                Said::SentBack(task.clone()),
            ];
            log.closed().is_none()
                && log.status(task) == "open"
                && !log.has_success(task)
                && log.retry_at(task).is_none()
                && counted.iter().all(|said| log.count(said, task) == 0)
                && log.fruitless(task) == 0
        }
        Change::Unblock => {
            data.supersedes.is_empty()
                && log.status(task) != "blocked"
                && !log.is_held_back(task, record.at())
        }
        Change::Adopt { seq } => log
            .corrections(task)
            .iter()
            .any(|(_, data)| data.change == Change::Adopt { seq: *seq } && log.is_late(*seq)),
        _ => false,
    }
}

fn timeout(log: &Log<'_>, data: &Timeout) -> bool {
    match &data.subject {
        ClockSubject::Task(task) => log.total_ran_out(task),
        ClockSubject::Message(seq) => log.ran_out(*seq),
        ClockSubject::Agent(agent) => log.ack_ran_out(agent),
        _ => false,
    }
}
