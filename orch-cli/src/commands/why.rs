//! `orch why`: what does not move, down to its roots, and who makes the next move.

mod agent;
mod party;
mod task;

use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::blocker::BlockerOut;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::Times;
use crate::select::{self, Subject};
use crate::verdict;
use crate::view::View;

/// Say why something does not move, and who makes the next move
///
/// Without an argument: the root causes in the mission, the worst first. With a task: the chain of
/// what it waits for, down to its roots. With an agent: what it holds, owes and waits for. With
/// `human:NAME`, `lead` or `host`: what they owe, and where the next move is theirs. Each cause
/// names the records that prove it and what would clear it.
///
/// Example: orch -S examples/stuck-mission.jsonl why
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A task; an agent: NAME or NAME#N; or human:NAME, lead or host
    #[arg(value_name = "TASK|AGENT|PARTY")]
    subject: Option<String>,
}

#[derive(Debug, Serialize)]
struct Why {
    subject: &'static str,
    verdict: &'static str,
    meaning: &'static str,
    /// How the mission ended.
    outcome: Option<&'static str>,
    causes: Vec<BlockerOut>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    if let Some(party) = args
        .subject
        .as_deref()
        .and_then(|text| party::parse(&view, text))
    {
        party::answer(ctx, &view, &party)?;
        return Ok(ctx.exit(&view));
    }
    let subject = args
        .subject
        .as_deref()
        .map(|text| select::task_or_agent(&view, text));
    match subject.transpose()? {
        None => mission(ctx, &view)?,
        Some(Subject::Task(id)) => task::answer(ctx, &view, &id)?,
        Some(Subject::Agent(id)) => agent::answer(ctx, &view, &id)?,
        // Records are not looked for here.
        Some(Subject::Record(_)) => {}
    }
    Ok(ctx.exit(&view))
}

fn mission(ctx: &mut Ctx, view: &View) -> Result<(), CliError> {
    let times = ctx.times(view);
    let diagnosis = view.mission.diagnose(view.now);
    let tone = verdict::tone(&diagnosis, &view.mission);
    let (verdict, meaning) = (diagnosis.verdict.as_str(), diagnosis.meaning);
    let causes: Vec<BlockerOut> = diagnosis
        .causes
        .into_iter()
        .map(|root| BlockerOut::fixable(root, view, &ctx.globals, &times))
        .collect();
    let is_empty = view.mission.closed().is_none() && view.mission.counts().total == 0;
    let add = is_empty
        .then(|| view.command_now("add 'a first task'"))
        .flatten();
    let next = causes
        .first()
        .and_then(|first| first.task.clone())
        .map(|task| view.command(&format!("why {}", crate::view::about(task.as_str()))));
    let why = Why {
        subject: "mission",
        verdict,
        meaning,
        outcome: diagnosis.outcome.map(crate::words::mission_outcome),
        causes,
    };
    let mut answer = Answer::new("orch.why/1", view, why).list("causes");
    if let Some(next) = next.or_else(|| add.clone()) {
        answer = answer.next(next);
    }
    let is_verbose = ctx.globals.verbose;
    answer.print(&ctx.globals, &mut ctx.ui, |why, doc| {
        write(why, tone, view, doc, &times, is_verbose);
        if let Some(add) = &add {
            doc.line(Line::new().faint("next: ").text(add).keep());
        }
    })
}

fn write(why: &Why, tone: Tone, view: &View, doc: &mut Doc, times: &Times, is_verbose: bool) {
    const SHOWN_MAX: usize = 3;
    let id = view.mission.id().map_or("the mission", |id| id.as_str());
    let line = Line::new().strong(id).text(" is ").tone(tone, why.verdict);
    doc.line(line.text(format!(": {}", why.meaning)));
    write_closed(view, doc, times);
    let mut number = 0_usize;
    for (name, causes) in grouped(&why.causes) {
        let shown = if is_verbose { causes.len() } else { SHOWN_MAX };
        for cause in causes.iter().take(shown) {
            number = number.saturating_add(1);
            doc.gap();
            write_cause(number, cause, doc, times);
        }
        if causes.len() > shown {
            let left = causes.len().saturating_sub(shown);
            let dots = doc.glyphs.ellipsis;
            doc.gap();
            doc.line(Line::new().faint(format!("{dots} and {left} more {name}; -v shows all")));
        }
    }
}

/// Puts causes of one name together, each where the worst and oldest of them stands.
fn grouped(causes: &[BlockerOut]) -> Vec<(&'static str, Vec<&BlockerOut>)> {
    let mut groups: Vec<(&'static str, Vec<&BlockerOut>)> = Vec::new();
    for cause in causes {
        match groups.iter_mut().find(|(name, _)| *name == cause.cause) {
            Some((_, group)) => group.push(cause),
            None => groups.push((cause.cause, vec![cause])),
        }
    }
    groups
}

/// Says how a mission that is closed ended.
fn write_closed(view: &View, doc: &mut Doc, times: &Times) {
    if let Some(closed) = view.mission.closed() {
        let outcome = crate::words::mission_outcome(closed.outcome);
        doc.field(
            "closed",
            format!("{outcome}, {}", times.moment(closed.moment)),
        );
    }
}

/// Writes one cause and what follows from it.
fn write_cause(number: usize, cause: &BlockerOut, doc: &mut Doc, times: &Times) {
    let line = Line::new()
        .text(format!("{number}. "))
        .strong(cause.heading())
        .text("  ");
    doc.line(line.tone(cause.tone(), cause.cause));
    doc.line(Line::new().text("   ").hang().text(&cause.detail));
    cause.write_facts(doc, "   ", times);
}
