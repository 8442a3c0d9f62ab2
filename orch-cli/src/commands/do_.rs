//! `orch do`: any command of the core, as JSON.

use orch_core::command::Command;

use crate::error::{CliError, ErrorCode};
use crate::write::{Asked, Asks, WriteArgs};

/// Ask for any command, written as JSON
///
/// For programs, and for what has no words of its own. Everything that a command names is named in
/// full: nothing is filled in.
///
/// Example: orch do '"tick"'
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The command
    #[arg(value_name = "JSON")]
    command: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        serde_json::from_str(&self.command).map_err(|error| {
            CliError::new(ErrorCode::Usage, format!("this is no command: {error}"))
                .evidence("a command is one value, such as {\"archive\":{}} or \"tick\"")
                .hint("orch help do")
        })
    }
}
