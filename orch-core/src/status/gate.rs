//! The status of a gate, and what each event does to it.
//!
//! A decision is bound to the work it judged: new work opens the gate again (GATE-1).

use super::Step::{Already, Stays, To};
use super::{Step, words};

words! {
    /// Where a gate stands.
    GateStatus {
        /// Nobody holds it.
        Open = "open",
        /// Somebody holds it and owes a decision.
        Requested = "requested",
        /// Passed.
        Approved = "approved",
        /// Sent back.
        ChangesRequested = "changes_requested",
        /// Lifted with authority.
        Waived = "waived",
    }
}

words! {
    /// What can happen to a gate.
    GateEvent {
        /// It is given to somebody to decide.
        Requested = "requested",
        /// It is passed.
        Approved = "approved",
        /// The work is sent back.
        ChangesRequested = "changes_requested",
        /// It is lifted.
        Waived = "waived",
        /// The same attempt hands over again.
        NewRevision = "new_revision",
        /// Another attempt takes the task.
        NewAttempt = "new_attempt",
        /// There is nothing to judge any more: its task ended, or was corrected.
        Withdrawn = "withdrawn",
    }
}

use GateEvent as E;

impl GateStatus {
    /// Returns whether the gate no longer holds the work back.
    pub const fn has_passed(self) -> bool {
        match self {
            Self::Approved | Self::Waived => true,
            Self::Open | Self::Requested | Self::ChangesRequested => false,
        }
    }

    /// Returns what an event does to this status.
    // spec: GATE-1
    pub const fn next(self, event: GateEvent) -> Step<Self> {
        match self {
            Self::Open => match event {
                E::Requested => To(Self::Requested),
                E::Approved => To(Self::Approved),
                E::ChangesRequested => To(Self::ChangesRequested),
                E::Waived => To(Self::Waived),
                E::NewRevision | E::NewAttempt | E::Withdrawn => Stays,
            },
            Self::Requested => match event {
                // Given to somebody else: the holder changes, the status does not.
                E::Requested => Stays,
                E::Approved => To(Self::Approved),
                E::ChangesRequested => To(Self::ChangesRequested),
                E::Waived => To(Self::Waived),
                // Whoever holds the gate judges the newest work of the same attempt.
                E::NewRevision => Stays,
                E::NewAttempt | E::Withdrawn => To(Self::Open),
            },
            Self::Approved => match event {
                E::Requested | E::Approved | E::Waived => Already,
                E::ChangesRequested => To(Self::ChangesRequested),
                E::NewRevision | E::NewAttempt => To(Self::Open),
                E::Withdrawn => Stays,
            },
            Self::ChangesRequested => match event {
                E::Requested => To(Self::Requested),
                E::Approved => To(Self::Approved),
                E::ChangesRequested => Already,
                E::Waived => To(Self::Waived),
                E::NewRevision | E::NewAttempt => To(Self::Open),
                E::Withdrawn => Stays,
            },
            Self::Waived => match event {
                E::Requested | E::Approved | E::Waived => Already,
                E::ChangesRequested => To(Self::ChangesRequested),
                E::NewRevision | E::NewAttempt => To(Self::Open),
                E::Withdrawn => Stays,
            },
        }
    }
}
