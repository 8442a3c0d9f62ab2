//! `orch claim`: a task, taken by the agent that asks.

use orch_core::command::{Command, Dispatch};

use crate::commands::dispatch::HowArgs;
use crate::error::{CliError, ErrorCode};
use crate::write::{self, Asked, Asks, WriteArgs};

/// Take a task, as the agent of -A
///
/// The answer names the attempt: the token that every report on the work carries.
///
/// Example: orch -A coder claim login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    #[command(flatten)]
    how: HowArgs,

    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    /// The claim of a task, with nothing else said.
    pub(crate) fn of(task: String, write: WriteArgs) -> Self {
        Self {
            task,
            how: HowArgs::default(),
            write,
        }
    }
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = write::task(asked.mission, &self.task)?;
        let agent = asked.actor.agent().ok_or_else(|| {
            CliError::new(ErrorCode::ActorNeeded, "only an agent can take a task")
        })?;
        Ok(self.how.of(Dispatch::new(task, agent.name.clone())))
    }

    fn is_report_on(&self) -> Option<&str> {
        Some(&self.task)
    }
}
