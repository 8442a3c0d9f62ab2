//! What is missing, where the log does not show that somebody gets on with a task.

use super::{Blocker, Cause};
use crate::event::clock::ClockKind;
use crate::mission::attempt::{Attempt, Ending, Liveness};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Moment;

/// What an attempt lacks, as the rest of a sentence about it, and since when.
pub(super) struct Doubt {
    pub(super) what: &'static str,
    pub(super) since: Moment,
}

impl Attempt {
    /// What keeps an attempt from counting as one that gets on; `None` when nothing does.
    ///
    /// A worker that beats is not called silent for making no progress, and one whose runtime is
    /// there without the attempt is not waited for: each clock and each inventory says something
    /// else (D03, D04).
    // spec: TIME-3, CORRECT-3
    pub(super) fn doubt(&self) -> Option<Doubt> {
        let begun = self.started.unwrap_or(self.dispatched);
        let (what, since) = if let Some(listed) = self.unaccounted {
            (
                "is not carried by its agent, and its report is missing",
                listed,
            )
        } else if self.liveness == Liveness::Lost {
            ("has been silent for too long", self.alive)
        } else if self.expired.has(ClockKind::Alive) {
            ("is silent", self.alive)
        } else if self.expired.has(ClockKind::Start) && self.liveness == Liveness::Suspect {
            let handed = self.sent_back.unwrap_or(self.dispatched);
            ("did not start in time", handed)
        } else if self.expired.has(ClockKind::Progress) {
            ("reports no progress in time", self.progress)
        } else if self.expired.has(ClockKind::Attempt) {
            ("has not handed over in time", begun)
        } else if self.liveness == Liveness::Suspect {
            ("is silent", self.alive)
        } else {
            return None;
        };
        Some(Doubt { what, since })
    }
}

impl State {
    /// A task of which nobody knows whether its work is done.
    // spec: SHUT-2
    pub(super) fn of_unknown(&self, ix: TaskIx) -> Blocker {
        let token = self.tasks[ix].token.map(|token| &self.attempts[token]);
        let ending = token
            .and_then(|token| token.closed)
            .map(|(_, ending)| ending);
        let why = match ending {
            Some(Ending::OwnerGone) => "its owner is gone",
            Some(Ending::Closed) => "the mission was closed over it",
            Some(
                Ending::GivenBack
                | Ending::Accepted
                | Ending::EndedClean
                | Ending::EndedDirty
                | Ending::Released
                | Ending::Corrected,
            )
            | None => "nobody carries its attempt any more",
        };
        let detail = format!("{why}; whether the work is done is not known");
        let clears = "the lead adopts its late evidence, or reopens it";
        self.blocker(ix, Cause::OutcomeUnknown, detail, clears)
    }
}
