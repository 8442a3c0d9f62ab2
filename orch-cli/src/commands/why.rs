//! `orch why`: what does not move, down to its roots, and who makes the next move.

mod agent;
mod party;
mod task;

use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::blocker::{self, BlockerOut};
use crate::render::doc::{Doc, Line, Tone};
use crate::render::time::Times;
use crate::select::{self, Subject};
use crate::verdict::Verdict;
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
    let roots = view.mission.roots(view.now);
    let verdict = Verdict::of(&view.mission, &roots, view.now);
    let mut causes: Vec<BlockerOut> = roots
        .into_iter()
        .map(|root| BlockerOut::new(root, &view.mission, &times))
        .collect();
    if causes.is_empty() {
        causes = rings(view, &times);
    }
    blocker::sort(&mut causes);
    let is_empty = verdict == Verdict::Idle && view.mission.counts().total == 0;
    let add = is_empty
        .then(|| view.command_now("add 'a first task'"))
        .flatten();
    let next = causes
        .first()
        .and_then(|first| first.task.clone())
        .map(|task| view.command(&format!("why {}", crate::view::about(task.as_str()))));
    let why = Why {
        subject: "mission",
        verdict: verdict.as_str(),
        meaning: verdict.meaning_for(&view.mission),
        causes,
    };
    let mut answer = Answer::new("orch.why/1", view, why).list("causes");
    if let Some(next) = next.or_else(|| add.clone()) {
        answer = answer.next(next);
    }
    let is_verbose = ctx.globals.verbose;
    answer.print(&ctx.globals, &mut ctx.ui, |why, doc| {
        write(why, view, doc, &times, is_verbose);
        if let Some(add) = &add {
            doc.line(Line::new().faint("next: ").text(add).keep());
        }
    })
}

/// The steps that close a ring, when tasks wait for nothing but each other.
fn rings(view: &View, times: &Times) -> Vec<BlockerOut> {
    let open = view.mission.tasks().find(|task| !task.status().is_ended());
    let chains = open
        .and_then(|task| view.mission.why(task.id(), view.now))
        .unwrap_or_default();
    let steps = chains.into_iter().filter_map(|mut chain| chain.pop());
    steps
        .map(|step| BlockerOut::new(step, &view.mission, times))
        .collect()
}

fn write(why: &Why, view: &View, doc: &mut Doc, times: &Times, is_verbose: bool) {
    const SHOWN_MAX: usize = 3;
    let id = view.mission.id().map_or("the mission", |id| id.as_str());
    let is_bad = !matches!(why.verdict, "completed" | "moving" | "waiting" | "finished");
    let tone = if is_bad { Tone::Fail } else { Tone::Pass };
    let line = Line::new().strong(id).text(" is ").tone(tone, why.verdict);
    doc.line(line.text(format!(": {}", why.meaning)));
    if why.causes.is_empty() {
        write_calm(view, doc, times);
    }
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

/// Says what a mission without causes is like.
fn write_calm(view: &View, doc: &mut Doc, times: &Times) {
    if let Some(closed) = view.mission.closed() {
        let outcome = crate::words::mission_outcome(closed.outcome);
        doc.field(
            "closed",
            format!("{outcome}, {}", times.moment(closed.moment)),
        );
    } else if view.mission.counts().total == 0 {
        doc.field("tasks", "there is no task yet");
    } else {
        doc.field("next", "the lead closes the mission");
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
