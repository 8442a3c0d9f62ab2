//! What keeps a task from moving, and who makes the next move.

use chrono::{DateTime, Utc};
use serde::Serialize;

use super::{Cause, Fix, Severity, WaitStep};
use crate::event::talk::WaitRef;
use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::mission::table::{AttemptIx, IncarnationIx, TaskIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::words;

words! {
    /// How sure a statement is.
    Confidence {
        /// The log proves it.
        Proved = "proved",
        /// A clock says so.
        Suspected = "suspected",
        /// The log has a gap here.
        Unknown = "unknown",
    }
}

/// The rows that a blocker is about, from which follows what would clear it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// The mission as a whole.
    Mission,
    /// A task.
    Task(TaskIx),
    /// An attempt.
    Attempt(AttemptIx),
    /// A gate of a task, by its place among the task's gates.
    Gate(TaskIx, usize),
    /// A task, and a task that its declaration says it needs.
    Need(TaskIx, TaskIx),
    /// What a record opened or said: an obligation, a message, a result.
    Record(Seq),
    /// A ring of waits.
    Ring,
    /// An incarnation of an agent.
    Agent(IncarnationIx),
}

/// One thing that keeps a task or the mission from moving.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Blocker {
    /// What kind of thing.
    pub cause: Cause,
    /// The task that does not move; `None` for the mission as a whole.
    pub task: Option<TaskId>,
    /// The tasks it waits for, when it waits for tasks.
    pub on: Vec<TaskId>,
    /// Who makes the next move.
    pub next: Party,
    /// Since when.
    pub since: Moment,
    /// The records that prove it (FOLD-3).
    pub because: Vec<Seq>,
    /// What it is, naming the things involved; untrusted text.
    pub detail: String,
    /// What would clear it.
    pub clears: String,
    /// How sure this is.
    pub confidence: Confidence,
    /// Commands that would be accepted now and that clear it or bring it forward, the recommended
    /// one first. Those of a task that only waits for others are at the end of its chain.
    pub fixes: Vec<Fix>,
    /// The steps around the ring, when it is one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ring: Vec<WaitStep>,
    /// Who waits for those in the ring without being in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub victims: Vec<WaitRef>,
    #[serde(skip)]
    pub(crate) subject: Subject,
}

impl Blocker {
    /// Returns whether this is a sign of work going on rather than of anything wrong.
    pub const fn is_moving(&self) -> bool {
        matches!(self.cause.severity(), Severity::Moving)
    }
}

impl Mission {
    /// Lists what keeps a task from moving, directly; `None` for a task that is unknown.
    ///
    /// Empty for a task that has come to a good end. A task that is being worked on has one
    /// entry that says so. Everything is derived against who is live now: a reviewer who left
    /// blocks nothing (GATE-2).
    pub fn blockers(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Vec<Blocker>> {
        let ix = self.state.find_task(task)?;
        Some(self.with_fixes(self.state.blockers_of(ix, now), now))
    }

    /// Follows what a task waits for down to its roots: each chain goes from the task to something
    /// that does not wait for another task. `None` for a task that is unknown.
    pub fn why(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Vec<Vec<Blocker>>> {
        let chains = self.state.chains(self.state.find_task(task)?, now);
        let with_fixes = chains.into_iter().map(|chain| self.with_fixes(chain, now));
        Some(with_fixes.collect())
    }

    /// Lists what keeps the mission as a whole from moving: every task that does not wait for
    /// another task, then what is owed, undeliverable and unread.
    pub fn roots(&self, now: DateTime<Utc>) -> Vec<Blocker> {
        self.with_fixes(self.state.roots(now), now)
    }
}
