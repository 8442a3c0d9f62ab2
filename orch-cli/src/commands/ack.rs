//! `orch ack`: what was read.

use orch_core::command::Command;
use orch_core::event::talk::Receipt;
use orch_core::ids::Seq;

use crate::error::CliError;
use crate::write::{Asked, Asks, WriteArgs};

/// Mark messages and results as read, by their records
///
/// A message that asks for something is answered with `orch message --reply-to`, not with this. Other records need
/// no acknowledgement: nothing is written then, and the exit code is 0.
///
/// Example: orch ack 17 21
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The records
    #[arg(value_name = "SEQ", required = true)]
    of: Vec<u64>,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        let of = self.of.iter().copied().map(Seq).collect();
        Ok(Command::Receipt(Receipt { of }))
    }

    fn reads(&self) -> &[u64] {
        &self.of
    }
}
