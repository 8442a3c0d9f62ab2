//! What one call applies: it is judged as a whole before any of it can be seen.

use std::collections::{BTreeMap, btree_map};

use orch_core::ids::{MissionId, Seq};
use orch_store::answers::Given;
use orch_store::error::StoreError;
use orch_store::index::{Entry, Mark, Pointer};
use sled::IVec;

use crate::block::BlockNo;
use crate::codec::{self, Ordinal, State};
use crate::error::damaged;
use crate::kept::{Kept, Known};
use crate::pending::Pending;

/// Asks sled for a key.
pub(crate) type Get<'a> = dyn Fn(&[u8]) -> Result<Option<IVec>, StoreError> + 'a;

/// Entries that are applied together with their mark.
pub(crate) struct Group<'a> {
    kept: &'a Kept,
    get: &'a Get<'a>,
    changes: Changes,
}

/// What changes once a group was judged.
#[derive(Debug)]
pub(crate) struct Changes {
    state: State,
    missions: BTreeMap<MissionId, Known>,
    pending: Pending,
}

impl Changes {
    pub(crate) fn make(self, kept: &mut Kept) {
        kept.state = self.state;
        kept.missions.extend(self.missions);
        kept.pending.take(self.pending);
    }
}

impl<'a> Group<'a> {
    pub(crate) fn new(kept: &'a Kept, get: &'a Get<'a>) -> Self {
        Self {
            kept,
            get,
            changes: Changes {
                state: kept.state,
                missions: BTreeMap::new(),
                pending: Pending::default(),
            },
        }
    }

    /// Adds an append.
    ///
    /// What does not follow on what is there is refused: the order of positions is what a check
    /// goes by later.
    pub(crate) fn add(&mut self, entry: &Entry) -> Result<(), StoreError> {
        let mission = &entry.mission;
        let (ordinal, after) = match self.find(mission) {
            Some(known) => (known.ordinal, known.head),
            None => (self.count_mission()?, Seq::ZERO),
        };
        let mut head = after;
        for pointer in &entry.pointers {
            self.add_pointer(ordinal, head, pointer)?;
            head = head.next();
        }
        let given = &entry.given;
        if given.first != after.next() || given.last != head {
            let (first, last) = (given.first, given.last);
            let what = format!("records {first} to {last} of {mission} were applied at {after}");
            return Err(damaged(what));
        }
        self.add_answer(ordinal, given)?;
        let known = Known {
            ordinal,
            head,
            at: entry.at,
        };
        self.changes.missions.insert(mission.clone(), known);
        self.changes.pending.missions.insert(mission.clone());
        self.changes.pending.count();
        Ok(())
    }

    /// Ends with the mark.
    pub(crate) fn end(mut self, mark: &Mark) -> Result<Changes, StoreError> {
        let reached = self.changes.state.mark.position;
        if mark.position != reached {
            let found = mark.position;
            return Err(damaged(format!("mark {found} was applied at {reached}")));
        }
        self.changes.state.mark = *mark;
        Ok(self.changes)
    }

    fn add_pointer(
        &mut self,
        ordinal: Ordinal,
        head: Seq,
        pointer: &Pointer,
    ) -> Result<(), StoreError> {
        let end = &mut self.changes.state.mark.position;
        *end = end.plus(1);
        if pointer.position != *end {
            let found = pointer.position;
            return Err(damaged(format!("position {found} was applied at {end}")));
        }
        let no = BlockNo::after(head);
        let block = match self.changes.pending.blocks.entry((ordinal, no)) {
            btree_map::Entry::Occupied(block) => block.into_mut(),
            btree_map::Entry::Vacant(block) => {
                block.insert(begun(self.kept, self.get, ordinal, no, head)?)
            }
        };
        block.push(*pointer);
        Ok(())
    }

    fn add_answer(&mut self, ordinal: Ordinal, given: &Given) -> Result<(), StoreError> {
        let Some(command) = &given.command else {
            return Ok(());
        };
        let key = (ordinal, command.clone());
        // The first use of a command id is the one that it stands for.
        let is_known = self.changes.pending.answers.contains_key(&key)
            || self.kept.pending.answers.contains_key(&key)
            || (self.get)(&codec::answer_key(ordinal, command))?.is_some();
        if !is_known {
            self.changes.pending.answers.insert(key, given.clone());
            self.changes.state.n_answers += 1;
        }
        Ok(())
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
    kept: &Kept,
    get: &Get<'_>,
    ordinal: Ordinal,
    no: BlockNo,
    head: Seq,
) -> Result<Vec<Pointer>, StoreError> {
    let n_pointers = no.n_pointers(head);
    if n_pointers == 0 {
        return Ok(Vec::new());
    }
    let pointers = match kept.pending.blocks.get(&(ordinal, no)) {
        Some(pointers) => pointers.clone(),
        None => {
            let key = codec::block_key(ordinal, no);
            let value = get(&key)?.ok_or_else(|| damaged("a block is missing"))?;
            codec::read_block(&key, &value)?
        }
    };
    if pointers.len() as u64 == n_pointers {
        Ok(pointers)
    } else {
        Err(damaged("a block does not end where its mission does"))
    }
}
