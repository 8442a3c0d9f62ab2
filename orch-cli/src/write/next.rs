//! What to do next, as command lines that can be run.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "most records lead to nothing in particular, and a new kind starts without"
)]

use orch_core::command::Command;
use orch_core::decide::Context;
use orch_core::event::Event;
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::gate::GateRequested;
use orch_core::event::talk::MessageClass;
use orch_core::ids::{AgentName, AgentRef, AttemptNo, Incarnation, TaskId};
use orch_core::mission::Mission;
use orch_core::party::{Actor, Party};
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::ObstacleKind;

use super::Scene;
use super::owed::taking_up;
use super::shell::{Words, as_actor};

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

/// Returns what closes the mission, or makes ready to close it; `None` if there is more to do.
// spec: COMPLETE-1
pub(super) fn to_close(mission: &Mission) -> Option<Vec<String>> {
    let obstacles = mission.obstacles();
    if mission.closed().is_some() {
        return None;
    }
    if obstacles.is_empty() {
        return Some(vec!["close".to_owned()]);
    }
    let is_unread = |kind| matches!(kind, ObstacleKind::Result | ObstacleKind::Undeliverable);
    if !obstacles.iter().all(|one| is_unread(one.kind)) {
        return None;
    }
    let unread = obstacles.iter().flat_map(|one| &one.because);
    let ack = std::iter::once("ack".to_owned());
    Some(ack.chain(unread.map(ToString::to_string)).collect())
}

struct Next<'a> {
    scene: &'a Scene<'a>,
    mission: &'a Mission,
    commands: Vec<String>,
}

impl Next<'_> {
    fn take(&mut self, event: &Event) {
        match event {
            Event::MissionOpened(_) => self.push(None, Words::of(&["add"]).arg("a first task")),
            Event::TaskDeclared(it) => self.declared(&it.task),
            Event::AgentJoined(it) => self.joined(&it.agent, it.incarnation),
            Event::Dispatched(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::AttemptStarted(it) => self.work(&it.task, it.attempt, &it.agent),
            Event::Correction(it) => match &it.change {
                Change::Rebind { to, attempt } => self.work(&it.task, *attempt, to),
                _ => self.push(None, Words::of(&["why-not"]).arg(it.task.as_str())),
            },
            Event::Handoff(it) => self.handed_over(it),
            Event::GateRequested(it) => self.requested(it),
            Event::GateDecided(it) => self.decided(&it.task),
            Event::TaskClosed(it) => self.judged(&it.task),
            Event::TaskDelivered(it) => self.judged(&it.task),
            Event::Receipt(_) => {
                if let Some(words) = to_close(self.mission) {
                    self.say(None, &words);
                }
            }
            Event::Message(it) if it.class != MessageClass::Fyi => {
                self.push(None, Words::of(&["inbox"]).arg(it.to.to_string()));
            }
            Event::Shutdown(it) if it.stage == ShutdownStage::Requested => {
                let by = Actor::Agent(it.agent.clone());
                let name = it.agent.name.as_str();
                self.push(
                    Some(&by),
                    Words::of(&["shutdown"])
                        .arg(name)
                        .switch("acknowledge", true),
                );
            }
            Event::MissionClosed(_) => self.push(None, Words::of(&["archive"])),
            Event::RunStarted(it) => {
                self.push(None, Words::of(&["run", "finish"]).arg(it.run.as_str()));
            }
            // After all others there is nothing that follows from them alone.
            _ => {}
        }
    }

    /// A task that is ready waits for somebody to take it, any other for what it needs.
    fn declared(&mut self, task: &TaskId) {
        let is_ready = self.mission.is_ready(task, self.scene.now);
        let is_anybody = self
            .mission
            .agents()
            .any(|agent| agent.status() == AgentStatus::Live);
        match (is_ready, is_anybody) {
            (false, _) => self.push(None, Words::of(&["why-not"]).arg(task.as_str())),
            (true, false) => self.push(None, Words::of(&["agent", "register"]).arg("coder")),
            (true, true) => self.push(None, Words::of(&["ready"])),
        }
    }

    /// Who joined may take the first task that is given to them.
    fn joined(&mut self, name: &AgentName, incarnation: Incarnation) {
        let actor = Actor::Agent(AgentRef::new(name.clone(), incarnation));
        let context = Context::new(actor.clone(), self.scene.now);
        let ready = self.mission.ready(self.scene.now).into_iter();
        let mut theirs = ready.filter(|task| {
            let claim = Command::dispatch((*task).clone(), name.clone());
            self.mission.can(&claim, &context).is_ok()
        });
        match theirs.next().map(TaskId::as_str) {
            Some(task) => self.push(Some(&actor), Words::of(&["claim"]).arg(task)),
            None => self.push(None, Words::of(&["ready"])),
        }
    }

    fn push(&mut self, actor: Option<&Actor>, words: Words) {
        self.say(actor, &words.into_words());
    }

    fn say(&mut self, actor: Option<&Actor>, words: &[String]) {
        let line = as_actor(self.scene.globals, actor, words);
        self.commands.push(line);
    }

    /// What somebody does about an attempt that is theirs.
    ///
    /// The attempt is named: whoever copies the line carries the token, and is not taken for a
    /// later attempt of the same agent (FENCE-1).
    // spec: FENCE-1
    fn work(&mut self, task: &TaskId, attempt: AttemptNo, agent: &AgentRef) {
        let token = self.mission.task(task).and_then(|task| task.token());
        let has_begun = token.is_some_and(|token| token.started().is_some());
        let first = if has_begun { "beat" } else { "start" };
        let agent = Actor::Agent(agent.clone());
        self.push(Some(&agent), Words::of(&[first]).report(task, attempt));
        let done = Words::of(&["handoff"]).report(task, attempt);
        self.push(Some(&agent), done.flag("status", "done"));
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
                    let request = Words::of(&["gate", "request"]).arg(id).arg(gate);
                    self.push(None, request.flag("to", to.as_str()));
                }
                (None, Some(revision)) => {
                    let pass = Words::of(&["gate", "pass"]).arg(id).arg(gate);
                    self.push(None, pass.flag("revision", revision));
                }
                (None, None) => self.push(None, Words::of(&["gate", "pass"]).arg(id).arg(gate)),
            }
            return;
        }
        if handoff.status == Some(HandoffStatus::Blocked) {
            self.push(None, Words::of(&["why"]).arg(id));
        } else {
            self.judged(&handoff.task);
        }
    }

    /// Work that was sent back is taken up by its author; else the gate was one thing less to do.
    fn decided(&mut self, task: &TaskId) {
        let sent_back = self
            .mission
            .task(task)
            .filter(|task| task.status() == TaskStatus::Rework);
        match sent_back.and_then(|task| task.token()) {
            Some(token) => {
                let line = taking_up(self.scene.globals, self.mission, self.scene.now, &token);
                self.commands.push(line);
            }
            None => self.judged(task),
        }
    }

    /// What is left to do once nobody works on a task.
    fn judged(&mut self, task: &TaskId) {
        let is_settled = |status: TaskStatus| status.is_settled();
        let task = self.mission.task(task);
        let words = task
            .filter(|task| is_settled(task.status()))
            .and_then(|_| to_close(self.mission));
        match (words, task) {
            (Some(words), _) => self.say(None, &words),
            (None, Some(task)) if is_settled(task.status()) => {
                self.push(None, Words::of(&["ready"]));
            }
            (None, Some(task)) => self.push(None, Words::of(&["why-not"]).arg(task.id().as_str())),
            (None, None) => {}
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
        let words = Words::of(&["gate", "pass"])
            .arg(request.task.as_str())
            .arg(request.gate.as_str());
        let holder = holder.map(Actor::Agent);
        self.push(holder.as_ref(), words.maybe("revision", revision));
    }
}
