//! `orch hold`: a wait that the log could not know of.

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::event::talk::{WaitDeclared, WaitRef};

use crate::error::CliError;
use crate::write::{Asked, Asks, WriteArgs};

/// Say that a task or an agent waits for something
///
/// A task that waits is not handed out until that is over, or a correction unblocks it.
///
/// Example: orch hold task:login --on lock:staging --until 2026-11-20T18:00:00Z
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Who waits: `task:ID` or `agent:NAME`
    #[arg(value_name = "WHO")]
    who: WaitRef,

    /// What for: `task:ID`, `agent:NAME`, `lock:NAME` or `job:NAME`
    #[arg(long, value_name = "WHAT")]
    on: WaitRef,

    /// Until when, at the longest
    #[arg(long, value_name = "TIME")]
    until: Option<DateTime<Utc>>,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::Wait(WaitDeclared {
            who: self.who.clone(),
            on: self.on.clone(),
            until: self.until,
        }))
    }
}
