//! `orch shutdown`: the ladder by which an agent is stopped.

use orch_core::command::Command;
use orch_core::event::agent::{Shutdown, ShutdownStage};

use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Ask an agent to stop, answer such a request, or stop it
///
/// An agent that was asked gets no new work and owes an answer. What it says once it has
/// acknowledged, or was stopped, is late evidence.
///
/// Example: orch shutdown coder --reason "the budget is spent"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent
    #[arg(value_name = "AGENT")]
    agent: String,

    /// Agree to stop, as the agent of -A
    #[arg(long, conflicts_with_all = ["refuse", "terminate"])]
    acknowledge: bool,

    /// Decline and go on, as the agent of -A
    #[arg(long, conflicts_with = "terminate")]
    refuse: bool,

    /// Stop it, agreed or not
    #[arg(long)]
    terminate: bool,

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
        let stage = if self.acknowledge {
            ShutdownStage::Acknowledged
        } else if self.refuse {
            ShutdownStage::Refused
        } else if self.terminate {
            ShutdownStage::Terminated
        } else {
            ShutdownStage::Requested
        };
        Ok(Command::Shutdown(Shutdown {
            agent: write::agent(asked.mission, &self.agent)?,
            stage,
            reason: self.reason.clone(),
        }))
    }
}
