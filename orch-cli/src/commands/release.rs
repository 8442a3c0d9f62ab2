//! `orch release`: an attempt that ends without a handoff.

use clap::ValueEnum;
use orch_core::command::Command;
use orch_core::event::attempt::{AttemptEnd, AttemptEnded};

use crate::error::{CliError, ErrorCode};
use crate::write::{self, Asked, Asks, ReportArgs, WriteArgs};

/// Say that an attempt ended without a handoff
///
/// The owner lets go of it; the lead, the host or a human may also see that it ended.
///
/// Example: orch -A coder release login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    report: ReportArgs,

    /// How it ended
    #[arg(long, value_name = "HOW", default_value = "released")]
    how: How,

    /// The exit code of its process
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    code: Option<i32>,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum How {
    /// Its owner let go of it
    Released,
    /// Its process ended by itself
    Exited,
    /// Its process was killed
    Killed,
    /// Nobody carries it any more
    Lost,
    /// The session it ran in ended
    SessionEnded,
}

impl From<How> for AttemptEnd {
    fn from(how: How) -> Self {
        match how {
            How::Released => Self::Released,
            How::Exited => Self::Exited,
            How::Killed => Self::Killed,
            How::Lost => Self::Lost,
            How::SessionEnded => Self::SessionEnded,
        }
    }
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = write::task(asked.mission, &self.report.task)?;
        let found = asked.mission.task(&task);
        let token = found.and_then(|task| task.token());
        let owner = token.map(|token| token.agent());
        let agent = asked.actor.agent().cloned().or(owner).ok_or_else(|| {
            CliError::new(ErrorCode::Usage, format!("nobody has or had task {task}"))
        })?;
        let attempt = self.report.number(asked, &task, &agent);
        // Whoever sees the end of an attempt names its owner, not themselves.
        let owner = found.and_then(|task| {
            let mut all = task.attempts();
            all.find(|one| one.number() == attempt)
                .map(|one| one.agent())
        });
        Ok(Command::EndAttempt(AttemptEnded {
            task,
            attempt,
            agent: owner.unwrap_or(agent),
            how: self.how.into(),
            code: self.code,
            reason: self.reason.clone(),
        }))
    }
}
