//! The row of a task.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::gate::Gate;
use super::table::{AttemptIx, IncarnationIx, ObligationIx, TaskIx};
use super::trace::{Cell, Trace};
use crate::event::task::{Limits, NeedOn, Unmet};
use crate::ids::{AttemptNo, Label, Seq, TaskId};
use crate::status::Step;
use crate::status::task::{TaskEvent, TaskStatus};

/// A moment in the log: a record and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// The record.
    pub seq: Seq,
    /// The time it carries; data, never used for order (ORDER-1).
    pub at: DateTime<Utc>,
}

impl Moment {
    /// The one that is later in the log.
    pub(crate) fn max_by_seq(self, other: Self) -> Self {
        if other.seq > self.seq { other } else { self }
    }
}

/// One need of a task.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct NeedRow {
    pub(crate) task: TaskIx,
    pub(crate) on: NeedOn,
    pub(crate) or: Vec<Unmet>,
    pub(crate) since: Moment,
}

/// How often each of four different things went wrong (GATE-3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Counters {
    /// Handoffs `failed` since the task was last opened by a ruling.
    pub failures: u32,
    /// Attempts that ended without a handoff since then.
    pub crashes: u32,
    /// Handoffs `blocked` since then.
    pub blocks: u32,
    /// Times a gate sent the work back since then.
    pub review_rounds: u32,
    /// Attempts that ended one after another without progress.
    pub fruitless: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) id: TaskId,
    pub(crate) title: Box<str>,
    pub(crate) kind: Option<Label>,
    pub(crate) parent: Option<TaskIx>,
    pub(crate) phase: Option<Label>,
    pub(crate) needs: Vec<NeedRow>,
    pub(crate) dependents: Vec<TaskIx>,
    pub(crate) role: Option<Label>,
    pub(crate) gates: Vec<Gate>,
    pub(crate) evidence: Vec<Label>,
    pub(crate) priority: Option<i32>,
    pub(crate) limits: Option<Box<Limits>>,
    pub(crate) source: Option<Box<str>>,
    pub(crate) declared: Moment,
    /// Whether nothing but references to it, or an importer, says that it exists.
    pub(crate) implicit: bool,
    status: TaskStatus,
    since: Moment,
    pub(crate) attempts: Vec<AttemptIx>,
    /// The highest number that an attempt at it has.
    pub(crate) last_number: AttemptNo,
    pub(crate) token: Option<AttemptIx>,
    /// How many of its attempts are open: more than one on a log that broke FOLD-4.
    pub(crate) n_open: u32,
    pub(crate) success: Option<Seq>,
    pub(crate) counters: Counters,
    pub(crate) retry_at: Option<DateTime<Utc>>,
    pub(crate) last_error: Option<(Seq, Box<str>)>,
    pub(crate) first_dispatch: Option<Moment>,
    pub(crate) total_expired: Option<Seq>,
    pub(crate) remaining: Vec<String>,
    pub(crate) last_handoff: Option<Seq>,
    pub(crate) missing_evidence: Vec<Label>,
    pub(crate) superseded_by: Option<TaskIx>,
    pub(crate) n_notes: u32,
    pub(crate) findings: Vec<Seq>,
    /// Its results that nobody has read.
    pub(crate) unread: Vec<Seq>,
    /// Whose last inventory lists it.
    pub(crate) carriers: BTreeSet<IncarnationIx>,
    /// What somebody owes about it; settled ones are taken out now and then.
    pub(crate) owed: Vec<ObligationIx>,
}

impl Task {
    pub(crate) fn new(id: TaskId, declared: Moment) -> Self {
        Self {
            title: id.as_str().into(),
            id,
            kind: None,
            parent: None,
            phase: None,
            needs: Vec::new(),
            dependents: Vec::new(),
            role: None,
            gates: Vec::new(),
            evidence: Vec::new(),
            priority: None,
            limits: None,
            source: None,
            declared,
            implicit: true,
            status: TaskStatus::Open,
            since: declared,
            attempts: Vec::new(),
            last_number: AttemptNo(0),
            token: None,
            n_open: 0,
            success: None,
            counters: Counters::default(),
            retry_at: None,
            last_error: None,
            first_dispatch: None,
            total_expired: None,
            remaining: Vec::new(),
            last_handoff: None,
            missing_evidence: Vec::new(),
            superseded_by: None,
            n_notes: 0,
            findings: Vec::new(),
            unread: Vec::new(),
            carriers: BTreeSet::new(),
            owed: Vec::new(),
        }
    }

    pub(crate) const fn status(&self) -> TaskStatus {
        self.status
    }

    /// The record that put the task into its status.
    pub(crate) const fn since(&self) -> Moment {
        self.since
    }

    /// Takes a step of the table; the only way a status changes.
    pub(crate) fn step(&mut self, event: TaskEvent, now: Moment, trace: &mut Trace) {
        trace.note(Cell::Task(self.status, event));
        match self.status.next(event) {
            Step::To(to) | Step::Breach(to) => {
                self.status = to;
                self.since = now;
            }
            Step::Stays | Step::Already | Step::Refused => {}
        }
    }
}

/// Whether a kind of task is one that the rules know by this word (COMPLETE-2).
pub(crate) fn is_kind(kind: Option<&Label>, word: &str) -> bool {
    kind.is_some_and(|kind| kind.as_str() == word)
}
