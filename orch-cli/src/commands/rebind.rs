//! `orch rebind`: a task, given to the agent that really has it.

use orch_core::command::{Command, Rebind};
use orch_core::ids::Seq;

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Give a task to the agent that really has it; the attempt before is fenced
///
/// Example: orch rebind login --to coder-2 --reason "coder-2 went on with it"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// The agent
    #[arg(long, value_name = "AGENT")]
    to: String,

    #[command(flatten)]
    why: WhyArgs,

    #[command(flatten)]
    write: WriteArgs,
}

/// Why something is corrected, and which records no longer hold.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct WhyArgs {
    /// Why: whoever reads the log later has only that
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: String,

    /// A record that no longer holds: what it made somebody owe is settled
    #[arg(long, value_name = "SEQ")]
    supersedes: Vec<u64>,
}

impl WhyArgs {
    /// Returns the records that no longer hold.
    pub(crate) fn supersedes(&self) -> Vec<Seq> {
        self.supersedes.iter().copied().map(Seq).collect()
    }
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Rebind(Rebind {
            task: write::task(asked.mission, &self.task)?,
            to: write::agent_name(asked.mission, &self.to)?,
            reason: self.why.reason.clone(),
            supersedes: self.why.supersedes(),
        }))
    }
}
