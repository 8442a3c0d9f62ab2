//! `orch gate`: approvals, asked for and given.

use clap::Subcommand;
use orch_core::command::Command;
use orch_core::event::gate::{GateDecided, GateRequested, Verdict};
use orch_core::ids::{AttemptNo, GateName, TaskId};

use crate::commands::message::speaker;
use crate::error::{CliError, ErrorCode};
use crate::write::{self, Asked, Asks, WriteArgs};

/// Ask for the approvals of a task, or give them
///
/// Example: orch gate request login tester --to tess
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Request(Request),
    Pass(Pass),
    Reject(Reject),
    Waive(Waive),
}

/// The gate of a task.
#[derive(Debug, clap::Args)]
struct Place {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// The gate
    #[arg(value_name = "GATE")]
    gate: GateName,

    /// The attempt whose work is judged; without it the one that has the task
    #[arg(long, value_name = "N")]
    attempt: Option<u32>,
}

/// Give a gate to somebody to decide
///
/// Example: orch gate request login tester --to tess
#[derive(Debug, clap::Args)]
struct Request {
    #[command(flatten)]
    place: Place,

    /// Who is to decide: an agent, `human:NAME` or `lead`
    #[arg(long, value_name = "WHO")]
    to: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// Let the work pass a gate
///
/// If the work has a revision, the decision must name it: it binds to what was looked at.
///
/// Example: orch -A tess gate pass login tester --revision 4f1c2e
#[derive(Debug, clap::Args)]
struct Pass {
    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    found: Found,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// Give the work back to its author
///
/// Example: orch -A tess gate reject login tester --revision 4f1c2e --finding "no test"
#[derive(Debug, clap::Args)]
struct Reject {
    #[command(flatten)]
    place: Place,

    #[command(flatten)]
    found: Found,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// Lift a gate without judging the work; needs authority and a reason
///
/// Example: orch gate waive login tester --reason "a change of the docs alone"
#[derive(Debug, clap::Args)]
struct Waive {
    #[command(flatten)]
    place: Place,

    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// What was looked at, and what was found.
#[derive(Debug, clap::Args)]
struct Found {
    /// The revision that was looked at
    #[arg(long, value_name = "REVISION")]
    revision: Option<String>,

    /// What was found; once for each thing
    #[arg(long = "finding", visible_alias = "note", value_name = "TEXT")]
    findings: Vec<String>,
}

impl Args {
    /// Returns what writes.
    pub(crate) fn asks(&self) -> &dyn Asks {
        match &self.verb {
            Verb::Request(request) => request,
            Verb::Pass(pass) => pass,
            Verb::Reject(reject) => reject,
            Verb::Waive(waive) => waive,
        }
    }
}

impl Place {
    fn find(&self, asked: &Asked<'_>) -> Result<(TaskId, AttemptNo), CliError> {
        let id = write::task(asked.mission, &self.task)?;
        if let Some(number) = self.attempt {
            return Ok((id, AttemptNo(number)));
        }
        let task = asked.mission.task(&id);
        let token = task.and_then(|task| task.token());
        let attempt = token.map(|token| token.number()).ok_or_else(|| {
            let what = format!("nobody has worked on task {id}, so there is nothing to judge");
            CliError::new(ErrorCode::UnknownId, what).hint_about("ready")
        })?;
        Ok((id, attempt))
    }

    fn decide(
        &self,
        asked: &Asked<'_>,
        verdict: Verdict,
        found: Option<&Found>,
        reason: &str,
    ) -> Result<Command, CliError> {
        let (task, attempt) = self.find(asked)?;
        Ok(Command::DecideGate(GateDecided {
            task,
            attempt,
            gate: self.gate.clone(),
            decider: speaker(asked)?,
            revision: found.and_then(|found| found.revision.clone()),
            verdict,
            findings: found.map_or_else(Vec::new, |found| found.findings.clone()),
            reason: reason.to_owned(),
        }))
    }
}

impl Asks for Request {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let (task, attempt) = self.place.find(asked)?;
        Ok(Command::RequestGate(GateRequested {
            task,
            attempt,
            gate: self.place.gate.clone(),
            holder: write::party(asked.mission, &self.to)?,
        }))
    }
}

impl Asks for Pass {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let found = Some(&self.found);
        self.place
            .decide(asked, Verdict::Approved, found, &self.reason)
    }
}

impl Asks for Reject {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let found = Some(&self.found);
        self.place
            .decide(asked, Verdict::ChangesRequested, found, &self.reason)
    }
}

impl Asks for Waive {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        self.place
            .decide(asked, Verdict::Waived, None, &self.reason)
    }
}
