//! What a store should hold, and what it should answer: lists, searched from the start each time.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use orch_core::event::note::Note;
use orch_core::ids::{CommandKey, Label, MissionId, Seq};
use orch_core::record::{Batch, Record};
use orch_store::error::AppendError;
use orch_store::journal::{Append, Appended, Expect, SINCE_MAX};
use uuid::Uuid;

use crate::world::{epoch, lead};

/// Names that are beginnings of each other, and one that sorts before both.
const MISSIONS: [&str; 3] = ["m1", "m10", "m"];

pub(super) fn mission(byte: u8) -> MissionId {
    let name = MISSIONS.get(usize::from(byte) % MISSIONS.len()).unwrap();
    MissionId::parse(name).unwrap()
}

/// One of few command ids, or none.
pub(super) fn command(byte: u8) -> Option<CommandKey> {
    let n = byte % 8;
    (n > 2).then(|| CommandKey::parse(&format!("c{n}")).unwrap())
}

/// An append, and what it says in words of the model.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    pub(super) append: Append,
    /// What tells it from another use of its command id.
    says: Says,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Says {
    Request(Label),
    Texts(Vec<String>),
}

impl Draft {
    /// Makes one of bytes: where it is to go, what it says, and what it is upon.
    pub(super) fn new(model: &Model, [place, key, says]: [u8; 3]) -> Self {
        let mission = mission(place);
        let head = model.of(&mission).len() as u64;
        let expected = match (place / 4) % 8 {
            0 => head.saturating_sub(1),
            1 => head + 1,
            2 => 0,
            _ => head,
        };
        let n_records = 1 + usize::from(place / 64);
        let texts: Vec<String> = (0..n_records)
            .map(|n| format!("{}-{n}", says % 4))
            .collect();
        let command = command(key);
        let request = (key & 8 != 0 && command.is_some())
            .then(|| Label::parse(&format!("r{}", (key / 16) % 2)).unwrap());
        let batch = Batch {
            mission,
            head: Seq(expected),
            at: epoch() + TimeDelta::seconds(i64::from(says)),
            by: lead(),
            command,
            request: request.clone(),
            cause: None,
        };
        let events = texts.iter().cloned();
        let events = events
            .map(|text| Note { task: None, text }.into())
            .collect();
        // An id of its own for each use, though what is asked for is the same: as hosts do it.
        let base = (model.all.len() as u128) << 64 | u128::from(says) << 32 | u128::from(place);
        let mut n = base << 16;
        let records = batch.seal(events, || {
            n += 1;
            Uuid::from_u128(n)
        });
        let append = Append::new(Expect::head(Seq(expected)), records.unwrap()).unwrap();
        let last = model.of(&batch.mission).last().map(|it| it.envelope().id);
        let append = match (says / 4) % 8 {
            0 => append.upon(last.unwrap_or_default()),
            1 => append.upon(Uuid::max()),
            _ => append,
        };
        let says = request.map_or(Says::Texts(texts), Says::Request);
        Self { append, says }
    }
}

/// An answer, as far as the contract lays it down.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sought {
    Now(Seq, Seq),
    Before(Seq, Seq),
    Conflict(Seq, Vec<Record>),
    Reused(Seq, Seq),
    Other(String),
}

impl Sought {
    pub(super) fn of(answer: &Result<Appended, AppendError>) -> Self {
        match answer {
            Ok(Appended::Now { first, last }) => Self::Now(*first, *last),
            Ok(Appended::Before { first, last }) => Self::Before(*first, *last),
            Err(AppendError::Conflict { actual, since }) => Self::Conflict(*actual, since.clone()),
            Err(AppendError::Reused { first, last }) => Self::Reused(*first, *last),
            Err(other) => Self::Other(other.to_string()),
        }
    }
}

/// What a store should hold.
#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    /// All records, in their order.
    pub(super) all: Vec<Record>,
    missions: BTreeMap<MissionId, Vec<Record>>,
    given: Vec<(MissionId, CommandKey, Says, Seq, Seq)>,
}

impl Model {
    pub(super) fn of(&self, mission: &MissionId) -> &[Record] {
        self.missions.get(mission).map_or(&[], Vec::as_slice)
    }

    pub(super) fn heads(&self) -> impl Iterator<Item = (&MissionId, Seq)> {
        let heads = self.missions.iter();
        heads.map(|(mission, records)| (mission, Seq(records.len() as u64)))
    }

    pub(super) fn given(&self, mission: &MissionId, key: &CommandKey) -> Option<(Seq, Seq)> {
        let mut given = self.given.iter();
        let found = given.find(|(of, by, ..)| of == mission && by == key);
        found.map(|(.., first, last)| (*first, *last))
    }

    /// Answers an append, and holds its records from then on if it is to be written.
    pub(super) fn take(&mut self, draft: &Draft) -> Sought {
        let (append, mission) = (&draft.append, draft.append.mission());
        let key = append.command();
        let mut given = self.given.iter();
        let same = given.find(|(of, by, ..)| of == mission && Some(by) == key);
        if let Some((_, _, says, first, last)) = same {
            return if *says == draft.says {
                Sought::Before(*first, *last)
            } else {
                Sought::Reused(*first, *last)
            };
        }
        let records = self.of(mission);
        let (actual, expected) = (Seq(records.len() as u64), append.expect().seq());
        let last = records.last().map(|it| it.envelope().id);
        let is_upon = append
            .wanted_last()
            .is_none_or(|wanted| Some(wanted) == last);
        if actual != expected || !is_upon {
            let skipped = usize::try_from(expected.0).unwrap();
            let since = records.iter().skip(skipped).take(SINCE_MAX).cloned();
            return Sought::Conflict(actual, since.collect());
        }
        let (first, n) = (actual.next(), append.records().len() as u64);
        let last = Seq(actual.0 + n);
        if let Some(key) = key {
            let row = (
                mission.clone(),
                key.clone(),
                draft.says.clone(),
                first,
                last,
            );
            self.given.push(row);
        }
        self.all.extend_from_slice(append.records());
        let stream = self.missions.entry(mission.clone()).or_default();
        stream.extend_from_slice(append.records());
        Sought::Now(first, last)
    }
}
