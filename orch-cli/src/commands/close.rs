//! `orch close`: the end of the mission.

use clap::ValueEnum;
use orch_core::command::Command;
use orch_core::event::mission::{MissionClosed, MissionOutcome};

use crate::error::CliError;
use crate::write::{Asked, Asks, WriteArgs};

/// Close the mission
///
/// It completes only if nothing is open: else the answer lists what is. --force closes it all the
/// same, with a reason, and stays visible. `orch mission close` is the same.
///
/// Example: orch close
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// How it ends
    #[arg(long, value_name = "OUTCOME", default_value = "completed")]
    outcome: End,

    /// Close it over open work
    #[arg(long, requires = "reason")]
    force: bool,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,

    #[command(flatten)]
    write: WriteArgs,
}

/// How a mission ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum End {
    /// Everything it was for is accepted
    Completed,
    /// It cannot reach what it was for
    Failed,
    /// It is no longer wanted
    Cancelled,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::CloseMission(MissionClosed {
            outcome: match self.outcome {
                End::Completed => MissionOutcome::Completed,
                End::Failed => MissionOutcome::Failed,
                End::Cancelled => MissionOutcome::Cancelled,
            },
            forced: self.force,
            reason: self.reason.clone().unwrap_or_default(),
        }))
    }
}
