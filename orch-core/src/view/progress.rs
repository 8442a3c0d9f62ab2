//! Counts and percentages, recounted from the tasks each time (COUNT-1).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::ids::{Label, Seq};
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::status::task::TaskStatus;

/// How many tasks have each status.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Counts {
    /// All tasks; each counts once, wherever it hangs.
    pub total: usize,
    /// Tasks by status; a status that no task has is absent.
    pub by_status: BTreeMap<TaskStatus, usize>,
    /// Tasks that are done: accepted or delivered.
    pub done: usize,
    /// Tasks that are or may still become done: all but those skipped, cancelled, superseded.
    pub wanted: usize,
    /// Attempts that are dispatched or started (WIP-1).
    pub in_flight: usize,
}

impl Counts {
    /// Returns how many have a status.
    pub fn of(&self, status: TaskStatus) -> usize {
        self.by_status.get(&status).copied().unwrap_or(0)
    }

    /// Returns how much of what is wanted is done, in whole percent; `None` for nothing of nothing.
    pub fn percent(&self) -> Option<u8> {
        let done = self.done.saturating_mul(100);
        done.checked_div(self.wanted)
            .and_then(|percent| u8::try_from(percent).ok())
    }

    fn add(&mut self, status: TaskStatus) {
        let one_more = |n: &mut usize| *n = n.saturating_add(1);
        one_more(&mut self.total);
        one_more(self.by_status.entry(status).or_default());
        match status {
            TaskStatus::Accepted | TaskStatus::Delivered => {
                one_more(&mut self.done);
                one_more(&mut self.wanted);
            }
            TaskStatus::Skipped | TaskStatus::Cancelled | TaskStatus::Superseded => {}
            TaskStatus::Open
            | TaskStatus::Dispatched
            | TaskStatus::Running
            | TaskStatus::Blocked
            | TaskStatus::Reported
            | TaskStatus::InReview
            | TaskStatus::Rework
            | TaskStatus::Failed
            | TaskStatus::Exhausted
            | TaskStatus::OutcomeUnknown => one_more(&mut self.wanted),
        }
    }
}

/// The progress of one phase of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PhaseProgress {
    /// The phase; `None` for the tasks without one.
    pub phase: Option<Label>,
    /// Its tasks, counted.
    pub counts: Counts,
    /// The records that put its tasks where they are (FOLD-3).
    pub because: Vec<Seq>,
}

impl Mission {
    /// Counts the tasks.
    // spec: COUNT-1
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for (_, task) in self.state.tasks.rows() {
            counts.add(task.status());
        }
        counts.in_flight = self.state.in_flight().count();
        counts
    }

    /// Returns the records that put tasks into a status: what its count follows from.
    // spec: FOLD-3
    pub fn because(&self, status: TaskStatus) -> Vec<Seq> {
        let tasks = self.state.tasks.rows().map(|(_, task)| task);
        let counted = tasks.filter(|task| task.status() == status);
        counted.map(|task| task.since().seq).collect()
    }

    /// Counts the tasks of each phase of the plan, in order of the phases' names.
    ///
    /// A subtask without a phase of its own counts under that of its nearest ancestor.
    // spec: COUNT-1
    pub fn progress(&self) -> Vec<PhaseProgress> {
        let mut phases: BTreeMap<Option<&Label>, (Counts, Vec<Seq>)> = BTreeMap::new();
        for (ix, task) in self.state.tasks.rows() {
            let (counts, because) = phases.entry(self.state.phase_of(ix)).or_default();
            counts.add(task.status());
            because.push(task.since().seq);
        }
        for held in self.state.in_flight() {
            let phase = self.state.phase_of(self.state.attempts[held].task);
            if let Some((counts, _)) = phases.get_mut(&phase) {
                counts.in_flight = counts.in_flight.saturating_add(1);
            }
        }
        phases
            .into_iter()
            .map(|(phase, (counts, because))| PhaseProgress {
                phase: phase.cloned(),
                counts,
                because,
            })
            .collect()
    }
}

impl State {
    fn phase_of(&self, ix: TaskIx) -> Option<&Label> {
        let mut at = ix;
        // A chain of parents longer than the table is a ring.
        for _ in 0..=self.tasks.len() {
            let task = &self.tasks[at];
            if task.phase.is_some() {
                return task.phase.as_ref();
            }
            at = task.parent?;
        }
        None
    }
}
