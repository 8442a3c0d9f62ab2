//! What each event does to each status of a task: one function a status, every event by name.

use super::TaskEvent as E;
use super::TaskStatus as S;
use crate::status::Step;
use crate::status::Step::{Already, Breach, Refused, Stays, To};

// spec: DEP-1, CORRECT-2
// Nobody works on it, so nothing a worker says can move it.
pub(super) const fn from_open(event: E) -> Step<S> {
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
pub(super) const fn from_dispatched(event: E) -> Step<S> {
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
pub(super) const fn from_running(event: E) -> Step<S> {
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
pub(super) const fn from_blocked(event: E) -> Step<S> {
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
pub(super) const fn from_reported(event: E) -> Step<S> {
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
pub(super) const fn from_in_review(event: E) -> Step<S> {
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
pub(super) const fn from_rework(event: E) -> Step<S> {
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
pub(super) const fn from_accepted(event: E) -> Step<S> {
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
pub(super) const fn from_delivered(event: E) -> Step<S> {
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
pub(super) const fn from_failed(event: E) -> Step<S> {
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
pub(super) const fn from_exhausted(event: E) -> Step<S> {
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
pub(super) const fn from_skipped(event: E) -> Step<S> {
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
pub(super) const fn from_cancelled(event: E) -> Step<S> {
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
pub(super) const fn from_superseded(event: E) -> Step<S> {
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
pub(super) const fn from_outcome_unknown(event: E) -> Step<S> {
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
