//! Fixes that somebody with authority gives: corrections of a task, and the close of the mission.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "most causes have nothing here, and a new one starts without"
)]

use super::Fix;
use crate::command::Command;
use crate::diagnosis::Cause;
use crate::event::correction::{Amendment, Change, Correction};
use crate::event::mission::{MissionClosed, MissionOutcome};
use crate::event::task::{TaskClosed, Unmet};
use crate::ids::{Seq, TaskId};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::status::task::TaskStatus;

impl State {
    /// What rules on a task that has nobody to move it.
    pub(super) fn to_rule(&self, cause: Cause, ix: TaskIx) -> Vec<Fix> {
        let first: Vec<Fix> = match cause {
            Cause::OwnerTaskDivergence => self.to_converge(ix),
            Cause::OwnerUnknown => {
                let token = self.open_token(ix).map(|token| self.attempts[token].owner);
                self.to_rebind(ix, token)
            }
            Cause::EvidenceMissing | Cause::ReportedNotAccepted => self.to_hand_over(ix),
            Cause::PausedBy => vec![self.by_lead(self.change(ix, Change::Unblock))],
            Cause::EvidenceGap => vec![self.by_lead(self.to_declare(ix))],
            _ => Vec::new(),
        };
        let reopen = self.by_lead(self.change(ix, Change::Reopen));
        let skip = self.by_lead(skip(&self.tasks[ix].id));
        first
            .into_iter()
            .chain(self.to_adopt(ix))
            .chain([reopen, skip])
            .collect()
    }

    /// Lets the last thing count that was said too late about a task, if it said that it is done.
    // spec: FENCE-2
    fn to_adopt(&self, ix: TaskIx) -> Option<Fix> {
        if self.tasks[ix].status() != TaskStatus::OutcomeUnknown {
            return None;
        }
        let id = &self.tasks[ix].id;
        let late = self.late.iter().rev().filter(|late| late.adopted.is_none());
        let of_task = late.filter(|late| late.task.as_ref() == Some(id));
        let done = of_task
            .map(|late| late.seq)
            .find(|seq| self.is_done(*seq))?;
        Some(self.by_lead(self.change(ix, Change::Adopt { seq: done })))
    }

    /// Whether an adoptable handoff says done and brings what its contract asks.
    fn is_done(&self, seq: Seq) -> bool {
        let handoff = self.adoptable.get(&seq);
        handoff.is_some_and(|handoff| {
            handoff.status == Some(crate::event::attempt::HandoffStatus::Done)
                && !crate::fold::check::is_contradictory(handoff)
        })
    }

    /// What frees a task of something that it waits for and will not get.
    // spec: DEP-2, DEP-3
    pub(super) fn to_free_of(&self, ix: TaskIx, needed: TaskIx) -> Vec<Fix> {
        let end = self.end_of(needed).unwrap_or(needed);
        let without = self.change(
            ix,
            Change::Amend(Box::new(Amendment {
                remove_needs: vec![self.tasks[needed].id.clone()],
                ..Amendment::default()
            })),
        );
        let again = self.change(end, Change::Reopen);
        let has_failed = matches!(
            self.tasks[end].status(),
            TaskStatus::Failed | TaskStatus::Exhausted
        );
        let is_need = self.tasks[ix].needs.iter().any(|need| need.task == needed);
        let without = is_need.then(|| self.by_lead(without));
        let again = self.by_lead(again);
        let skip = self.by_lead(skip(&self.tasks[ix].id));
        // What was left out on purpose stays so.
        if has_failed {
            [again].into_iter().chain(without).chain([skip]).collect()
        } else {
            without.into_iter().chain([again, skip]).collect()
        }
    }

    pub(super) fn by_lead(&self, command: Command) -> Fix {
        Fix::new(self.lead_actor(), command)
    }

    pub(super) fn change(&self, ix: TaskIx, change: Change) -> Command {
        let reason = match &change {
            Change::Reopen => "it has to be done again",
            Change::Adopt { .. } => "what it says counts",
            Change::Unblock => "what it waits for is settled",
            Change::Amend(_) => "it need not wait for this",
            Change::Rebind { .. } | Change::Supersede { .. } => "it goes on elsewhere",
        };
        Command::Correct(Correction {
            task: self.tasks[ix].id.clone(),
            change,
            reason: reason.to_owned(),
            supersedes: Vec::new(),
        })
    }
}

pub(super) fn skip(task: &TaskId) -> Command {
    Command::CloseTask(TaskClosed {
        task: task.clone(),
        outcome: Unmet::Skipped,
        reason: "not needed any more".to_owned(),
    })
}

pub(super) fn cancel_mission() -> Command {
    Command::CloseMission(MissionClosed {
        outcome: MissionOutcome::Cancelled,
        forced: false,
        reason: "there is nothing to do".to_owned(),
    })
}

pub(super) fn force_close() -> Command {
    Command::CloseMission(MissionClosed {
        outcome: MissionOutcome::Completed,
        forced: true,
        reason: "what is still open does not matter".to_owned(),
    })
}
