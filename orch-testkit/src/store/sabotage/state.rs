//! What a plain journal has in memory: all records, and what answers which command.

use std::collections::BTreeMap;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_store::answers::{Answers, Given};
use orch_store::cursor::{Cursor, JournalId, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, MissionHead, Page, SINCE_MAX};

/// All records of a journal.
#[derive(Debug, Default)]
pub(super) struct State {
    log: Vec<Record>,
    /// How many records the journal has at the end of each append.
    ends: Vec<usize>,
    answers: BTreeMap<MissionId, Answers>,
}

impl State {
    /// Judges an append: its command id first, then its position. `None` is to be written.
    pub(super) fn judge(&self, append: &Append) -> Result<Option<Appended>, AppendError> {
        let mission = append.mission();
        if let Some(answers) = self.answers.get(mission)
            && let Some(appended) = answers.judge(append)?
        {
            return Ok(Some(appended));
        }
        let (actual, expected) = (self.head(mission), append.expect().seq());
        let last = self.of(mission).last().map(|it| it.envelope().id);
        let is_other = |wanted| last != Some(wanted);
        if actual != expected || append.wanted_last().is_some_and(is_other) {
            let since = self.read(mission, expected, SINCE_MAX);
            return Err(AppendError::Conflict { actual, since });
        }
        Ok(None)
    }

    /// Takes an append in.
    pub(super) fn take(&mut self, append: Append) -> Appended {
        let given = Given::of(&append);
        let (first, last) = (given.first, given.last);
        self.remember(append.mission().clone(), given);
        self.add(append.into_records());
        Appended::Now { first, last }
    }

    /// Takes records in, without what they answer.
    pub(super) fn add(&mut self, records: Vec<Record>) {
        self.log.extend(records);
        self.ends.push(self.log.len());
    }

    /// Remembers what answers a command.
    pub(super) fn remember(&mut self, mission: MissionId, given: Given) {
        self.answers.entry(mission).or_default().take(given);
    }

    /// Returns how many records there are.
    pub(super) fn n_records(&self) -> usize {
        self.log.len()
    }

    /// Returns how many appends they are.
    pub(super) fn n_appends(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn end(&self, journal: JournalId) -> Cursor {
        Cursor {
            journal,
            position: Position(self.log.len() as u64),
        }
    }

    fn of(&self, mission: &MissionId) -> impl Iterator<Item = &Record> {
        let is_of = |it: &&Record| it.envelope().mission == *mission;
        self.log.iter().filter(is_of)
    }

    pub(super) fn head(&self, mission: &MissionId) -> Seq {
        Seq(self.of(mission).count() as u64)
    }

    pub(super) fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Vec<Record> {
        let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
        self.of(mission).skip(skipped).take(max).cloned().collect()
    }

    pub(super) fn page(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        after.check(self.end(after.journal))?;
        let begin = usize::try_from(after.position.0).unwrap_or(usize::MAX);
        // Up to the end of the append in which the page is full.
        let wanted = begin.saturating_add(max).min(self.log.len());
        let end = self
            .ends
            .iter()
            .find(|end| **end >= wanted && **end > begin);
        let end = if max == 0 {
            begin
        } else {
            *end.unwrap_or(&begin)
        };
        let records = (begin..end).map(|n| (Position(n as u64 + 1), self.log[n].clone()));
        Ok(Page {
            records: records.collect(),
            next: Cursor {
                journal: after.journal,
                position: Position(end as u64),
            },
        })
    }

    pub(super) fn prior(&self, mission: &MissionId, command: &CommandKey) -> Prior {
        let answers = self.answers.get(mission);
        answers.map_or(Prior::Unseen, |answers| answers.prior(command))
    }

    pub(super) fn missions(&self) -> Vec<MissionHead> {
        let mut heads = BTreeMap::new();
        for record in &self.log {
            let mission = &record.envelope().mission;
            heads.insert(mission, (record.seq(), record.at()));
        }
        let heads = heads.into_iter().map(|(mission, (head, at))| MissionHead {
            mission: mission.clone(),
            head,
            at,
        });
        heads.collect()
    }
}
