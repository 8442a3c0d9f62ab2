//! Effects of opening and closing the mission, and of its runs.

use crate::event::mission::{MissionClosed, MissionOpened, RunEnded, RunStarted};
use crate::mission::attempt::Ending;
use crate::mission::state::{Closed, Opened, Run, State};
use crate::mission::task::Moment;
use crate::status::attempt::AttemptEvent;
use crate::status::task::{TaskEvent, TaskStatus};

impl State {
    pub(super) fn open_mission(&mut self, data: &MissionOpened, now: Moment) {
        self.opened = Some(Opened {
            moment: now,
            title: data.title.as_str().into(),
            lead: data.lead.clone(),
            rules: data.rules,
            empty: data.empty,
        });
        self.policy = data.policy.clone().unwrap_or_default();
    }

    /// Ends the mission: every attempt that is still open is fenced.
    // spec: COMPLETE-2
    pub(super) fn close_mission(&mut self, data: &MissionClosed, now: Moment) {
        self.closed = Some(Closed {
            moment: now,
            outcome: data.outcome,
            forced: data.forced,
            reason: data.reason.clone(),
        });
        for ix in self.open_attempts.clone() {
            self.close_attempt(ix, AttemptEvent::Fenced, now, Ending::Closed);
        }
    }

    /// Opens a closed mission again: what its close had cut off lost its owner (SHUT-2).
    // spec: COMPLETE-2
    pub(super) fn reopen_mission(&mut self, now: Moment) {
        if self.closed.take().is_none() {
            return;
        }
        self.archived = None;
        let tasks: Vec<_> = self.tasks.rows().map(|(ix, _)| ix).collect();
        for ix in tasks {
            if self.open_token(ix).is_some() {
                continue;
            }
            let Some(token) = self.tasks[ix].token else {
                continue;
            };
            let event = match self.tasks[ix].status() {
                TaskStatus::Rework => TaskEvent::ChangesOrphaned,
                TaskStatus::Dispatched | TaskStatus::Running
                    if self.attempts[token].started.is_some() =>
                {
                    TaskEvent::OwnerGone
                }
                TaskStatus::Dispatched | TaskStatus::Running => TaskEvent::OwnerGoneUnstarted,
                TaskStatus::Open
                | TaskStatus::Blocked
                | TaskStatus::Reported
                | TaskStatus::InReview
                | TaskStatus::Accepted
                | TaskStatus::Delivered
                | TaskStatus::Failed
                | TaskStatus::Exhausted
                | TaskStatus::Skipped
                | TaskStatus::Cancelled
                | TaskStatus::Superseded
                | TaskStatus::OutcomeUnknown => continue,
            };
            self.tasks[ix].step(event, now, &mut self.trace);
        }
    }

    pub(super) fn start_run(&mut self, data: &RunStarted, now: Moment) {
        self.runs.insert(
            data.run.clone(),
            Run {
                started: now,
                ended: None,
            },
        );
    }

    pub(super) fn end_run(&mut self, data: &RunEnded, now: Moment) {
        if let Some(run) = self.runs.get_mut(&data.run) {
            run.ended = Some(now);
        }
    }
}
