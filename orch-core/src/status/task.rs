//! The status of a task, and what each event does to it.
//!
//! ```text
//! open ─▶ dispatched ─▶ running ─▶ in_review ─▶ accepted ─▶ delivered
//!   ▲          │           │ ▲        │  ▲
//!   │          ▼           ▼ │        ▼  │
//!   └── partial, released, failed    rework
//! ```
//! Besides: `blocked` until somebody acts, `reported` until somebody judges, `outcome_unknown`
//! until somebody rules; `failed`, `exhausted`, `skipped`, `cancelled` and `superseded` are ends.

mod next;

use super::{Step, words};

words! {
    /// Where a task stands.
    TaskStatus {
        /// Not handed out; whether it can be is derived (see [`Readiness`](crate::view::Readiness)).
        Open = "open",
        /// Handed out, not begun.
        Dispatched = "dispatched",
        /// Being worked on.
        Running = "running",
        /// Given back until somebody else acts.
        Blocked = "blocked",
        /// Given back without an explicit, proven `done`; somebody must judge it.
        Reported = "reported",
        /// Handed over as done; its acceptance gates are open.
        InReview = "in_review",
        /// Sent back to its author by a gate.
        Rework = "rework",
        /// Done, and every acceptance gate passed.
        Accepted = "accepted",
        /// Accepted, and every delivery gate passed: done-done.
        Delivered = "delivered",
        /// Failed, and trying again is pointless.
        Failed = "failed",
        /// Tried as often as allowed.
        Exhausted = "exhausted",
        /// Left out on purpose.
        Skipped = "skipped",
        /// No longer wanted.
        Cancelled = "cancelled",
        /// Goes on under another task.
        Superseded = "superseded",
        /// Its owner is gone; whether the work is done is not known.
        OutcomeUnknown = "outcome_unknown",
    }
}

words! {
    /// What can happen to a task, as far as its status is concerned.
    TaskEvent {
        /// It is handed out.
        Dispatched = "dispatched",
        /// Its attempt begins.
        Started = "started",
        /// Its attempt gets somewhere.
        Progressed = "progressed",
        /// Its attempt is alive.
        Beat = "beat",
        /// Handed back `partial`.
        HandedPartial = "handed_partial",
        /// Handed back `blocked`.
        HandedBlocked = "handed_blocked",
        /// Handed over `done` with its evidence, and no acceptance gate is open.
        HandedDone = "handed_done",
        /// Handed over `done` with its evidence, and acceptance gates are open.
        HandedForReview = "handed_for_review",
        /// Handed over `done` without the evidence its contract asks, or contradicting itself.
        HandedUnproven = "handed_unproven",
        /// Handed back without a status.
        HandedBare = "handed_bare",
        /// Handed back `failed`; another try is allowed.
        HandedFailed = "handed_failed",
        /// Handed back `failed`; another try is pointless.
        HandedFailedFinal = "handed_failed_final",
        /// Handed back `failed` for the last time allowed.
        HandedFailedLast = "handed_failed_last",
        /// Its attempt ended with exit code 0 and no handoff.
        EndedClean = "ended_clean",
        /// Its attempt ended otherwise without a handoff; another try is allowed.
        EndedDirty = "ended_dirty",
        /// Its attempt ended otherwise without a handoff for the last time allowed.
        EndedLast = "ended_last",
        /// Nobody carries its begun attempt any more.
        EndedLost = "ended_lost",
        /// Its owner let go of it, or it was taken back.
        Released = "released",
        /// The owner of its begun attempt is gone.
        OwnerGone = "owner_gone",
        /// The owner of its attempt is gone before it began.
        OwnerGoneUnstarted = "owner_gone_unstarted",
        /// A gate passed, and others are open.
        GatePassed = "gate_passed",
        /// The last open acceptance gate passed.
        GatesPassed = "gates_passed",
        /// A gate sent it back, and its author is there.
        ChangesRequested = "changes_requested",
        /// A gate sent it back, and its author is gone.
        ChangesOrphaned = "changes_orphaned",
        /// A clock ran out.
        TimedOut = "timed_out",
        /// Closed as skipped.
        ClosedSkipped = "closed_skipped",
        /// Closed as cancelled.
        ClosedCancelled = "closed_cancelled",
        /// Closed as failed.
        ClosedFailed = "closed_failed",
        /// Delivered.
        Delivered = "delivered",
        /// Corrected: its work is with another agent.
        Rebound = "rebound",
        /// Corrected: it goes on under another task.
        Superseded = "superseded",
        /// Corrected: it starts over.
        Reopened = "reopened",
        /// Corrected: late evidence is about to count.
        Adopted = "adopted",
        /// Corrected: what blocked it no longer does.
        Unblocked = "unblocked",
        /// Corrected: what it is or needs changed.
        Amended = "amended",
    }
}

impl TaskStatus {
    /// Returns whether the task has come to an end: no work on it is expected.
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Accepted
            | Self::Delivered
            | Self::Failed
            | Self::Exhausted
            | Self::Skipped
            | Self::Cancelled
            | Self::Superseded => true,
            Self::Open
            | Self::Dispatched
            | Self::Running
            | Self::Blocked
            | Self::Reported
            | Self::InReview
            | Self::Rework
            | Self::OutcomeUnknown => false,
        }
    }

    /// Returns whether the task no longer keeps its mission from completing (COMPLETE-1).
    pub const fn is_settled(self) -> bool {
        match self {
            Self::Accepted
            | Self::Delivered
            | Self::Skipped
            | Self::Cancelled
            | Self::Superseded => true,
            Self::Open
            | Self::Dispatched
            | Self::Running
            | Self::Blocked
            | Self::Reported
            | Self::InReview
            | Self::Rework
            | Self::Failed
            | Self::Exhausted
            | Self::OutcomeUnknown => false,
        }
    }

    /// Returns what an event does to this status.
    pub const fn next(self, event: TaskEvent) -> Step<Self> {
        match self {
            Self::Open => next::from_open(event),
            Self::Dispatched => next::from_dispatched(event),
            Self::Running => next::from_running(event),
            Self::Blocked => next::from_blocked(event),
            Self::Reported => next::from_reported(event),
            Self::InReview => next::from_in_review(event),
            Self::Rework => next::from_rework(event),
            Self::Accepted => next::from_accepted(event),
            Self::Delivered => next::from_delivered(event),
            Self::Failed => next::from_failed(event),
            Self::Exhausted => next::from_exhausted(event),
            Self::Skipped => next::from_skipped(event),
            Self::Cancelled => next::from_cancelled(event),
            Self::Superseded => next::from_superseded(event),
            Self::OutcomeUnknown => next::from_outcome_unknown(event),
        }
    }
}
