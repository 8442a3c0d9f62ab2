//! Events in one line, and which tasks and agents they name.

mod summary;

use orch_core::event::Event;
use orch_core::event::clock::ClockSubject;
use orch_core::event::correction::Change;
use orch_core::event::talk::WaitRef;
use orch_core::ids::{AgentName, TaskId};
use orch_core::party::Party;
use orch_core::record::Record;

pub(crate) use summary::summary;

use crate::words;

/// Returns whether a record is about a task.
pub(crate) fn names_task(record: &Record, task: &TaskId) -> bool {
    let is = |other: &TaskId| other == task;
    let waits = |end: &WaitRef| matches!(end, WaitRef::Task(other) if is(other));
    match record.event() {
        Event::TaskDeclared(it) => {
            let needs = it.needs.iter().any(|need| is(&need.task));
            is(&it.task) || needs || it.parent.as_ref().is_some_and(is)
        }
        Event::Dispatched(it) => is(&it.task),
        Event::AttemptStarted(it) => is(&it.task),
        Event::Progress(it) => is(&it.task),
        Event::Heartbeat(it) => is(&it.task),
        Event::Handoff(it) => is(&it.task),
        Event::AttemptEnded(it) => is(&it.task),
        Event::Message(it) => it.task.as_ref().is_some_and(is),
        Event::WaitDeclared(it) => waits(&it.who) || waits(&it.on),
        Event::GateRequested(it) => is(&it.task),
        Event::GateDecided(it) => is(&it.task),
        Event::Correction(it) => {
            is(&it.task) || matches!(&it.change, Change::Supersede { by } if is(by))
        }
        Event::Timeout(it) => words::clock_task(&it.subject).is_some_and(is),
        Event::Inventory(it) => it.carries.iter().any(|one| is(&one.task)),
        Event::TaskClosed(it) => is(&it.task),
        Event::TaskDelivered(it) => is(&it.task),
        Event::FindingRecorded(it) => it.task.as_ref().is_some_and(is),
        Event::Note(it) => it.task.as_ref().is_some_and(is),
        Event::MissionOpened(_)
        | Event::AgentJoined(_)
        | Event::AgentLeft(_)
        | Event::Receipt(_)
        | Event::Shutdown(_)
        | Event::MissionClosed(_)
        | Event::MissionArchived(_)
        | Event::RunStarted(_)
        | Event::RunEnded(_)
        | Event::Unknown { .. }
        | Event::Unreadable { .. } => false,
        // The core may know more kinds than this list, here and below.
        _ => false,
    }
}

/// Returns whether a record is by an agent or names it, whatever its incarnation.
pub(crate) fn names_agent(record: &Record, name: &AgentName) -> bool {
    let by = record.envelope().by.agent();
    let is_by = by.is_some_and(|agent| agent.name == *name);
    let party = |party: &Party| matches!(party, Party::Agent(other) if other == name);
    let waits = |end: &WaitRef| matches!(end, WaitRef::Agent(other) if other == name);
    is_by
        || match record.event() {
            Event::MissionOpened(it) => party(&it.lead),
            Event::AgentJoined(it) => it.agent == *name,
            Event::AgentLeft(it) => it.agent.name == *name,
            Event::Dispatched(it) => it.agent.name == *name,
            Event::AttemptStarted(it) => it.agent.name == *name,
            Event::Progress(it) => it.agent.name == *name,
            Event::Heartbeat(it) => it.agent.name == *name,
            Event::Handoff(it) => {
                it.agent.name == *name || it.blocked_on.as_ref().is_some_and(party)
            }
            Event::AttemptEnded(it) => it.agent.name == *name,
            Event::Message(it) => party(&it.from) || party(&it.to),
            Event::WaitDeclared(it) => waits(&it.who) || waits(&it.on),
            Event::GateRequested(it) => party(&it.holder),
            Event::GateDecided(it) => party(&it.decider),
            Event::Correction(it) => {
                matches!(&it.change, Change::Rebind { to, .. } if to.name == *name)
            }
            Event::Shutdown(it) => it.agent.name == *name,
            Event::Timeout(it) => {
                matches!(&it.subject, ClockSubject::Agent(agent) if agent.name == *name)
            }
            Event::Inventory(it) => it.agent.name == *name,
            Event::TaskDeclared(_)
            | Event::Receipt(_)
            | Event::TaskClosed(_)
            | Event::TaskDelivered(_)
            | Event::MissionClosed(_)
            | Event::MissionArchived(_)
            | Event::FindingRecorded(_)
            | Event::Note(_)
            | Event::RunStarted(_)
            | Event::RunEnded(_)
            | Event::Unknown { .. }
            | Event::Unreadable { .. } => false,
            _ => false,
        }
}
