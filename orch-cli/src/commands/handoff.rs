//! `orch handoff`: a task, given back.

use std::path::Path;

use clap::ValueEnum;
use orch_core::command::Command;
use orch_core::event::attempt::{Evidence, Handoff, HandoffStatus};
use orch_core::ids::Label;

use crate::error::{CliError, ErrorCode};
use crate::write::{self, Asked, Asks, Report, ReportArgs, WriteArgs};

/// Give a task back, as the agent of -A
///
/// Only `done`, with the evidence that the task asks for, can lead to acceptance. What comes too
/// late is kept as evidence, and the exit code is 9.
///
/// Example: orch -A coder handoff login --status done --revision 4f1c2e
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    report: ReportArgs,

    /// How it is given back; without it the task is only reported
    #[arg(long, value_name = "STATUS")]
    status: Option<Status>,

    /// What was done
    #[arg(long, value_name = "TEXT", default_value = "")]
    summary: String,

    /// What is left to do; once for each thing
    #[arg(long, value_name = "TEXT")]
    remaining: Vec<String>,

    /// Who must act before it can go on; the lead unless said otherwise
    #[arg(long, value_name = "WHO")]
    blocked_on: Option<String>,

    /// What proves it: KIND=VALUE, such as `commit=4f1c2e`, or a file
    #[arg(long, value_name = "KIND=VALUE|FILE")]
    evidence: Vec<String>,

    /// The revision of the work, such as a commit; approvals bind to it
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,

    /// What went wrong, for `failed`
    #[arg(long, value_name = "TEXT")]
    error: Option<String>,

    /// Trying again is pointless, for `failed`
    #[arg(long)]
    not_retryable: bool,

    #[command(flatten)]
    write: WriteArgs,
}

/// How a task is given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    /// The work is done
    Done,
    /// Some of it is; --remaining names the rest
    Partial,
    /// It cannot go on before somebody else acts
    Blocked,
    /// It could not be done
    Failed,
}

impl From<Status> for HandoffStatus {
    fn from(status: Status) -> Self {
        match status {
            Status::Done => Self::Done,
            Status::Partial => Self::Partial,
            Status::Blocked => Self::Blocked,
            Status::Failed => Self::Failed,
        }
    }
}

/// Reads one piece of evidence.
fn evidence(text: &str) -> Result<Evidence, CliError> {
    if let Some((kind, value)) = text.split_once('=')
        && let Ok(kind) = Label::parse(kind)
    {
        let value = value.to_owned();
        return Ok(Evidence { kind, value });
    }
    if !Path::new(text).exists() {
        let what = format!("{text:?} is neither KIND=VALUE nor a file");
        return Err(CliError::new(ErrorCode::Usage, what).hint("orch help handoff"));
    }
    Ok(Evidence {
        kind: Label::parse("file").map_err(|error| write::bad_id(&error))?,
        value: text.to_owned(),
    })
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
        let status = self.status.map(HandoffStatus::from);
        let mut handoff = Handoff::new(task, attempt, agent, status);
        handoff.summary.clone_from(&self.summary);
        handoff.remaining.clone_from(&self.remaining);
        handoff.revision.clone_from(&self.revision);
        handoff.error.clone_from(&self.error);
        handoff.not_retryable = self.not_retryable;
        let evidence = self.evidence.iter().map(|text| evidence(text));
        handoff.evidence = evidence.collect::<Result<_, _>>()?;
        let on = self.blocked_on.as_deref();
        handoff.blocked_on = on.map(|on| write::party(asked.mission, on)).transpose()?;
        Ok(Command::Handoff(handoff))
    }

    fn is_report_on(&self) -> Option<&str> {
        Some(&self.report.task)
    }
}
