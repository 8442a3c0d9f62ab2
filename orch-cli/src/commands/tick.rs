//! `orch tick`: the clocks that have run out.

use orch_core::command::Command;

use crate::error::CliError;
use crate::write::{Asked, Asks, WriteArgs};

/// Record the clocks that have run out
///
/// orch has no clock of its own that runs between commands: whoever runs the mission calls this
/// from time to time, or when the effect `wake_at` of a command says so.
///
/// Example: orch tick
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Tick)
    }

    fn nothing(&self) -> Option<&'static str> {
        Some("no clock has run out")
    }
}
