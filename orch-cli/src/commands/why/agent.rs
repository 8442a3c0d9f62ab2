//! Why an agent does what it does: what it holds, owes and waits for.

use std::collections::BTreeSet;

use orch_core::event::talk::WaitRef;
use orch_core::ids::{AgentRef, TaskId};
use orch_core::view::WaitView;
use serde::Serialize;

use crate::answer::Answer;
use crate::ctx::Ctx;
use crate::error::CliError;
use crate::render::agent::AgentOut;
use crate::render::blocker::BlockerOut;
use crate::render::doc::Line;
use crate::view::View;

#[derive(Debug, Serialize)]
struct AgentWhy {
    subject: &'static str,
    agent: AgentOut,
    /// What keeps the tasks that it holds from moving.
    waits_for: Vec<BlockerOut>,
    /// What it said itself that it waits for.
    declared: Vec<WaitView>,
    answer: String,
}

/// Answers what an agent is about.
pub(super) fn answer(ctx: &mut Ctx, view: &View, id: &AgentRef) -> Result<(), CliError> {
    let times = ctx.times(view);
    let mission = &view.mission;
    let Some(agent) = mission.agent(id) else {
        return Ok(());
    };
    let mut waits_for: Vec<BlockerOut> = Vec::new();
    let held: BTreeSet<&TaskId> = agent.holds().map(|held| held.task()).collect();
    for task in held {
        let found = mission.blockers(task, view.now).unwrap_or_default();
        let found = found.into_iter().filter(|one| !one.is_moving());
        waits_for.extend(found.map(|one| BlockerOut::fixable(one, view, &ctx.globals, &times)));
    }
    let is_its = |wait: &WaitView| wait.who == WaitRef::Agent(id.name.clone());
    let declared = mission.waits(view.now).into_iter().filter(is_its);
    let declared: Vec<WaitView> = declared.collect();
    let agent = AgentOut::new(&agent, mission, &times);
    let why = AgentWhy {
        subject: "agent",
        answer: sentence(&agent, &waits_for, &declared),
        agent,
        waits_for,
        declared,
    };
    let next = view.command(&format!(
        "log --agent {}",
        crate::view::about(id.name.as_str())
    ));
    let answer = Answer::new("orch.why/1", view, why)
        .list("waits_for")
        .next(next);
    answer.print(&ctx.globals, &mut ctx.ui, |why, doc| {
        why.agent.write(doc, &times);
        if why.waits_for.is_empty() && why.declared.is_empty() {
            doc.field("waits for", "nothing");
        }
        for wait in &why.declared {
            let since = times.moment(wait.since);
            doc.field("waits for", format!("{}, as it says, {since}", wait.on));
        }
        for one in &why.waits_for {
            let line = Line::new()
                .padded(crate::render::doc::Tone::Faint, "waits for", 10)
                .hang();
            let line = line
                .strong(one.heading())
                .text(" ")
                .tone(one.tone(), one.cause);
            doc.line(line.text(format!(": {}; next: {}", one.detail, one.next)));
        }
        doc.field("answer", &why.answer);
    })
}

/// Says in one sentence how the agent stands.
fn sentence(agent: &AgentOut, waits_for: &[BlockerOut], declared: &[WaitView]) -> String {
    if !matches!(agent.status, "live" | "stopping") {
        return format!(
            "it is {} since record {}: what it still says is late evidence",
            agent.status, agent.since.record
        );
    }
    if let Some(wait) = declared.first() {
        return format!("it waits for {}, as it says", wait.on);
    }
    let own = agent.agent.name.as_str();
    let others = waits_for
        .iter()
        .filter(|one| one.next.strip_prefix("agent:") != Some(own));
    match (
        agent.holds.is_empty(),
        agent.owes.is_empty(),
        others.count(),
    ) {
        (true, true, _) => "it has nothing to do".to_owned(),
        (_, false, _) => format!("it owes {} thing(s)", agent.owes.len()),
        (false, true, 0) if waits_for.is_empty() => "it is at work".to_owned(),
        (false, true, 0) => "the next move is its own".to_owned(),
        (false, true, _) => "it waits for somebody else".to_owned(),
    }
}
