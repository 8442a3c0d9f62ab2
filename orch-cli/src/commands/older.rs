//! The words of an older tool for the same commands, so that its scripts go on working.

use orch_core::command::Command;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::mission::{RunEnded, RunStarted};
use orch_core::event::note::FindingRecorded;
use orch_core::event::task::{TaskClosed, Unmet};
use orch_core::ids::{CommandKey, RunId};
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;

use crate::cli::Output;
use crate::commands::run::next_id;
use crate::commands::{claim, start};
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::Line;
use crate::write::{self, Asked, Asks, Report, ReportArgs, TextFrom, WriteArgs};

/// The same as `start`; takes the task first if the agent of -A does not have it
///
/// Example: orch -A coder mark-started login
#[derive(Debug, clap::Args)]
pub(crate) struct MarkStarted {
    #[command(flatten)]
    start: start::Args,
}

/// The same as `handoff --status done`
///
/// Example: orch -A coder mark-complete login --notes "the form is there"
#[derive(Debug, clap::Args)]
pub(crate) struct MarkComplete {
    #[command(flatten)]
    report: ReportArgs,

    /// What was done
    #[arg(long, value_name = "TEXT", default_value = "")]
    notes: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// The same as `skip`
///
/// Example: orch mark-skipped docs --reason "no time"
#[derive(Debug, clap::Args)]
pub(crate) struct MarkSkipped {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// Why
    #[arg(long, value_name = "TEXT", default_value = "")]
    reason: String,

    #[command(flatten)]
    write: WriteArgs,
}

/// The same as `findings put`
///
/// Example: orch write-findings login --file report.md
#[derive(Debug, clap::Args)]
pub(crate) struct WriteFindings {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,

    /// The file with what was found
    #[arg(long, value_name = "FILE", required_unless_present = "stdin")]
    file: Option<TextFrom>,

    /// Read what was found from standard input
    #[arg(long, conflicts_with = "file")]
    stdin: bool,

    /// Where `--stdin` leads
    #[arg(skip = TextFrom::standard_input())]
    input: TextFrom,

    #[command(flatten)]
    write: WriteArgs,
}

/// The same as `run start`; prints the id of the run and nothing else
///
/// Example: orch start-run
#[derive(Debug, clap::Args)]
pub(crate) struct StartRun {
    #[command(flatten)]
    write: WriteArgs,
}

/// The same as `run finish`; warns if the counts are not those of the mission
///
/// Example: orch complete-run run-1 --completed 3 --failed 0
#[derive(Debug, clap::Args)]
pub(crate) struct CompleteRun {
    /// The run
    #[arg(value_name = "RUN")]
    run: RunId,

    /// How many tasks are said to be done
    #[arg(long, value_name = "N")]
    completed: Option<usize>,

    /// How many tasks are said to have failed
    #[arg(long, value_name = "N")]
    failed: Option<usize>,

    #[command(flatten)]
    write: WriteArgs,
}

/// Takes a task if it has to be, and starts it.
pub(crate) fn mark_started(ctx: &mut Ctx, args: &MarkStarted) -> Result<Exit, CliError> {
    let has_it = write::look(ctx, args, |asked| {
        let Ok(id) = write::task(asked.mission, &args.start.report.task) else {
            return true;
        };
        asked.mission.task(&id).is_some_and(|task| {
            let mut open = task
                .attempts()
                .filter(|one| one.status() != AttemptStatus::Closed);
            open.any(|one| asked.actor.agent() == Some(&one.agent()))
        })
    })?;
    if !has_it {
        let mut write = args.start.write.clone();
        // Two commands, two keys: the one that was given is that of the start.
        let key = write.op.map(|op| CommandKey::parse(&format!("{op}/claim")));
        write.op = key.transpose().map_err(|error| write::bad_id(&error))?;
        let claim = claim::Args::of(args.start.report.task.clone(), write);
        let told = write::tell(ctx, &claim)?;
        if args.start.write.dry_run {
            told.print(ctx)?;
            return told.into_exit();
        }
    }
    write::run(ctx, args)
}

/// Starts a run and prints its id.
pub(crate) fn start_run(ctx: &mut Ctx, args: &StartRun) -> Result<Exit, CliError> {
    if ctx.globals.output() != Output::Text || ctx.globals.field.is_some() {
        return write::run(ctx, args);
    }
    let told = write::tell(ctx, args)?;
    let mut doc = ctx.ui.doc();
    if let Some(run) = told.run() {
        doc.line(Line::new().text(run.as_str()).keep());
    }
    ctx.ui.print(doc)?;
    told.into_exit()
}

/// Finishes a run and compares what it is said to have done with what the mission says.
// spec: COUNT-1
pub(crate) fn complete_run(ctx: &mut Ctx, args: &CompleteRun) -> Result<Exit, CliError> {
    let told = write::tell(ctx, args)?;
    told.print(ctx)?;
    let counts = write::look(ctx, args, |asked| asked.mission.counts())?;
    let failed = counts
        .of(TaskStatus::Failed)
        .saturating_add(counts.of(TaskStatus::Exhausted));
    for (what, said, is) in [
        ("done", args.completed, counts.done),
        ("failed", args.failed, failed),
    ] {
        if let Some(said) = said.filter(|said| *said != is) {
            ctx.ui.warn(&format!(
                "{said} tasks are said to be {what}; by the log it is {is}"
            ))?;
        }
    }
    told.into_exit()
}

impl Asks for MarkStarted {
    fn options(&self) -> &WriteArgs {
        self.start.options()
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        self.start.command(asked)
    }

    fn is_report_on(&self) -> Option<&str> {
        self.start.is_report_on()
    }
}

impl Asks for MarkComplete {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let Report {
            task,
            attempt,
            agent,
        } = self.report.report(asked)?;
        let mut handoff = Handoff::new(task, attempt, agent, Some(HandoffStatus::Done));
        handoff.summary.clone_from(&self.notes);
        Ok(Command::Handoff(handoff))
    }

    fn is_report_on(&self) -> Option<&str> {
        Some(&self.report.task)
    }
}

impl Asks for MarkSkipped {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::CloseTask(TaskClosed {
            task: write::task(asked.mission, &self.task)?,
            outcome: Unmet::Skipped,
            reason: self.reason.clone(),
        }))
    }
}

impl Asks for WriteFindings {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        Ok(Command::RecordFinding(FindingRecorded {
            task: Some(write::task(asked.mission, &self.task)?),
            title: "findings".to_owned(),
            body: asked.text.unwrap_or_default().to_owned(),
        }))
    }

    fn text_from(&self) -> Option<&TextFrom> {
        self.file.as_ref().or(Some(&self.input))
    }
}

impl Asks for StartRun {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let run = next_id(asked)?;
        Ok(Command::StartRun(RunStarted { run }))
    }
}

impl Asks for CompleteRun {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, _asked: &Asked<'_>) -> Result<Command, CliError> {
        let run = self.run.clone();
        Ok(Command::EndRun(RunEnded { run }))
    }
}
