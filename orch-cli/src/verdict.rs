//! How the command line tells a verdict: as an exit code, and in colour.

use orch_core::diagnosis::{Diagnosis, Verdict};
use orch_core::event::mission::MissionOutcome;
use orch_core::mission::Mission;

use crate::exit::Exit;
use crate::render::doc::Tone;

/// Returns the exit code that tells a verdict on a mission.
pub(crate) fn exit(verdict: Verdict, mission: &Mission) -> Exit {
    match verdict {
        Verdict::Closed if is_completed(mission) => Exit::Ok,
        Verdict::Closed => Exit::Failed,
        Verdict::Moving | Verdict::Waiting => Exit::InProgress,
        // Where only the close is left, nothing is undone.
        Verdict::Quiescent if is_done(mission) => Exit::InProgress,
        // The core may know more verdicts: none of them says that it goes on.
        Verdict::Stuck | Verdict::Deadlocked | Verdict::Quiescent | _ => Exit::Stuck,
    }
}

/// Whether a mission is closed and everything it was for is accepted.
pub(crate) fn is_completed(mission: &Mission) -> bool {
    let closed = mission.closed();
    closed.is_some_and(|closed| closed.outcome == MissionOutcome::Completed && !closed.forced)
}

/// Whether every task of a mission is settled, and there is one.
fn is_done(mission: &Mission) -> bool {
    let mut tasks = mission.tasks().peekable();
    tasks.peek().is_some() && tasks.all(|task| task.status().is_settled())
}

/// Returns the colour of a verdict.
pub(crate) fn tone(diagnosis: &Diagnosis, mission: &Mission) -> Tone {
    match diagnosis.verdict {
        Verdict::Moving => Tone::Pass,
        Verdict::Waiting => Tone::Plain,
        Verdict::Closed if is_completed(mission) => Tone::Pass,
        Verdict::Quiescent if is_done(mission) => Tone::Pass,
        Verdict::Quiescent => Tone::Warn,
        Verdict::Stuck | Verdict::Deadlocked | Verdict::Closed | _ => Tone::Fail,
    }
}
