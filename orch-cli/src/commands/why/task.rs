//! Why a task does not move: its chains, drawn as a tree.

use orch_core::diagnosis::Blocker;
use orch_core::ids::TaskId;
use orch_core::status::task::TaskStatus;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::render::blocker::BlockerOut;
use crate::render::doc::{Doc, Line};
use crate::render::time::{MomentOut, Times};
use crate::view::View;
use crate::words;

#[derive(Debug, Serialize)]
struct TaskWhy {
    subject: &'static str,
    task: TaskId,
    title: String,
    status: &'static str,
    since: MomentOut,
    /// One sentence that is there even when nothing is in the way.
    answer: String,
    /// From the task to a root each.
    chains: Vec<Vec<BlockerOut>>,
}

/// Answers why a task does not move.
pub(super) fn answer(ctx: &mut Ctx, view: &View, id: &TaskId) -> Result<(), CliError> {
    let times = ctx.times(view);
    let Some(task) = view.mission.task(id) else {
        return Ok(());
    };
    let chains = view.mission.why(id, view.now).unwrap_or_default();
    let why = TaskWhy {
        subject: "task",
        task: id.clone(),
        title: task.title().to_owned(),
        status: task.status().as_str(),
        since: times.out(task.since()),
        answer: sentence(view, id, &chains),
        chains: chains
            .into_iter()
            .map(|chain| {
                chain
                    .into_iter()
                    .map(|one| BlockerOut::fixable(one, view, &ctx.globals, &times))
                    .collect()
            })
            .collect(),
    };
    let next = view.command(&format!("show {}", crate::view::about(id.as_str())));
    let answer = Answer::new("orch.why/1", view, why)
        .list("chains")
        .next(next);
    answer.print(&ctx.globals, &mut ctx.ui, |why, doc| {
        let line = Line::new().text("task ").strong(why.task.as_str());
        doc.line(line.text(format!(" {:?}", why.title)));
        let since = format!("record {}, {}", why.since.record, times.since(why.since.at));
        doc.field("status", format!("{} since {since}", why.status));
        doc.field("answer", &why.answer);
        if !why.chains.is_empty() {
            doc.gap();
            write_branches(
                &why.chains.iter().map(Vec::as_slice).collect::<Vec<_>>(),
                doc,
                "",
                &times,
            );
        }
    })
}

/// Draws chains as a tree: those that begin with the same step share it.
fn write_branches(chains: &[&[BlockerOut]], doc: &mut Doc, indent: &str, times: &Times) {
    let mut groups: Vec<(&BlockerOut, Vec<&[BlockerOut]>)> = Vec::new();
    for chain in chains {
        let Some((first, rest)) = chain.split_first() else {
            continue;
        };
        let is_same = |one: &BlockerOut| {
            one.task == first.task && one.cause == first.cause && one.detail == first.detail
        };
        match groups.iter_mut().find(|(one, _)| is_same(one)) {
            Some((_, rests)) => rests.push(rest),
            None => groups.push((first, vec![rest])),
        }
    }
    let n_groups = groups.len();
    for (at, (step, rests)) in groups.into_iter().enumerate() {
        let is_last = at.saturating_add(1) == n_groups;
        let glyphs = doc.glyphs;
        let branch = if is_last { glyphs.elbow } else { glyphs.tee };
        let below = if is_last { " " } else { glyphs.pipe };
        let under = format!("{indent}{below} ");
        let line = Line::new().faint(format!("{indent}{branch} ")).hang();
        let name = step
            .task
            .as_ref()
            .map_or("the mission", |task| task.as_str());
        let line = line.strong(name).text("  ").tone(step.tone(), step.cause);
        doc.line(line.text(format!(": {}", step.detail)));
        let is_root = rests.iter().all(|rest| rest.is_empty());
        if is_root {
            step.write_facts(doc, &format!("{under}  "), times);
        } else {
            write_branches(&rests, doc, &under, times);
        }
    }
}

/// Says in one sentence why the task is where it is.
fn sentence(view: &View, id: &TaskId, chains: &[Vec<Blocker>]) -> String {
    let Some(task) = view.mission.task(id) else {
        return String::new();
    };
    let status = task.status();
    let since = task.since().seq;
    let by = view
        .history
        .record(since)
        .map_or_else(String::new, |record| {
            format!(" by {} ({})", record.envelope().by, record.event().kind())
        });
    if status == TaskStatus::Superseded
        && let Some(other) = task.superseded_by()
    {
        return format!("it goes on as {other} since record {since}{by}");
    }
    if status.is_settled() && chains.is_empty() {
        return format!("it is {status} since record {since}{by}: nothing is in its way");
    }
    if let Some(closed) = view.mission.closed() {
        return format!(
            "the mission was closed as {} by record {} while it was {status}",
            words::mission_outcome(closed.outcome),
            closed.moment.seq
        );
    }
    let mut roots = chains.iter().filter_map(|chain| chain.last());
    let mut owed: Vec<String> = Vec::new();
    for root in roots.clone().filter(|root| !root.is_moving()) {
        let next = root.next.to_string();
        if !owed.contains(&next) {
            owed.push(next);
        }
    }
    if chains.is_empty() {
        return format!(
            "it is {status} since record {since}{by}, and the log names nothing that holds it"
        );
    }
    if owed.is_empty() {
        let at_work = roots
            .next_back()
            .map_or_else(String::new, |root| root.detail.clone());
        return format!("it moves: {at_work}");
    }
    format!("the next move is with {}", owed.join(", "))
}
