//! The verdict: whether a mission moves, from its causes.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::mission::Unmoved;
use super::{Blocker, Cause, Severity};
use crate::event::clock::ClockSubject;
use crate::event::mission::MissionOutcome;
use crate::ids::TaskId;
use crate::mission::state::State;
use crate::status::task::TaskStatus;
use crate::status::words;

words! {
    /// Whether a mission moves.
    Verdict {
        /// Somebody works on something.
        Moving = "moving",
        /// Nobody is seen at work; something was handed out in time, or comes by itself.
        Waiting = "waiting",
        /// Nothing moves it but somebody who is named.
        Stuck = "stuck",
        /// Nothing moves, and some wait for each other in a ring.
        Deadlocked = "deadlocked",
        /// Work could be handed out, or the mission closed, and nobody owes that move.
        Quiescent = "quiescent",
        /// It has ended.
        Closed = "closed",
    }
}

impl State {
    /// Judges by the causes. `deadlocked` and `quiescent` follow from the structure alone: no clock
    /// has to run out before they are said.
    pub(super) fn verdict(&self, causes: &[Blocker], now: DateTime<Utc>) -> Verdict {
        let has = |wanted: &[Severity]| {
            let mut severities = causes.iter().map(|one| one.cause.severity());
            severities.any(|severity| wanted.contains(&severity))
        };
        if self.closed.is_some() || causes.is_empty() {
            return Verdict::Closed;
        }
        if has(&[Severity::Moving]) {
            return Verdict::Moving;
        }
        if causes.iter().any(|one| one.cause.is_cycle()) {
            return Verdict::Deadlocked;
        }
        match self.handed_out(causes, now) {
            HandedOut::InTime => return Verdict::Waiting,
            HandedOut::Overdue => return Verdict::Stuck,
            HandedOut::Nothing => {}
        }
        // What could be handed out counts first: it needs no decision.
        if causes.iter().any(|one| one.cause == Cause::NoWakeSource) {
            return Verdict::Quiescent;
        }
        if has(&[Severity::Waiting]) {
            return Verdict::Waiting;
        }
        Verdict::Stuck
    }

    /// What a verdict means here, as the rest of a sentence about the mission.
    pub(super) fn meaning(&self, verdict: Verdict, causes: &[Blocker]) -> &'static str {
        let is_about_tasks = causes.iter().any(|one| one.task.is_some());
        match (verdict, &self.closed) {
            (Verdict::Closed, Some(closed)) => {
                if closed.outcome == MissionOutcome::Completed && !closed.forced {
                    "everything it was for is accepted"
                } else {
                    "it is closed, and not everything was done"
                }
            }
            (Verdict::Closed, None) => "nothing is in its way",
            (Verdict::Moving, _) => "somebody is at work",
            (Verdict::Waiting, _) => {
                "nobody is seen at work; something is handed out or comes by itself"
            }
            (Verdict::Stuck, _) => "nothing moves until somebody acts",
            (Verdict::Deadlocked, _) => "some wait for each other in a ring",
            (Verdict::Quiescent, _) if is_about_tasks => {
                "work could be handed out, and nobody owes that move"
            }
            (Verdict::Quiescent, _) => match self.unmoved() {
                Unmoved::NotOpened => "it was not opened",
                Unmoved::NoTask => "there is no task yet",
                Unmoved::Finished => "nothing is left but to close it",
            },
        }
    }

    /// Whether attempts were handed out that have not begun, and whether a clock on them ran out.
    fn handed_out(&self, causes: &[Blocker], now: DateTime<Utc>) -> HandedOut {
        let unbegun = causes.iter().filter(|one| {
            let task = one.task.as_ref().and_then(|id| self.find_task(id));
            let is_open = task.is_some_and(|ix| self.tasks[ix].status() == TaskStatus::Open);
            let is_unbegun = matches!(one.cause, Cause::DispatchedNotStarted | Cause::EvidenceGap);
            is_unbegun && !is_open
        });
        let unbegun: Vec<_> = unbegun.filter_map(|one| one.task.as_ref()).collect();
        if unbegun.is_empty() {
            return HandedOut::Nothing;
        }
        let overdue = self.overdue(now);
        let is_overdue = |task: &TaskId| overdue.contains(task);
        if unbegun.into_iter().all(is_overdue) {
            HandedOut::Overdue
        } else {
            HandedOut::InTime
        }
    }

    /// The tasks on which, or on an attempt at which, a clock has run out.
    fn overdue(&self, now: DateTime<Utc>) -> BTreeSet<TaskId> {
        let due = self.clocks().filter(|due| due.due <= now);
        let tasks = due.filter_map(|due| match due.subject {
            ClockSubject::Attempt { task, .. } | ClockSubject::Task(task) => Some(task),
            ClockSubject::Message(_) | ClockSubject::Agent(_) => None,
        });
        tasks.collect()
    }
}

/// How what was handed out and has not begun stands to its clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HandedOut {
    Nothing,
    InTime,
    Overdue,
}
