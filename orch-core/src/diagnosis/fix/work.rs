//! Fixes that whoever has the work gives: begin it, hand it over, judge it.

use super::Fix;
use crate::command::Command;
use crate::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Evidence, Handoff, HandoffStatus, Progress,
};
use crate::event::clock::ClockKind;
use crate::event::correction::Change;
use crate::event::gate::{GateDecided, Verdict};
use crate::mission::attempt::{Attempt, Liveness};
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, TaskIx};
use crate::party::Actor;
use crate::status::attempt::AttemptStatus;

impl State {
    /// What brings an open attempt forward.
    pub(super) fn to_move(&self, ix: AttemptIx) -> Vec<Fix> {
        let attempt = &self.attempts[ix];
        let owner = Actor::Agent(self.agent_ref(attempt.owner));
        let own = |command| Fix::new(owner.clone(), command);
        let reopen = self.by_lead(self.change(attempt.task, Change::Reopen));
        let is_token = self.open_token(attempt.task) == Some(ix);
        if !is_token {
            // It has lost its task: what it hands over does not count.
            return vec![
                own(self.release(attempt)),
                self.by_lead(self.release(attempt)),
            ];
        }
        let is_slow = attempt.expired.has(ClockKind::Attempt);
        let is_silent = attempt.liveness != Liveness::Alive;
        let progress = own(self.progress_of(attempt));
        let done = own(self.handoff(attempt, HandoffStatus::Done));
        let partial = own(self.handoff(attempt, HandoffStatus::Partial));
        let release = self.by_lead(self.release(attempt));
        let start = own(self.start_of(attempt));
        if attempt.status() == AttemptStatus::Dispatched && !attempt.start_untold && !is_silent {
            vec![start, release, reopen]
        } else if (is_silent || attempt.expired.has(ClockKind::Progress)) && !is_slow {
            vec![progress, done, partial, reopen]
        } else {
            vec![done, partial, reopen]
        }
    }

    /// What ends the waits of an attempt: its owner goes on, or the lead says that they are over.
    pub(super) fn to_end_waits(&self, ix: AttemptIx) -> Vec<Fix> {
        let attempt = &self.attempts[ix];
        let owner = Actor::Agent(self.agent_ref(attempt.owner));
        let progress = Fix::new(owner, self.progress_of(attempt));
        let unblock = self.by_lead(self.change(attempt.task, Change::Unblock));
        std::iter::once(unblock)
            .chain([progress])
            .chain(self.to_move(ix))
            .collect()
    }

    /// Hands over again what was handed back without enough to judge it by.
    // spec: COMPLETE-3
    pub(super) fn to_hand_over(&self, ix: TaskIx) -> Vec<Fix> {
        let Some(token) = self.open_token(ix) else {
            return Vec::new();
        };
        let attempt = &self.attempts[token];
        let owner = Actor::Agent(self.agent_ref(attempt.owner));
        vec![Fix::new(owner, self.handoff(attempt, HandoffStatus::Done))]
    }

    /// Decides a gate, or gives it to somebody who may.
    // spec: GATE-1, GATE-2, GATE-3
    pub(super) fn to_judge(&self, ix: TaskIx, place: usize) -> Vec<Fix> {
        let task = &self.tasks[ix];
        let Some((gate, token)) = task.gates.get(place).zip(task.token) else {
            return Vec::new();
        };
        let decide = |by: Actor, verdict: Verdict| {
            let waived = verdict == Verdict::Waived;
            let decided = Command::DecideGate(GateDecided {
                task: task.id.clone(),
                attempt: self.attempts[token].number,
                gate: gate.spec.gate.clone(),
                decider: by.party()?,
                revision: self.attempts[token].revision.as_deref().map(str::to_owned),
                verdict,
                findings: Vec::new(),
                reason: if waived {
                    "nobody can judge it".to_owned()
                } else {
                    String::new()
                },
            });
            Some(Fix::new(by, decided))
        };
        let holder = gate.holder.as_ref().filter(|_| self.is_held(gate));
        let held = holder.and_then(|(_, holder)| decide(self.actor(holder)?, Verdict::Approved));
        let waive = self.rulers().into_iter();
        let waive = waive.filter_map(|by| decide(by, Verdict::Waived));
        let given = self.to_request(ix, gate, token);
        held.into_iter().chain(given).chain(waive).collect()
    }

    fn start_of(&self, attempt: &Attempt) -> Command {
        Command::Start(AttemptStarted {
            task: self.tasks[attempt.task].id.clone(),
            attempt: attempt.number,
            agent: self.agent_ref(attempt.owner),
        })
    }

    fn progress_of(&self, attempt: &Attempt) -> Command {
        Command::Progress(Progress {
            task: self.tasks[attempt.task].id.clone(),
            attempt: attempt.number,
            agent: self.agent_ref(attempt.owner),
            percent: None,
            note: String::new(),
            silent_until: None,
        })
    }

    /// The handoff of an attempt, with one piece of each kind of evidence that its contract asks.
    fn handoff(&self, attempt: &Attempt, status: HandoffStatus) -> Command {
        let task = &self.tasks[attempt.task];
        let owner = self.agent_ref(attempt.owner);
        let mut handoff = Handoff::new(task.id.clone(), attempt.number, owner, Some(status));
        if status == HandoffStatus::Done {
            let evidence = task.evidence.iter().map(|kind| Evidence {
                kind: kind.clone(),
                value: "...".to_owned(),
            });
            handoff.evidence = evidence.collect();
        }
        Command::Handoff(handoff)
    }

    fn release(&self, attempt: &Attempt) -> Command {
        Command::EndAttempt(AttemptEnded {
            task: self.tasks[attempt.task].id.clone(),
            attempt: attempt.number,
            agent: self.agent_ref(attempt.owner),
            how: AttemptEnd::Released,
            code: None,
            reason: "it was not begun, or not with this task".to_owned(),
        })
    }
}
