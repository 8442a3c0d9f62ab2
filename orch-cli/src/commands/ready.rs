//! `orch ready`: the tasks that can be handed out now.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use orch_core::ids::{AgentRef, Label, TaskId};
use orch_core::mission::Mission;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line, Tone};
use crate::select;
use crate::view::View;
use crate::words;

/// List the tasks that can be handed out now, the most urgent first
///
/// Whether a task is ready follows from its needs, its backoff and the limit of work in flight.
/// With -A, tasks that fit the agent are marked with `*`: it had them before, or has their role.
///
/// Example: orch -S examples/stuck-mission.jsonl ready
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The tasks that can be handed out.
#[derive(Debug, Serialize)]
pub(crate) struct Ready {
    /// Those tasks, the most urgent first.
    pub(crate) items: Vec<ReadyTask>,
    /// How many other open tasks there are, by what they wait for.
    pub(crate) others: BTreeMap<&'static str, usize>,
}

/// A task that can be handed out.
#[derive(Debug, Serialize)]
pub(crate) struct ReadyTask {
    task: TaskId,
    title: String,
    priority: Option<i32>,
    role: Option<Label>,
    phase: Option<Label>,
    next_attempt: u32,
    /// Whether it fits the agent that asks; `null` when none does.
    mine: Option<bool>,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let actor = actor(ctx, &view)?;
    let ready = Ready::of(&view.mission, actor.as_ref(), view.now);
    let is_none = ready.items.is_empty();
    let answer = Answer::new("orch.ready/1", &view, ready).list("items");
    let answer = answer.next(view.command("why-not ready"));
    answer.print(&ctx.globals, &mut ctx.ui, Ready::write)?;
    if ctx.globals.exit_status && is_none {
        return Ok(Exit::NoneReady);
    }
    Ok(Exit::Ok)
}

/// Finds the agent that asks; somebody who is no agent here has no tasks of their own.
pub(crate) fn actor(ctx: &mut Ctx, view: &View) -> Result<Option<AgentRef>, CliError> {
    let Some(actor) = ctx.globals.actor.clone() else {
        return Ok(None);
    };
    if actor == "host" || actor.starts_with("human:") {
        return Ok(None);
    }
    match select::agent(view, &actor) {
        Ok(agent) => Ok(Some(agent)),
        Err(error) => {
            ctx.ui
                .warn(&format!("{error}, so no task is marked as its own"))?;
            Ok(None)
        }
    }
}

impl Ready {
    /// Finds the tasks that can be handed out.
    pub(crate) fn of(mission: &Mission, actor: Option<&AgentRef>, now: DateTime<Utc>) -> Self {
        let roles = actor
            .and_then(|actor| mission.agent(actor))
            .map(|agent| agent.roles());
        let ready = mission.ready(now);
        let items = ready.iter().filter_map(|id| mission.task(id)).map(|task| {
            let had_it = |actor: &AgentRef| {
                task.attempts()
                    .any(|attempt| attempt.agent().name == actor.name)
            };
            let has_role = task
                .role()
                .is_some_and(|role| roles.is_some_and(|all| all.contains(role)));
            ReadyTask {
                task: task.id().clone(),
                title: task.title().to_owned(),
                priority: task.priority(),
                role: task.role().cloned(),
                phase: task.phase().cloned(),
                next_attempt: task.next_attempt().0,
                mine: actor.map(|actor| has_role || had_it(actor)),
            }
        });
        let items = items.collect();
        let mut others = BTreeMap::new();
        for task in mission.tasks() {
            if let Some(readiness) = mission.readiness(task.id(), now) {
                let word = words::readiness(&readiness);
                if word != "ready" {
                    let n: &mut usize = others.entry(word).or_default();
                    *n = n.saturating_add(1);
                }
            }
        }
        Self { items, others }
    }

    /// Writes the tasks and how many others there are.
    pub(crate) fn write(&self, doc: &mut Doc) {
        if self.items.is_empty() {
            doc.text("nothing can be handed out");
        }
        let widest = self
            .items
            .iter()
            .map(|item| item.task.as_str().chars().count())
            .max();
        for item in &self.items {
            let mark = if item.mine == Some(true) { "* " } else { "  " };
            let line = Line::new().tone(Tone::Pass, mark);
            let line = line.padded(
                Tone::Strong,
                item.task.as_str(),
                widest.unwrap_or(0).min(32),
            );
            let facts = [
                item.priority.map(|priority| format!("priority {priority}")),
                item.role.as_ref().map(|role| format!("role {role}")),
                item.phase.as_ref().map(|phase| format!("phase {phase}")),
                (item.next_attempt > 1).then(|| format!("attempt {}", item.next_attempt)),
            ];
            let facts: Vec<String> = facts.into_iter().flatten().collect();
            let facts = if facts.is_empty() {
                String::new()
            } else {
                format!("  ({})", facts.join(", "))
            };
            doc.line(line.text("  ").hang().text(&item.title).faint(facts));
        }
        let others: Vec<String> = self
            .others
            .iter()
            .map(|(word, n)| format!("{n} {word}"))
            .collect();
        if !others.is_empty() {
            doc.gap();
            doc.line(Line::new().faint(format!("other open tasks: {}", others.join(", "))));
        }
    }
}
