//! What every report on work names: the task, the attempt and the agent.

use orch_core::ids::{AgentRef, AttemptNo, TaskId};

use super::{Asked, attempt_of, task};
use crate::error::{CliError, ErrorCode};

/// The task and the attempt that a report is about.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ReportArgs {
    /// The task
    #[arg(value_name = "TASK")]
    pub(crate) task: String,

    /// The attempt; without it the newest that the agent has or had at the task
    #[arg(long, value_name = "N", env = "ORCH_ATTEMPT")]
    attempt: Option<u32>,
}

/// Whom a report is by, and what it is about.
#[derive(Debug)]
pub(crate) struct Report {
    /// The task.
    pub(crate) task: TaskId,
    /// The attempt.
    pub(crate) attempt: AttemptNo,
    /// The agent.
    pub(crate) agent: AgentRef,
}

impl ReportArgs {
    /// Returns what the report is about; it is by whoever asks.
    ///
    /// # Errors
    /// When there is no such task.
    // spec: FENCE-1
    pub(crate) fn report(&self, asked: &Asked<'_>) -> Result<Report, CliError> {
        let task = task(asked.mission, &self.task)?;
        let agent = asked.actor.agent().cloned();
        let agent = agent.ok_or_else(|| {
            CliError::new(ErrorCode::ActorNeeded, "only an agent reports on its work")
        })?;
        let attempt = self.number(asked, &task, &agent);
        Ok(Report {
            task,
            attempt,
            agent,
        })
    }

    /// Returns the attempt that is named, or the newest of an agent.
    pub(crate) fn number(&self, asked: &Asked<'_>, task: &TaskId, agent: &AgentRef) -> AttemptNo {
        let newest = || attempt_of(asked.mission, task, agent);
        self.attempt.map_or_else(newest, AttemptNo)
    }
}
