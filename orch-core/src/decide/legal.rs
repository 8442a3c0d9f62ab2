//! What an actor could do now.

use super::Context;
use crate::command::{Command, Dispatch};
use crate::event::agent::{Shutdown, ShutdownStage};
use crate::event::attempt::{AttemptStarted, Handoff, HandoffStatus, Heartbeat};
use crate::event::correction::{Change, Correction};
use crate::event::gate::{GateDecided, GateRequested, Verdict};
use crate::event::mission::{MissionArchived, MissionClosed, MissionOutcome};
use crate::event::talk::Receipt;
use crate::event::task::TaskDelivered;
use crate::mission::Mission;
use crate::party::Party;
use crate::status::agent::AgentStatus;
use crate::view::TaskView;

impl Mission {
    /// Lists commands that would be accepted from this actor now, one of each kind and target.
    ///
    /// Commands that need free text, such as a handoff, are shown in their simplest form.
    pub fn legal(&self, context: &Context) -> Vec<Command> {
        let mut candidates = vec![Command::Tick];
        for task in self.tasks() {
            self.about_task(&mut candidates, task, context);
        }
        for agent in self.agents().filter(|agent| agent.status().is_live()) {
            for stage in [
                ShutdownStage::Requested,
                ShutdownStage::Acknowledged,
                ShutdownStage::Refused,
                ShutdownStage::Terminated,
            ] {
                let reason = "as asked".to_owned();
                let agent = agent.agent();
                candidates.push(Command::Shutdown(Shutdown {
                    agent,
                    stage,
                    reason,
                }));
            }
        }
        let unread: Vec<_> = self.state.unread_results.keys().copied().collect();
        if !unread.is_empty() {
            candidates.push(Command::Receipt(Receipt { of: unread }));
        }
        for outcome in [
            MissionOutcome::Completed,
            MissionOutcome::Failed,
            MissionOutcome::Cancelled,
        ] {
            let reason = "as decided".to_owned();
            candidates.push(Command::CloseMission(MissionClosed {
                outcome,
                forced: false,
                reason,
            }));
        }
        candidates.push(Command::Archive(MissionArchived {
            reason: String::new(),
        }));
        candidates.retain(|command| self.accepts(command, context));
        candidates
    }

    fn about_task(&self, candidates: &mut Vec<Command>, task: TaskView<'_>, context: &Context) {
        let id = task.id();
        let live = self
            .agents()
            .filter(|agent| agent.status() == AgentStatus::Live);
        for agent in live {
            let agent = agent.agent().name;
            candidates.push(Command::Dispatch(Dispatch::new(id.clone(), agent)));
        }
        if let Some(token) = task.token() {
            let (attempt, agent) = (token.number(), token.agent());
            let task = id.clone();
            candidates.push(Command::Start(AttemptStarted {
                task,
                attempt,
                agent: agent.clone(),
            }));
            let task = id.clone();
            candidates.push(Command::Beat(Heartbeat {
                task,
                attempt,
                agent: agent.clone(),
                silent_until: None,
            }));
            for status in [
                HandoffStatus::Partial,
                HandoffStatus::Blocked,
                HandoffStatus::Done,
                HandoffStatus::Failed,
            ] {
                let handoff = Handoff::new(id.clone(), attempt, agent.clone(), Some(status));
                candidates.push(Command::Handoff(handoff));
            }
        }
        self.about_gates(candidates, task, context);
        for change in [Change::Reopen, Change::Unblock] {
            candidates.push(Command::Correct(Correction {
                task: id.clone(),
                change,
                reason: "as decided".to_owned(),
                supersedes: Vec::new(),
            }));
        }
        candidates.push(super::instead::skip(id));
        candidates.push(Command::Deliver(TaskDelivered {
            task: id.clone(),
            note: String::new(),
        }));
    }

    fn about_gates(&self, candidates: &mut Vec<Command>, task: TaskView<'_>, context: &Context) {
        let Some(token) = task.token() else { return };
        let attempt = token.number();
        for gate in task.gates() {
            let (id, gate) = (task.id(), gate.name());
            for agent in self
                .agents()
                .filter(|agent| agent.status() == AgentStatus::Live)
            {
                candidates.push(Command::RequestGate(GateRequested {
                    task: id.clone(),
                    attempt,
                    gate: gate.clone(),
                    holder: Party::Agent(agent.agent().name),
                }));
            }
            let Some(decider) = context.actor.party() else {
                continue;
            };
            for verdict in [
                Verdict::Approved,
                Verdict::ChangesRequested,
                Verdict::Waived,
            ] {
                candidates.push(Command::DecideGate(GateDecided {
                    task: id.clone(),
                    attempt,
                    gate: gate.clone(),
                    decider: decider.clone(),
                    revision: token.revision().map(str::to_owned),
                    verdict,
                    findings: Vec::new(),
                    reason: "as decided".to_owned(),
                }));
            }
        }
    }
}
