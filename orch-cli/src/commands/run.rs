//! `orch run`: one sitting of an orchestrator.

use clap::Subcommand;
use orch_core::command::Command;
use orch_core::event::mission::{RunEnded, RunStarted};
use orch_core::ids::RunId;

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Start or finish a run: one sitting of an orchestrator
///
/// Example: orch run start
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Start(Start),
    Finish(Finish),
}

/// Start a run; without an id it gets the next number
///
/// Example: orch run start
#[derive(Debug, clap::Args)]
struct Start {
    /// The id of the run
    #[arg(value_name = "RUN")]
    run: Option<RunId>,

    #[command(flatten)]
    write: WriteArgs,
}

/// Finish a run
///
/// Example: orch run finish run-1
#[derive(Debug, clap::Args)]
struct Finish {
    /// The run
    #[arg(value_name = "RUN")]
    run: RunId,

    #[command(flatten)]
    write: WriteArgs,
}

impl Args {
    /// Returns what writes.
    pub(crate) fn asks(&self) -> &dyn Asks {
        match &self.verb {
            Verb::Start(start) => start,
            Verb::Finish(finish) => finish,
        }
    }
}

/// Returns the id of the next run.
///
/// # Errors
/// Never, but for a fault of orch.
pub(crate) fn next_id(asked: &Asked<'_>) -> Result<RunId, CliError> {
    let n = asked.mission.runs().count().saturating_add(1);
    let is_used = |id: &str| asked.mission.runs().any(|(run, _)| run.as_str() == id);
    let id = write::unused(format!("run-{n}"), is_used);
    RunId::parse(&id).map_err(|error| write::bad_id(&error))
}

impl Asks for Start {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let run = match &self.run {
            Some(run) => run.clone(),
            None => next_id(asked)?,
        };
        Ok(Command::StartRun(RunStarted { run }))
    }
}

impl Asks for Finish {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        let run = self.run.clone();
        Ok(Command::EndRun(RunEnded { run }))
    }
}
