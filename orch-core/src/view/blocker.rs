//! What keeps a task from moving, and who makes the next move.

mod chain;
mod find;
mod gate;
mod held;
mod mission;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::ids::{Seq, TaskId};
use crate::mission::Mission;
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::words;

words! {
    /// Why a task does not move, or what moves it.
    Cause {
        /// A task it needs has not come far enough.
        DepOpen = "dep_open",
        /// A task it needs ended in a way that does not satisfy it.
        DepFailed = "dep_failed",
        /// It needs itself, through others.
        DepCycle = "dep_cycle",
        /// Its owner asked something and has no answer.
        NeedsInput = "needs_input",
        /// A gate is open.
        GateOpen = "gate_open",
        /// A gate was decided for work that is no longer the newest.
        GateStale = "gate_stale",
        /// It was handed over as done without the evidence its contract asks.
        EvidenceMissing = "evidence_missing",
        /// It was handed back, and nobody has judged it.
        ReportedNotAccepted = "reported_not_accepted",
        /// It was handed out, and its attempt has not begun.
        DispatchedNotStarted = "dispatched_not_started",
        /// It was handed out, and the log does not record whether its attempt began.
        EvidenceGap = "evidence_gap",
        /// The log does not tell who works on it.
        OwnerUnknown = "owner_unknown",
        /// A runtime says that somebody else has it.
        OwnerTaskDivergence = "owner_task_divergence",
        /// Its attempt is silent.
        NoProgress = "no_progress",
        /// Its backoff is not over.
        RetryWait = "retry_wait",
        /// It failed, and trying again is pointless.
        Failed = "failed",
        /// It was tried as often as allowed.
        Exhausted = "exhausted",
        /// Several attempts ended without progress.
        Livelock = "livelock",
        /// As much is in flight as is allowed.
        WipFull = "wip_full",
        /// Somebody owes a reply.
        ReplyOwed = "reply_owed",
        /// A message could not be delivered, and nobody has read it.
        Undeliverable = "undeliverable",
        /// An agent was asked to stop and has not answered.
        ShutdownUnacked = "shutdown_unacked",
        /// The owner of its begun attempt is gone.
        OutcomeUnknown = "outcome_unknown",
        /// A result was handed over, and nobody has read it.
        ResultUnread = "result_unread",
        /// It can be handed out, and nobody owes that move.
        NoWakeSource = "no_wake_source",
        /// Somebody must act before it can go on.
        PausedBy = "paused_by",
        /// Somebody must rule on it: a clock or a limit ran out.
        RulingOwed = "ruling_owed",
        /// It is being worked on: nothing is wrong.
        InProgress = "in_progress",
        /// It was sent back and its author has it: nothing is wrong.
        InRework = "in_rework",
    }
}

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
}

impl Blocker {
    /// Returns whether this is a sign of work going on rather than of anything wrong.
    pub const fn is_moving(&self) -> bool {
        matches!(self.cause, Cause::InProgress | Cause::InRework)
    }
}

impl Mission {
    /// Lists what keeps a task from moving, directly; `None` for a task that is unknown.
    ///
    /// Empty for a task that has come to a good end. A task that is being worked on has one
    /// entry that says so. Everything is derived against who is live now: a reviewer who left
    /// blocks nothing (GATE-2).
    pub fn blockers(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Vec<Blocker>> {
        self.state
            .find_task(task)
            .map(|ix| self.state.blockers_of(ix, now))
    }

    /// Follows what a task waits for down to its roots: each chain goes from the task to something
    /// that does not wait for another task. `None` for a task that is unknown.
    pub fn why(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Vec<Vec<Blocker>>> {
        self.state
            .find_task(task)
            .map(|ix| self.state.chains(ix, now))
    }

    /// Lists what keeps the mission as a whole from moving: every task that does not wait for
    /// another task, then what is owed, undeliverable and unread.
    pub fn roots(&self, now: DateTime<Utc>) -> Vec<Blocker> {
        self.state.roots(now)
    }
}
