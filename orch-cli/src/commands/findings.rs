//! `orch findings`: what was found out.

use clap::Subcommand;
use orch_core::command::Command;
use orch_core::event::Event;
use orch_core::event::note::FindingRecorded;
use orch_core::ids::{Seq, TaskId};
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::Line;
use crate::select;
use crate::write::{self, Asked, Asks, TextFrom, WriteArgs};

/// Keep what was found out about a task, or read it
///
/// Example: orch findings get login
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Put(Put),
    Get(Get),
}

/// Keep what was found out; it moves nothing
///
/// Example: orch findings put login --title "why it is slow" --file report.md
#[derive(Debug, clap::Args)]
#[command(group(clap::ArgGroup::new("text").required(true).args(["file", "body"])))]
struct Put {
    /// The task
    #[arg(value_name = "TASK")]
    task: Option<String>,

    /// What it is, in a few words
    #[arg(long, value_name = "TEXT")]
    title: String,

    /// The file with what was found; `-` is standard input; --body for a few words
    #[arg(long, value_name = "FILE")]
    file: Option<TextFrom>,

    /// What was found
    #[arg(long, value_name = "TEXT")]
    body: Option<String>,

    #[command(flatten)]
    write: WriteArgs,
}

/// Print what was found out about a task
///
/// Example: orch findings get login
#[derive(Debug, clap::Args)]
pub(crate) struct Get {
    /// The task
    #[arg(value_name = "TASK")]
    task: String,
}

impl Args {
    /// Returns what writes; `None` if it only reads.
    pub(crate) fn asks(&self) -> Option<&dyn Asks> {
        match &self.verb {
            Verb::Put(put) => Some(put),
            Verb::Get(_) => None,
        }
    }
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    match &args.verb {
        Verb::Put(put) => write::run(ctx, put),
        Verb::Get(args) => get(ctx, args),
    }
}

#[derive(Debug, Serialize)]
struct Findings {
    task: TaskId,
    items: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Finding {
    record: Seq,
    by: String,
    title: String,
    body: String,
}

/// Prints the findings about a task, each whole.
pub(crate) fn get(ctx: &mut Ctx, args: &Get) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let task = select::task(&view, &args.task)?;
    let found = view.records().filter_map(|record| {
        let Event::FindingRecorded(it) = record.event() else {
            return None;
        };
        (it.task.as_ref() == Some(&task)).then(|| Finding {
            record: record.seq(),
            by: record.envelope().by.to_string(),
            title: it.title.clone(),
            body: it.body.clone(),
        })
    });
    let items = found.collect();
    let answer = Answer::new("orch.findings/1", &view, Findings { task, items }).list("items");
    answer.print(&ctx.globals, &mut ctx.ui, |findings, doc| {
        if findings.items.is_empty() {
            doc.text(format!("nothing is kept about {}", findings.task));
        }
        for item in &findings.items {
            doc.gap();
            let line = Line::new().strong(&item.title);
            doc.line(line.faint(format!("  record {}, by {}", item.record, item.by)));
            for line in item.body.lines() {
                doc.line(Line::new().text(line).keep());
            }
        }
    })?;
    Ok(ctx.exit(&view))
}

impl Asks for Put {
    fn options(&self) -> &WriteArgs {
        &self.write
    }

    fn command(&self, asked: &Asked<'_>) -> Result<Command, CliError> {
        let task = self.task.as_deref();
        let body = self.body.as_deref().or(asked.text);
        Ok(Command::RecordFinding(FindingRecorded {
            task: task
                .map(|task| write::task(asked.mission, task))
                .transpose()?,
            title: self.title.clone(),
            body: body.unwrap_or_default().to_owned(),
        }))
    }

    fn text_from(&self) -> Option<&TextFrom> {
        self.file.as_ref()
    }
}
