//! Checks of corrections: authority, a reason, and a target that exists.

use super::Checked;
use super::dispatch::expect_number;
use super::gate::bad_spec;
use crate::anomaly::Finding;
use crate::codes::Code;
use crate::event::correction::{Amendment, Change, Correction};
use crate::event::task::{GateSpec, GateStage};
use crate::fold::Origin;
use crate::ids::{AttemptNo, Seq, TaskId};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Counters;
use crate::status::task::TaskStatus;

impl State {
    // spec: CORRECT-2, AUTH-1
    pub(super) fn check_correction(
        &self,
        checked: &mut Checked,
        origin: Origin<'_>,
        data: &Correction,
    ) {
        self.check_authority(checked, origin.by, "correct a task");
        if data.reason.trim().is_empty() {
            let detail = format!("task {} is corrected", data.task);
            checked.add(Finding::new(Code::ReasonMissing, detail).on(&data.task));
        }
        for &seq in &data.supersedes {
            if seq == Seq::ZERO || seq >= origin.now.seq {
                let detail = format!("there is no record {seq} to supersede");
                checked.add(Finding::new(Code::UnknownRecord, detail).on(&data.task));
            }
        }
        let ix = self.refer(checked, &data.task);
        if let Change::Rebind { .. } | Change::Reopen | Change::Adopt { .. } = data.change {
            self.check_revived(checked, ix);
        }
        match &data.change {
            Change::Rebind { to, attempt } => {
                self.check_assignee(checked, to);
                let expected = ix.map_or(AttemptNo(1), |ix| self.next_attempt(ix));
                checked.extend(expect_number(&data.task, expected, *attempt, None));
            }
            Change::Supersede { by } => self.check_supersede(checked, &data.task, ix, by),
            Change::Reopen => {
                if let Some(ix) = ix.filter(|&ix| self.is_pristine(ix) && self.closed.is_none()) {
                    checked.already = Some(self.tasks[ix].since().seq);
                }
            }
            Change::Adopt { seq } => self.check_adopt(checked, &data.task, *seq),
            Change::Unblock => {
                if let Some(ix) = ix.filter(|_| data.supersedes.is_empty()) {
                    let task = &self.tasks[ix];
                    let blocked = task.status() == TaskStatus::Blocked;
                    if !blocked && self.hold(ix, origin.now.at).is_none() {
                        checked.already = Some(task.since().seq);
                    }
                }
            }
            Change::Amend(amendment) => self.check_amend(checked, &data.task, amendment),
        }
    }

    /// Whether reopening the task would change nothing.
    fn is_pristine(&self, ix: TaskIx) -> bool {
        let task = &self.tasks[ix];
        task.status() == TaskStatus::Open
            && task.success.is_none()
            && task.retry_at.is_none()
            && task.counters == Counters::default()
    }

    fn check_supersede(
        &self,
        checked: &mut Checked,
        task: &TaskId,
        ix: Option<TaskIx>,
        by: &TaskId,
    ) {
        let successor = self.refer(checked, by);
        let leads_back = match (ix, successor) {
            (Some(ix), Some(successor)) => self.leads_to(successor, ix),
            (None, _) | (Some(_), None) => task == by,
        };
        if leads_back {
            let detail = format!("task {by} leads back to {task}");
            checked.add(Finding::new(Code::UnknownSuccessor, detail).on(task));
            return;
        }
        // spec: DEP-3
        let (Some(ix), Some(successor)) = (ix, successor) else {
            return;
        };
        let dependents = &self.tasks[ix].dependents;
        let leads_to_it = |at| at == ix || dependents.contains(&at);
        if let Some(path) = self.search(successor, None, leads_to_it) {
            let ids: Vec<&str> = path.iter().map(|&at| self.tasks[at].id.as_str()).collect();
            let detail = format!(
                "what needs {task} would need {}",
                ids.join(", which needs ")
            );
            checked.add(Finding::new(Code::DepCycle, detail).on(task));
        }
    }

    /// Whether a task goes on, through whatever others, under another.
    fn leads_to(&self, from: TaskIx, to: TaskIx) -> bool {
        let mut at = Some(from);
        for _ in 0..=self.tasks.len() {
            match at {
                Some(ix) if ix == to => return true,
                Some(ix) => at = self.tasks[ix].superseded_by,
                None => return false,
            }
        }
        // A chain longer than the table is a ring.
        true
    }

    // spec: FENCE-2
    fn check_adopt(&self, checked: &mut Checked, task: &TaskId, seq: Seq) {
        let late = self.late.binary_search_by_key(&seq, |late| late.seq).ok();
        let adopted = late
            .and_then(|at| self.late.get(at))
            .and_then(|late| late.adopted);
        if let Some(adopted) = adopted {
            checked.already = Some(adopted);
            return;
        }
        if self
            .adoptable
            .get(&seq)
            .is_none_or(|handoff| handoff.task != *task)
        {
            let detail = format!("record {seq} is no handoff of task {task} that could be adopted");
            checked.add(
                Finding::new(Code::NotEvidence, detail)
                    .on(task)
                    .because(self.on_record(seq)),
            );
        }
    }

    fn check_amend(&self, checked: &mut Checked, task: &TaskId, amendment: &Amendment) {
        if let Some(parent) = &amendment.parent {
            self.refer(checked, parent);
        }
        self.check_parent(checked, task, amendment.parent.as_ref());
        if let Some(gates) = &amendment.gates {
            let is_late = |spec: &GateSpec| {
                let known = self.find_task(task).map(|ix| &self.tasks[ix]);
                known.is_some_and(|row| {
                    let is_new = row.gates.iter().all(|gate| gate.spec.gate != spec.gate);
                    row.status().is_ended() && spec.stage == GateStage::Accept && is_new
                })
            };
            let late = gates.iter().find(|spec| is_late(spec));
            let late =
                late.map(|spec| format!("gate {} comes after the end of its task", spec.gate));
            if let Some(detail) = bad_spec(gates).or(late) {
                checked.add(Finding::new(Code::GateSpecBad, detail).on(task));
            }
        }
        self.check_needs(checked, task, &amendment.add_needs);
    }
}
