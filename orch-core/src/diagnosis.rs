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
mod find;
mod fix;
mod gate;
mod held;
mod mission;
mod verdict;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::event::mission::MissionOutcome;
use crate::ids::TaskId;
use crate::mission::Mission;

pub(crate) use blocker::Subject;
pub use blocker::{Blocker, Confidence};
pub use cause::{Cause, Severity};
pub use fix::Fix;
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
        let mut roots = self.state.roots(now);
        if roots.is_empty() {
            roots.extend(self.state.unclosed());
        }
        self.diagnosis(roots, now)
    }

    /// Diagnoses one task by the ends of its chains; `None` for a task that is unknown.
    ///
    /// A task that nothing keeps from moving has no cause, and its verdict is `closed`.
    pub fn diagnose_task(&self, task: &TaskId, now: DateTime<Utc>) -> Option<Diagnosis> {
        let chains = self.state.chains(self.state.find_task(task)?, now);
        let ends = chains.into_iter().filter_map(|mut chain| chain.pop());
        Some(self.diagnosis(ends.collect(), now))
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
