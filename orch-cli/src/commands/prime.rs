//! `orch prime`: the state and the rules, short enough for the context of an agent.

mod brief;
mod rules;

use orch_core::diagnosis::Diagnosis;
use orch_core::ids::AgentRef;
use orch_core::mission::Mission;
use orch_core::party::Party;
use orch_core::status::attempt::AttemptStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::{AgentView, AttemptView, OwedView, TaskView};
use serde::Serialize;

use crate::answer::Answer;
use crate::commands::ready;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::exit::Exit;
use crate::render::doc::{Doc, Line};
use crate::view::{self, View};
use brief::Brief;

/// Print what an agent has to know before it works: the state, what is theirs, and the rules
///
/// At most 2048 bytes, whatever the mission holds: for the beginning of an agent's context, and
/// again after its context was compacted. With -A: what that agent holds, owes and could take.
///
/// Example: orch -S examples/stuck-mission.jsonl prime
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

#[derive(Debug, Serialize)]
struct Prime {
    /// The agent that it is for, if it is for one.
    agent: Option<AgentRef>,
    verdict: &'static str,
    /// All of it, as the text output has it.
    text: String,
}

/// Runs the command.
pub(crate) fn run(ctx: &mut Ctx, _args: &Args) -> Result<Exit, CliError> {
    let view = ctx.view()?;
    let agent = ready::actor(ctx, &view)?;
    let diagnosis = view.mission.diagnose(view.now);
    let mut brief = Brief::new(rules::of(agent.as_ref()));
    head(&mut brief, ctx, &view, agent.as_ref(), &diagnosis);
    if let Some(agent) = &agent {
        yours(&mut brief, &view.mission, agent);
        asked(&mut brief, &view.mission, agent);
    }
    waits(&mut brief, &diagnosis);
    free(&mut brief, &view);
    let prime = Prime {
        agent,
        verdict: diagnosis.verdict.as_str(),
        text: brief.finish(),
    };
    let answer = Answer::new("orch.prime/1", &view, prime);
    answer.print(&ctx.globals, &mut ctx.ui, |prime, doc| {
        write(&prime.text, doc);
    })?;
    Ok(ctx.exit(&view))
}

fn write(text: &str, doc: &mut Doc) {
    for line in text.lines() {
        if line.is_empty() {
            doc.gap();
        } else {
            doc.line(Line::new().text(line).keep());
        }
    }
}

/// Which mission this is, how it stands, who reads, and what makes the commands below work.
fn head(
    brief: &mut Brief,
    ctx: &Ctx,
    view: &View,
    agent: Option<&AgentRef>,
    diagnosis: &Diagnosis,
) {
    let mission = &view.mission;
    let id = mission.id().map_or("none", |id| id.as_str());
    brief.line(&format!(
        "mission {id} {:?}: {} at record {} ({})",
        mission.title(),
        diagnosis.verdict.as_str(),
        view.seq,
        diagnosis.meaning
    ));
    let counts = mission.counts();
    let lead = mission
        .lead()
        .map_or_else(|| "nobody known".to_owned(), Party::to_string);
    brief.line(&format!(
        "tasks: {} of {} done, {} in flight; lead: {lead}",
        counts.done, counts.wanted, counts.in_flight
    ));
    if let Some(agent) = agent {
        let status = mission.agent(agent).map(|agent| agent.status());
        let status = status.map_or_else(|| "unknown".to_owned(), |status| status.to_string());
        brief.line(&format!("you: {agent}, {status}"));
    }
    // Said once, and not in each command: those stay short.
    let flags = view::prefix(&ctx.globals);
    if !flags.is_empty() {
        brief.line(&format!("give every command these flags: orch{flags}"));
    }
    if agent.is_some() && std::env::var_os("ORCH_ACTOR").is_none() {
        brief.line("say who you are with each command: -A NAME, or ORCH_ACTOR in the environment");
    }
}

/// The attempts that the agent holds.
fn yours(brief: &mut Brief, mission: &Mission, agent: &AgentRef) {
    let known = mission.agent(agent);
    let held = known.iter().flat_map(AgentView::holds);
    let lines = held.filter_map(|attempt| {
        let task = mission.task(attempt.task())?;
        Some(held_line(&task, &attempt))
    });
    brief.section("yours", &lines.collect::<Vec<_>>(), "orch inbox");
}

fn held_line(task: &TaskView<'_>, attempt: &AttemptView<'_>) -> String {
    let id = task.id();
    let is_token = task.token().map(|token| token.number()) == Some(attempt.number());
    // What was handed over has brought its evidence, or is asked for it by name elsewhere.
    let is_over = attempt.status() == AttemptStatus::HandedOver;
    let evidence = task.evidence().iter().filter(|_| !is_over);
    let wanted: Vec<String> = task
        .gates()
        .filter(|gate| !gate.status().has_passed())
        .map(|gate| format!("gate {}", gate.name()))
        .chain(evidence.map(|label| format!("evidence {label}")))
        .collect();
    let needs = if wanted.is_empty() {
        String::new()
    } else {
        format!("; asks for {}", wanted.join(", "))
    };
    let next = if !is_token {
        "another attempt holds it: stop".to_owned()
    } else if task.status() == TaskStatus::Rework {
        format!("sent back: orch show {id}, then hand over again")
    } else if attempt.status() == AttemptStatus::Dispatched {
        format!("begin: orch start {id}")
    } else if attempt.status() == AttemptStatus::HandedOver {
        "handed over, being judged".to_owned()
    } else {
        format!("when it is over: orch handoff {id}")
    };
    let number = attempt.number();
    format!(
        "{id} attempt {number}, {}: {next}{needs}  {:?}",
        task.status(),
        task.title()
    )
}

/// What the agent owes.
fn asked(brief: &mut Brief, mission: &Mission, agent: &AgentRef) {
    let reader = Party::Agent(agent.name.clone());
    let owed = mission.obligations();
    let mine = owed.iter().filter(|owed| owed.next == reader);
    brief.section(
        "asked of you",
        &mine.map(owed_line).collect::<Vec<_>>(),
        "orch inbox",
    );
}

fn owed_line(owed: &OwedView) -> String {
    let about = owed
        .task
        .as_ref()
        .map_or_else(String::new, |task| format!(" about {task}"));
    let gate = owed
        .gate
        .as_ref()
        .map_or_else(String::new, |gate| format!(" of gate {gate}"));
    format!(
        "{}{gate}{about}, since record {}",
        owed.kind, owed.opened.seq
    )
}

/// What does not move, the worst first.
fn waits(brief: &mut Brief, diagnosis: &Diagnosis) {
    let bad = diagnosis.causes.iter().filter(|root| !root.is_moving());
    let lines = bad.map(|root| {
        let what = root
            .task
            .as_ref()
            .map_or("the mission", |task| task.as_str());
        format!(
            "{what} {}: {}; next: {}",
            root.cause, root.detail, root.next
        )
    });
    brief.section("does not move", &lines.collect::<Vec<_>>(), "orch problems");
}

/// What can be handed out.
fn free(brief: &mut Brief, view: &View) {
    let mission = &view.mission;
    let ready = mission.ready(view.now);
    let tasks = ready.into_iter().filter_map(|id| mission.task(id));
    let lines = tasks.map(|task| {
        let role = task
            .role()
            .map_or_else(String::new, |role| format!(" (role {role})"));
        format!("{}{role}  {:?}", task.id(), task.title())
    });
    brief.section("can be taken", &lines.collect::<Vec<_>>(), "orch ready");
}
