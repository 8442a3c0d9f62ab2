//! What a script goes on with: the names that the records gave.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "most records give nothing a name, and a new kind starts without"
)]

use orch_core::event::Event;
use orch_core::event::correction::Change;
use orch_core::ids::{AgentRef, AttemptNo, RunId, Seq, TaskId};
use serde::Serialize;

/// What a script goes on with.
#[derive(Debug, Default, Serialize)]
pub(super) struct Found {
    pub(super) task: Option<TaskId>,
    /// Where the task stands now.
    pub(super) status: Option<&'static str>,
    attempt: Option<AttemptNo>,
    agent: Option<AgentRef>,
    pub(super) run: Option<RunId>,
    /// The position of the message.
    message: Option<Seq>,
}

impl Found {
    /// Takes what a record names.
    pub(super) fn take(&mut self, event: &Event, seq: Seq) {
        match event {
            Event::TaskDeclared(it) => self.task = Some(it.task.clone()),
            Event::AgentJoined(it) => {
                self.agent = Some(AgentRef::new(it.agent.clone(), it.incarnation));
            }
            Event::Dispatched(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::AttemptStarted(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::Progress(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::Heartbeat(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::Handoff(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::AttemptEnded(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::Correction(it) => match &it.change {
                Change::Rebind { to, attempt } => self.work(&it.task, *attempt, to),
                _ => self.task = Some(it.task.clone()),
            },
            Event::GateRequested(it) => self.task = Some(it.task.clone()),
            Event::GateDecided(it) => self.task = Some(it.task.clone()),
            Event::TaskClosed(it) => self.task = Some(it.task.clone()),
            Event::TaskDelivered(it) => self.task = Some(it.task.clone()),
            Event::FindingRecorded(it) => self.task.clone_from(&it.task),
            Event::Note(it) => self.task.clone_from(&it.task),
            Event::Shutdown(it) => self.agent = Some(it.agent.clone()),
            Event::AgentLeft(it) => self.agent = Some(it.agent.clone()),
            Event::RunStarted(it) => self.run = Some(it.run.clone()),
            Event::RunEnded(it) => self.run = Some(it.run.clone()),
            Event::Message(_) => self.message = Some(seq),
            // All others name nothing to go on with, and the core may know more kinds.
            _ => {}
        }
    }

    fn work(&mut self, task: &TaskId, attempt: AttemptNo, agent: &AgentRef) {
        self.task = Some(task.clone());
        self.attempt = Some(attempt);
        self.agent = Some(agent.clone());
    }
}
