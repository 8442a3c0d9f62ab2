//! What to do next, as command lines that can be run.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "most records lead to nothing in particular, and a new kind starts without"
)]

use orch_core::event::Event;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::gate::GateRequested;
use orch_core::event::talk::MessageClass;
use orch_core::ids::{AgentRef, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;

use super::Scene;
use super::shell::as_actor;

/// The most commands that are suggested.
const SUGGESTED_MAX: usize = 3;

/// Returns the commands that are worth running after these records.
pub(super) fn after(scene: &Scene<'_>, mission: &Mission, events: &[&Event]) -> Vec<String> {
    let mut next = Next {
        scene,
        mission,
        commands: Vec::new(),
    };
    for event in events {
        next.take(event);
    }
    let mut commands = next.commands;
    commands.dedup();
    commands.truncate(SUGGESTED_MAX);
    commands
}

struct Next<'a> {
    scene: &'a Scene<'a>,
    mission: &'a Mission,
    commands: Vec<String>,
}

impl Next<'_> {
    fn take(&mut self, event: &Event) {
        match event {
            Event::MissionOpened(_) => self.push(None, &["add", "a first task"]),
            Event::TaskDeclared(it) => self.push(None, &["why-not", it.task.as_str()]),
            Event::AgentJoined(_) => self.push(None, &["ready"]),
            Event::Dispatched(it) => self.work(&it.task, &it.agent, "start"),
            Event::AttemptStarted(it) => self.work(&it.task, &it.agent, "beat"),
            Event::Correction(it) => match &it.change {
                Change::Rebind { to, .. } => self.work(&it.task, to, "start"),
                _ => self.push(None, &["why-not", it.task.as_str()]),
            },
            Event::Handoff(it) => self.handed_over(it),
            Event::GateRequested(it) => self.requested(it),
            Event::GateDecided(it) => self.push(None, &["why-not", it.task.as_str()]),
            Event::TaskClosed(_) | Event::TaskDelivered(_) => {
                self.push(None, &["why-not", "complete"]);
            }
            Event::Message(it) if it.class != MessageClass::Fyi => {
                self.push(None, &["inbox", &it.to.to_string()]);
            }
            Event::MissionClosed(_) => self.push(None, &["archive"]),
            Event::RunStarted(it) => self.push(None, &["run", "finish", it.run.as_str()]),
            // After all others there is nothing that follows from them alone.
            _ => {}
        }
    }

    fn push(&mut self, actor: Option<&Actor>, words: &[&str]) {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        self.commands
            .push(as_actor(self.scene.globals, actor, &words));
    }

    /// What somebody does about an attempt that is theirs.
    fn work(&mut self, task: &TaskId, agent: &AgentRef, first: &str) {
        let agent = Actor::Agent(agent.clone());
        self.push(Some(&agent), &[first, task.as_str()]);
        let done = ["handoff", task.as_str(), "--status", "done"];
        self.push(Some(&agent), &done);
    }

    fn handed_over(&mut self, handoff: &Handoff) {
        let id = handoff.task.as_str();
        let Some(task) = self.mission.task(&handoff.task) else {
            return;
        };
        if task.status() == TaskStatus::InReview
            && let Some(gate) = task.gates().find(|gate| !gate.status().has_passed())
        {
            let reviewer = self.mission.agents().find(|agent| {
                agent.status() == AgentStatus::Live && agent.agent().name != handoff.agent.name
            });
            let gate = gate.name().as_str();
            match (reviewer, &handoff.revision) {
                (Some(reviewer), _) => {
                    let to = reviewer.agent().name;
                    self.push(None, &["gate", "request", id, gate, "--to", to.as_str()]);
                }
                (None, Some(revision)) => {
                    self.push(None, &["gate", "pass", id, gate, "--revision", revision]);
                }
                (None, None) => self.push(None, &["gate", "pass", id, gate]),
            }
            return;
        }
        let seq = task.last_handoff().map(|seq| seq.to_string());
        match (handoff.status, seq) {
            (Some(HandoffStatus::Blocked), _) => self.push(None, &["why", id]),
            (Some(HandoffStatus::Done), Some(seq)) if task.status() == TaskStatus::Accepted => {
                self.push(None, &["ack", &seq]);
            }
            (_, _) => self.push(None, &["why-not", id]),
        }
    }

    fn requested(&mut self, request: &GateRequested) {
        let holder = match &request.holder {
            Party::Agent(name) => self.mission.live_agent(name).map(|agent| agent.agent()),
            _ => None,
        };
        let token = self
            .mission
            .task(&request.task)
            .and_then(|task| task.token());
        let revision = token.and_then(|token| token.revision());
        let mut words = vec!["gate", "pass", request.task.as_str(), request.gate.as_str()];
        if let Some(revision) = revision {
            words.extend(["--revision", revision]);
        }
        let holder = holder.map(Actor::Agent);
        self.push(holder.as_ref(), &words);
    }
}
