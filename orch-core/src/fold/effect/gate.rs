//! Effects of requesting and deciding a gate.

use crate::event::gate::{GateDecided, GateRequested, Verdict};
use crate::event::task::GateStage;
use crate::fold::check::verdict_event;
use crate::mission::attempt::Ending;
use crate::mission::gate::GateDecision;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, TaskIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::attempt::AttemptEvent;
use crate::status::gate::GateEvent;
use crate::status::task::{TaskEvent, TaskStatus};

impl State {
    pub(super) fn request_gate(&mut self, data: &GateRequested, now: Moment) {
        let ix = self.ensure_task(&data.task, now);
        let held_by = match &data.holder {
            Party::Agent(name) => self.live_incarnation(name),
            Party::Lead | Party::Host | Party::Human(_) => None,
        };
        let gates = &mut self.tasks[ix].gates;
        if let Some(gate) = gates.iter_mut().find(|gate| gate.spec.gate == data.gate) {
            gate.step(GateEvent::Requested, now.seq, &mut self.trace);
            gate.holder = Some((now.seq, data.holder.clone()));
            gate.held_by = held_by;
            gate.held_since = Some(now);
        }
        self.read_results_of(ix);
    }

    // spec: GATE-1, GATE-3
    pub(super) fn decide_gate(&mut self, data: &GateDecided, now: Moment) {
        let ix = self.ensure_task(&data.task, now);
        self.read_results_of(ix);
        let gates = &mut self.tasks[ix].gates;
        let Some(gate) = gates.iter_mut().find(|gate| gate.spec.gate == data.gate) else {
            return;
        };
        gate.step(verdict_event(data.verdict), now.seq, &mut self.trace);
        gate.decided = Some(GateDecision {
            seq: now.seq,
            by: data.decider.clone(),
            verdict: data.verdict,
            attempt: data.attempt,
        });
        match (gate.spec.stage, data.verdict) {
            (GateStage::Accept, Verdict::Approved | Verdict::Waived) => self.pass_if_clear(ix, now),
            (GateStage::Accept, Verdict::ChangesRequested) => self.send_back(ix, now),
            // Delivery gates are looked at when the task is delivered.
            (GateStage::Deliver, _) => {
                self.tasks[ix].step(TaskEvent::GatePassed, now, &mut self.trace);
            }
        }
    }

    /// Accepts a task in review once every acceptance gate has passed.
    // spec: COMPLETE-3
    pub(super) fn pass_if_clear(&mut self, ix: TaskIx, now: Moment) {
        let task = &mut self.tasks[ix];
        let mut gates = task
            .gates
            .iter()
            .filter(|gate| gate.spec.stage == GateStage::Accept);
        if !gates.all(|gate| gate.status().has_passed()) {
            task.step(TaskEvent::GatePassed, now, &mut self.trace);
            return;
        }
        if task.status() != TaskStatus::InReview {
            return;
        }
        task.step(TaskEvent::GatesPassed, now, &mut self.trace);
        self.settle_about(ix, now);
        if let Some(token) = self.open_token(ix) {
            self.close_attempt(token, AttemptEvent::Accepted, now, Ending::Accepted);
        }
        self.retire_attempts(ix, now, Ending::Corrected);
    }

    /// Sends the work back: to its author, or to whoever is given the task next.
    // spec: GATE-3
    fn send_back(&mut self, ix: TaskIx, now: Moment) {
        let token = self.open_token(ix);
        let author = token.filter(|&token| self.is_owner_present(token));
        let task = &mut self.tasks[ix];
        task.success = None;
        task.counters.review_rounds = task.counters.review_rounds.saturating_add(1);
        let rounds = task.counters.review_rounds;
        if let Some(author) = author {
            task.step(TaskEvent::ChangesRequested, now, &mut self.trace);
            self.attempts[author].send_back(now, &mut self.trace);
        } else {
            task.step(TaskEvent::ChangesOrphaned, now, &mut self.trace);
            if let Some(token) = token {
                self.close_attempt(token, AttemptEvent::Fenced, now, Ending::OwnerGone);
            }
        }
        if self
            .policy
            .retry
            .max_review_rounds
            .is_some_and(|max| rounds >= max)
        {
            self.owe_ruling(now, ix);
        }
    }

    fn is_owner_present(&self, attempt: AttemptIx) -> bool {
        self.incarnations[self.attempts[attempt].owner]
            .status()
            .is_live()
    }
}
