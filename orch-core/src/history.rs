//! A whole log in memory: the mission at any position, without folding it all each time.

mod blame;
mod spans;
pub(crate) mod walk;

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::decide::Prior;
use crate::fold::Applied;
use crate::ids::{CommandKey, Label, Seq};
use crate::mission::Mission;
use crate::record::Record;

pub use blame::Blame;
pub use spans::Span;

/// The least number of records between two checkpoints: folding so many takes well under a
/// millisecond.
const SPACING: usize = 4096;

/// How many records there are for each row that a checkpoint does not share with the one before
/// it. It bounds what checkpoints cost: some hundred bytes a row, spread over this many records.
const RECORDS_PER_ROW: usize = 8;

/// How many records share one note of the latest time before them.
const TIMES_SPACING: usize = 256;

/// The records of one mission, and the mission at any of them.
///
/// Every few thousand records a checkpoint keeps the mission as it was; [`at`](Self::at) folds on
/// from the nearest one. Checkpoints share the rows that were not written between them.
///
/// **Memory**, besides the records themselves and the mission at the head: at most about 100 bytes
/// a record, whatever the mission looks like, because a checkpoint waits for eight records for each
/// row that it would have to itself. Where work moves through the tasks a few at a time, as it does
/// under a limit on work in flight, that is a checkpoint every 4,096 records.
///
/// **Time** to any position: one reference for each sixteen rows of the mission, a copy of what is
/// not kept in rows (open messages, late evidence, anomalies), and the records since the checkpoint:
/// 4,096, or eight for each row that they write if that is more.
#[derive(Debug, Clone, Default)]
pub struct History {
    records: Vec<Record>,
    head: Mission,
    /// The mission after so many records, in ascending order.
    checkpoints: Vec<(usize, Mission)>,
    /// The latest time of the first so many stretches of [`TIMES_SPACING`] records.
    latest: Vec<DateTime<Utc>>,
    /// The number of records between checkpoints, when it was chosen.
    every: Option<usize>,
}

impl History {
    /// Folds a log. The records are taken as they are, in their order.
    pub fn new(records: Vec<Record>) -> Self {
        Self::default().folding(records)
    }

    /// Folds a log, and keeps a checkpoint every so many records, at least every one, whatever
    /// they cost: for short logs of which every position is looked at.
    pub fn with_checkpoints_every(every: usize, records: Vec<Record>) -> Self {
        let history = Self {
            every: Some(every.max(1)),
            ..Self::default()
        };
        history.folding(records)
    }

    fn folding(mut self, records: Vec<Record>) -> Self {
        for (before, record) in records.iter().enumerate() {
            self.take(record, before);
        }
        // What follows are clones of the head, for the most part.
        self.head.state.settle();
        self.records = records;
        self
    }

    /// Adds a record at the end.
    pub fn push(&mut self, record: Record) -> Applied {
        let applied = self.take(&record, self.records.len());
        self.records.push(record);
        applied
    }

    /// Folds the record that comes after so many.
    fn take(&mut self, record: &Record, before: usize) -> Applied {
        let applied = self.head.apply(record);
        let latest = self.latest.last();
        let latest = latest.map_or_else(|| record.at(), |latest| record.at().max(*latest));
        match self.latest.last_mut() {
            Some(last) if !before.is_multiple_of(TIMES_SPACING) => *last = latest,
            Some(_) | None => self.latest.push(latest),
        }
        let n_records = before.saturating_add(1);
        let last = self.checkpoints.last().map_or(0, |(n, _)| *n);
        let since = n_records.saturating_sub(last);
        if self.is_due(since) {
            self.head.state.settle();
            self.checkpoints.push((n_records, self.head.clone()));
        }
        applied
    }

    /// Whether a checkpoint is worth what it costs, so many records after the last.
    fn is_due(&self, since: usize) -> bool {
        match self.every {
            Some(every) => since >= every,
            None if since < SPACING => false,
            None => {
                let rows = self.head.state.n_unshared();
                since >= rows.saturating_mul(RECORDS_PER_ROW)
            }
        }
    }

    /// Returns the mission after all records.
    pub const fn head(&self) -> &Mission {
        &self.head
    }

    /// Returns every record, in order.
    pub fn records(&self) -> &[Record] {
        &self.records
    }

    /// Returns the first record at a position.
    pub fn record(&self, seq: Seq) -> Option<&Record> {
        let place = usize::try_from(seq.0).ok()?.checked_sub(1)?;
        // In a log without gaps the place is the position; else look.
        self.records
            .get(place)
            .filter(|record| record.seq() == seq)
            .or_else(|| self.records.iter().find(|record| record.seq() == seq))
    }

    /// Returns the record with an id.
    pub fn by_id(&self, id: Uuid) -> Option<&Record> {
        self.records
            .iter()
            .find(|record| record.envelope().id == id)
    }

    /// Returns the position of the last record before the first that carries a later time.
    ///
    /// Positions order a log, times do not (ORDER-1): this is where somebody who read the log from
    /// its start would first have seen that time pass.
    // spec: ORDER-1
    pub fn at_time(&self, time: DateTime<Utc>) -> Seq {
        let passed = self.latest.partition_point(|latest| *latest <= time);
        let passed = passed.saturating_mul(TIMES_SPACING);
        let rest = self.records.iter().skip(passed);
        let n = rest.take_while(|record| record.at() <= time).count();
        let before = passed.saturating_add(n).min(self.records.len());
        let last = before.checked_sub(1).and_then(|at| self.records.get(at));
        last.map_or(Seq::ZERO, Record::seq)
    }

    /// Returns the mission as it was when `seq` was the last record; the empty one for
    /// [`Seq::ZERO`].
    ///
    /// Folds the records since the nearest checkpoint before it.
    // spec: FOLD-2
    pub fn at(&self, seq: Seq) -> Mission {
        if seq >= self.head.head() {
            return self.head.clone();
        }
        let before = self
            .checkpoints
            .partition_point(|(_, mission)| mission.head() <= seq);
        let nearest = before
            .checked_sub(1)
            .and_then(|at| self.checkpoints.get(at));
        let (folded, mut mission) = nearest.cloned().unwrap_or_default();
        for record in self.records_from(folded, seq) {
            mission.apply(record);
        }
        mission
    }

    /// The records up to a position, without the first so many.
    fn records_from(&self, first: usize, seq: Seq) -> impl Iterator<Item = &Record> {
        let rest = self.records.iter().skip(first);
        rest.take_while(move |record| record.seq() <= seq)
    }
}

/// Which records answer which command: what [`Context::prior`](crate::decide::Context) needs.
///
/// It grows with the number of commands, which is why it is not part of the mission. A store keeps
/// its own, durable one; this is for who keeps a log in memory and appends to it.
#[derive(Debug, Clone, Default)]
pub struct CommandIndex {
    answers: BTreeMap<CommandKey, (Seq, Seq, Option<Label>)>,
}

impl CommandIndex {
    /// Takes a record.
    // spec: IDEM-1
    pub fn apply(&mut self, record: &Record) {
        let envelope = record.envelope();
        let Some(key) = &envelope.command else { return };
        let first = (envelope.seq, envelope.seq, envelope.request.clone());
        let answer = self.answers.entry(key.clone()).or_insert(first);
        answer.1 = answer.1.max(envelope.seq);
    }

    /// Returns what is known about a key.
    pub fn prior(&self, key: &CommandKey) -> Prior {
        match self.answers.get(key) {
            None => Prior::Unseen,
            Some((first, last, request)) => Prior::Seen {
                first: *first,
                last: *last,
                request: request.clone(),
            },
        }
    }
}
