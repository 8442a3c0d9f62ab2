//! Effects of declaring, closing and delivering a task, and of remarks about it.

use crate::diagnosis::Cause;
use crate::event::note::{FindingRecorded, Note};
use crate::event::talk::WaitRef;
use crate::event::task::{GateSpec, GateStage, Need, TaskClosed, TaskDeclared, TaskDelivered};
use crate::fold::check::closing;
use crate::mission::attempt::Ending;
use crate::mission::gate::Gate;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::{State, Told};
use crate::mission::table::{AttemptIx, TaskIx};
use crate::mission::task::{Moment, NeedRow, is_kind};
use crate::party::Actor;
use crate::record::Envelope;
use crate::status::attempt::AttemptEvent;
use crate::status::gate::GateEvent;
use crate::status::task::TaskEvent;

impl State {
    pub(super) fn declare(&mut self, data: &TaskDeclared, now: Moment) {
        let ix = self.ensure_task(&data.task, now);
        let parent = data
            .parent
            .as_ref()
            .map(|parent| self.ensure_task(parent, now));
        let is_spec = is_kind(data.kind.as_ref(), "spec");
        let task = &mut self.tasks[ix];
        task.declared = now;
        task.implicit = data.implicit;
        task.title = data.title.as_str().into();
        task.kind.clone_from(&data.kind);
        task.parent = parent;
        task.phase.clone_from(&data.phase);
        task.role.clone_from(&data.role);
        task.gates = openable(&data.gates)
            .map(|spec| Gate::new(spec, now.seq))
            .collect();
        task.evidence.clone_from(&data.evidence);
        task.priority = data.priority;
        task.limits = data.limits.map(Box::new);
        task.source = data.source.as_deref().map(Into::into);
        if is_spec {
            self.specs.push(ix);
        }
        self.add_needs(ix, &data.needs, now);
    }

    pub(super) fn add_needs(&mut self, ix: TaskIx, needs: &[Need], now: Moment) {
        for need in needs {
            let target = self.ensure_task(&need.task, now);
            let row = NeedRow {
                task: target,
                on: need.on,
                or: need.or.clone(),
                since: now,
            };
            let rows = &mut self.tasks[ix].needs;
            match rows.iter_mut().find(|row| row.task == target) {
                Some(standing) => *standing = row,
                None => {
                    rows.push(row);
                    self.tasks[target].dependents.push(ix);
                }
            }
        }
    }

    pub(super) fn remove_need(&mut self, ix: TaskIx, target: TaskIx) {
        self.tasks[ix].needs.retain(|need| need.task != target);
        self.tasks[target]
            .dependents
            .retain(|&dependent| dependent != ix);
    }

    /// Puts new gates in place of the old; what was decided under the same name stands.
    pub(super) fn replace_gates(&mut self, ix: TaskIx, specs: &[GateSpec], now: Moment) {
        let old = std::mem::take(&mut self.tasks[ix].gates);
        let has_ended = self.tasks[ix].status().is_ended();
        let same = |spec: &GateSpec| {
            let is_same =
                |gate: &&Gate| gate.spec.gate == spec.gate && gate.spec.stage == spec.stage;
            old.iter().find(is_same).cloned()
        };
        let new = openable(specs).filter_map(|spec| match same(&spec) {
            Some(mut gate) => {
                gate.spec = spec;
                Some(gate)
            }
            // What has ended is not judged any more.
            None if has_ended && spec.stage == GateStage::Accept => None,
            None => Some(Gate::new(spec, now.seq)),
        });
        self.tasks[ix].gates = new.collect();
        self.pass_if_clear(ix, now);
    }

    pub(super) fn close_task(&mut self, data: &TaskClosed, now: Moment) {
        let ix = self.ensure_task(&data.task, now);
        self.tasks[ix].step(closing(data.outcome), now, &mut self.trace);
        self.retire_attempts(ix, now, Ending::Closed);
        self.settle_about(ix, now);
    }

    pub(super) fn deliver(&mut self, data: &TaskDelivered, now: Moment) {
        let ix = self.ensure_task(&data.task, now);
        self.tasks[ix].step(TaskEvent::Delivered, now, &mut self.trace);
        self.read_results_of(ix);
    }

    /// Fences every open attempt at a task.
    // spec: CORRECT-1
    pub(super) fn retire_attempts(&mut self, ix: TaskIx, now: Moment, ending: Ending) {
        for attempt in self.open_attempts_of(ix) {
            self.close_attempt(attempt, AttemptEvent::Fenced, now, ending);
        }
    }

    /// Fences every open attempt at a task but one.
    pub(super) fn retire_others(&mut self, ix: TaskIx, but: AttemptIx, now: Moment) {
        for attempt in self.open_attempts_of(ix) {
            if attempt != but {
                self.close_attempt(attempt, AttemptEvent::Fenced, now, Ending::Corrected);
            }
        }
    }

    fn open_attempts_of(&self, ix: TaskIx) -> Vec<AttemptIx> {
        let task = &self.tasks[ix];
        let newest_first = task.attempts.iter().rev().copied();
        let open = newest_first.filter(|attempt| self.open_attempts.contains(attempt));
        // Attempts can be many and open ones are few, so the search ends with the last of them.
        open.take(task.n_open as usize).collect()
    }

    /// Settles what is moot because work on a task goes on: what it was blocked on, and decisions
    /// about its attempts. A ruling that a limit asks for stays owed.
    pub(super) fn move_on(&mut self, ix: TaskIx) {
        self.settle_of(ix, |owed| {
            owed.attempt.is_some() || owed.kind == ObligationKind::Unblocking
        });
        self.end_wait(ix);
        self.read_results_of(ix);
    }

    fn end_wait(&mut self, ix: TaskIx) {
        if !self.waits.is_empty() {
            let id = self.tasks[ix].id.clone();
            self.waits.remove(&WaitRef::Task(id));
        }
    }

    /// Settles what a change of a task makes moot, and marks its results as read.
    ///
    /// Replies stay owed: they are owed to somebody, not to the task.
    // spec: CORRECT-1
    pub(super) fn settle_about(&mut self, ix: TaskIx, now: Moment) {
        self.settle_of(ix, |owed| {
            matches!(
                owed.kind,
                ObligationKind::Unblocking | ObligationKind::Ruling
            )
        });
        self.withdraw_gates(ix, now);
        self.end_wait(ix);
        self.read_results_of(ix);
    }

    /// Nobody holds a gate of the task any more.
    pub(super) fn withdraw_gates(&mut self, ix: TaskIx, now: Moment) {
        for gate in &mut self.tasks[ix].gates {
            gate.step(GateEvent::Withdrawn, now.seq, &mut self.trace);
        }
    }

    /// Whoever acts on a result has read it.
    pub(super) fn read_results_of(&mut self, ix: TaskIx) {
        for seq in std::mem::take(&mut self.tasks[ix].unread) {
            self.unread_results.remove(&seq);
        }
    }

    /// Keeps a finding. One of an importer whose title is the word of a cause that only a foreign log
    /// can show raises that cause, until it is read.
    pub(super) fn keep_finding(
        &mut self,
        envelope: &Envelope,
        data: &FindingRecorded,
        now: Moment,
    ) {
        self.tally.findings = self.tally.findings.saturating_add(1);
        let task = data.task.as_ref().map(|task| self.ensure_task(task, now));
        if let Some(ix) = task {
            self.tasks[ix].findings.push(now.seq);
        }
        let is_imported = matches!(envelope.by, Actor::Import(_));
        if is_imported && Cause::parse(&data.title).is_some_and(Cause::is_told) {
            let told = Told {
                moment: now,
                word: data.title.as_str().into(),
                task,
            };
            self.told.insert(now.seq, told);
        }
    }

    // spec: NOTE-1
    pub(super) fn keep_note(&mut self, data: &Note, now: Moment) {
        self.tally.notes = self.tally.notes.saturating_add(1);
        if let Some(task) = &data.task {
            let ix = self.ensure_task(task, now);
            let task = &mut self.tasks[ix];
            task.n_notes = task.n_notes.saturating_add(1);
        }
    }
}

/// The gates of a declaration as far as they can ever open: each name once, and each after gates
/// that are declared before it at its stage.
// spec: GATE-1
fn openable(specs: &[GateSpec]) -> impl Iterator<Item = GateSpec> {
    specs.iter().enumerate().filter_map(|(at, spec)| {
        let before = || specs.iter().take(at);
        if before().any(|other| other.gate == spec.gate) {
            return None;
        }
        let mut spec = spec.clone();
        if let Some(after) = &mut spec.after {
            after.retain(|name| {
                before().any(|other| other.gate == *name && other.stage == spec.stage)
            });
        }
        Some(spec)
    })
}
