//! Judging appends in their order, each as if those before it were on record already.

use std::collections::BTreeMap;

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use uuid::Uuid;

use crate::answers::Given;
use crate::error::StoreError;
use crate::index::Index;
use crate::journal::{Append, Appended};
use crate::pending::Answer;
use crate::segments::shared::Shared;

/// The most missions whose last record is remembered.
const LASTS_MAX: usize = 4096;

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

/// The last record of a mission: its position and its id.
type Last = (Seq, Option<Uuid>);

/// The last records of the missions that were written to of late.
#[derive(Debug, Default)]
pub(super) struct Lasts {
    known: BTreeMap<MissionId, Last>,
}

/// Judges the appends of one group.
pub(super) struct Judge<'a, I> {
    shared: &'a Shared<I>,
    lasts: &'a mut Lasts,
    given: BTreeMap<(MissionId, CommandKey), Given>,
}

impl<'a, I: Index> Judge<'a, I> {
    pub(super) fn new(shared: &'a Shared<I>, lasts: &'a mut Lasts) -> Self {
        if lasts.known.len() > LASTS_MAX {
            lasts.known.clear();
        }
        Self {
            shared,
            lasts,
            given: BTreeMap::new(),
        }
    }

    /// Judges the next append: first its command id, then its position and the record there.
    // spec: IDEM-1, ACK-1
    pub(super) fn judge(&mut self, append: &Append) -> Result<Verdict, StoreError> {
        let mission = append.mission().clone();
        if let Some(given) = self.answer(append)? {
            return Ok(Verdict::Answer(given.judge(append)));
        }
        let expected = append.expect().seq();
        let (actual, last) = self.last(&mission)?;
        let is_other = |wanted| last != Some(wanted);
        if actual != expected || append.wanted_last().is_some_and(is_other) {
            return Ok(Verdict::Conflict {
                mission,
                expected,
                actual,
            });
        }
        let given = Given::of(append);
        let (first, last) = (given.first, given.last);
        let id = append.records().last().map(id_of);
        self.lasts.known.insert(mission.clone(), (last, id));
        if let Some(command) = append.command() {
            self.given.insert((mission, command.clone()), given);
        }
        Ok(Verdict::Write(Appended::Now { first, last }))
    }

    /// Returns the last record of a mission.
    fn last(&mut self, mission: &MissionId) -> Result<Last, StoreError> {
        if let Some(last) = self.lasts.known.get(mission) {
            return Ok(*last);
        }
        let head = self.shared.index.head(mission)?;
        let head = head.map_or(Seq::ZERO, |head| head.head);
        let before = Seq(head.0.saturating_sub(1));
        let pointers = self.shared.index.locate(mission, before, 1)?;
        let records = self.shared.files.read(&pointers)?;
        let last = (head, records.first().map(id_of));
        self.lasts.known.insert(mission.clone(), last);
        Ok(last)
    }

    fn answer(&self, append: &Append) -> Result<Option<Given>, StoreError> {
        let Some(command) = append.command() else {
            return Ok(None);
        };
        let key = (append.mission().clone(), command.clone());
        if let Some(given) = self.given.get(&key) {
            return Ok(Some(given.clone()));
        }
        self.shared.index.answer(append.mission(), command)
    }
}

const fn id_of(record: &Record) -> Uuid {
    record.envelope().id
}
