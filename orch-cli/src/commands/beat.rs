//! `orch beat`: a sign of life, or progress.

use chrono::{DateTime, Utc};
use orch_core::command::Command;
use orch_core::event::attempt::{Heartbeat, Progress};

use crate::error::CliError;
use crate::write::{Asked, Asks, Report, ReportArgs, Span, WriteArgs};

/// Say that the work on a task goes on, as the agent of -A
///
/// With --percent or --note it is progress, which resets the clock that runs on progress.
///
/// Example: orch -A coder beat login --percent 40 --note "the form is there"
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    report: ReportArgs,

    /// How far it is, in percent
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(..=100))]
    percent: Option<u8>,

    /// What was done
    #[arg(long, value_name = "TEXT")]
    note: Option<String>,

    /// It got somewhere, with nothing else to say
    #[arg(long)]
    progress: bool,

    /// For how long no further sign of life is to be expected, such as `20m`
    #[arg(long, value_name = "SPAN", conflicts_with = "silent_until")]
    silent: Option<Span>,

    /// Until when no further sign of life is to be expected
    #[arg(long, value_name = "TIME")]
    silent_until: Option<DateTime<Utc>>,

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
        let silent = self.silent.and_then(|silent| silent.0.after(asked.now));
        let silent_until = self.silent_until.or(silent);
        if self.percent.is_none() && self.note.is_none() && !self.progress {
            return Ok(Command::Beat(Heartbeat {
                task,
                attempt,
                agent,
                silent_until,
            }));
        }
        Ok(Command::Progress(Progress {
            task,
            attempt,
            agent,
            percent: self.percent,
            note: self.note.clone().unwrap_or_default(),
            silent_until,
        }))
    }

    fn is_report_on(&self) -> Option<&str> {
        Some(&self.report.task)
    }
}
