//! What was applied and sled does not have yet.
//!
//! sled writes each batch by itself and in the background: a batch for each append costs several
//! times as much, grows the files several times as fast, and queues up without a limit. The journal
//! has everything, so what is lost here with its process is applied again.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::ids::{CommandKey, MissionId};
use orch_store::answers::Given;
use orch_store::index::Pointer;
use sled::Batch;

use crate::block::BlockNo;
use crate::codec::{self, Ordinal};
use crate::kept::Kept;

/// From how many appends and marks on sled gets them.
///
/// After a crash as many are applied again, which takes milliseconds.
const CHANGES_MAX: usize = 1024;

/// What was applied and sled does not have yet; what it has of the same is out of date.
#[derive(Debug, Default)]
pub(crate) struct Pending {
    pub(crate) blocks: BTreeMap<(Ordinal, BlockNo), Vec<Pointer>>,
    pub(crate) answers: BTreeMap<(Ordinal, CommandKey), Given>,
    pub(crate) missions: BTreeSet<MissionId>,
    /// How many appends and marks are among it.
    n_changes: usize,
}

impl Pending {
    pub(crate) const fn is_empty(&self) -> bool {
        self.n_changes == 0
    }

    pub(crate) const fn is_full(&self) -> bool {
        self.n_changes >= CHANGES_MAX
    }

    pub(crate) const fn count(&mut self) {
        self.n_changes += 1;
    }

    /// Takes what one mark ends.
    pub(crate) fn take(&mut self, more: Self) {
        self.blocks.extend(more.blocks);
        self.answers.extend(more.answers);
        self.missions.extend(more.missions);
        self.n_changes += 1 + more.n_changes;
    }
}

/// Writes what is pending into one batch, with the mark: sled has all of it or nothing.
pub(crate) fn batch_of(kept: &Kept) -> Batch {
    let mut batch = Batch::default();
    for ((ordinal, no), pointers) in &kept.pending.blocks {
        let key = codec::block_key(*ordinal, *no);
        let value = codec::block_value(&key, pointers);
        batch.insert(key, value);
    }
    for ((ordinal, command), given) in &kept.pending.answers {
        let key = codec::answer_key(*ordinal, command);
        let value = codec::answer_value(&key, given);
        batch.insert(key, value);
    }
    for mission in &kept.pending.missions {
        if let Some(known) = kept.missions.get(mission) {
            let key = codec::mission_key(known.ordinal);
            let value = codec::mission_value(&key, &known.to_head(mission));
            batch.insert(key, value);
        }
    }
    let value = codec::state_value(&kept.state);
    batch.insert(&codec::state_key(), value);
    batch
}
