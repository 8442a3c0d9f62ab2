//! A store in memory: for tests, dry runs and hosts that persist elsewhere.

use std::collections::BTreeMap;
use std::sync::Mutex;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::{FOLD, Snapshot};
use uuid::Uuid;

use crate::answers::{Answers, Given};
use crate::capabilities::{Capabilities, Durability};
use crate::cursor::{Cursor, JournalId, Position};
use crate::error::{AppendError, StoreError};
use crate::journal::{Append, Appended, Journal, MissionHead, Page, Progress, SINCE_MAX, Verified};
use crate::pending::{Pending, lock};
use crate::watch::{Watch, Watchers, Woken};

/// The longest record that the memory store takes.
const RECORD_MAX_BYTES: usize = 16 * 1024 * 1024;

/// A store that lives as long as the process.
#[derive(Debug)]
pub struct MemoryJournal {
    id: JournalId,
    kept: Mutex<Kept>,
    grown: Watchers,
}

#[derive(Debug, Default)]
struct Kept {
    /// Every record with the number of the append that brought it, in order.
    log: Vec<(Record, u64)>,
    missions: BTreeMap<MissionId, Stream>,
    n_appends: u64,
}

#[derive(Debug, Default)]
struct Stream {
    /// The places of the records in the log.
    places: Vec<usize>,
    answers: Answers,
    /// The newest snapshot of each fold that made one.
    snapshots: BTreeMap<String, Snapshot>,
}

impl MemoryJournal {
    /// Makes an empty store.
    pub fn new() -> Self {
        Self {
            id: JournalId::random(),
            kept: Mutex::default(),
            grown: Watchers::default(),
        }
    }

    fn cursor(&self, kept: &Kept) -> Cursor {
        Cursor {
            journal: self.id,
            position: Position(kept.log.len() as u64),
        }
    }
}

impl Default for MemoryJournal {
    fn default() -> Self {
        Self::new()
    }
}

impl Journal for MemoryJournal {
    fn id(&self) -> JournalId {
        self.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durability: Durability::None,
            append: true,
            multi_process: false,
            subscribe: true,
            snapshots: true,
            record_max_bytes: RECORD_MAX_BYTES,
            batch_max_records: usize::MAX,
        }
    }

    fn submit(&self, append: Append) -> Pending {
        let answer = self
            .capabilities()
            .check(&append)
            .and_then(|()| lock(&self.kept).append(append));
        if answer.is_ok() {
            self.grown.wake();
        }
        Pending::ready(answer)
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        Ok(lock(&self.kept).head(mission))
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        Ok(lock(&self.kept).read(mission, after, max))
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        let kept = lock(&self.kept);
        let end = self.cursor(&kept);
        after.check(end)?;
        let skipped = usize::try_from(after.position.0).unwrap_or(usize::MAX);
        let mut records = Vec::new();
        let mut batch = None;
        for (place, (record, number)) in kept.log.iter().enumerate().skip(skipped) {
            if records.len() >= max && batch != Some(*number) {
                break;
            }
            batch = Some(*number);
            records.push((Position(place as u64).plus(1), record.clone()));
        }
        let position = records.last().map_or(after.position, |(at, _)| *at);
        let journal = self.id;
        let next = Cursor { journal, position };
        Ok(Page { records, next })
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        let kept = lock(&self.kept);
        let stream = kept.missions.get(mission);
        Ok(stream.map_or(Prior::Unseen, |stream| stream.answers.prior(command)))
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        let kept = lock(&self.kept);
        let heads = kept.missions.keys().filter_map(|mission| {
            let last = kept.last(mission)?;
            Some(MissionHead {
                mission: mission.clone(),
                head: last.seq(),
                at: last.at(),
            })
        });
        Ok(heads.collect())
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        Ok(self.cursor(&lock(&self.kept)))
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        Ok(self.grown.add(woken))
    }

    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        let Some(mission) = snapshot.mission() else {
            return Ok(());
        };
        let mut kept = lock(&self.kept);
        if snapshot.seq() > kept.head(mission) {
            return Ok(());
        }
        let Some(stream) = kept.missions.get_mut(mission) else {
            return Ok(());
        };
        let old = stream.snapshots.get(snapshot.fold());
        if old.is_none_or(|old| old.seq() < snapshot.seq()) {
            let fold = snapshot.fold().to_owned();
            stream.snapshots.insert(fold, snapshot.clone());
        }
        Ok(())
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        let kept = lock(&self.kept);
        let head = kept.head(mission);
        let stream = kept.missions.get(mission);
        let snapshot = stream.and_then(|stream| stream.snapshots.get(FOLD));
        Ok(snapshot.filter(|snapshot| snapshot.seq() <= head).cloned())
    }

    fn verify(&self, _progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        let kept = lock(&self.kept);
        let bytes: usize = kept
            .log
            .iter()
            .map(|(record, _)| record.as_line().len())
            .sum();
        Ok(Verified {
            records: kept.log.len() as u64,
            batches: kept.n_appends,
            missions: kept.missions.len() as u64,
            bytes: bytes as u64,
            chain: String::new(),
        })
    }
}

impl Kept {
    fn append(&mut self, append: Append) -> Result<Appended, AppendError> {
        let mission = append.mission().clone();
        if let Some(stream) = self.missions.get(&mission)
            && let Some(appended) = stream.answers.judge(&append)?
        {
            return Ok(appended);
        }
        let actual = self.head(&mission);
        let expected = append.expect().seq();
        let is_other = |last: Uuid| {
            self.last(&mission)
                .is_none_or(|at| at.envelope().id != last)
        };
        if actual != expected || append.wanted_last().is_some_and(is_other) {
            let since = self.read(&mission, expected, SINCE_MAX);
            return Err(AppendError::Conflict { actual, since });
        }
        let given = Given::of(&append);
        let (first, last) = (given.first, given.last);
        self.n_appends = self.n_appends.saturating_add(1);
        let stream = self.missions.entry(mission).or_default();
        stream.answers.take(given);
        for record in append.into_records() {
            stream.places.push(self.log.len());
            self.log.push((record, self.n_appends));
        }
        Ok(Appended::Now { first, last })
    }

    fn head(&self, mission: &MissionId) -> Seq {
        let stream = self.missions.get(mission);
        stream.map_or(Seq::ZERO, |stream| Seq(stream.places.len() as u64))
    }

    fn last(&self, mission: &MissionId) -> Option<&Record> {
        let place = self.missions.get(mission)?.places.last()?;
        self.log.get(*place).map(|(record, _)| record)
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Vec<Record> {
        let stream = self.missions.get(mission);
        let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
        let places = stream.into_iter().flat_map(|stream| &stream.places);
        let records = places.skip(skipped).take(max);
        let records = records.filter_map(|place| self.log.get(*place));
        records.map(|(record, _)| record.clone()).collect()
    }
}
