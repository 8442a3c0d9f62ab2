//! The status of an attempt, and what each event does to it.
//!
//! ```text
//! dispatched ─▶ started ─▶ handed_over ─▶ closed
//! ```
//! `dispatched` and `started` take a place in flight (WIP-1). `handed_over` frees it and keeps the
//! token: the attempt may hand over again, and rework is its own.

use super::Step::{Already, Refused, Stays, To};
use super::{Step, words};

words! {
    /// Where an attempt stands.
    AttemptStatus {
        /// Handed out, not begun.
        Dispatched = "dispatched",
        /// At work.
        Started = "started",
        /// Handed over; keeps the token until the task is accepted.
        HandedOver = "handed_over",
        /// Over; whatever it still says is late evidence (FENCE-1).
        Closed = "closed",
    }
}

words! {
    /// What can happen to an attempt, as far as its status is concerned.
    AttemptEvent {
        /// It begins, or begins its rework.
        Started = "started",
        /// It gets somewhere.
        Progressed = "progressed",
        /// It is alive.
        Beat = "beat",
        /// It hands over: `done`, or without a status.
        HandedOver = "handed_over",
        /// It gives back: `partial`, `blocked` or `failed`.
        GivenBack = "given_back",
        /// It ends without a handoff.
        Ended = "ended",
        /// A gate sends its work back.
        SentBack = "sent_back",
        /// Its work is accepted.
        Accepted = "accepted",
        /// Its task is corrected or closed, or its owner is gone.
        Fenced = "fenced",
        /// A correction adopts what it said too late: it holds the token again (FENCE-2).
        Adopted = "adopted",
    }
}

use AttemptEvent as E;

impl AttemptStatus {
    /// Returns whether the attempt takes a place in flight.
    // spec: WIP-1
    pub const fn is_in_flight(self) -> bool {
        match self {
            Self::Dispatched | Self::Started => true,
            Self::HandedOver | Self::Closed => false,
        }
    }

    /// Returns what an event does to this status.
    // spec: FENCE-1
    pub const fn next(self, event: AttemptEvent) -> Step<Self> {
        match self {
            Self::Dispatched => match event {
                E::Started | E::Progressed => To(Self::Started),
                E::Beat => Stays,
                E::HandedOver => To(Self::HandedOver),
                E::GivenBack | E::Ended | E::Accepted | E::Fenced => To(Self::Closed),
                E::Adopted => To(Self::Started),
                E::SentBack => Refused,
            },
            Self::Started => match event {
                E::Started | E::Adopted => Already,
                E::Progressed | E::Beat => Stays,
                E::HandedOver => To(Self::HandedOver),
                E::GivenBack | E::Ended | E::Accepted | E::Fenced => To(Self::Closed),
                E::SentBack => Refused,
            },
            Self::HandedOver => match event {
                E::Started | E::Progressed => To(Self::Started),
                E::Beat | E::HandedOver | E::SentBack | E::Adopted => Stays,
                // The work is handed over: that its process ends now is no news.
                E::Ended => Stays,
                E::GivenBack | E::Accepted | E::Fenced => To(Self::Closed),
            },
            Self::Closed => match event {
                E::Fenced => Already,
                E::Adopted => To(Self::Started),
                E::Started
                | E::Progressed
                | E::Beat
                | E::HandedOver
                | E::GivenBack
                | E::Ended
                | E::SentBack
                | E::Accepted => Refused,
            },
        }
    }
}
