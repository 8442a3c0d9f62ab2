//! A mission at a position, and what is derived from it at most once.

use std::cell::OnceCell;

use chrono::{DateTime, Utc};
use orch_core::diagnosis::{Blocker, Verdict};
use orch_core::ids::TaskId;
use orch_core::mission::Mission;
use orch_core::status::task::TaskStatus;

use crate::exit::Exit;
use crate::verdict;

/// A mission at a position, by a clock.
pub(crate) struct Facts<'a> {
    pub(super) mission: &'a Mission,
    pub(super) now: DateTime<Utc>,
    causes: OnceCell<Vec<Blocker>>,
    verdict: OnceCell<Verdict>,
}

/// How a task stands, coarsely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    /// It is accepted or delivered.
    Done,
    /// It ended otherwise, or its mission is closed.
    Over,
    /// It does not move until somebody acts.
    Stuck,
    /// It may move.
    Open,
}

impl<'a> Facts<'a> {
    /// Looks at a mission.
    pub(crate) const fn new(mission: &'a Mission, now: DateTime<Utc>) -> Self {
        Self {
            mission,
            now,
            causes: OnceCell::new(),
            verdict: OnceCell::new(),
        }
    }

    pub(super) fn causes(&self) -> &[Blocker] {
        let find = || self.mission.diagnose(self.now).causes;
        self.causes.get_or_init(find)
    }

    /// Returns whether the mission moves.
    pub(crate) fn verdict(&self) -> Verdict {
        let judge = || self.mission.verdict(self.now);
        *self.verdict.get_or_init(judge)
    }

    /// Returns whether nothing moves until somebody acts.
    pub(crate) fn is_stuck(&self) -> bool {
        is_stuck(self.verdict())
    }

    /// Returns where a task stands; `None` if it is not there.
    pub(crate) fn status(&self, id: &TaskId) -> Option<TaskStatus> {
        self.mission.task(id).map(|task| task.status())
    }

    /// Returns the exit code that tells how the mission stands.
    pub(crate) fn exit(&self) -> Exit {
        if self.verdict() == Verdict::Quiescent {
            // What could be handed out needs no decision: somebody may yet come and take it.
            return Exit::InProgress;
        }
        verdict::exit(self.verdict(), self.mission)
    }

    /// Returns whether the mission is closed.
    pub(crate) const fn is_closed(&self) -> bool {
        self.mission.closed().is_some()
    }

    /// Returns how a task stands, coarsely.
    pub(crate) fn stand(&self, id: &TaskId) -> Stand {
        let mission = self.mission;
        match self.status(id) {
            Some(TaskStatus::Accepted | TaskStatus::Delivered) => Stand::Done,
            status if status.is_some_and(TaskStatus::is_ended) || mission.closed().is_some() => {
                Stand::Over
            }
            // What can be handed out is not stuck: that move needs no decision.
            _ if mission.is_ready(id, self.now) => Stand::Open,
            _ if self.waits_for_somebody(id) => Stand::Stuck,
            _ => Stand::Open,
        }
    }

    /// Whether what a task waits for comes down to somebody who has to act.
    fn waits_for_somebody(&self, id: &TaskId) -> bool {
        let verdict = self.mission.verdict_of(id, self.now);
        verdict.is_some_and(is_stuck)
    }
}

const fn is_stuck(verdict: Verdict) -> bool {
    matches!(verdict, Verdict::Stuck | Verdict::Deadlocked)
}
