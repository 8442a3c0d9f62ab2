//! Which phase the mission is in (COMPLETE-2).

use serde::Serialize;

use crate::event::mission::MissionOutcome;
use crate::ids::Seq;
use crate::mission::Mission;
use crate::status::task::TaskStatus;
use crate::status::words;

words! {
    /// The phase of a mission: derived, never stored.
    PhaseKind {
        /// Nothing but specifications was handed out yet.
        Planning = "planning",
        /// Tasks are unfinished.
        Executing = "executing",
        /// Nothing is left but judging: gates, and the close itself.
        Reviewing = "reviewing",
        /// Closed as completed.
        Completed = "completed",
        /// Closed as failed.
        Failed = "failed",
        /// Closed as cancelled.
        Cancelled = "cancelled",
        /// Completed, and every accepted task is delivered.
        Delivered = "delivered",
    }
}

/// The phase of a mission, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Phase {
    /// The phase.
    pub kind: PhaseKind,
    /// Whether the mission was closed over open work.
    pub forced: bool,
    /// The records that put it there (FOLD-3).
    pub because: Vec<Seq>,
}

impl Mission {
    /// Returns the phase of the mission.
    // spec: COMPLETE-2
    pub fn phase(&self) -> Phase {
        let state = &self.state;
        let open = |kind, because| Phase {
            kind,
            forced: false,
            because,
        };
        if let Some(closed) = &state.closed {
            let is_delivered = state
                .tasks
                .rows()
                .all(|(_, task)| task.status() != TaskStatus::Accepted)
                && state
                    .tasks
                    .rows()
                    .any(|(_, task)| task.status() == TaskStatus::Delivered);
            let kind = match closed.outcome {
                MissionOutcome::Completed if is_delivered && !closed.forced => PhaseKind::Delivered,
                MissionOutcome::Completed => PhaseKind::Completed,
                MissionOutcome::Failed => PhaseKind::Failed,
                MissionOutcome::Cancelled => PhaseKind::Cancelled,
            };
            return Phase {
                kind,
                forced: closed.forced,
                because: vec![closed.moment.seq],
            };
        }
        let Some(first) = state.first_work else {
            return open(
                PhaseKind::Planning,
                self.opened().map(|at| at.seq).into_iter().collect(),
            );
        };
        // One task is reason enough to be executing, so one is named.
        let unfinished = state
            .tasks
            .rows()
            .find(|(_, task)| !task.status().is_settled() && task.status() != TaskStatus::InReview);
        match unfinished {
            Some((_, task)) => open(PhaseKind::Executing, vec![first, task.since().seq]),
            None => open(PhaseKind::Reviewing, vec![first]),
        }
    }
}
