//! `orch deliver`: an accepted task that is where it belongs.

use orch_core::command::Command;
use orch_core::event::task::TaskDelivered;

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Say that an accepted task is delivered: committed, merged, archived
///
/// Example: orch deliver login --note "merged as 4f1c2e"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// Where it was delivered to
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Deliver(TaskDelivered {
            task: write::task(asked.mission, &self.task)?,
            note: self.note.clone(),
        }))
    }
}
