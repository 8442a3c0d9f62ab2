//! One mission in memory: its state including what is handed in, and what of that is in flight.

use std::collections::BTreeMap;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;

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
    /// The last append that was handed in.
    last: Option<Pending>,
    /// The commands that were handed in and not seen durable yet.
    keys: BTreeMap<CommandKey, Pending>,
    /// The position of the last snapshot.
    snapshot: Seq,
    empty: Mission,
}

impl Slot {
    /// Brings the state up to the journal.
    pub(super) fn load(
        &mut self,
        journal: &dyn Journal,
        mission: &MissionId,
    ) -> Result<(), StoreError> {
        self.forget_failed();
        if self.mission.is_none() {
            let snapshot = journal.snapshot(mission)?;
            let restored = snapshot.and_then(|snapshot| snapshot.restore().ok());
            let restored = restored.unwrap_or_default();
            self.snapshot = restored.head();
            self.mission = Some(restored);
        }
        let end = journal.head(mission)?;
        let Some(state) = &mut self.mission else {
            return Ok(());
        };
        while state.head() < end {
            let records = journal.read(mission, state.head(), CHUNK)?;
            if records.is_empty() {
                // A journal that names a head it cannot show has lost something.
                return Err(StoreError::Index {
                    what: format!(
                        "mission {mission} has {end} records, but none after {}",
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

    /// Returns the state; the empty one until it is loaded.
    pub(super) const fn mission(&self) -> &Mission {
        match &self.mission {
            Some(mission) => mission,
            None => &self.empty,
        }
    }

    /// Returns the append after which everything in the state is durable; `None` if all is.
    pub(super) fn in_flight(&self) -> Option<Pending> {
        let last = self.last.as_ref()?;
        match last.peek() {
            Some(Ok(_)) => None,
            Some(Err(_)) | None => Some(last.clone()),
        }
    }

    /// Returns the append in flight that answers a command id.
    pub(super) fn answering(&mut self, key: Option<&CommandKey>) -> Option<Pending> {
        self.keys.retain(|_, pending| pending.peek().is_none());
        self.keys.get(key?).cloned()
    }

    /// Asks the journal about a command id.
    pub(super) fn prior(
        journal: &dyn Journal,
        mission: &MissionId,
        key: Option<&CommandKey>,
    ) -> Result<Prior, StoreError> {
        key.map_or(Ok(Prior::Unseen), |key| journal.prior(mission, key))
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
        let mut state = Mission::new();
        'log: loop {
            let records = journal.read(mission, state.head(), CHUNK)?;
            if records.is_empty() {
                break;
            }
            for record in &records {
                if record.seq() >= *first {
                    break 'log;
                }
                state.apply(record);
            }
        }
        Ok(Some(state))
    }

    /// Takes records that were handed in.
    pub(super) fn take(&mut self, records: &[Record], key: Option<&CommandKey>, pending: &Pending) {
        if let Some(state) = &mut self.mission {
            for record in records {
                state.apply(record);
            }
        }
        self.last = Some(pending.clone());
        if let Some(key) = key {
            self.keys.insert(key.clone(), pending.clone());
        }
    }

    /// Returns a snapshot if the last one is long ago.
    pub(super) fn due_snapshot(&mut self) -> Option<Snapshot> {
        let state = self.mission.as_ref()?;
        let n_tasks = state.tasks().count() as u64;
        let spacing = SPACING_MIN.max(n_tasks.saturating_mul(SPACING_PER_TASK));
        if state.head().0.saturating_sub(self.snapshot.0) < spacing {
            return None;
        }
        self.snapshot = state.head();
        state.snapshot().ok()
    }

    /// Drops the state if the last append failed: it holds what never came on record.
    pub(super) fn forget_failed(&mut self) {
        let failed = self.last.as_ref().and_then(Pending::peek);
        if matches!(failed, Some(Err(_))) {
            *self = Self::default();
        }
    }
}
