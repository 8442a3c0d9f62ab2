//! One mission in memory: its state including what is handed in, and what of that is in flight.

use std::collections::VecDeque;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use uuid::Uuid;

use crate::error::StoreError;
use crate::journal::Journal;
use crate::pending::Pending;

/// How many records are read at once.
const CHUNK: usize = 4096;

/// The fewest records between two snapshots: folding so many takes less than reading a snapshot.
const SPACING_MIN: u64 = 512;

/// How many records there are between two snapshots for each task, which bounds what snapshots
/// cost: a snapshot grows with the tasks.
const SPACING_PER_TASK: u64 = 4;

/// One mission in memory.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// The state; `None` until it is loaded, and again when it may hold what is not on record.
    mission: Option<Mission>,
    /// What was handed in and is not known to be on record, in order; each was decided upon the
    /// state with those before it, so that it lands only if they do.
    flights: VecDeque<Flight>,
    /// The position of the last snapshot.
    snapshot: Seq,
    empty: Mission,
}

/// An append that was handed in.
#[derive(Debug)]
struct Flight {
    key: Option<CommandKey>,
    /// Its records: whoever decides from afar is told of them before they are durable.
    records: Vec<Record>,
    pending: Pending,
}

impl Slot {
    /// Brings the state up to the journal; what it returns has to be waited for first.
    pub(super) fn load(
        &mut self,
        journal: &dyn Journal,
        mission: &MissionId,
    ) -> Result<Option<Pending>, StoreError> {
        self.forget_failed();
        if self.mission.is_none() {
            let snapshot = journal.snapshot(mission)?;
            let restored = snapshot.and_then(|snapshot| snapshot.restore().ok());
            let restored = restored.unwrap_or_default();
            self.snapshot = restored.head();
            self.mission = Some(restored);
        }
        let end = journal.head(mission)?;
        let in_flight = self.in_flight();
        let Some(state) = &mut self.mission else {
            return Ok(None);
        };
        // Somebody else wrote there. Whether after what is in flight or in its place, only the
        // answer tells; in the latter case the state is not one to go on from.
        if state.head() < end && in_flight.is_some() {
            return Ok(in_flight);
        }
        advance(state, journal, mission, end)?;
        Ok(None)
    }

    /// Returns the state; the empty one until it is loaded.
    pub(super) const fn mission(&self) -> &Mission {
        match &self.mission {
            Some(mission) => mission,
            None => &self.empty,
        }
    }

    /// Returns the append after which everything in the state is durable; `None` if all is.
    pub(super) fn in_flight(&self) -> Option<Pending> {
        self.flights.back().map(|flight| flight.pending.clone())
    }

    /// Returns the record in flight that the next one comes after; `None` if all is durable.
    pub(super) fn last_in_flight(&self) -> Option<Uuid> {
        let last = self.flights.back()?.records.last()?;
        Some(last.envelope().id)
    }

    /// Returns the append in flight that answers a command id.
    pub(super) fn answering(&self, key: Option<&CommandKey>) -> Option<Pending> {
        let key = key?;
        let same = |flight: &&Flight| flight.key.as_ref() == Some(key);
        let found = self.flights.iter().find(same);
        found.map(|flight| flight.pending.clone())
    }

    /// Returns the state in which a command was answered before.
    pub(super) fn before(
        journal: &dyn Journal,
        mission: &MissionId,
        prior: &Prior,
    ) -> Result<Option<Mission>, StoreError> {
        let Prior::Seen { first, .. } = prior else {
            return Ok(None);
        };
        let last = Seq(first.0.saturating_sub(1));
        let snapshot = journal.snapshot(mission)?;
        let snapshot = snapshot.filter(|snapshot| snapshot.seq() <= last);
        let restored = snapshot.and_then(|snapshot| snapshot.restore().ok());
        let mut state = restored.unwrap_or_default();
        advance(&mut state, journal, mission, last)?;
        Ok(Some(state))
    }

    /// Takes records that were handed in.
    pub(super) fn take(&mut self, records: &[Record], key: Option<&CommandKey>, pending: &Pending) {
        if let Some(state) = &mut self.mission {
            for record in records {
                state.apply(record);
            }
        }
        self.flights.push_back(Flight {
            key: key.cloned(),
            records: records.to_vec(),
            pending: pending.clone(),
        });
    }

    /// Returns at most `max` records after a position, up to the state: those that the journal has,
    /// and then those in flight; `None` if they do not reach it.
    pub(super) fn since(
        &self,
        journal: &dyn Journal,
        mission: &MissionId,
        after: Seq,
        max: usize,
    ) -> Result<Option<Vec<Record>>, StoreError> {
        let mut records = journal.read(mission, after, max)?;
        let mut last = records.last().map_or(after, Record::seq);
        for record in self.flights.iter().flat_map(|flight| &flight.records) {
            if record.seq() == last.next() {
                last = record.seq();
                records.push(record.clone());
            }
        }
        let reach = last == self.mission().head() && records.len() <= max;
        Ok(reach.then_some(records))
    }

    /// Returns a snapshot if the last one is long ago.
    pub(super) fn due_snapshot(&mut self) -> Option<Snapshot> {
        let state = self.mission.as_ref()?;
        let since = state.head().0.saturating_sub(self.snapshot.0);
        // Counting tasks is the costlier question, and most commands are answered by the other.
        if since < SPACING_MIN
            || since < SPACING_PER_TASK.saturating_mul(state.tasks().count() as u64)
        {
            return None;
        }
        self.snapshot = state.head();
        state.snapshot().ok()
    }

    /// Takes note of the answers there are. If one is that an append did not land, the state holds
    /// what never came on record, and is dropped with all that was decided upon it.
    pub(super) fn forget_failed(&mut self) {
        let mut n_landed = 0;
        for (before, flight) in self.flights.iter().enumerate() {
            match flight.pending.has_landed() {
                None => {}
                // So have those before it, whether they were told or not.
                Some(true) => n_landed = before + 1,
                Some(false) => {
                    *self = Self::default();
                    return;
                }
            }
        }
        self.flights.drain(..n_landed);
    }
}

/// Folds what the journal has of a mission, up to a record that is there.
fn advance(
    state: &mut Mission,
    journal: &dyn Journal,
    mission: &MissionId,
    last: Seq,
) -> Result<(), StoreError> {
    while state.head() < last {
        let left = last.0.saturating_sub(state.head().0);
        let max = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        let records = journal.read(mission, state.head(), max)?;
        if records.is_empty() {
            // A journal that names a record it cannot show has lost something.
            return Err(StoreError::Index {
                what: format!(
                    "mission {mission} has record {last}, but none after {}",
                    state.head()
                ),
            });
        }
        for record in &records {
            state.apply(record);
        }
    }
    Ok(())
}
