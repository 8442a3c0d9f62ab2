//! What is kept up to date beside the rows, so that a question need not look at every task.
//!
//! Nothing here is stored: a snapshot leaves it out, and it is made again from the rows. It says
//! which tasks are worth looking at; what is true of each is still derived from its row.

use std::collections::{BTreeMap, BTreeSet};

use super::gate::Gate;
use super::state::State;
use super::table::{Ix as _, TaskIx};
use super::task::Task;
use crate::codes::Code;
use crate::status::gate::GateStatus;
use crate::status::task::TaskStatus;

/// What was so about a task when it was last looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Mark {
    status: TaskStatus,
    superseded_by: Option<TaskIx>,
    is_restless: bool,
}

/// Which tasks are worth looking at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Index {
    marks: Vec<Option<Mark>>,
    /// Every task of which more can be said than that it waits for others or is settled.
    restless: BTreeSet<TaskIx>,
    /// The tasks that go on under another.
    former: BTreeMap<TaskIx, BTreeSet<TaskIx>>,
    /// The tasks at which a record closed a ring of needs, whether it still stands or not.
    closed_at: BTreeSet<TaskIx>,
}

impl State {
    /// The tasks that may be more than waiting or settled, in the order of their rows.
    pub(crate) fn restless(&self) -> impl Iterator<Item = TaskIx> {
        self.index.restless.iter().copied()
    }

    pub(crate) fn is_restless(&self, ix: TaskIx) -> bool {
        self.index.restless.contains(&ix)
    }

    /// The tasks at which a record closed a ring of needs.
    pub(crate) fn closed_rings_at(&self) -> impl Iterator<Item = TaskIx> {
        self.index.closed_at.iter().copied()
    }

    /// The tasks at which the last so many anomalies say that a ring was closed.
    fn closing(&self, n_last: usize) -> impl Iterator<Item = TaskIx> {
        let last = self.anomalies.iter().rev().take(n_last);
        let rings = last.filter(|it| it.code == Code::DepCycle);
        rings.filter_map(|it| self.find_task(it.task.as_ref()?))
    }

    /// Makes everything again from the rows.
    pub(crate) fn index_all(&mut self) {
        self.index = Index::default();
        let tasks: Vec<TaskIx> = self.tasks.rows().map(|(ix, _)| ix).collect();
        for &ix in &tasks {
            self.remember(ix);
        }
        for ix in tasks {
            self.place(ix);
        }
        self.index.closed_at = self.closing(self.anomalies.len()).collect();
    }

    /// Brings the index up to the rows that were touched since, and to the newest anomalies.
    // spec: DEP-3
    pub(crate) fn index_touched(&mut self, n_anomalies: usize) {
        if n_anomalies > 0 {
            let closing: Vec<TaskIx> = self.closing(n_anomalies).collect();
            self.index.closed_at.extend(closing);
        }
        while let Some(ix) = self.tasks.take_touched() {
            if self.remember(ix) {
                self.place_dependents(ix);
            }
            self.place(ix);
        }
    }

    /// Takes in how a task stands; tells whether those that need it may stand otherwise for it.
    fn remember(&mut self, ix: TaskIx) -> bool {
        let row = &self.tasks[ix];
        let new = (row.status(), row.superseded_by);
        let place = ix.index();
        if self.index.marks.len() <= place {
            self.index.marks.resize(place.saturating_add(1), None);
        }
        let Some(slot) = self.index.marks.get_mut(place) else {
            return false;
        };
        let old = slot.map(|mark| (mark.status, mark.superseded_by));
        if old == Some(new) {
            return false;
        }
        *slot = Some(Mark {
            status: new.0,
            superseded_by: new.1,
            is_restless: slot.is_some_and(|mark| mark.is_restless),
        });
        let (was, is) = (old.and_then(|old| old.1), new.1);
        if was != is {
            let former = &mut self.index.former;
            if let Some(others) = was.and_then(|was| former.get_mut(&was)) {
                others.remove(&ix);
            }
            if let Some(is) = is {
                former.entry(is).or_default().insert(ix);
            }
        }
        true
    }

    /// Places what needs a task, or one that goes on under it.
    fn place_dependents(&mut self, ix: TaskIx) {
        let mut seen = BTreeSet::from([ix]);
        let mut open = vec![ix];
        while let Some(at) = open.pop() {
            for n in 0..self.tasks[at].dependents.len() {
                if let Some(&dependent) = self.tasks[at].dependents.get(n) {
                    self.place(dependent);
                }
            }
            let former = self.index.former.get(&at).into_iter().flatten();
            open.extend(former.filter(|&&other| seen.insert(other)));
        }
    }

    fn place(&mut self, ix: TaskIx) {
        let is_restless = !self.only_waits(ix) && !rests(&self.tasks[ix]);
        let Some(Some(mark)) = self.index.marks.get_mut(ix.index()) else {
            return;
        };
        if mark.is_restless == is_restless {
            return;
        }
        mark.is_restless = is_restless;
        if is_restless {
            self.index.restless.insert(ix);
        } else {
            self.index.restless.remove(&ix);
        }
    }

    /// Whether a task does nothing but wait for others that may yet come far enough.
    fn only_waits(&self, ix: TaskIx) -> bool {
        let task = &self.tasks[ix];
        let is_plain = task.status() == TaskStatus::Open
            && task.n_open == 0
            && task.owed.is_empty()
            && task.carriers.is_empty()
            && task.retry_at.is_none()
            && task.success.is_none()
            && task.counters.fruitless == 0;
        if !is_plain {
            return false;
        }
        let mut unmet = self.unmet_needs(ix).peekable();
        unmet.peek().is_some()
            && unmet.all(|need| {
                let end = self.end_of(need.task).unwrap_or(need.task);
                !self.tasks[end].status().is_ended()
            })
    }
}

/// Whether a task is settled and nobody is asked about it any more.
fn rests(task: &Task) -> bool {
    let mut gates = task.gates.iter().map(Gate::status);
    task.status().is_settled()
        && task.n_open == 0
        && task.owed.is_empty()
        && gates.all(|gate| gate != GateStatus::Requested)
}
