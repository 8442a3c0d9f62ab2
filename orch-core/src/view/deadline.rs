//! The clocks: when each runs out, without ever reading one (TIME-1).

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::event::clock::{ClockKind, ClockSubject};
use crate::mission::Mission;
use crate::mission::attempt::Liveness;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, ObligationIx};
use crate::policy::Millis;
use crate::status::attempt::AttemptStatus;

/// A clock that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Due {
    /// Which clock.
    pub clock: ClockKind,
    /// What it runs on.
    pub subject: ClockSubject,
    /// How long it runs, in milliseconds.
    pub limit_ms: Millis,
    /// When it runs out.
    pub due: DateTime<Utc>,
}

impl Mission {
    /// Returns when a clock next runs out; `None` when none runs.
    ///
    /// After that moment [`due`](Self::due) is not empty, until a `tick` has recorded it.
    // spec: TIME-1
    pub fn next_deadline(&self) -> Option<DateTime<Utc>> {
        self.state.clocks().map(|due| due.due).min()
    }

    /// Returns when time alone next changes what is true, after now: a clock runs out, a backoff or a
    /// declared wait is over. `None` when only a record can change anything.
    ///
    /// Unlike [`next_deadline`](Self::next_deadline) it names no clock that somebody has to record.
    // spec: TIME-1, RETRY-1
    pub fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let clocks = self.state.clocks().map(|due| due.due);
        let backoffs = self
            .state
            .tasks
            .rows()
            .filter_map(|(_, task)| task.retry_at);
        let waits = self.state.waits.values().filter_map(|wait| wait.until);
        let all = clocks.chain(backoffs).chain(waits);
        all.filter(|at| *at > now).min()
    }

    /// Lists the clocks that have run out by now and were not recorded, the earliest first.
    // spec: TIME-1, TIME-2
    pub fn due(&self, now: DateTime<Utc>) -> Vec<Due> {
        let mut due: Vec<Due> = self.state.clocks().filter(|due| due.due <= now).collect();
        due.sort_by(|a, b| (a.due, a.clock, &a.subject).cmp(&(b.due, b.clock, &b.subject)));
        due
    }
}

impl State {
    /// Every clock that runs.
    // spec: TIME-2
    pub(crate) fn clocks(&self) -> impl Iterator<Item = Due> {
        let is_open = self.closed.is_none();
        let attempts = self
            .open_attempts
            .iter()
            .flat_map(|&ix| self.attempt_clocks(ix));
        let tasks = self.tasks.rows().filter_map(|(ix, task)| {
            let first = task.first_dispatch?;
            if task.status().is_ended() || task.total_expired.is_some() {
                return None;
            }
            let limit = self.task_clocks(ix).total_ms?;
            Some(Due {
                clock: ClockKind::Total,
                subject: ClockSubject::Task(task.id.clone()),
                limit_ms: limit,
                due: limit.after(first.at)?,
            })
        });
        let owed = self
            .open_obligations
            .iter()
            .filter_map(|&ix| self.obligation_clock(ix));
        attempts.chain(tasks).chain(owed).filter(move |_| is_open)
    }

    fn attempt_clocks(&self, ix: AttemptIx) -> impl Iterator<Item = Due> {
        let clocks = self.clocks_of(ix);
        let limits = [
            (ClockKind::Start, clocks.start_ms),
            (ClockKind::Attempt, clocks.attempt_ms),
            (ClockKind::Alive, clocks.alive_ms),
            (ClockKind::Progress, clocks.progress_ms),
            (ClockKind::Report, clocks.report_ms),
        ];
        limits.into_iter().filter_map(move |(clock, limit)| {
            let limit = limit?;
            let due = self.attempt_due(ix, clock, limit)?;
            let attempt = &self.attempts[ix];
            let task = self.tasks[attempt.task].id.clone();
            let subject = ClockSubject::Attempt {
                task,
                attempt: attempt.number,
            };
            Some(Due {
                clock,
                subject,
                limit_ms: limit,
                due,
            })
        })
    }

    /// When a clock of an attempt runs out; `None` when it does not run.
    fn attempt_due(&self, ix: AttemptIx, clock: ClockKind, limit: Millis) -> Option<DateTime<Utc>> {
        if !self.runs_on_attempt(ix, clock) {
            return None;
        }
        let attempt = &self.attempts[ix];
        let begun = attempt.started.unwrap_or(attempt.dispatched);
        let quiet =
            |since: DateTime<Utc>| attempt.silent_until.map_or(since, |until| until.max(since));
        match clock {
            ClockKind::Start => limit.after(attempt.sent_back.unwrap_or(attempt.dispatched).at),
            ClockKind::Attempt => limit.after(begun.at),
            // The second time it has been silent for twice as long.
            ClockKind::Alive if attempt.expired.has(clock) => {
                Millis(limit.0.saturating_mul(2)).after(quiet(attempt.alive.at))
            }
            ClockKind::Alive => limit.after(quiet(attempt.alive.at)),
            ClockKind::Progress => limit.after(quiet(attempt.progress.at)),
            ClockKind::Report => limit.after(attempt.unaccounted?.at),
            ClockKind::Total | ClockKind::Reply | ClockKind::Ack => None,
        }
    }

    /// Whether a clock runs on an attempt: it is in flight, or is to begin its rework, and the clock
    /// has not run out.
    // spec: TIME-2, TIME-3
    pub(crate) fn runs_on_attempt(&self, ix: AttemptIx, clock: ClockKind) -> bool {
        let attempt = &self.attempts[ix];
        let status = attempt.status();
        let is_fresh = !attempt.expired.has(clock);
        if clock == ClockKind::Start {
            return is_fresh
                && (status == AttemptStatus::Dispatched || attempt.sent_back.is_some());
        }
        status.is_in_flight()
            && match clock {
                ClockKind::Attempt | ClockKind::Progress => is_fresh,
                ClockKind::Alive => is_fresh || attempt.liveness == Liveness::Suspect,
                ClockKind::Report => is_fresh && attempt.unaccounted.is_some(),
                ClockKind::Start | ClockKind::Total | ClockKind::Reply | ClockKind::Ack => false,
            }
    }

    fn obligation_clock(&self, ix: ObligationIx) -> Option<Due> {
        let owed = &self.obligations[ix];
        let due = owed.due.filter(|_| owed.expired.is_none())?;
        let clocks = owed
            .task
            .map_or(self.policy.clocks, |task| self.task_clocks(task));
        let (clock, subject, limit) = match owed.kind {
            ObligationKind::Reply | ObligationKind::Answer => (
                ClockKind::Reply,
                ClockSubject::Message(owed.opened.seq),
                clocks.reply_ms,
            ),
            ObligationKind::Acknowledgement => {
                let agent = self.agent_ref(owed.incarnation?);
                (
                    ClockKind::Ack,
                    ClockSubject::Agent(agent),
                    self.policy.clocks.ack_ms,
                )
            }
            ObligationKind::GateDecision | ObligationKind::Unblocking | ObligationKind::Ruling => {
                return None;
            }
        };
        Some(Due {
            clock,
            subject,
            limit_ms: limit?,
            due,
        })
    }
}
