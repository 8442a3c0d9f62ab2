//! `orch stand-down`: a word to an agent that it is not needed.

use orch_core::command::Command;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::party::Party;

use crate::commands::message::speaker;
use crate::error::CliError;
use crate::write::{self, Asked, Asks, WriteArgs};

/// Tell an agent that it is not needed any more; advice, that ends nothing
///
/// What ends an agent is `orch shutdown`.
///
/// Example: orch stand-down coder
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The agent
    #[arg(value_name = "AGENT")]
    agent: String,

    /// What it is told
    #[arg(
        value_name = "TEXT",
        default_value = "stand down: you are not needed any more"
    )]
    text: String,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Send(Message {
            from: speaker(asked)?,
            to: Party::Agent(write::agent_name(asked.mission, &self.agent)?),
            class: MessageClass::Fyi,
            task: None,
            reply_to: None,
            text: self.text.clone(),
        }))
    }
}
