//! `orch cancel`: a task that is given up.

use clap::ValueEnum;
use orch_core::command::Command;
use orch_core::event::task::{TaskClosed, Unmet};

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// End a task without a result, because it is not wanted or cannot be done
///
/// Example: orch cancel docs --reason "another team does it"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// How it is on record
    #[arg(long = "as", value_name = "END", default_value = "cancelled")]
    end: End,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// How a task ends that is given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum End {
    /// It is no longer wanted
    Cancelled,
    /// It cannot be done
    Failed,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::CloseTask(TaskClosed {
            task: write::task(asked.mission, &self.task)?,
            outcome: match self.end {
                End::Cancelled => Unmet::Cancelled,
                End::Failed => Unmet::Failed,
            },
            reason: self.reason.clone(),
        }))
    }
}
