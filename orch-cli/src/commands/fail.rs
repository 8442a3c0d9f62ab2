//! `orch fail`: a task that could not be done.

use orch_core::command::Command;
use orch_core::event::attempt::{Handoff, HandoffStatus};

use crate::error::CliError;
use crate::write::{Asked, Asks, Report, ReportArgs, WriteArgs};

/// Give a task back as failed, as the agent of -A: `handoff --status failed`
///
/// Example: orch -A coder fail login --error "the tests do not pass"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    report: ReportArgs,

    /// What went wrong
    #[arg(long, value_name = "TEXT")]
    error: String,

    /// Trying again is pointless
    #[arg(long)]
    not_retryable: bool,

    #[command(flatten)]
    write: WriteArgs,
}

impl Asks for Args {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let Report {
            task,
            attempt,
            agent,
        } = self.report.report(asked)?;
        let mut handoff = Handoff::new(task, attempt, agent, Some(HandoffStatus::Failed));
        handoff.error = Some(self.error.clone());
        handoff.not_retryable = self.not_retryable;
        Ok(Command::Handoff(handoff))
    }

    fn is_report_on(&self) -> Option<&str> {
        Some(&self.report.task)
    }
}
