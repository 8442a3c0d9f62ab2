//! `orch skip`: a task that is not done on purpose.

use orch_core::command::Command;
use orch_core::event::task::{TaskClosed, Unmet};

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// End a task without a result, because it is not needed
///
/// Example: orch skip docs --reason "no time"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::CloseTask(TaskClosed {
            task: write::task(asked.mission, &self.task)?,
            outcome: Unmet::Skipped,
            reason: self.reason.clone(),
        }))
    }
}
