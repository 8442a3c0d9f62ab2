//! What has to be on record: a store in a few lines, to hold another against.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_store::answers::Given;
use orch_store::cursor::{Cursor, Position};
use orch_store::error::AppendError;
use orch_store::journal::{Append, Appended, Journal, SINCE_MAX};

use super::law::{Failed, ensure};

/// What was acknowledged to whoever appended, in order.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    log: Vec<Record>,
    /// The positions after which an append ends.
    ends: BTreeSet<u64>,
    answers: BTreeMap<(MissionId, CommandKey), Given>,
    missions: BTreeSet<MissionId>,
}

/// How the contract wants an append to be answered.
#[derive(Debug)]
pub(crate) enum Wanted {
    Now(Seq, Seq),
    Before(Seq, Seq),
    Reused(Seq, Seq),
    Conflict(Seq, Vec<Record>),
}

impl Known {
    /// Appends, checks the answer against the contract, and takes in what is on record by it.
    pub(crate) fn append(&mut self, journal: &dyn Journal, append: Append) -> Result<(), Failed> {
        let wanted = self.wanted(&append);
        let answer = journal.append(append.clone());
        wanted.check(&append, &answer)?;
        if answer.is_ok_and(|it| matches!(it, Appended::Now { .. })) {
            self.take(append);
        }
        Ok(())
    }

    /// Hands appends in without waiting for each, and takes in what is on record by them.
    pub(crate) fn append_all(
        &mut self,
        journal: &dyn Journal,
        appends: impl IntoIterator<Item = Append>,
    ) -> Result<(), Failed> {
        let mut handed_in = Vec::new();
        for append in appends {
            let wanted = self.wanted(&append);
            if matches!(wanted, Wanted::Now(..)) {
                self.take(append.clone());
            }
            handed_in.push((wanted, append.clone(), journal.submit(append)));
        }
        for (wanted, append, pending) in handed_in {
            wanted.check(&append, &pending.wait())?;
        }
        Ok(())
    }

    /// Takes an append in that is on record.
    pub(crate) fn take(&mut self, append: Append) {
        let given = Given::of(&append);
        self.missions.insert(append.mission().clone());
        if let Some(command) = given.command.clone() {
            let key = (append.mission().clone(), command);
            self.answers.entry(key).or_insert(given);
        }
        self.log.extend(append.into_records());
        self.ends.insert(self.log.len() as u64);
    }

    /// Returns how the contract wants an append to be answered: the command id comes first.
    pub(crate) fn wanted(&self, append: &Append) -> Wanted {
        let mission = append.mission();
        let key = append.command().map(|it| (mission.clone(), it.clone()));
        if let Some(given) = key.and_then(|key| self.answers.get(&key)) {
            return if given.fingerprint == append.fingerprint() {
                Wanted::Before(given.first, given.last)
            } else {
                Wanted::Reused(given.first, given.last)
            };
        }
        let (head, expected) = (self.head(mission), append.expect().seq().0);
        if head != expected {
            let won = self.of(mission).skip(usize::try_from(expected).unwrap());
            return Wanted::Conflict(Seq(head), won.take(SINCE_MAX).cloned().collect());
        }
        let n_records = append.records().len() as u64;
        Wanted::Now(Seq(head + 1), Seq(head + n_records))
    }

    /// Returns the records of a mission.
    pub(crate) fn of(&self, mission: &MissionId) -> impl Iterator<Item = &Record> {
        let is_of = |record: &&Record| record.envelope().mission == *mission;
        self.log.iter().filter(is_of)
    }

    /// Returns how many records a mission has.
    pub(crate) fn head(&self, mission: &MissionId) -> u64 {
        self.of(mission).count() as u64
    }

    /// Returns all records.
    pub(crate) fn log(&self) -> &[Record] {
        &self.log
    }

    /// Returns the missions, by name.
    pub(crate) const fn missions(&self) -> &BTreeSet<MissionId> {
        &self.missions
    }

    /// Checks that each mission reads as it was written, from its head to its last byte.
    pub(crate) fn holds_each(&self, journal: &dyn Journal) -> Result<(), Failed> {
        for mission in &self.missions {
            let read = journal.read(mission, Seq::ZERO, usize::MAX)?;
            same(mission.as_str(), &read, self.of(mission))?;
            let (head, known) = (journal.head(mission)?, self.head(mission));
            ensure!(
                head.0 == known,
                "mission {mission} has {known} records, its head is {head}"
            );
        }
        Ok(())
    }

    /// Checks that the missions are listed, each with where it stands.
    pub(crate) fn holds_list(&self, journal: &dyn Journal) -> Result<(), Failed> {
        let listed = journal.missions()?;
        let names: Vec<&MissionId> = listed.iter().map(|it| &it.mission).collect();
        ensure!(
            names.iter().copied().eq(&self.missions),
            "the missions are {:?}, {names:?} are listed",
            self.missions
        );
        for it in &listed {
            let last = self.of(&it.mission).last().unwrap();
            ensure!(
                it.head == last.seq() && it.at == last.at(),
                "the last record of {} is {} of {}, {it:?} is listed",
                it.mission,
                last.seq(),
                last.at()
            );
        }
        Ok(())
    }

    /// Checks that all records are in the one order in which they were acknowledged.
    pub(crate) fn holds_order(&self, journal: &dyn Journal) -> Result<(), Failed> {
        let start = Cursor::start(journal.id());
        let all = journal.read_all(&start, usize::MAX)?;
        for (n, (at, _)) in all.records.iter().enumerate() {
            ensure!(at.0 == n as u64 + 1, "record {} is at position {at}", n + 1);
        }
        let read: Vec<Record> = all.records.into_iter().map(|(_, record)| record).collect();
        same("all missions", &read, self.log.iter())?;
        let end = journal.end()?;
        let known = self.log.len() as u64;
        ensure!(
            end.position.0 == known && all.next == end,
            "there are {known} records, the end is {} and the page ends at {}",
            end.position,
            all.next.position
        );
        Ok(())
    }

    /// Checks what is known about every command.
    pub(crate) fn holds_answers(&self, journal: &dyn Journal) -> Result<(), Failed> {
        for ((mission, command), given) in &self.answers {
            let (prior, known) = (journal.prior(mission, command)?, given.prior());
            ensure!(
                prior == known,
                "command {command} of {mission} is {known:?}, the store knows {prior:?}"
            );
        }
        let unseen = CommandKey::parse("never used").unwrap();
        for mission in &self.missions {
            let prior = journal.prior(mission, &unseen)?;
            ensure!(
                prior == Prior::Unseen,
                "of {mission}, a command that never was is {prior:?}"
            );
        }
        Ok(())
    }

    /// Checks everything that a store tells.
    pub(crate) fn holds(&self, journal: &dyn Journal) -> Result<(), Failed> {
        self.holds_each(journal)?;
        self.holds_list(journal)?;
        self.holds_order(journal)?;
        self.holds_answers(journal)
    }

    /// Checks that a position is the end of an append: nobody may ever stand within one.
    pub(crate) fn is_end(&self, at: Position) -> bool {
        at == Position::ZERO || self.ends.contains(&at.0)
    }
}

impl Wanted {
    /// Checks an answer.
    pub(crate) fn check(
        &self,
        append: &Append,
        answer: &Result<Appended, AppendError>,
    ) -> Result<(), Failed> {
        let is_right = match (self, answer) {
            (Self::Now(a, b), Ok(Appended::Now { first, last }))
            | (Self::Before(a, b), Ok(Appended::Before { first, last }))
            | (Self::Reused(a, b), Err(AppendError::Reused { first, last })) => {
                (a, b) == (first, last)
            }
            (Self::Conflict(head, won), Err(AppendError::Conflict { actual, since })) => {
                head == actual && won == since
            }
            _ => false,
        };
        let (mission, at) = (append.mission(), append.expect().seq());
        ensure!(
            is_right,
            "an append to {mission} at {at} was to be answered {}, and was answered {}",
            self.brief(),
            brief(answer)
        );
        Ok(())
    }
}

impl Wanted {
    /// Says it in a few words: whole records are in the files of a counterexample.
    fn brief(&self) -> String {
        match self {
            Self::Now(first, last) => format!("now {first}-{last}"),
            Self::Before(first, last) => format!("before {first}-{last}"),
            Self::Reused(first, last) => format!("reused {first}-{last}"),
            Self::Conflict(actual, since) => conflict(*actual, since),
        }
    }
}

/// Says an answer in a few words.
pub(crate) fn brief(answer: &Result<Appended, AppendError>) -> String {
    match answer {
        Ok(Appended::Now { first, last }) => format!("now {first}-{last}"),
        Ok(Appended::Before { first, last }) => format!("before {first}-{last}"),
        Err(AppendError::Reused { first, last }) => format!("reused {first}-{last}"),
        Err(AppendError::Conflict { actual, since }) => conflict(*actual, since),
        Err(error) => error.to_string(),
    }
}

fn conflict(actual: Seq, since: &[Record]) -> String {
    let ids: Vec<String> = since
        .iter()
        .map(|it| format!("{} ({})", it.seq(), it.envelope().id))
        .collect();
    format!("conflict at {actual}, won by records [{}]", ids.join(", "))
}

/// Checks that what is read is what was written, to the last byte.
pub(crate) fn same<'a>(
    of: &str,
    read: &[Record],
    known: impl Iterator<Item = &'a Record>,
) -> Result<(), Failed> {
    let known: Vec<&Record> = known.collect();
    let differs = known.iter().zip(read).position(|(a, b)| **a != *b);
    if let Some(n) = differs {
        let (wrote, found) = (known[n].as_line(), read[n].as_line());
        return Err(Failed::Broken(format!(
            "of {of}, {wrote} was written as record {}, {found} is read",
            n + 1
        )));
    }
    ensure!(
        known.len() == read.len(),
        "of {of}, {} records were written, {} are read",
        known.len(),
        read.len()
    );
    Ok(())
}
