//! Checks of declaring, closing and delivering a task.

use super::Checked;
use super::gate::bad_spec;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::task::{GateStage, Need, TaskClosed, TaskDeclared, TaskDelivered, Unmet};
use crate::fold::Origin;
use crate::ids::{Seq, TaskId};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::{NeedRow, is_kind};
use crate::status::Step;
use crate::status::task::{TaskEvent, TaskStatus};

impl State {
    // spec: ID-1
    pub(super) fn check_declared(&self, checked: &mut Checked, data: &TaskDeclared) {
        let known = self.find_task(&data.task);
        if let Some(ix) = known
            && data.implicit
        {
            // Inventing what is known already adds nothing.
            checked.already = Some(self.tasks[ix].declared.seq);
            return;
        }
        if let Some(ix) = known
            && !self.tasks[ix].implicit
        {
            let at = self.tasks[ix].declared.seq;
            let detail = format!("task {} was declared at {at}", data.task);
            checked.add(
                Finding::new(Code::TaskExists, detail)
                    .on(&data.task)
                    .because([at]),
            );
        }
        if let Some(parent) = &data.parent {
            self.refer(checked, parent);
        }
        if let Some(detail) = bad_spec(&data.gates) {
            checked.add(Finding::new(Code::GateSpecBad, detail).on(&data.task));
        }
        self.check_parent(checked, &data.task, data.parent.as_ref());
        self.check_needs(checked, &data.task, &data.needs);
        self.check_spec(checked, data);
    }

    /// A task is not part of itself, through whatever others.
    pub(super) fn check_parent(
        &self,
        checked: &mut Checked,
        task: &TaskId,
        parent: Option<&TaskId>,
    ) {
        let Some(parent) = parent else { return };
        let own = self.find_task(task);
        let mut at = self.find_task(parent);
        let mut is_ring = task == parent;
        // A chain of parents longer than the table is a ring already.
        for _ in 0..self.tasks.len() {
            is_ring |= own.is_some() && at == own;
            at = at.and_then(|ix| self.tasks[ix].parent);
        }
        if is_ring {
            let detail = format!("task {task} would be part of itself through {parent}");
            checked.add(Finding::new(Code::DepCycle, detail).on(task));
        }
    }

    /// A specification comes before the implementations beside it, so it cannot need one.
    // spec: DEP-3, COMPLETE-2
    fn check_spec(&self, checked: &mut Checked, data: &TaskDeclared) {
        let is_spec = is_kind(data.kind.as_ref(), "spec");
        if !is_spec || !self.policy.spec_first {
            return;
        }
        let parent = data
            .parent
            .as_ref()
            .and_then(|parent| self.find_task(parent));
        let targets = data
            .needs
            .iter()
            .filter_map(|need| self.find_task(&need.task));
        let waits_for_it = |ix: TaskIx| {
            let task = &self.tasks[ix];
            let is_work = is_kind(task.kind.as_ref(), "implement");
            is_work && task.parent == parent
        };
        let found = targets
            .into_iter()
            .find_map(|target| self.search(target, None, waits_for_it));
        if let Some(path) = found {
            let ids: Vec<&str> = path.iter().map(|&ix| self.tasks[ix].id.as_str()).collect();
            let detail = format!(
                "specification {} would need {}",
                data.task,
                ids.join(", which needs ")
            );
            let found = Finding::new(Code::DepCycle, detail).on(&data.task);
            checked.add(found.because(self.edges_along(&path)));
        }
    }

    /// Each need must name a known task and must not close a cycle.
    // spec: DEP-3
    pub(super) fn check_needs(&self, checked: &mut Checked, task: &TaskId, needs: &[Need]) {
        for need in needs {
            if need.task == *task {
                let detail = format!("task {task} would need itself");
                checked.add(Finding::new(Code::DepCycle, detail).on(task));
                continue;
            }
            let Some(target) = self.refer(checked, &need.task) else {
                continue;
            };
            if let Some(path) = self
                .find_task(task)
                .and_then(|from| self.path(target, from))
            {
                let ids: Vec<&str> = path.iter().map(|&ix| self.tasks[ix].id.as_str()).collect();
                let detail = format!("{task} would need {}", ids.join(", which needs "));
                let because = self.edges_along(&path);
                checked.add(
                    Finding::new(Code::DepCycle, detail)
                        .on(task)
                        .because(because),
                );
            }
        }
    }

    /// Finds a way from one task to another along needs.
    fn path(&self, from: TaskIx, to: TaskIx) -> Option<Vec<TaskIx>> {
        if self.has_successors || (self.policy.spec_first && !self.specs.is_empty()) {
            return self.search(from, None, |ix| ix == to);
        }
        if self.tasks[to].dependents.is_empty() {
            return None;
        }
        let next = |state: &Self, at: TaskIx| {
            let needs = state.tasks[at].needs.iter();
            needs.map(|need| need.task).collect()
        };
        self.way((from, to), next, |state, at| {
            state.tasks[at].dependents.clone()
        })
    }

    /// Finds a way from a task along what it waits for to one that fits, without walking any task
    /// twice: its needs, and the specifications that an implementation comes after.
    ///
    /// A need on a superseded task is one on the task under which it goes on; `revived` is a
    /// superseded task that is taken to go on by itself.
    pub(super) fn search(
        &self,
        from: TaskIx,
        revived: Option<TaskIx>,
        fits: impl Fn(TaskIx) -> bool,
    ) -> Option<Vec<TaskIx>> {
        let end = |ix: TaskIx| self.end_before(ix, revived).unwrap_or(ix);
        let from = end(from);
        let mut seen = std::collections::BTreeSet::from([from]);
        let mut trail = vec![(from, self.waits_for(from))];
        if fits(from) {
            return Some(vec![from]);
        }
        while let Some((_, left)) = trail.last_mut() {
            let Some(next) = left.pop() else {
                trail.pop();
                continue;
            };
            let target = end(next);
            if seen.insert(target) {
                trail.push((target, self.waits_for(target)));
                if fits(target) {
                    return Some(trail.into_iter().map(|(ix, _)| ix).collect());
                }
            }
        }
        None
    }

    /// What a task waits for whether or not it is there: the last comes first on a search.
    // spec: DEP-3, COMPLETE-2
    fn waits_for(&self, ix: TaskIx) -> Vec<TaskIx> {
        let task = &self.tasks[ix];
        let is_work = self.policy.spec_first && is_kind(task.kind.as_ref(), "implement");
        let specs = if is_work { self.specs.as_slice() } else { &[] };
        let beside = specs
            .iter()
            .copied()
            .filter(|&spec| self.tasks[spec].parent == task.parent);
        let needs = task.needs.iter().rev().map(|need| need.task);
        beside.chain(needs).collect()
    }

    /// The records that made each need along a path.
    fn edges_along(&self, path: &[TaskIx]) -> Vec<Seq> {
        let steps = path.iter().zip(path.iter().skip(1));
        let edge = |(from, to): (&TaskIx, &TaskIx)| {
            let needs = &self.tasks[*from].needs;
            needs
                .iter()
                .find(|need| need.task == *to)
                .map(|need| need.since.seq)
        };
        steps.filter_map(edge).collect()
    }

    /// A task that was superseded goes on by itself again: what needs it leads back to it, which
    /// may close a cycle that was none while it led elsewhere.
    // spec: DEP-3
    pub(super) fn check_revived(&self, checked: &mut Checked, ix: Option<TaskIx>) {
        let is_superseded = |ix: &TaskIx| self.tasks[*ix].status() == TaskStatus::Superseded;
        let Some(ix) = ix.filter(is_superseded) else {
            return;
        };
        let task = &self.tasks[ix];
        let back = |need: &NeedRow| self.search(need.task, Some(ix), |at| at == ix);
        if let Some(path) = task.needs.iter().find_map(back) {
            let ids: Vec<&str> = path.iter().map(|&ix| self.tasks[ix].id.as_str()).collect();
            let detail = format!("{} would need {}", task.id, ids.join(", which needs "));
            let found = Finding::new(Code::DepCycle, detail).on(&task.id);
            checked.add(found.because(self.edges_along(&path)));
        }
    }

    pub(super) fn check_task_closed(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &TaskClosed,
    ) {
        self.check_authority(checked, origin.by, "close a task");
        if let Some(ix) = self.refer(checked, &data.task) {
            self.check_step(checked, ix, closing(data.outcome), "close it");
        }
    }

    // spec: COMPLETE-3, GATE-1
    pub(super) fn check_delivered(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &TaskDelivered,
    ) {
        self.check_authority(checked, origin.by, "deliver a task");
        let Some(ix) = self.refer(checked, &data.task) else {
            return;
        };
        self.check_step(checked, ix, TaskEvent::Delivered, "deliver it");
        let task = &self.tasks[ix];
        let open: Vec<_> = task
            .gates
            .iter()
            .filter(|gate| gate.spec.stage == GateStage::Deliver && !gate.status().has_passed())
            .collect();
        if !open.is_empty() && checked.already.is_none() {
            let names: Vec<&str> = open.iter().map(|gate| gate.spec.gate.as_str()).collect();
            let detail = format!("open gates of task {}: {}", task.id, names.join(", "));
            let because = open.iter().map(|gate| gate.since);
            checked.add(
                Finding::new(Code::GateOpen, detail)
                    .on(&task.id)
                    .because(because),
            );
        }
    }

    /// Asks the table, for a step that authority alone does not allow.
    pub(super) fn check_step(
        &self,
        checked: &mut Checked,
        ix: TaskIx,
        event: TaskEvent,
        what: &str,
    ) {
        let task = &self.tasks[ix];
        match task.status().next(event) {
            Step::To(_) | Step::Stays | Step::Breach(_) => {}
            Step::Already => checked.already = Some(task.since().seq),
            Step::Refused => {
                let detail = format!("task {} is {}: cannot {what}", task.id, task.status());
                checked.add(
                    Finding::new(Code::NotPermitted, detail)
                        .on(&task.id)
                        .because([task.since().seq]),
                );
            }
        }
    }
}

/// The event of the table for a close.
pub(crate) const fn closing(outcome: Unmet) -> TaskEvent {
    match outcome {
        Unmet::Skipped => TaskEvent::ClosedSkipped,
        Unmet::Cancelled => TaskEvent::ClosedCancelled,
        Unmet::Failed => TaskEvent::ClosedFailed,
    }
}
