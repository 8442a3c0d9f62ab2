//! Effects of corrections: who owns what changes, and everything about it is derived anew.

use super::attempt::missing;
use crate::event::correction::{Amendment, Change, Correction};
use crate::ids::Seq;
use crate::mission::attempt::Ending;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::{Counters, Moment, is_kind};
use crate::status::task::TaskEvent;

impl State {
    // spec: CORRECT-1
    pub(super) fn correct(&mut self, data: &Correction, now: Moment) {
        let ix = self.ensure_task(&data.task, now);
        for seq in &data.supersedes {
            for owed in self.opened_at(*seq) {
                self.open_obligations.remove(&owed);
            }
        }
        match &data.change {
            Change::Rebind { to, attempt } => {
                self.retire_attempts(ix, now, Ending::Corrected);
                self.settle_about(ix, now);
                self.reset(ix);
                self.rebind(ix, to, *attempt, now);
            }
            Change::Supersede { by } => {
                self.retire_attempts(ix, now, Ending::Corrected);
                self.settle_about(ix, now);
                let by = self.ensure_task(by, now);
                self.has_successors = true;
                let task = &mut self.tasks[ix];
                task.superseded_by = Some(by);
                task.step(TaskEvent::Superseded, now, &mut self.trace);
            }
            Change::Reopen => {
                self.reopen_mission(now);
                self.retire_attempts(ix, now, Ending::Corrected);
                self.settle_about(ix, now);
                self.reset(ix);
                self.tasks[ix].counters = Counters::default();
                self.tasks[ix].first_dispatch = None;
                self.tasks[ix].total_expired = None;
                self.tasks[ix].step(TaskEvent::Reopened, now, &mut self.trace);
            }
            Change::Adopt { seq } => self.adopt(ix, *seq, now),
            Change::Unblock => {
                self.tasks[ix].step(TaskEvent::Unblocked, now, &mut self.trace);
                self.settle_about(ix, now);
            }
            Change::Amend(amendment) => self.amend(ix, amendment, now),
        }
    }

    /// Forgets what a ruling has dealt with.
    fn reset(&mut self, ix: TaskIx) {
        let task = &mut self.tasks[ix];
        task.success = None;
        task.retry_at = None;
        task.superseded_by = None;
        task.missing_evidence.clear();
    }

    /// Lets late evidence count after all: its attempt holds the token again, and its handoff
    /// takes effect as if it were new.
    // spec: FENCE-2
    fn adopt(&mut self, ix: TaskIx, seq: Seq, now: Moment) {
        let Some(handoff) = self.adoptable.remove(&seq) else {
            return;
        };
        let Some(attempt) = self.find_attempt(ix, handoff.attempt) else {
            return;
        };
        if let Ok(at) = self.late.binary_search_by_key(&seq, |late| late.seq)
            && let Some(late) = self.late.get_mut(at)
        {
            late.adopted = Some(now.seq);
        }
        self.retire_others(ix, attempt, now);
        self.settle_about(ix, now);
        self.reset(ix);
        self.tasks[ix].step(TaskEvent::Adopted, now, &mut self.trace);
        self.attempts[attempt].adopt(&mut self.trace);
        self.open_attempt(attempt);
        self.tasks[ix].token = Some(attempt);
        self.take_handoff(attempt, &handoff, now);
    }

    fn amend(&mut self, ix: TaskIx, amendment: &Amendment, now: Moment) {
        let parent = amendment
            .parent
            .as_ref()
            .map(|parent| self.ensure_task(parent, now));
        let task = &mut self.tasks[ix];
        if let Some(title) = &amendment.title {
            task.title = title.as_str().into();
        }
        task.kind = amendment.kind.clone().or_else(|| task.kind.take());
        task.priority = amendment.priority.or(task.priority);
        task.phase = amendment.phase.clone().or_else(|| task.phase.take());
        task.role = amendment.role.clone().or_else(|| task.role.take());
        task.parent = parent.or(task.parent);
        if let Some(limits) = amendment.limits {
            task.limits = Some(Box::new(limits));
        }
        if let Some(evidence) = &amendment.evidence {
            task.evidence.clone_from(evidence);
            self.look_for_evidence(ix);
        }
        let is_spec = is_kind(amendment.kind.as_ref(), "spec");
        if amendment.kind.is_some() {
            self.specs.retain(|&spec| spec != ix);
        }
        if is_spec {
            self.specs.push(ix);
        }
        for need in &amendment.remove_needs {
            if let Some(target) = self.find_task(need) {
                self.remove_need(ix, target);
            }
        }
        self.add_needs(ix, &amendment.add_needs, now);
        if let Some(gates) = &amendment.gates {
            self.replace_gates(ix, gates, now);
        }
        self.tasks[ix].step(TaskEvent::Amended, now, &mut self.trace);
    }

    /// Derives anew which evidence the last handoff did not bring.
    // spec: CORRECT-1
    fn look_for_evidence(&mut self, ix: TaskIx) {
        let task = &mut self.tasks[ix];
        let last = task.last_handoff.and_then(|seq| self.adoptable.get(&seq));
        if let Some(handoff) = last.filter(|_| !task.missing_evidence.is_empty()) {
            task.missing_evidence = missing(&task.evidence, handoff);
        }
    }
}
