//! Whether a task can be handed out, and what holds it back.

use chrono::{DateTime, Utc};

use crate::event::talk::WaitRef;
use crate::event::task::{NeedOn, Unmet};
use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::mission::state::{State, Wait};
use crate::mission::table::TaskIx;
use crate::mission::task::{NeedRow, is_kind};
use crate::status::task::TaskStatus;

/// Whether an open task can be handed out.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Readiness {
    /// It can, now.
    Ready,
    /// Tasks it needs have not come far enough.
    Waiting {
        /// Those tasks: needs first, then specifications.
        on: Vec<TaskId>,
        /// The records that made it need them, and that put them where they are (FOLD-3).
        because: Vec<Seq>,
    },
    /// It said itself that it waits for something.
    Held {
        /// What it waits for.
        on: WaitRef,
        /// Until when, at the longest.
        until: Option<DateTime<Utc>>,
        /// The record that says so.
        because: Vec<Seq>,
    },
    /// It failed, and its backoff is not over.
    RetryWait {
        /// When it is.
        until: DateTime<Utc>,
        /// The record of the failure.
        because: Vec<Seq>,
    },
    /// An attempt at it succeeded, and nobody has judged that (CORRECT-2).
    Unjudged {
        /// The record of the success.
        because: Vec<Seq>,
    },
    /// An attempt at it is open that does not hold its token (FOLD-4).
    Beside {
        /// The dispatches of such attempts.
        because: Vec<Seq>,
    },
    /// Only references say that it exists: whether it can is not known.
    Undeclared {
        /// The record that first names it.
        because: Vec<Seq>,
    },
    /// It can, but as much is in flight as is allowed.
    WipWait {
        /// The dispatches of what is in flight.
        because: Vec<Seq>,
    },
}

impl Mission {
    /// Tells whether a task can be handed out; `None` for one that is unknown or not open.
    ///
    /// Depends on the state and the time alone, never on how the state came about (DEP-1).
    pub fn readiness(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Readiness> {
        self.state.readiness(self.state.find_task(task)?, now)
    }

    /// Tells whether a task can be handed out now.
    pub fn is_ready(&self, task: &TaskId, now: DateTime<Utc>) -> bool {
        self.readiness(task, now) == Some(Readiness::Ready)
    }

    /// Lists the tasks that can be handed out now: most urgent first, then as declared.
    // spec: DEP-1
    pub fn ready(&self, now: DateTime<Utc>) -> Vec<&TaskId> {
        let state = &self.state;
        let mut ready: Vec<(i32, TaskIx)> = state
            .restless()
            .filter(|&ix| state.tasks[ix].status() == TaskStatus::Open)
            .filter(|&ix| state.readiness(ix, now) == Some(Readiness::Ready))
            .map(|ix| (state.tasks[ix].priority.unwrap_or(i32::MAX), ix))
            .collect();
        ready.sort_unstable();
        ready
            .into_iter()
            .map(|(_, ix)| &state.tasks[ix].id)
            .collect()
    }
}

impl State {
    pub(crate) fn readiness(&self, ix: TaskIx, now: DateTime<Utc>) -> Option<Readiness> {
        let task = &self.tasks[ix];
        if task.status() != TaskStatus::Open || self.closed.is_some() {
            return None;
        }
        if task.implicit && task.attempts.is_empty() {
            return Some(Readiness::Undeclared {
                because: vec![task.declared.seq],
            });
        }
        if task.n_open > 0 {
            let open = task.attempts.iter().map(|&attempt| &self.attempts[attempt]);
            let open = open.filter(|attempt| !attempt.is_closed());
            let because = open.map(|attempt| attempt.dispatched.seq).collect();
            return Some(Readiness::Beside { because });
        }
        if let Some(success) = task.success {
            return Some(Readiness::Unjudged {
                because: vec![success],
            });
        }
        let mut on = Vec::new();
        let mut because = Vec::new();
        for need in self.unmet_needs(ix) {
            on.push(self.tasks[need.task].id.clone());
            because.extend([need.since.seq, self.tasks[need.task].since().seq]);
        }
        for spec in self.unmet_specs(ix) {
            on.push(self.tasks[spec].id.clone());
            because.push(self.tasks[spec].since().seq);
        }
        if !on.is_empty() {
            return Some(Readiness::Waiting { on, because });
        }
        if let Some(wait) = self.hold(ix, now) {
            let because = vec![wait.moment.seq];
            return Some(Readiness::Held {
                on: wait.on.clone(),
                until: wait.until,
                because,
            });
        }
        if let Some(until) = task.retry_at
            && now < until
        {
            let because = task.last_error.iter().map(|(seq, _)| *seq).collect();
            return Some(Readiness::RetryWait { until, because });
        }
        if let Some((_, _, holders)) = self.wip_full(ix, None) {
            let dispatched = holders
                .iter()
                .map(|&held| self.attempts[held].dispatched.seq);
            return Some(Readiness::WipWait {
                because: dispatched.collect(),
            });
        }
        Some(Readiness::Ready)
    }

    // spec: DEP-1, DEP-2
    pub(crate) fn need_met(&self, need: &NeedRow) -> bool {
        self.end_of(need.task)
            .is_some_and(|ix| match self.tasks[ix].status() {
                TaskStatus::Accepted | TaskStatus::Delivered => true,
                TaskStatus::Reported | TaskStatus::InReview => need.on == NeedOn::Reported,
                TaskStatus::Failed | TaskStatus::Exhausted => need.or.contains(&Unmet::Failed),
                TaskStatus::Skipped => need.or.contains(&Unmet::Skipped),
                TaskStatus::Cancelled => need.or.contains(&Unmet::Cancelled),
                TaskStatus::Open
                | TaskStatus::Dispatched
                | TaskStatus::Running
                | TaskStatus::Blocked
                | TaskStatus::Rework
                | TaskStatus::Superseded
                | TaskStatus::OutcomeUnknown => false,
            })
    }

    /// Follows a superseded task to the one under which its work goes on.
    pub(crate) fn end_of(&self, from: TaskIx) -> Option<TaskIx> {
        self.end_before(from, None)
    }

    /// As [`end_of`](Self::end_of), but goes no further than one task.
    pub(crate) fn end_before(&self, from: TaskIx, last: Option<TaskIx>) -> Option<TaskIx> {
        let mut at = from;
        // A chain longer than the table is a ring, which the checks keep out.
        for _ in 0..=self.tasks.len() {
            if last == Some(at) {
                return last;
            }
            match self.tasks[at].superseded_by {
                Some(next) if self.tasks[at].status() == TaskStatus::Superseded => at = next,
                Some(_) | None => return Some(at),
            }
        }
        None
    }

    pub(crate) fn unmet_needs(&self, ix: TaskIx) -> impl Iterator<Item = &NeedRow> {
        self.tasks[ix]
            .needs
            .iter()
            .filter(|need| !self.need_met(need))
    }

    /// The specifications beside an implementation that are not settled (COMPLETE-2).
    // spec: COMPLETE-2
    pub(crate) fn unmet_specs(&self, ix: TaskIx) -> impl Iterator<Item = TaskIx> {
        let task = &self.tasks[ix];
        let waits = self.policy.spec_first && is_kind(task.kind.as_ref(), "implement");
        let specs = if waits { self.specs.as_slice() } else { &[] };
        specs.iter().copied().filter(move |&spec| {
            let other = &self.tasks[spec];
            let end = self.end_of(spec).map(|end| &self.tasks[end]);
            other.parent == task.parent && !end.is_some_and(|end| end.status().is_settled())
        })
    }

    /// The declared wait that holds a task back, if it is not over.
    pub(crate) fn hold(&self, ix: TaskIx, now: DateTime<Utc>) -> Option<&Wait> {
        if self.waits.is_empty() {
            return None;
        }
        self.standing_wait(&WaitRef::Task(self.tasks[ix].id.clone()), now)
    }

    /// The declared wait of somebody, if it is not over.
    pub(crate) fn standing_wait(&self, who: &WaitRef, now: DateTime<Utc>) -> Option<&Wait> {
        let wait = self.waits.get(who)?;
        let is_gone = |end: &WaitRef| matches!(end, WaitRef::Agent(agent) if self.live_incarnation(agent).is_none());
        let is_over = is_gone(who)
            || wait.until.is_some_and(|until| until <= now)
            || match &wait.on {
                WaitRef::Task(task) => self
                    .find_task(task)
                    .is_some_and(|on| self.tasks[on].status().is_ended()),
                on @ WaitRef::Agent(_) => is_gone(on),
                WaitRef::Lock(_) | WaitRef::Job(_) => false,
            };
        (!is_over).then_some(wait)
    }
}
