//! `orch blocked`: every task that does not move.

use orch_core::ids::TaskId;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::blocker::{self, BlockerOut};
use crate::render::doc::{Doc, Line};
use crate::render::time::Times;

/// List every unfinished task that nobody is working on, with what holds it and who acts next
///
/// Unlike `why`, this also lists the tasks that only wait for others.
///
/// Example: orch -S examples/stuck-mission.jsonl blocked
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Blocked {
    items: Vec<BlockedTask>,
}

#[derive(Debug, Serialize)]
struct BlockedTask {
    task: TaskId,
    status: &'static str,
    causes: Vec<BlockerOut>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    let mission = &view.mission;
    let mut items = Vec::new();
    for task in mission.tasks() {
        let found = mission.blockers(task.id(), view.now).unwrap_or_default();
        let mut causes: Vec<BlockerOut> = found
            .into_iter()
            .filter(|one| !one.is_moving())
            .map(|one| BlockerOut::new(one, mission, &times))
            .collect();
        blocker::sort(&mut causes);
        if !causes.is_empty() {
            items.push(BlockedTask {
                task: task.id().clone(),
                status: task.status().as_str(),
                causes,
            });
        }
    }
    items.sort_by_key(|item| {
        item.causes
            .first()
            .map(|first| (first.rank, first.since.record))
    });
    let answer = Answer::new("orch.blocked/1", &view, Blocked { items }).list("items");
    let answer = answer.next(view.command("why"));
    answer.print(&ctx.globals, &mut ctx.ui, |blocked, doc| {
        write(blocked, doc, &times);
    })?;
    Ok(ctx.exit(&view))
}

fn write(blocked: &Blocked, doc: &mut Doc, times: &Times) {
    if blocked.items.is_empty() {
        doc.text("nothing is blocked");
    }
    for item in &blocked.items {
        let line = Line::new().strong(item.task.as_str()).text(" ");
        doc.line(line.faint(format!("is {}", item.status)));
        for cause in &item.causes {
            let line = Line::new().text("  ").tone(cause.tone(), cause.cause);
            let line = line.text(": ").hang().text(&cause.detail);
            let since = times.since(cause.since.at);
            // Whoever moves what it waits for is named there.
            let next = if cause.on.is_empty() {
                format!("; next: {}", cause.next)
            } else {
                String::new()
            };
            doc.line(line.faint(format!("{next} (record {}, {since})", cause.since.record)));
        }
    }
}
