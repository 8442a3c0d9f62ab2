//! `orch start`: an attempt begins.

use orch_core::command::Command;
use orch_core::event::attempt::AttemptStarted;

use crate::error::CliError;
use crate::write::{Asked, Asks, Report, ReportArgs, WriteArgs};

/// Say that the work on a task begins, as the agent of -A
///
/// Example: orch -A coder start login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) report: ReportArgs,

    #[command(flatten)]
    pub(crate) write: WriteArgs,
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
        Ok(Command::Start(AttemptStarted {
            task,
            attempt,
            agent,
        }))
    }

    fn is_report_on(&self) -> Option<&str> {
        Some(&self.report.task)
    }
}
