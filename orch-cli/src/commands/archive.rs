//! `orch archive`: a closed mission, put away.

use orch_core::command::Command;
use orch_core::event::mission::MissionArchived;

use crate::error::CliError;
use crate::write::{Asked, Asks, WriteArgs};

/// Put a closed mission away
///
/// Example: orch archive
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
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

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Archive(MissionArchived {
            reason: self.reason.clone(),
        }))
    }
}
