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

use super::Step::{Already, Breach, Refused, Stays, To};
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
            Self::Open => from_open(event),
            Self::Dispatched => from_dispatched(event),
            Self::Running => from_running(event),
            Self::Blocked => from_blocked(event),
            Self::Reported => from_reported(event),
            Self::InReview => from_in_review(event),
            Self::Rework => from_rework(event),
            Self::Accepted => from_accepted(event),
            Self::Delivered => from_delivered(event),
            Self::Failed => from_failed(event),
            Self::Exhausted => from_exhausted(event),
            Self::Skipped => from_skipped(event),
            Self::Cancelled => from_cancelled(event),
            Self::Superseded => from_superseded(event),
            Self::OutcomeUnknown => from_outcome_unknown(event),
        }
    }
}

use TaskEvent as E;
use TaskStatus as S;

// spec: DEP-1, CORRECT-2
// Nobody works on it, so nothing a worker says can move it.
const fn from_open(event: E) -> Step<S> {
    match event {
        E::Dispatched => To(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => Already,
        E::Adopted => To(S::Running),
        E::Unblocked | E::Amended => Stays,
    }
}

// spec: ID-1, FOLD-4
// A second dispatch beside the first is believed, and marked.
const fn from_dispatched(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started | E::Progressed => To(S::Running),
        E::Beat => Stays,
        E::HandedPartial => To(S::Open),
        E::HandedBlocked => To(S::Blocked),
        E::HandedDone => To(S::Accepted),
        E::HandedForReview => To(S::InReview),
        E::HandedUnproven | E::HandedBare => To(S::Reported),
        E::HandedFailed => To(S::Open),
        E::HandedFailedFinal => To(S::Failed),
        E::HandedFailedLast => To(S::Exhausted),
        E::EndedClean => To(S::Reported),
        E::EndedDirty => To(S::Open),
        E::EndedLast => To(S::Exhausted),
        E::EndedLost => To(S::OutcomeUnknown),
        E::Released => To(S::Open),
        E::OwnerGone => To(S::OutcomeUnknown),
        E::OwnerGoneUnstarted => To(S::Open),
        E::GatePassed | E::GatesPassed | E::ChangesRequested | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: COMPLETE-3, HAND-1, SHUT-2
// Only an explicit `done` leads towards acceptance.
const fn from_running(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started => Already,
        E::Progressed | E::Beat => Stays,
        E::HandedPartial => To(S::Open),
        E::HandedBlocked => To(S::Blocked),
        E::HandedDone => To(S::Accepted),
        E::HandedForReview => To(S::InReview),
        E::HandedUnproven | E::HandedBare => To(S::Reported),
        E::HandedFailed => To(S::Open),
        E::HandedFailedFinal => To(S::Failed),
        E::HandedFailedLast => To(S::Exhausted),
        E::EndedClean => To(S::Reported),
        E::EndedDirty => To(S::Open),
        E::EndedLast => To(S::Exhausted),
        E::EndedLost => To(S::OutcomeUnknown),
        E::Released => To(S::Open),
        E::OwnerGone => To(S::OutcomeUnknown),
        E::OwnerGoneUnstarted => To(S::Open),
        E::GatePassed | E::GatesPassed | E::ChangesRequested | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: HAND-1
// No attempt is open; a dispatch before somebody unblocked it is marked.
const fn from_blocked(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => To(S::Open),
        E::Amended => Stays,
    }
}

// spec: COMPLETE-3
// Its attempt may still hand over properly; exit 0 alone never accepts it.
const fn from_reported(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started | E::Progressed | E::Beat => Stays,
        E::HandedPartial => To(S::Open),
        E::HandedBlocked => To(S::Blocked),
        E::HandedDone => To(S::Accepted),
        E::HandedForReview => To(S::InReview),
        E::HandedUnproven | E::HandedBare => Stays,
        E::HandedFailed => To(S::Open),
        E::HandedFailedFinal => To(S::Failed),
        E::HandedFailedLast => To(S::Exhausted),
        E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted => Stays,
        E::GatePassed | E::GatesPassed | E::ChangesRequested | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: GATE-1, GATE-3
// The work is handed over: the end of its process or of its owner changes nothing.
const fn from_in_review(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started | E::Progressed => Refused,
        E::Beat => Stays,
        E::HandedPartial => To(S::Open),
        E::HandedBlocked => To(S::Blocked),
        E::HandedDone => To(S::Accepted),
        E::HandedForReview => Stays,
        E::HandedUnproven | E::HandedBare => To(S::Reported),
        E::HandedFailed => To(S::Open),
        E::HandedFailedFinal => To(S::Failed),
        E::HandedFailedLast => To(S::Exhausted),
        E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed => Stays,
        E::GatesPassed => To(S::Accepted),
        E::ChangesRequested => To(S::Rework),
        E::ChangesOrphaned => To(S::Open),
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: GATE-3
// Rework stays with the attempt that handed over.
const fn from_rework(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started | E::Progressed | E::Beat => Stays,
        E::HandedPartial => To(S::Open),
        E::HandedBlocked => To(S::Blocked),
        E::HandedDone => To(S::Accepted),
        E::HandedForReview => To(S::InReview),
        E::HandedUnproven | E::HandedBare => To(S::Reported),
        E::HandedFailed => To(S::Open),
        E::HandedFailedFinal => To(S::Failed),
        E::HandedFailedLast => To(S::Exhausted),
        E::EndedClean => To(S::Reported),
        E::EndedDirty => To(S::Open),
        E::EndedLast => To(S::Exhausted),
        E::EndedLost => To(S::OutcomeUnknown),
        E::Released => To(S::Open),
        E::OwnerGone => To(S::OutcomeUnknown),
        E::OwnerGoneUnstarted => To(S::Open),
        E::GatePassed => Stays,
        E::GatesPassed => Refused,
        E::ChangesRequested => Stays,
        E::ChangesOrphaned => To(S::Open),
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: CORRECT-2
// A dispatch onto it without a reopen is marked; nothing but a correction takes it back.
const fn from_accepted(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted => Refused,
        E::GatePassed => Stays,
        E::GatesPassed => Already,
        E::ChangesRequested | E::ChangesOrphaned | E::TimedOut => Stays,
        E::ClosedSkipped | E::ClosedCancelled | E::ClosedFailed => Refused,
        E::Delivered => To(S::Delivered),
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: CORRECT-2
// As accepted.
const fn from_delivered(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted => Refused,
        E::GatePassed | E::GatesPassed => Already,
        E::ChangesRequested | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped | E::ClosedCancelled | E::ClosedFailed => Refused,
        E::Delivered => Already,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: CORRECT-2, DEP-2
// An end that does not satisfy dependents; it can still be skipped or cancelled.
const fn from_failed(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => Already,
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: RETRY-1
// Only a reopen by somebody with authority allows another try.
const fn from_exhausted(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: CORRECT-2
// A settled end.
const fn from_skipped(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => Already,
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: CORRECT-2
// A settled end.
const fn from_cancelled(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => Already,
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: CORRECT-2
// The work goes on elsewhere.
const fn from_superseded(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped | E::ClosedCancelled | E::ClosedFailed | E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}

// spec: SHUT-2
// Whether the work is done must be ruled on before it is handed out again.
const fn from_outcome_unknown(event: E) -> Step<S> {
    match event {
        E::Dispatched => Breach(S::Dispatched),
        E::Started
        | E::Progressed
        | E::Beat
        | E::HandedPartial
        | E::HandedBlocked
        | E::HandedDone
        | E::HandedForReview
        | E::HandedUnproven
        | E::HandedBare
        | E::HandedFailed
        | E::HandedFailedFinal
        | E::HandedFailedLast
        | E::EndedClean
        | E::EndedDirty
        | E::EndedLast
        | E::EndedLost
        | E::Released
        | E::OwnerGone
        | E::OwnerGoneUnstarted
        | E::GatePassed
        | E::GatesPassed
        | E::ChangesRequested
        | E::ChangesOrphaned => Refused,
        E::TimedOut => Stays,
        E::ClosedSkipped => To(S::Skipped),
        E::ClosedCancelled => To(S::Cancelled),
        E::ClosedFailed => To(S::Failed),
        E::Delivered => Refused,
        E::Rebound => To(S::Running),
        E::Superseded => To(S::Superseded),
        E::Reopened => To(S::Open),
        E::Adopted => To(S::Running),
        E::Unblocked => Already,
        E::Amended => Stays,
    }
}
