//! A whole log in memory: the mission at any position, without folding it all each time.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::decide::Prior;
use crate::fold::Applied;
use crate::ids::{CommandKey, Label, Seq};
use crate::mission::Mission;
use crate::record::Record;

/// The least number of records between two checkpoints: folding so many takes well under a
/// millisecond.
const SPACING: usize = 4096;

/// How many records there are for each row that a checkpoint copies. It bounds what checkpoints
/// cost: some hundred bytes a row, spread over this many records.
const RECORDS_PER_ROW: usize = 8;

/// The records of one mission, and the mission at any of them.
#[derive(Debug, Clone, Default)]
pub struct History {
    records: Vec<Record>,
    head: Mission,
    /// The mission after so many records, in ascending order.
    checkpoints: Vec<(usize, Mission)>,
}

impl History {
    /// Folds a log. The records are taken as they are, in their order.
    pub fn new(records: Vec<Record>) -> Self {
        let mut history = Self::default();
        for record in records {
            history.push(record);
        }
        history
    }

    /// Adds a record at the end.
    pub fn push(&mut self, record: Record) -> Applied {
        let applied = self.head.apply(&record);
        self.records.push(record);
        let last = self.checkpoints.last().map_or(0, |(n, _)| *n);
        let rows = self.head.state.n_rows();
        let spacing = rows.saturating_mul(RECORDS_PER_ROW).max(SPACING);
        if self.records.len().saturating_sub(last) >= spacing {
            self.checkpoints
                .push((self.records.len(), self.head.clone()));
        }
        applied
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
        let before = self.records.iter().take_while(|record| record.at() <= time);
        before.last().map_or(Seq::ZERO, Record::seq)
    }

    /// Returns the mission as it was when `seq` was the last record; the empty one for
    /// [`Seq::ZERO`].
    ///
    /// Folds at most the records since the last checkpoint.
    // spec: FOLD-2
    pub fn at(&self, seq: Seq) -> Mission {
        if seq >= self.head.head() {
            return self.head.clone();
        }
        let checkpoint = self
            .checkpoints
            .iter()
            .rev()
            .find(|(_, mission)| mission.head() <= seq);
        let (folded, mut mission) = checkpoint.cloned().unwrap_or_default();
        for record in self
            .records
            .iter()
            .skip(folded)
            .take_while(|record| record.seq() <= seq)
        {
            mission.apply(record);
        }
        mission
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
