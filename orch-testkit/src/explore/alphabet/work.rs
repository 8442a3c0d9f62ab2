//! Handing tasks out, and what workers report.

use orch_core::command::Command;
use orch_core::event::attempt::{AttemptEnd, AttemptEnded, Handoff, HandoffStatus};
use orch_core::ids::{AgentRef, AttemptNo, TaskId};
use orch_core::party::{Actor, Party};

use super::{Alphabet, first_task, itself, stranger, unknown_task};
use crate::world::{beat, ended, evidence, exited, lead, name, progress, started};

impl Alphabet<'_> {
    pub(super) fn work(&mut self) {
        self.dispatches();
        for task in self.tasks() {
            for attempt in self.attempts() {
                for who in self.incarnations() {
                    self.reports(&task, attempt, &who);
                }
            }
        }
        if let Some(who) = self.incarnations().first() {
            for handoff in special_handoffs(&first_task(), who) {
                self.add(&itself(who), Command::Handoff(handoff));
            }
        }
        self.reports_out_of_scope();
    }

    fn dispatches(&mut self) {
        let ghost = name("ghost");
        for task in self.tasks().into_iter().chain([unknown_task()]) {
            for to in self.names().into_iter().chain([ghost.clone()]) {
                self.lead(Command::dispatch(task.clone(), to));
            }
        }
        for task in self.tasks() {
            for who in self.incarnations() {
                self.add(
                    &itself(&who),
                    Command::dispatch(task.clone(), who.name.clone()),
                );
            }
        }
        let claim = Command::dispatch(first_task(), ghost);
        self.add(&itself(&stranger()), claim);
    }

    /// Every report that an incarnation could make about an attempt.
    fn reports(&mut self, task: &TaskId, attempt: AttemptNo, who: &AgentRef) {
        let by = itself(who);
        let (id, number, text) = (task.as_str(), attempt.0, who.to_string());
        self.add(&by, started(number, id, who));
        self.add(&by, Command::Beat(beat(id, number, &text)));
        self.add(&by, Command::Progress(progress(id, number, &text)));
        for handoff in handoffs(task, attempt, who) {
            self.add(&by, Command::Handoff(handoff));
        }
        for end in ends(task, attempt, who) {
            self.add(&by, Command::EndAttempt(end.clone()));
            if matches!(end.how, AttemptEnd::Killed | AttemptEnd::Lost) {
                self.add(&Actor::Host, Command::EndAttempt(end));
            }
        }
    }

    /// One report of each kind with an id that is not in scope, or in a name that is not one's own.
    fn reports_out_of_scope(&mut self) {
        let Some(owner) = self.incarnations().first().cloned() else {
            return;
        };
        let task = first_task();
        let beyond = AttemptNo(self.scope.caps.attempts.saturating_add(2));
        let ghost = stranger();
        let strange = [
            (unknown_task(), AttemptNo(1), owner.clone()),
            (task.clone(), beyond, owner.clone()),
            (task.clone(), AttemptNo(1), ghost),
        ];
        for (task, attempt, who) in strange {
            let (id, number, text) = (task.as_str(), attempt.0, who.to_string());
            let by = itself(&who);
            self.add(&by, started(number, id, &who));
            self.add(&by, Command::Beat(beat(id, number, &text)));
            self.add(&by, Command::Progress(progress(id, number, &text)));
            let done = Handoff::done(task.clone(), attempt, who.clone());
            self.add(&by, Command::Handoff(done));
            let killed = ended(id, number, &text, AttemptEnd::Killed);
            self.add(&by, Command::EndAttempt(killed));
        }
        let done = Handoff::done(task.clone(), AttemptNo(1), owner.clone());
        let killed = ended(task.as_str(), 1, &owner.to_string(), AttemptEnd::Killed);
        let others = self.incarnations().into_iter().filter(|it| *it != owner);
        let others: Vec<Actor> = others.map(|it| itself(&it)).collect();
        for by in others.iter().chain([&lead(), &itself(&stranger())]) {
            self.add(by, Command::Handoff(done.clone()));
            self.add(by, Command::EndAttempt(killed.clone()));
        }
    }
}

fn handoffs(task: &TaskId, attempt: AttemptNo, who: &AgentRef) -> Vec<Handoff> {
    let statuses = [
        None,
        Some(HandoffStatus::Partial),
        Some(HandoffStatus::Blocked),
        Some(HandoffStatus::Done),
        Some(HandoffStatus::Failed),
    ];
    let handoff = |status| Handoff::new(task.clone(), attempt, who.clone(), status);
    statuses.into_iter().map(handoff).collect()
}

/// Handoffs that say more than their status: for the first attempt alone, because each of them
/// could be adopted later and makes another state.
fn special_handoffs(task: &TaskId, who: &AgentRef) -> Vec<Handoff> {
    let handoff = |status| Handoff::new(task.clone(), AttemptNo(1), who.clone(), Some(status));
    let mut proven = handoff(HandoffStatus::Done);
    proven.evidence = vec![evidence("commit", "3cb4f24")];
    proven.revision = Some("3cb4f24".to_owned());
    let mut contradictory = handoff(HandoffStatus::Done);
    contradictory.remaining = vec!["tests".to_owned()];
    let mut last = handoff(HandoffStatus::Failed);
    last.not_retryable = true;
    let mut waiting = handoff(HandoffStatus::Blocked);
    waiting.blocked_on = Some(Party::Agent(name("b")));
    vec![proven, contradictory, last, waiting]
}

fn ends(task: &TaskId, attempt: AttemptNo, who: &AgentRef) -> Vec<AttemptEnded> {
    let (id, number, who) = (task.as_str(), attempt.0, who.to_string());
    let mut ends: Vec<AttemptEnded> = [AttemptEnd::Killed, AttemptEnd::Lost, AttemptEnd::Released]
        .into_iter()
        .map(|how| ended(id, number, &who, how))
        .collect();
    ends.push(exited(id, number, &who, 0));
    ends
}
