//! The row of an attempt.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::table::{IncarnationIx, TaskIx};
use super::task::Moment;
use super::trace::{Cell, Trace};
use crate::event::clock::ClockKind;
use crate::ids::{AttemptNo, Seq};
use crate::policy::Clocks;
use crate::status::Step;
use crate::status::attempt::{AttemptEvent, AttemptStatus};
use crate::status::words;

words! {
    /// How sure the log is that an attempt is alive (TIME-3).
    Liveness {
        /// Nothing says otherwise.
        Alive = "alive",
        /// A clock ran out, or an inventory did not list it.
        Suspect = "suspect",
        /// It stayed silent after that.
        Lost = "lost",
    }
}

words! {
    /// How an attempt came to its end.
    Ending {
        /// It gave the task back: `partial`, `blocked` or `failed`.
        GivenBack = "given_back",
        /// Its work was accepted.
        Accepted = "accepted",
        /// It ended with exit code 0 and no handoff.
        EndedClean = "ended_clean",
        /// It ended otherwise without a handoff.
        EndedDirty = "ended_dirty",
        /// Its owner let go of it.
        Released = "released",
        /// A correction put another attempt or none in its place.
        Corrected = "corrected",
        /// Its task or mission was closed.
        Closed = "closed",
        /// Its owner is gone.
        OwnerGone = "owner_gone",
    }
}

/// The set of clocks that ran out and were recorded.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct ClockSet(u8);

impl ClockSet {
    const fn bit(clock: ClockKind) -> u8 {
        match clock {
            ClockKind::Start => 1,
            ClockKind::Attempt => 2,
            ClockKind::Alive => 4,
            ClockKind::Progress => 8,
            ClockKind::Report => 16,
            ClockKind::Total => 32,
            ClockKind::Reply => 64,
            ClockKind::Ack => 128,
        }
    }

    pub(crate) const fn has(self, clock: ClockKind) -> bool {
        self.0 & Self::bit(clock) != 0
    }

    pub(crate) const fn add(&mut self, clock: ClockKind) {
        self.0 |= Self::bit(clock);
    }

    pub(crate) const fn remove(&mut self, clock: ClockKind) {
        self.0 &= !Self::bit(clock);
    }
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Attempt {
    pub(crate) task: TaskIx,
    pub(crate) number: AttemptNo,
    pub(crate) owner: IncarnationIx,
    status: AttemptStatus,
    pub(crate) dispatched: Moment,
    pub(crate) started: Option<Moment>,
    /// The last sign of life: any report of the attempt.
    pub(crate) alive: Moment,
    /// The last progress; its start before the first.
    pub(crate) progress: Moment,
    pub(crate) n_progress: u32,
    pub(crate) silent_until: Option<DateTime<Utc>>,
    pub(crate) handed_over: Option<Moment>,
    /// When a gate sent its work back, until the rework begins.
    pub(crate) sent_back: Option<Moment>,
    pub(crate) closed: Option<(Moment, Ending)>,
    pub(crate) revision: Option<Box<str>>,
    pub(crate) workspace: Option<Box<str>>,
    pub(crate) branch: Option<Box<str>>,
    pub(crate) limits: Option<Box<Clocks>>,
    pub(crate) liveness: Liveness,
    pub(crate) expired: ClockSet,
    /// The inventory that no longer listed it.
    pub(crate) unaccounted: Option<Moment>,
    /// Whether another attempt took the token while this one was open.
    pub(crate) parallel: bool,
    /// Whether the log that was imported does not tell who works on it.
    pub(crate) owner_unknown: bool,
    /// Whether the log that was imported does not record when attempts begin.
    pub(crate) start_untold: bool,
    /// What it said too late, counted: reports other than handoffs and ends.
    pub(crate) late_signs: u32,
    pub(crate) last_record: Seq,
}

impl Attempt {
    pub(crate) const fn new(
        task: TaskIx,
        number: AttemptNo,
        owner: IncarnationIx,
        dispatched: Moment,
    ) -> Self {
        Self {
            task,
            number,
            owner,
            status: AttemptStatus::Dispatched,
            dispatched,
            started: None,
            alive: dispatched,
            progress: dispatched,
            n_progress: 0,
            silent_until: None,
            handed_over: None,
            sent_back: None,
            closed: None,
            revision: None,
            workspace: None,
            branch: None,
            limits: None,
            liveness: Liveness::Alive,
            expired: ClockSet(0),
            unaccounted: None,
            parallel: false,
            owner_unknown: false,
            start_untold: false,
            late_signs: 0,
            last_record: dispatched.seq,
        }
    }

    pub(crate) const fn status(&self) -> AttemptStatus {
        self.status
    }

    pub(crate) const fn is_closed(&self) -> bool {
        matches!(self.status, AttemptStatus::Closed)
    }

    /// Takes a step of the table; the only way a status changes.
    pub(crate) fn step(&mut self, event: AttemptEvent, trace: &mut Trace) {
        trace.note(Cell::Attempt(self.status, event));
        match self.status.next(event) {
            Step::To(to) | Step::Breach(to) => self.status = to,
            Step::Stays | Step::Already | Step::Refused => {}
        }
    }

    /// Opens the attempt again, because what it said too late counts after all (FENCE-2).
    pub(crate) fn adopt(&mut self, trace: &mut Trace) {
        self.step(AttemptEvent::Adopted, trace);
        self.closed = None;
    }

    /// Sends the work back: its rework has to begin in time, like the work before it.
    pub(crate) fn send_back(&mut self, now: Moment, trace: &mut Trace) {
        self.step(AttemptEvent::SentBack, trace);
        self.sent_back = Some(now);
        self.expired.remove(ClockKind::Start);
    }

    /// Closes the attempt; remembers the first ending only.
    pub(crate) fn close(
        &mut self,
        event: AttemptEvent,
        now: Moment,
        ending: Ending,
        trace: &mut Trace,
    ) {
        self.step(event, trace);
        if self.is_closed() && self.closed.is_none() {
            self.closed = Some((now, ending));
        }
    }
}
