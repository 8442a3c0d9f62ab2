//! Judging appends in their order, each as if those before it were on record already.

use std::collections::BTreeMap;

use orch_core::ids::{CommandKey, MissionId, Seq};

use crate::answers::Given;
use crate::error::StoreError;
use crate::index::Index;
use crate::journal::{Append, Appended};
use crate::pending::Answer;

/// What is to be done about an append.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Write it; this is its answer then.
    Write(Appended),
    /// Answer it, once the group is durable.
    Answer(Answer),
    /// Others were faster: answer it with their records, once the group is durable.
    Conflict {
        mission: MissionId,
        expected: Seq,
        actual: Seq,
    },
}

/// Judges the appends of one group.
pub(super) struct Judge<'a, I> {
    index: &'a I,
    heads: BTreeMap<MissionId, Seq>,
    given: BTreeMap<(MissionId, CommandKey), Given>,
}

impl<'a, I: Index> Judge<'a, I> {
    pub(super) const fn new(index: &'a I) -> Self {
        Self {
            index,
            heads: BTreeMap::new(),
            given: BTreeMap::new(),
        }
    }

    /// Judges the next append: first its command id, then its position.
    // spec: IDEM-1, ACK-1
    pub(super) fn judge(&mut self, append: &Append) -> Result<Verdict, StoreError> {
        let mission = append.mission().clone();
        if let Some(given) = self.answer(append)? {
            return Ok(Verdict::Answer(given.judge(append)));
        }
        let actual = match self.heads.get(&mission) {
            Some(head) => *head,
            None => self
                .index
                .head(&mission)?
                .map_or(Seq::ZERO, |head| head.head),
        };
        let expected = append.expect().seq();
        if actual != expected {
            return Ok(Verdict::Conflict {
                mission,
                expected,
                actual,
            });
        }
        let given = Given::of(append);
        let (first, last) = (given.first, given.last);
        self.heads.insert(mission.clone(), last);
        if let Some(command) = append.command() {
            self.given.insert((mission, command.clone()), given);
        }
        Ok(Verdict::Write(Appended::Now { first, last }))
    }

    fn answer(&self, append: &Append) -> Result<Option<Given>, StoreError> {
        let Some(command) = append.command() else {
            return Ok(None);
        };
        let key = (append.mission().clone(), command.clone());
        if let Some(given) = self.given.get(&key) {
            return Ok(Some(given.clone()));
        }
        self.index.answer(append.mission(), command)
    }
}
