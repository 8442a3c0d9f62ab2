//! The checks: what the rules say about an event, before it takes effect.
//!
//! A check reads the state, never changes it, and never depends on whether the event is asked for
//! or already on record: that is what makes `decide` and `apply` agree (DECIDE-2).

mod agent;
mod attempt;
mod correction;
mod dispatch;
mod gate;
mod mission;
mod talk;
mod task;

pub(crate) use agent::stage_event;
pub(crate) use attempt::{is_clean, is_contradictory};
pub(crate) use gate::{first_before, verdict_event};
pub(crate) use task::closing;

use super::Origin;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::Event;
use crate::ids::{AgentName, Seq, TaskId};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::party::{Actor, Party};

/// What a check found.
#[derive(Debug, Default)]
pub(crate) struct Checked {
    /// What the rules forbid about the event; empty when nothing.
    pub(crate) findings: Vec<Finding>,
    /// The record that made it so already, when the event would change nothing.
    pub(crate) already: Option<Seq>,
}

impl Checked {
    fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn extend(&mut self, findings: impl IntoIterator<Item = Finding>) {
        self.findings.extend(findings);
    }
}

impl State {
    /// Checks an event against the rules.
    pub(crate) fn check(&self, origin: Origin<'_>, event: &Event) -> Checked {
        let mut checked = Checked::default();
        if let Some(finding) = self.check_author(origin, event) {
            checked.add(finding);
            return checked;
        }
        if let Some(closed) = &self.closed
            && moves_a_closed_mission(event)
        {
            let detail = format!("the mission was closed as {:?}", closed.outcome).to_lowercase();
            checked.add(Finding::new(Code::AfterClose, detail).because([closed.moment.seq]));
        }
        match event {
            Event::MissionOpened(_) => self.check_opened(&mut checked),
            Event::TaskDeclared(data) => self.check_declared(&mut checked, data),
            Event::AgentJoined(data) => self.check_joined(&mut checked, origin, data),
            Event::AgentLeft(data) => self.check_left(&mut checked, origin, data),
            Event::Dispatched(data) => self.check_dispatched(&mut checked, origin, data),
            Event::AttemptStarted(data) => self.check_started(&mut checked, origin, data),
            Event::Progress(data) => self.check_progress(&mut checked, origin, data),
            Event::Heartbeat(data) => self.check_heartbeat(&mut checked, origin, data),
            Event::Handoff(data) => self.check_handoff(&mut checked, origin, data),
            Event::AttemptEnded(data) => self.check_ended(&mut checked, origin, data),
            Event::Message(data) => self.check_message(&mut checked, origin, data),
            Event::Receipt(data) => self.check_receipt(&mut checked, origin, data),
            Event::WaitDeclared(data) => self.check_wait(&mut checked, origin, data),
            Event::GateRequested(data) => self.check_gate_requested(&mut checked, origin, data),
            Event::GateDecided(data) => self.check_gate_decided(&mut checked, origin, data),
            Event::Correction(data) => self.check_correction(&mut checked, origin, data),
            Event::Shutdown(data) => self.check_shutdown(&mut checked, origin, data),
            Event::Timeout(data) => self.check_timeout(&mut checked, origin, data),
            Event::Inventory(data) => self.check_inventory(&mut checked, origin, data),
            Event::TaskClosed(data) => self.check_task_closed(&mut checked, origin, data),
            Event::TaskDelivered(data) => self.check_delivered(&mut checked, origin, data),
            Event::MissionClosed(data) => self.check_closed(&mut checked, origin, data),
            Event::MissionArchived(_) => self.check_archived(&mut checked, origin),
            Event::FindingRecorded(data) => self.check_refers(&mut checked, data.task.as_ref()),
            Event::Note(data) => self.check_refers(&mut checked, data.task.as_ref()),
            Event::RunStarted(data) => self.check_run_started(&mut checked, data),
            Event::RunEnded(data) => self.check_run_ended(&mut checked, data),
            Event::Unknown { .. } => {}
            Event::Unreadable { kind, problem, .. } => {
                checked.add(Finding::new(
                    Code::UnreadableData,
                    format!("{kind}: {problem}"),
                ));
            }
        }
        checked
    }

    /// An agent speaks only as an incarnation that joined and is still there.
    // spec: FENCE-1, SHUT-2
    fn check_author(&self, origin: Origin<'_>, event: &Event) -> Option<Finding> {
        let agent = origin.by.agent()?;
        // Who opens a mission or joins it cannot have joined before.
        let joins_itself =
            matches!(event, Event::AgentJoined(joined) if joined.agent == agent.name);
        if joins_itself || matches!(event, Event::MissionOpened(_)) {
            return None;
        }
        let Some(ix) = self.find_incarnation(agent) else {
            let detail = format!("agent {agent} never joined");
            let found = Finding::new(Code::UnknownIncarnation, detail);
            return Some(found.unknown(agent.name.as_str()));
        };
        self.check_present(ix)
    }

    /// Finds a task that is referred to, or says that it was never declared.
    fn refer(&self, checked: &mut Checked, task: &TaskId) -> Option<TaskIx> {
        let found = self.find_task(task);
        if found.is_none() {
            let detail = format!("task {task} was never declared");
            let found = Finding::new(Code::UnknownTask, detail).on(task);
            checked.add(found.unknown(task.as_str()));
        }
        found
    }

    /// A position that somebody names, if there is a record: one that does not exist proves nothing.
    // spec: FOLD-3
    fn on_record(&self, seq: Seq) -> Option<Seq> {
        (Seq::ZERO < seq && seq <= self.head).then_some(seq)
    }

    /// Somebody who is named must be known (NAME-2).
    // spec: NAME-2
    fn check_known(&self, checked: &mut Checked, name: &AgentName) {
        if self.find_agent(name).is_none() {
            let detail = format!("agent {name} never joined");
            checked.add(Finding::new(Code::UnknownAgent, detail).unknown(name.as_str()));
        }
    }

    /// Whether an actor may write in the name of a party: agents and humans only in their own.
    // spec: AUTH-1
    fn speaks_for(&self, by: &Actor, party: &Party) -> bool {
        match by {
            Actor::Host | Actor::Import(_) => true,
            Actor::Agent(_) | Actor::Human(_) => {
                let own = by.party();
                let as_lead = *party == Party::Lead && own.as_ref() == self.lead();
                own.as_ref() == Some(party) || as_lead
            }
        }
    }

    fn check_refers(&self, checked: &mut Checked, task: Option<&TaskId>) {
        if let Some(task) = task {
            self.refer(checked, task);
        }
    }

    /// Only the lead, the host or a human may do this (AUTH-1).
    // spec: AUTH-1
    fn check_authority(&self, checked: &mut Checked, by: &Actor, what: &str) {
        if !self.has_authority(by) {
            let lead = self
                .lead()
                .map_or_else(|| "nobody".to_owned(), ToString::to_string);
            let detail = format!("{by} may not {what}; the lead is {lead}");
            let because = self.opened.as_ref().map(|opened| opened.moment.seq);
            checked.add(Finding::new(Code::NotAuthorised, detail).because(because));
        }
    }

    /// Names what is most like an unknown name, for a rejection (NAME-2).
    ///
    /// Not part of a check: a fold that met an unknown name would compare it with all others.
    // spec: NAME-2
    pub(crate) fn nearest(&self, finding: &Finding) -> String {
        match (&finding.unknown, finding.code) {
            (Some(name), Code::UnknownTask) => self.nearest_task(name),
            (Some(name), _) => self.nearest_agent(name),
            (None, _) => String::new(),
        }
    }

    /// Names the tasks whose ids are most like a text, for a message.
    fn nearest_task(&self, text: &str) -> String {
        suggest(text, self.tasks.rows().map(|(_, task)| task.id.as_str()))
    }

    /// Names the agents whose names are most like a text, for a message (NAME-2).
    // spec: NAME-2
    fn nearest_agent(&self, text: &str) -> String {
        suggest(
            text,
            self.agents.rows().map(|(_, agent)| agent.name.as_str()),
        )
    }
}

/// Says "; known are a, b" with the names most like the text.
fn suggest<'a>(text: &str, names: impl Iterator<Item = &'a str>) -> String {
    const MOST: usize = 3;
    let mut ranked: Vec<(usize, &str)> = names.map(|name| (distance(text, name), name)).collect();
    ranked.sort_unstable();
    let nearest: Vec<&str> = ranked
        .into_iter()
        .take(MOST)
        .map(|(_, name)| name)
        .collect();
    if nearest.is_empty() {
        String::new()
    } else {
        format!("; the nearest known: {}", nearest.join(", "))
    }
}

/// The number of single edits between two names, of which only the first bytes count.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    const LOOK_AT: usize = 64;
    let b: Vec<char> = b.chars().take(LOOK_AT).collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().take(LOOK_AT).enumerate() {
        let mut diagonal = i;
        let mut left = i.saturating_add(1);
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, to) in row.iter_mut().skip(1).zip(&b) {
            let substitute = diagonal.saturating_add(usize::from(from != *to));
            diagonal = *cell;
            left = substitute
                .min(left.saturating_add(1))
                .min(diagonal.saturating_add(1));
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(0)
}

/// Whether an event would move a mission that is closed (COMPLETE-2).
///
/// Reports of workers are not listed: closing fences every attempt, so they are late evidence.
/// Nor are the decisions of gates, which their own check tells apart by stage, and what only adds
/// to what is known: the end of agents, inventories and timeouts.
// spec: COMPLETE-2
fn moves_a_closed_mission(event: &Event) -> bool {
    match event {
        Event::TaskDeclared(_)
        | Event::AgentJoined(_)
        | Event::Dispatched(_)
        | Event::Message(_)
        | Event::WaitDeclared(_)
        | Event::GateRequested(_)
        | Event::TaskClosed(_)
        | Event::RunStarted(_) => true,
        Event::Correction(correction) => {
            !matches!(correction.change, crate::event::correction::Change::Reopen)
        }
        Event::MissionOpened(_)
        | Event::AgentLeft(_)
        | Event::AttemptStarted(_)
        | Event::Progress(_)
        | Event::Heartbeat(_)
        | Event::Handoff(_)
        | Event::AttemptEnded(_)
        | Event::Receipt(_)
        | Event::GateDecided(_)
        | Event::Shutdown(_)
        | Event::Timeout(_)
        | Event::Inventory(_)
        | Event::TaskDelivered(_)
        | Event::MissionClosed(_)
        | Event::MissionArchived(_)
        | Event::FindingRecorded(_)
        | Event::Note(_)
        | Event::RunEnded(_)
        | Event::Unknown { .. }
        | Event::Unreadable { .. } => false,
    }
}
