//! The steps that records made the tables take: kept only while somebody asks for them.

use crate::status::agent::{AgentEvent, AgentStatus};
use crate::status::attempt::{AttemptEvent, AttemptStatus};
use crate::status::gate::{GateEvent, GateStatus};
use crate::status::task::{TaskEvent, TaskStatus};

/// A cell of a transition table: a status, and what happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Cell {
    /// Of a task.
    Task(TaskStatus, TaskEvent),
    /// Of an attempt.
    Attempt(AttemptStatus, AttemptEvent),
    /// Of an incarnation of an agent.
    Agent(AgentStatus, AgentEvent),
    /// Of a gate.
    Gate(GateStatus, GateEvent),
}

/// The cells that were entered since they were last asked for; `None` while nobody asks.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace(Option<Vec<Cell>>);

impl Trace {
    /// Begins to keep the steps.
    pub(crate) const fn on() -> Self {
        Self(Some(Vec::new()))
    }

    /// Keeps a step.
    pub(crate) fn note(&mut self, cell: Cell) {
        if let Some(cells) = &mut self.0 {
            cells.push(cell);
        }
    }

    /// Gives out the steps since the last time.
    pub(crate) fn take(&mut self) -> Vec<Cell> {
        self.0.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
