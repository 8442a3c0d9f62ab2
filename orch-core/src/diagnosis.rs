//! The diagnosis: why a mission does not move, and who owes the next move.
//!
//! ```text
//! state ─▶ blockers of each task ─▶ roots ─▶ causes, worst first ─▶ verdict
//!                                                  └─▶ fixes: commands that `decide` accepts now
//! ```
//! Everything here is derived when asked and never stored.

mod blocker;
mod cause;
mod chain;
mod doubt;
mod find;
mod fix;
mod gate;
mod graph;
mod held;
mod mission;
mod ring;
mod verdict;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::event::mission::MissionOutcome;
use crate::ids::TaskId;
use crate::mission::Mission;
use crate::mission::state::State;
use crate::mission::table::TaskIx;

pub(crate) use blocker::Subject;
pub use blocker::{Blocker, Confidence};
pub use cause::{Cause, Severity};
pub use fix::Fix;
pub use graph::{WaitKind, WaitStep};
pub use verdict::Verdict;

/// Why a mission, or one of its tasks, does not move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Diagnosis {
    /// Whether it moves.
    pub verdict: Verdict,
    /// What that means here, as the rest of a sentence about it.
    pub meaning: &'static str,
    /// How the mission ended; `None` while it is open.
    pub outcome: Option<MissionOutcome>,
    /// Everything that keeps it from moving, or moves it: the worst first, then the oldest.
    pub causes: Vec<Blocker>,
}

impl Mission {
    /// Diagnoses the mission: whether it moves, the root causes, and what would clear each.
    ///
    /// An open mission always has a cause, and each cause names who makes the next move.
    pub fn diagnose(&self, now: DateTime<Utc>) -> Diagnosis {
        self.diagnosis(self.state.causes(now), now)
    }

    /// Diagnoses one task by the ends of its chains; `None` for a task that is unknown.
    ///
    /// A task that nothing keeps from moving has no cause, and its verdict is `closed`.
    pub fn diagnose_task(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Diagnosis> {
        let causes = self.state.causes_of(self.state.find_task(task)?, now);
        Some(self.diagnosis(causes, now))
    }

    /// Returns the verdict of [`diagnose`](Self::diagnose) alone.
    ///
    /// What would clear the causes is not looked for: this is for who asks at many positions.
    pub fn verdict(&self, now: DateTime<Utc>) -> Verdict {
        self.state.verdict(&self.state.causes(now), now)
    }

    /// Returns the verdict of [`diagnose_task`](Self::diagnose_task) alone.
    pub fn verdict_of(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Verdict> {
        let causes = self.state.causes_of(self.state.find_task(task)?, now);
        Some(self.state.verdict(&causes, now))
    }

    fn diagnosis(&self, mut causes: Vec<Blocker>, now: DateTime<Utc>) -> Diagnosis {
        causes.sort_by(|a, b| {
            let key = |one: &Blocker| (one.cause.severity(), one.since.seq);
            key(a).cmp(&key(b)).then_with(|| a.task.cmp(&b.task))
        });
        let verdict = self.state.verdict(&causes, now);
        Diagnosis {
            verdict,
            meaning: self.state.meaning(verdict, &causes),
            outcome: self.outcome(),
            causes: self.with_fixes(causes, now),
        }
    }
}

impl State {
    /// What keeps the mission from moving, or moves it.
    fn causes(&self, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut roots = self.roots(now);
        if roots.is_empty() {
            roots.extend(self.unclosed());
        }
        roots
    }

    /// The ends of a task's chains.
    fn causes_of(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Blocker> {
        let chains = self.chains(ix, now).into_iter();
        chains.filter_map(|mut chain| chain.pop()).collect()
    }
}
