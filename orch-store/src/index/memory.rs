//! An index in memory, made again at each opening: that of the `jsonl:` store.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use chrono::{DateTime, Utc};
use orch_core::ids::{CommandKey, MissionId, Seq};

use super::{Entry, Index, Mark, Pointer};
use crate::answers::{Answers, Given};
use crate::error::StoreError;
use crate::journal::MissionHead;

/// An index in memory.
#[derive(Debug)]
pub struct MemoryIndex {
    kept: RwLock<Kept>,
}

#[derive(Debug)]
struct Kept {
    mark: Mark,
    missions: BTreeMap<MissionId, Stream>,
}

#[derive(Debug)]
struct Stream {
    pointers: Vec<Pointer>,
    at: DateTime<Utc>,
    answers: Answers,
}

impl MemoryIndex {
    /// Makes an empty index.
    pub const fn new() -> Self {
        Self {
            kept: RwLock::new(Kept {
                mark: Mark::ZERO,
                missions: BTreeMap::new(),
            }),
        }
    }

    fn read(&self) -> RwLockReadGuard<'_, Kept> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryIndex {
    fn default() -> Self {
        Self::new()
    }
}

impl Stream {
    fn head(&self, mission: &MissionId) -> MissionHead {
        MissionHead {
            mission: mission.clone(),
            head: Seq(self.pointers.len() as u64),
            at: self.at,
        }
    }
}

impl Index for MemoryIndex {
    fn mark(&self) -> Result<Mark, StoreError> {
        Ok(self.read().mark)
    }

    fn apply(&self, entries: &[Entry], mark: &Mark) -> Result<(), StoreError> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        for entry in entries {
            let stream = kept
                .missions
                .entry(entry.mission.clone())
                .or_insert_with(|| Stream {
                    pointers: Vec::new(),
                    at: entry.at,
                    answers: Answers::default(),
                });
            stream.at = entry.at;
            stream.pointers.extend_from_slice(&entry.pointers);
            stream.answers.take(entry.given.clone());
        }
        kept.mark = *mark;
        Ok(())
    }

    fn head(&self, mission: &MissionId) -> Result<Option<MissionHead>, StoreError> {
        let kept = self.read();
        let stream = kept.missions.get(mission);
        Ok(stream.map(|stream| stream.head(mission)))
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        let kept = self.read();
        let heads = kept.missions.iter();
        Ok(heads
            .map(|(mission, stream)| stream.head(mission))
            .collect())
    }

    fn locate(
        &self,
        mission: &MissionId,
        after: Seq,
        max: usize,
    ) -> Result<Vec<Pointer>, StoreError> {
        let kept = self.read();
        let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
        let pointers = kept
            .missions
            .get(mission)
            .into_iter()
            .flat_map(|stream| &stream.pointers);
        Ok(pointers.skip(skipped).take(max).copied().collect())
    }

    fn answer(
        &self,
        mission: &MissionId,
        command: &CommandKey,
    ) -> Result<Option<Given>, StoreError> {
        let kept = self.read();
        let stream = kept.missions.get(mission);
        Ok(stream.and_then(|stream| stream.answers.find(command).cloned()))
    }

    fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn close(&self) -> Result<(), StoreError> {
        Ok(())
    }
}
