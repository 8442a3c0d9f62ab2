//! What the events of one issue have led to so far.

use chrono::{DateTime, TimeDelta, Utc};
use orch_core::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Dispatched, Handoff, HandoffStatus,
};
use orch_core::event::correction::{Change, Correction};
use orch_core::event::task::{TaskClosed, Unmet};
use orch_core::ids::{AgentName, AgentRef, AttemptNo, TaskId};

use super::status::{Standing, unmet_by};
use crate::error::ImportError;
use crate::report::odd::Oddity;
use crate::scribe::{Row, Scribe};

/// An attempt and whose it is.
#[derive(Debug, Clone)]
struct Held {
    attempt: AttemptNo,
    agent: AgentRef,
}

/// How an issue was closed.
#[derive(Debug, Clone)]
enum Closing {
    HandedOver(Held),
    WithoutResult(Unmet),
}

/// Where an issue stands.
#[derive(Debug)]
pub(super) struct Track {
    task: TaskId,
    last: AttemptNo,
    open: Option<Held>,
    closing: Option<Closing>,
    /// The status that the events have led to, if one told.
    pub(super) status: Option<String>,
    pub(super) created: Option<DateTime<Utc>>,
    pub(super) shift_checked: bool,
    pub(super) has_comments: bool,
}

impl Track {
    pub(super) const fn new(task: TaskId) -> Self {
        Self {
            task,
            last: AttemptNo(0),
            open: None,
            closing: None,
            status: None,
            created: None,
            shift_checked: false,
            has_comments: false,
        }
    }

    /// Returns whether the issue is closed.
    pub(super) const fn is_closed(&self) -> bool {
        self.closing.is_some()
    }

    /// Returns whether somebody has it.
    pub(super) const fn is_held(&self) -> bool {
        self.open.is_some()
    }

    /// Returns whether a named agent has it.
    pub(super) fn is_held_by(&self, agent: Option<&AgentName>) -> bool {
        let held = self.open.as_ref();
        held.is_some_and(|held| Some(&held.agent.name) == agent)
    }

    /// Returns what the last known status means.
    pub(super) fn standing(&self) -> Standing {
        Standing::of(self.status.as_deref().unwrap_or("open"))
    }

    /// Gives the issue to an agent: a dispatch, a rebind if another has it, or nothing new.
    pub(super) fn give(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        agent: &AgentName,
        words: &str,
        gaps: &[&str],
    ) -> Result<(), ImportError> {
        let to = scribe.ensure_agent(row, agent)?;
        if self.open.as_ref().is_some_and(|held| held.agent == to) {
            return scribe.note(row, &self.task, format!("{words}; {agent} has it already"));
        }
        if self.is_closed() {
            let (task, line) = (&self.task, row.place.line);
            let example = || format!("line {line}: {task} by {agent}");
            scribe.report.odd(Oddity::TakenUpWhileClosed, example);
        }
        if self.is_held() {
            return self.rebind(scribe, row, to, words, gaps);
        }
        let held = self.next(to);
        let dispatched = Dispatched {
            note: words.to_owned(),
            ..Dispatched::new(self.task.clone(), held.attempt, held.agent.clone())
        };
        self.open = Some(held);
        scribe.dispatch(row, dispatched, gaps)
    }

    /// Writes that whoever has the issue has begun.
    pub(super) fn start(&self, scribe: &mut Scribe<'_>, row: &mut Row) -> Result<(), ImportError> {
        let Some(held) = &self.open else {
            return Ok(());
        };
        let started = AttemptStarted {
            task: self.task.clone(),
            attempt: held.attempt,
            agent: held.agent.clone(),
        };
        scribe.write(row, started)
    }

    fn rebind(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        to: AgentRef,
        words: &str,
        gaps: &[&str],
    ) -> Result<(), ImportError> {
        let held = self.next(to);
        let change = Change::Rebind {
            to: held.agent.clone(),
            attempt: held.attempt,
        };
        self.open = Some(held);
        scribe.write_with_gaps(row, self.correction(change, words), gaps)
    }

    /// Closes the issue: a handoff, unless the reason states another end.
    pub(super) fn close(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        by: Option<&AgentName>,
        reason: &str,
    ) -> Result<(), ImportError> {
        if self.is_closed() && !self.is_held() {
            let (task, line) = (&self.task, row.place.line);
            let example = || format!("line {line}: {task}");
            scribe.report.odd(Oddity::ClosedTwice, example);
        }
        if let Some(outcome) = unmet_by(reason) {
            return self.give_up(scribe, row, outcome, reason);
        }
        let held = match (self.open.take(), &self.closing) {
            (Some(held), _) => held,
            (None, Some(Closing::HandedOver(held))) => held.clone(),
            (None, Some(Closing::WithoutResult(outcome))) => {
                let outcome = *outcome;
                return self.give_up(scribe, row, outcome, reason);
            }
            (None, None) => {
                let (task, line) = (&self.task, row.place.line);
                let example = || format!("line {line}: {task}");
                scribe.report.odd(Oddity::ClosedWithoutDispatch, example);
                self.hold_unseen(scribe, row, by)?
            }
        };
        let done = Some(HandoffStatus::Done);
        let mut handoff = Handoff::new(self.task.clone(), held.attempt, held.agent.clone(), done);
        reason.clone_into(&mut handoff.summary);
        self.closing = Some(Closing::HandedOver(held));
        scribe.write(row, handoff)
    }

    /// Ends the issue without a result.
    pub(super) fn give_up(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        outcome: Unmet,
        reason: &str,
    ) -> Result<(), ImportError> {
        self.open = None;
        self.closing = Some(Closing::WithoutResult(outcome));
        let closed = TaskClosed {
            task: self.task.clone(),
            outcome,
            reason: reason.to_owned(),
        };
        scribe.write(row, closed)
    }

    /// Writes that whoever has it says something other than `closed`.
    pub(super) fn hand_over(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        by: Option<&AgentName>,
        status: Option<HandoffStatus>,
        (summary, gaps): (String, &[&str]),
    ) -> Result<(), ImportError> {
        let held = match self.open.take() {
            Some(held) => held,
            None => self.hold_unseen(scribe, row, by)?,
        };
        let mut handoff = Handoff::new(self.task.clone(), held.attempt, held.agent, status);
        handoff.summary = summary;
        scribe.write_with_gaps(row, handoff, gaps)
    }

    /// Writes the dispatch that must have been, and returns its attempt.
    fn hold_unseen(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        by: Option<&AgentName>,
    ) -> Result<Held, ImportError> {
        let (name, gaps): (_, &[&str]) = match by {
            Some(by) => (by.clone(), &["dispatch"]),
            None => (
                AgentName::parse(super::snapshot::UNKNOWN_AGENT)?,
                &["dispatch", "assignee"],
            ),
        };
        let agent = scribe.ensure_agent(row, &name)?;
        let held = self.next(agent);
        let dispatched = Dispatched::new(self.task.clone(), held.attempt, held.agent.clone());
        scribe.dispatch(row, dispatched, gaps)?;
        Ok(held)
    }

    /// Takes the issue back from whoever has it; returns whether anybody had.
    pub(super) fn release(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        words: &str,
    ) -> Result<bool, ImportError> {
        let Some(held) = self.open.take() else {
            return Ok(false);
        };
        let ended = AttemptEnded {
            task: self.task.clone(),
            attempt: held.attempt,
            agent: held.agent,
            how: AttemptEnd::Released,
            code: None,
            reason: words.to_owned(),
        };
        scribe.write(row, ended)?;
        Ok(true)
    }

    /// Opens the issue again.
    pub(super) fn reopen(
        &mut self,
        scribe: &mut Scribe<'_>,
        row: &mut Row,
        words: &str,
    ) -> Result<(), ImportError> {
        self.open = None;
        self.closing = None;
        scribe.write(row, self.correction(Change::Reopen, words))
    }

    /// Makes a correction of the issue.
    pub(super) fn correction(&self, change: Change, reason: &str) -> Correction {
        Correction {
            task: self.task.clone(),
            change,
            reason: reason.to_owned(),
            supersedes: Vec::new(),
        }
    }

    /// Numbers the next attempt.
    const fn next(&mut self, agent: AgentRef) -> Held {
        self.last = self.last.next();
        Held {
            attempt: self.last,
            agent,
        }
    }
}

/// Returns by how many whole hours two times differ that should be the same, in minutes; `None`
/// if they differ otherwise.
pub(super) fn shift_minutes(event: DateTime<Utc>, issue: DateTime<Utc>) -> Option<i64> {
    let apart = event.signed_duration_since(issue);
    let hours = apart
        .checked_add(&TimeDelta::minutes(30))?
        .num_seconds()
        .div_euclid(3600);
    let rest = apart.checked_sub(&TimeDelta::try_hours(hours)?)?;
    // The two times are taken one after the other, within one command.
    (rest.abs() <= TimeDelta::seconds(2) && hours.abs() <= 14).then(|| hours.saturating_mul(60))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn only_whole_hours_are_a_shift() {
        let issue = at("2026-01-01T12:00:00Z");
        let shift = |text| shift_minutes(at(text), issue);
        assert_eq!(shift("2026-01-01T12:00:01Z"), Some(0));
        assert_eq!(shift("2026-01-01T13:00:00Z"), Some(60));
        assert_eq!(shift("2026-01-01T04:00:01Z"), Some(-480));
        assert_eq!(shift("2026-01-01T03:59:59Z"), Some(-480));
        assert_eq!(shift("2026-01-01T12:20:00Z"), None);
        assert_eq!(shift("2026-01-05T12:00:00Z"), None);
    }
}
