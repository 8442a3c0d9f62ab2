//! The check of everything: nothing is missing, nothing is damaged, nothing is there twice.

use std::collections::BTreeMap;

use orch_core::ids::{MissionId, Seq};
use orch_store::cursor::Position;
use orch_store::error::StoreError;
use orch_store::index::Pointer;
use sled::IVec;

use crate::block::BlockNo;
use crate::codec::{self, Kind, Ordinal};
use crate::error::damaged;
use crate::kept::{Kept, Known};

/// Reads every entry of an index, in the order of the keys, and compares it with what is kept.
pub(crate) fn check(
    kept: &Kept,
    entries: impl Iterator<Item = Result<(IVec, IVec), StoreError>>,
) -> Result<(), StoreError> {
    let mut scan = Scan::new(kept);
    for entry in entries {
        let (key, value) = entry?;
        match key.first() {
            Some(tag) if *tag == Kind::State.tag() => scan.state(&value)?,
            Some(tag) if *tag == Kind::Mission.tag() => scan.mission(&key, &value)?,
            Some(tag) if *tag == Kind::Block.tag() => scan.block(&key, &value)?,
            Some(tag) if *tag == Kind::Answer.tag() => scan.answer(&key, &value)?,
            Some(_) | None => return Err(damaged("a key is of no kind")),
        }
    }
    scan.end()
}

#[derive(Debug)]
struct Scan<'a> {
    kept: &'a Kept,
    missions: BTreeMap<Ordinal, (&'a MissionId, &'a Known)>,
    /// The last block that was read, and its last position.
    last: Option<(Ordinal, BlockNo, Position)>,
    seen: Positions,
    has_state: bool,
    n_missions: u32,
    n_answers: u64,
}

impl<'a> Scan<'a> {
    fn new(kept: &'a Kept) -> Self {
        let missions = kept.missions.iter();
        Self {
            kept,
            missions: missions
                .map(|(mission, known)| (known.ordinal, (mission, known)))
                .collect(),
            last: None,
            seen: Positions::new(kept.state.mark.position),
            has_state: false,
            n_missions: 0,
            n_answers: 0,
        }
    }

    fn find(&self, ordinal: Ordinal) -> Result<(&'a MissionId, &'a Known), StoreError> {
        let found = self.missions.get(&ordinal).copied();
        found.ok_or_else(|| damaged(format!("mission {} is unknown", ordinal.0)))
    }

    fn state(&mut self, value: &[u8]) -> Result<(), StoreError> {
        self.has_state = codec::read_state(value)? == self.kept.state;
        Ok(())
    }

    fn mission(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let (mission, known) = self.find(codec::read_mission_key(key)?)?;
        if codec::read_mission(key, value)? != known.to_head(mission) {
            return Err(damaged(format!("{mission} is not where it is kept")));
        }
        self.n_missions += 1;
        Ok(())
    }

    fn block(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let (ordinal, no) = codec::read_block_key(key)?;
        let (mission, known) = self.find(ordinal)?;
        let (wanted, mut after) = match self.last {
            Some((last, no, position)) if last == ordinal => {
                (BlockNo(no.0.saturating_add(1)), position)
            }
            Some(_) | None => (BlockNo(0), Position::ZERO),
        };
        if no != wanted {
            let seq = wanted.start();
            return Err(damaged(format!(
                "{mission} lacks a block after record {seq}"
            )));
        }
        let pointers = codec::read_block(key, value)?;
        if pointers.is_empty() || pointers.len() as u64 != no.n_pointers(known.head) {
            let seq = no.start();
            let what = format!("{mission} has another number of records after {seq}");
            return Err(damaged(what));
        }
        for Pointer { position, .. } in pointers {
            if position <= after || !self.seen.take(position) {
                let what = format!("a record of {mission} cannot be at position {position}");
                return Err(damaged(what));
            }
            after = position;
        }
        self.last = Some((ordinal, no, after));
        Ok(())
    }

    fn answer(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        let (ordinal, command) = codec::read_answer_key(key)?;
        let (mission, known) = self.find(ordinal)?;
        let given = codec::read_answer(key, command, value)?;
        if given.first == Seq::ZERO || given.first > given.last || given.last > known.head {
            let (first, last) = (given.first, given.last);
            let what = format!("a command of {mission} is answered by records {first} to {last}");
            return Err(damaged(what));
        }
        self.n_answers += 1;
        Ok(())
    }

    /// The heads add up to the mark, and no position was seen twice: when as many positions were
    /// seen, no mission lacks one at its end.
    fn end(&self) -> Result<(), StoreError> {
        let state = &self.kept.state;
        let wanted = (
            true,
            state.n_missions,
            state.mark.position.0,
            state.n_answers,
        );
        let found = (
            self.has_state,
            self.n_missions,
            self.seen.n_taken,
            self.n_answers,
        );
        if found == wanted {
            Ok(())
        } else {
            let (_, missions, records, answers) = found;
            Err(damaged(format!(
                "it has {missions} missions of {}, {records} records of {}, {answers} answers of {}",
                wanted.1, wanted.2, wanted.3
            )))
        }
    }
}

/// Which positions up to an end were seen.
#[derive(Debug)]
struct Positions {
    taken: Vec<u64>,
    end: Position,
    n_taken: u64,
}

impl Positions {
    fn new(end: Position) -> Self {
        Self {
            taken: Vec::new(),
            end,
            n_taken: 0,
        }
    }

    /// Takes a position; false if it was taken before, or is none up to the end.
    fn take(&mut self, position: Position) -> bool {
        if position == Position::ZERO || position > self.end {
            return false;
        }
        let Ok(word) = usize::try_from(position.0 / 64) else {
            return false;
        };
        if self.taken.len() <= word {
            self.taken.resize(word + 1, 0);
        }
        let bit = 1 << (position.0 % 64);
        let Some(word) = self.taken.get_mut(word) else {
            return false;
        };
        let is_new = *word & bit == 0;
        *word |= bit;
        self.n_taken += u64::from(is_new);
        is_new
    }
}
