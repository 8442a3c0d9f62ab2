//! Whether a mission moves: from what is left to do, and who does it.

use chrono::{DateTime, Utc};
use orch_core::event::mission::MissionOutcome;
use orch_core::mission::Mission;
use orch_core::view::{Blocker, Cause};

use crate::cause::{self, Severity};
use crate::exit::Exit;
use crate::words;

/// Whether a mission moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It ended well.
    Completed,
    /// It ended otherwise.
    Ended,
    /// Somebody works on something.
    Moving,
    /// Nobody is seen at work, and something is handed out or comes by itself.
    Waiting,
    /// Nothing is left but to close it.
    Finished,
    /// Nobody works, and something could be handed out.
    Idle,
    /// Nothing moves until somebody named acts.
    Stuck,
    /// Nothing moves, and tasks need each other in a ring.
    Deadlocked,
}

impl Verdict {
    /// Judges a mission by its roots.
    pub(crate) fn of(mission: &Mission, roots: &[Blocker], now: DateTime<Utc>) -> Self {
        if let Some(closed) = mission.closed() {
            let is_good = closed.outcome == MissionOutcome::Completed && !closed.forced;
            return if is_good {
                Self::Completed
            } else {
                Self::Ended
            };
        }
        let has = |wanted: Severity| {
            roots
                .iter()
                .any(|root| cause::severity(root.cause) == wanted)
        };
        if has(Severity::Moving) {
            return Self::Moving;
        }
        if has(Severity::Waiting) || is_handed_out(mission, roots, now) {
            return Self::Waiting;
        }
        if roots.iter().any(|root| root.cause == Cause::DepCycle) || is_ring(mission, roots, now) {
            return Self::Deadlocked;
        }
        // What could be handed out counts first: it needs no decision.
        if roots.iter().any(|root| root.cause == Cause::NoWakeSource) {
            return Self::Idle;
        }
        if has(Severity::Broken) || has(Severity::Stuck) || has(Severity::Idle) {
            return Self::Stuck;
        }
        if mission.counts().total > 0 {
            Self::Finished
        } else {
            Self::Idle
        }
    }

    /// Returns the stable word.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Ended => "ended",
            Self::Moving => "moving",
            Self::Waiting => "waiting",
            Self::Finished => "finished",
            Self::Idle => "idle",
            Self::Stuck => "stuck",
            Self::Deadlocked => "deadlocked",
        }
    }

    /// Returns what it means for a mission, as the rest of a sentence about it.
    pub(crate) fn meaning_for(self, mission: &Mission) -> &'static str {
        if self == Self::Idle && mission.counts().total == 0 {
            "there is no task yet"
        } else {
            self.meaning()
        }
    }

    /// Returns what it means, as the rest of a sentence about the mission.
    pub(crate) const fn meaning(self) -> &'static str {
        match self {
            Self::Completed => "everything it was for is accepted",
            Self::Ended => "it is closed, and not everything was done",
            Self::Moving => "somebody is at work",
            Self::Waiting => "nobody is seen at work; something is handed out or comes by itself",
            Self::Finished => "nothing is left but to close it",
            Self::Idle => "work could be handed out, and nobody owes that move",
            Self::Stuck => "nothing moves until somebody acts",
            Self::Deadlocked => "tasks need each other in a ring",
        }
    }

    /// Returns the exit code that tells it.
    pub(crate) const fn exit(self) -> Exit {
        match self {
            Self::Completed => Exit::Ok,
            Self::Ended => Exit::Failed,
            Self::Moving | Self::Waiting | Self::Finished => Exit::InProgress,
            Self::Idle | Self::Stuck | Self::Deadlocked => Exit::Stuck,
        }
    }
}

/// Whether an attempt was handed out that may yet begin: no clock on it has run out.
fn is_handed_out(mission: &Mission, roots: &[Blocker], now: DateTime<Utc>) -> bool {
    let overdue = mission.due(now);
    let is_overdue = |root: &Blocker| {
        overdue.iter().any(|due| {
            let task = words::clock_task(&due.subject);
            task.is_some() && task == root.task.as_ref()
        })
    };
    let mut begun = roots
        .iter()
        .filter(|root| matches!(root.cause, Cause::DispatchedNotStarted | Cause::EvidenceGap));
    begun.any(|root| !is_overdue(root))
}

/// Whether open tasks wait for each other and for nothing else: a ring has no root.
fn is_ring(mission: &Mission, roots: &[Blocker], now: DateTime<Utc>) -> bool {
    if !roots.is_empty() {
        return false;
    }
    let open = mission.tasks().find(|task| !task.status().is_ended());
    let chains = open
        .and_then(|task| mission.why(task.id(), now))
        .unwrap_or_default();
    chains
        .iter()
        .flatten()
        .any(|step| step.cause == Cause::DepCycle)
}
