//! What one call applies: a batch for sled, and what changes in memory once sled has it.

use std::collections::{BTreeMap, btree_map};

use orch_core::ids::{MissionId, Seq};
use orch_store::answers::Given;
use orch_store::error::StoreError;
use orch_store::index::{Entry, Mark, Pointer};
use sled::{Batch, IVec};

use crate::block::BlockNo;
use crate::codec::{self, Ordinal, State};
use crate::error::damaged;
use crate::kept::{Kept, Known};

/// Asks sled for a key.
pub(crate) type Get<'a> = dyn Fn(&[u8]) -> Result<Option<IVec>, StoreError> + 'a;

/// Entries that are applied together with their mark.
#[derive(Debug)]
pub(crate) struct Group<'a> {
    kept: &'a Kept,
    changes: Changes,
    blocks: BTreeMap<(Ordinal, BlockNo), Vec<Pointer>>,
    answers: BTreeMap<Vec<u8>, Vec<u8>>,
}

/// What changes in memory.
#[derive(Debug)]
pub(crate) struct Changes {
    state: State,
    missions: BTreeMap<MissionId, Known>,
}

impl Changes {
    pub(crate) fn make(self, kept: &mut Kept) {
        kept.state = self.state;
        kept.missions.extend(self.missions);
    }
}

impl<'a> Group<'a> {
    pub(crate) fn new(kept: &'a Kept) -> Self {
        Self {
            kept,
            changes: Changes {
                state: kept.state,
                missions: BTreeMap::new(),
            },
            blocks: BTreeMap::new(),
            answers: BTreeMap::new(),
        }
    }

    /// Adds an append; `get` asks sled for a key.
    ///
    /// What does not follow on what is there is refused: the order of positions is what a check
    /// goes by later.
    pub(crate) fn add(&mut self, entry: &Entry, get: &Get<'_>) -> Result<(), StoreError> {
        let mission = &entry.mission;
        let (ordinal, after) = match self.find(mission) {
            Some(known) => (known.ordinal, known.head),
            None => (self.count_mission()?, Seq::ZERO),
        };
        let mut head = after;
        for pointer in &entry.pointers {
            self.add_pointer(ordinal, head, pointer, get)?;
            head = head.next();
        }
        let given = &entry.given;
        if given.first != after.next() || given.last != head {
            let (first, last) = (given.first, given.last);
            let what = format!("records {first} to {last} of {mission} were applied at {after}");
            return Err(damaged(what));
        }
        self.add_answer(ordinal, given, get)?;
        let known = Known {
            ordinal,
            head,
            at: entry.at,
        };
        self.changes.missions.insert(mission.clone(), known);
        Ok(())
    }

    fn add_pointer(
        &mut self,
        ordinal: Ordinal,
        head: Seq,
        pointer: &Pointer,
        get: &Get<'_>,
    ) -> Result<(), StoreError> {
        let end = &mut self.changes.state.mark.position;
        *end = end.plus(1);
        if pointer.position != *end {
            let found = pointer.position;
            return Err(damaged(format!("position {found} was applied at {end}")));
        }
        let no = BlockNo::after(head);
        let block = match self.blocks.entry((ordinal, no)) {
            btree_map::Entry::Occupied(block) => block.into_mut(),
            btree_map::Entry::Vacant(block) => block.insert(begun(ordinal, no, head, get)?),
        };
        block.push(*pointer);
        Ok(())
    }

    fn add_answer(
        &mut self,
        ordinal: Ordinal,
        given: &Given,
        get: &Get<'_>,
    ) -> Result<(), StoreError> {
        let Some(command) = &given.command else {
            return Ok(());
        };
        let key = codec::answer_key(ordinal, command);
        // The first use of a command id is the one that it stands for.
        if !self.answers.contains_key(&key) && get(&key)?.is_none() {
            let value = codec::answer_value(&key, given);
            self.answers.insert(key, value);
            self.changes.state.n_answers += 1;
        }
        Ok(())
    }

    /// Ends with the mark.
    pub(crate) fn end(mut self, mark: &Mark) -> Result<(Batch, Changes), StoreError> {
        let reached = self.changes.state.mark.position;
        if mark.position != reached {
            let found = mark.position;
            return Err(damaged(format!("mark {found} was applied at {reached}")));
        }
        self.changes.state.mark = *mark;
        let mut batch = Batch::default();
        for ((ordinal, no), pointers) in &self.blocks {
            let key = codec::block_key(*ordinal, *no);
            let value = codec::block_value(&key, pointers);
            batch.insert(key, value);
        }
        for (key, value) in self.answers {
            batch.insert(key, value);
        }
        for (mission, known) in &self.changes.missions {
            let key = codec::mission_key(known.ordinal);
            let value = codec::mission_value(&key, &known.to_head(mission));
            batch.insert(key, value);
        }
        let value = codec::state_value(&self.changes.state);
        batch.insert(&codec::state_key(), value);
        Ok((batch, self.changes))
    }

    fn find(&self, mission: &MissionId) -> Option<&Known> {
        let changed = self.changes.missions.get(mission);
        changed.or_else(|| self.kept.missions.get(mission))
    }

    fn count_mission(&mut self) -> Result<Ordinal, StoreError> {
        let n_missions = &mut self.changes.state.n_missions;
        let ordinal = Ordinal(*n_missions);
        *n_missions = n_missions
            .checked_add(1)
            .ok_or_else(|| damaged("it cannot count more missions"))?;
        Ok(ordinal)
    }
}

/// The pointers that a block holds already, up to a head within it.
fn begun(
    ordinal: Ordinal,
    no: BlockNo,
    head: Seq,
    get: &Get<'_>,
) -> Result<Vec<Pointer>, StoreError> {
    let n_pointers = no.n_pointers(head);
    if n_pointers == 0 {
        return Ok(Vec::new());
    }
    let key = codec::block_key(ordinal, no);
    let value = get(&key)?.ok_or_else(|| damaged("a block is missing"))?;
    let pointers = codec::read_block(&key, &value)?;
    if pointers.len() as u64 == n_pointers {
        Ok(pointers)
    } else {
        Err(damaged("a block does not end where its mission does"))
    }
}
