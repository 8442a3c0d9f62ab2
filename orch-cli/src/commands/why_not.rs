//! `orch why-not`: the unmet conditions of a wanted state, one by one.

use orch_core::event::Event;
use orch_core::ids::{Seq, TaskId};
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::render::task::readiness_reason;
use crate::render::time::{Times, records};
use crate::select;
use crate::view::View;
use crate::words;

/// List what is missing for the mission to complete, for tasks to be ready, or for a task to be accepted
///
/// Example: orch -S examples/stuck-mission.jsonl why-not complete
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// `complete`, `ready`, or a task; `task:ID` for a task of that name
    #[arg(value_name = "complete|ready|TASK")]
    wanted: String,
}

#[derive(Debug, Serialize)]
struct WhyNot {
    wanted: String,
    is_met: bool,
    answer: String,
    unmet: Vec<Unmet>,
}

#[derive(Debug, Serialize)]
struct Unmet {
    kind: &'static str,
    task: Option<TaskId>,
    what: String,
    because: Vec<Seq>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let times = ctx.times(&view);
    let why_not = match args.wanted.as_str() {
        "complete" => complete(&view),
        "ready" => ready(&view, &times),
        other => {
            let id = select::task(&view, other.strip_prefix("task:").unwrap_or(other))?;
            accepted(&view, &id, &times)
        }
    };
    let is_verbose = ctx.globals.verbose;
    let answer = Answer::new("orch.why-not/1", &view, why_not).list("unmet");
    let answer = answer.next(view.command("why"));
    answer.print(&ctx.globals, &mut ctx.ui, |why_not, doc| {
        write(why_not, doc, is_verbose);
    })?;
    Ok(ctx.exit(&view))
}

// spec: COMPLETE-1
fn complete(view: &View) -> WhyNot {
    let mission = &view.mission;
    let mut unmet: Vec<Unmet> = mission
        .obstacles()
        .into_iter()
        .map(|obstacle| Unmet {
            kind: obstacle.kind.as_str(),
            task: None,
            what: obstacle.what,
            because: obstacle.because,
        })
        .collect();
    let is_empty_on_purpose = view
        .records()
        .any(|record| matches!(record.event(), Event::MissionOpened(opened) if opened.empty));
    if mission.counts().total == 0 && !is_empty_on_purpose {
        unmet.push(Unmet {
            kind: "empty_mission",
            task: None,
            what: "there is no task, and the mission was not opened as empty".to_owned(),
            because: mission.opened().map(|at| at.seq).into_iter().collect(),
        });
    }
    let answer = match (mission.closed(), unmet.len()) {
        (Some(closed), _) => format!(
            "the mission was closed as {} by record {}",
            words::mission_outcome(closed.outcome),
            closed.moment.seq
        ),
        (None, 0) => "nothing is missing: the lead can complete the mission".to_owned(),
        (None, 1) => "1 thing keeps the mission from completing".to_owned(),
        (None, n) => format!("{n} things keep the mission from completing"),
    };
    WhyNot {
        wanted: "complete".to_owned(),
        is_met: unmet.is_empty(),
        answer,
        unmet,
    }
}

// spec: DEP-1
fn ready(view: &View, times: &Times) -> WhyNot {
    let mission = &view.mission;
    let mut n_ready = 0_usize;
    let mut unmet = Vec::new();
    for task in mission.tasks() {
        let Some(readiness) = mission.readiness(task.id(), view.now) else {
            continue;
        };
        if readiness == Readiness::Ready {
            n_ready = n_ready.saturating_add(1);
            continue;
        }
        unmet.push(not_ready(task.id(), &readiness, times));
    }
    WhyNot {
        wanted: "ready".to_owned(),
        is_met: unmet.is_empty(),
        answer: format!("{} open tasks are not ready, {n_ready} are", unmet.len()),
        unmet,
    }
}

fn not_ready(task: &TaskId, readiness: &Readiness, times: &Times) -> Unmet {
    let (what, because) = readiness_reason(readiness, times);
    Unmet {
        kind: words::readiness(readiness),
        task: Some(task.clone()),
        what: format!("{task}: {what}"),
        because,
    }
}

fn accepted(view: &View, id: &TaskId, times: &Times) -> WhyNot {
    let mission = &view.mission;
    let mut unmet = Vec::new();
    let mut answer = format!("{id} is not known");
    if let Some(task) = mission.task(id) {
        let status = task.status();
        let since = task.since().seq;
        answer = format!("{id} is {status} since record {since}");
        if let Some(readiness) = mission.readiness(id, view.now)
            && readiness != Readiness::Ready
        {
            unmet.push(not_ready(id, &readiness, times));
        }
        for (need, _, is_met, declared) in task.needs() {
            let is = mission
                .task(need)
                .map_or("unknown", |need| need.status().as_str());
            if !is_met {
                unmet.push(Unmet {
                    kind: "need",
                    task: Some(need.clone()),
                    what: format!("it needs {need}, which is {is}"),
                    because: vec![declared],
                });
            }
        }
        if !is_done(status) {
            unmet.extend(undone(view, id, status));
        }
        for gate in task.gates().filter(|gate| !gate.status().has_passed()) {
            unmet.push(Unmet {
                kind: "gate",
                task: Some(id.clone()),
                what: format!("gate {} is {}", gate.name(), gate.status()),
                because: vec![gate.since()],
            });
        }
        for label in task.missing_evidence() {
            unmet.push(Unmet {
                kind: "evidence",
                task: Some(id.clone()),
                what: format!("evidence {label} was not brought"),
                because: task.last_handoff().into_iter().collect(),
            });
        }
    }
    WhyNot {
        wanted: id.to_string(),
        is_met: unmet.is_empty(),
        answer,
        unmet,
    }
}

const fn is_done(status: TaskStatus) -> bool {
    matches!(
        status,
        TaskStatus::InReview | TaskStatus::Accepted | TaskStatus::Delivered
    )
}

/// What keeps a task from being handed over as done.
fn undone(view: &View, id: &TaskId, status: TaskStatus) -> Vec<Unmet> {
    let blockers = view.mission.blockers(id, view.now).unwrap_or_default();
    let mut found: Vec<Unmet> = blockers
        .into_iter()
        // Needs were listed one by one.
        .filter(|one| one.on.is_empty())
        .map(|one| Unmet {
            kind: one.cause.as_str(),
            task: one.task,
            what: format!("{}; it clears when: {}", one.detail, one.clears),
            because: one.because,
        })
        .collect();
    if found.is_empty() {
        found.push(Unmet {
            kind: "handoff",
            task: Some(id.clone()),
            what: format!("it is {status}, and no attempt handed it over as done"),
            because: Vec::new(),
        });
    }
    found
}

fn write(why_not: &WhyNot, doc: &mut Doc, is_verbose: bool) {
    const SHOWN_MAX: usize = 30;
    doc.text(&why_not.answer);
    let shown = if is_verbose {
        why_not.unmet.len()
    } else {
        SHOWN_MAX
    };
    let kinds = why_not.unmet.iter().take(shown);
    let widest = kinds.map(|unmet| unmet.kind.len().saturating_add(1)).max();
    let widest = widest.unwrap_or(0).max(14);
    for unmet in why_not.unmet.iter().take(shown) {
        let line = Line::new()
            .text("  ")
            .padded(Tone::Warn, unmet.kind, widest)
            .hang();
        let line = line.text(&unmet.what);
        doc.line(match unmet.because.as_slice() {
            [] => line,
            because => line.faint(format!(" ({})", records(because))),
        });
    }
    doc.more("  ", why_not.unmet.len(), shown);
}
