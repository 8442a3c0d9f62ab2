//! What is wrong with a store that something happened to: it is opened, read in each way, and gone on with.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use orch_store::cursor::{Cursor, Position};
use orch_store::error::StoreError;

use super::law::Failed;
use super::script::{Batch, Known};
use super::under_test::{Opened, Subject};

/// How long a store may seem to be taken that nobody has.
const BUSY_MAX: Duration = Duration::from_secs(20);

/// What may be wrong with what is left; nothing where all is well.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    /// It does not open, or does not answer.
    pub(super) unopened: Option<String>,
    /// What was acknowledged is gone.
    pub(super) lost: Option<String>,
    /// What is there are not whole appends, as they were handed in.
    pub(super) misshapen: Option<String>,
    /// What somebody saw is gone.
    pub(super) phantom: Option<String>,
    /// It takes nothing more.
    pub(super) stuck: Option<String>,
}

impl Judgement {
    /// Everything that is wrong.
    pub(super) fn first(&self) -> Result<(), Failed> {
        let all = [
            &self.unopened,
            &self.lost,
            &self.misshapen,
            &self.phantom,
            &self.stuck,
        ];
        let mut wrong = all.into_iter().flatten();
        is_well(wrong.next())
    }
}

/// A breach, if there is one.
pub(super) fn is_well(wrong: Option<&String>) -> Result<(), Failed> {
    match wrong {
        None => Ok(()),
        Some(what) => Err(Failed::Broken(what.clone())),
    }
}

/// Whether it is tried to go on with what is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum GoesOn {
    /// Something is appended, and everything read again.
    Tried,
    /// It is read only.
    Untried,
}

/// Opens what is left, reads it in each way, and perhaps goes on with it.
pub(super) fn judge(
    subject: &dyn Subject,
    folder: &Path,
    known: &Known<'_>,
    goes_on: GoesOn,
) -> Judgement {
    let mut judgement = Judgement::default();
    let log = match read(subject, folder) {
        Ok(log) => log,
        Err(error) => {
            judgement.unopened = Some(format!("it does not open: {error}"));
            return judgement;
        }
    };
    match parts(&log, &known.handed_in) {
        Err(what) => judgement.misshapen = Some(what),
        Ok(there) => {
            let lost = known.acknowledged.iter().find(|batch| {
                let first = batch.lines.first();
                !there.iter().any(|it| it.lines.first() == first)
            });
            judgement.lost = lost.map(|batch| {
                let n = log.len();
                format!(
                    "an acknowledged append to {} is gone of {n} records",
                    batch.mission
                )
            });
        }
    }
    let phantom = known.seen.iter().find(|(at, line)| {
        let there = usize::try_from(at.0)
            .ok()
            .and_then(|at| log.get(at.checked_sub(1)?));
        there.is_none_or(|(position, is)| (position, is) != (at, line))
    });
    judgement.phantom = phantom.map(|(at, _)| format!("record {at} was seen, and is not there"));
    if goes_on == GoesOn::Tried {
        judgement.stuck = tried(subject, folder, &log).err();
    }
    judgement
}

/// Opens a store, and waits while somebody seems to have it: a process that another thread of this
/// one is just starting has all its locks as well, until it is another program.
pub(super) fn opened(subject: &dyn Subject, folder: &Path) -> Result<Opened, StoreError> {
    let until = Instant::now() + BUSY_MAX;
    loop {
        match subject.open(folder) {
            Err(StoreError::Busy { .. }) if Instant::now() < until => {
                thread::sleep(Duration::from_millis(2));
            }
            answer => return answer,
        }
    }
}

/// Everything that a store tells, by each way of reading it.
pub(super) fn read(
    subject: &dyn Subject,
    folder: &Path,
) -> Result<Vec<(Position, String)>, StoreError> {
    let opened = opened(subject, folder)?;
    let journal = &*opened.journal;
    let log = all(journal)?;
    journal.verify(&mut |_| ())?;
    let mut n_records = 0;
    for head in journal.missions()? {
        let own = journal.read(&head.mission, orch_core::ids::Seq::ZERO, usize::MAX)?;
        n_records += own.len();
        let mut lines = log.iter().map(|(_, line)| line.as_str());
        if !own
            .iter()
            .all(|record| lines.any(|line| line == record.as_line()))
        {
            let what = format!(
                "reading {} tells something else than reading all",
                head.mission
            );
            return Err(StoreError::Index { what });
        }
    }
    if n_records != log.len() {
        let what = format!("the missions have {n_records} records of {}", log.len());
        return Err(StoreError::Index { what });
    }
    (opened.close)()?;
    Ok(log)
}

/// Everything in a journal.
pub(super) fn all(
    journal: &dyn orch_store::journal::Journal,
) -> Result<Vec<(Position, String)>, StoreError> {
    let page = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
    let lines = page.records.iter();
    Ok(lines
        .map(|(at, record)| (*at, record.as_line().to_owned()))
        .collect())
}

/// Takes a log apart into the batches that it is made of.
pub(super) fn parts<'a>(
    log: &[(Position, String)],
    batches: &[&'a Batch],
) -> Result<Vec<&'a Batch>, String> {
    let mut there: Vec<&Batch> = Vec::new();
    let mut rest = log;
    let mut position = Position::ZERO;
    while let Some((at, line)) = rest.first() {
        let batch = batches
            .iter()
            .find(|batch| batch.lines.first() == Some(line));
        let batch = batch.ok_or_else(|| format!("record {at} was not handed in"))?;
        let n = batch.lines.len();
        let own = rest.get(..n).unwrap_or(rest);
        let is_whole = own.iter().map(|(_, line)| line).eq(&batch.lines);
        if !is_whole {
            return Err(format!(
                "at record {at} there is a part of an append of {n}"
            ));
        }
        for (at, _) in own {
            if *at != position.plus(1) {
                return Err(format!("record {at} follows {position}"));
            }
            position = *at;
        }
        if there.iter().any(|other| other.lines == batch.lines) {
            return Err(format!("the append at record {at} is there twice"));
        }
        there.push(batch);
        rest = rest.get(n..).unwrap_or_default();
    }
    Ok(there)
}

/// Appends something, and finds it behind what was there.
fn tried(subject: &dyn Subject, folder: &Path, log: &[(Position, String)]) -> Result<(), String> {
    let more = super::draft::Draft::new(&super::draft::mission("afterwards"), 0).append();
    let line = more
        .records()
        .first()
        .map(|record| record.as_line().to_owned());
    let appended = || -> Result<Vec<(Position, String)>, String> {
        let opened = opened(subject, folder).map_err(|error| error.to_string())?;
        opened
            .journal
            .append(more)
            .map_err(|error| error.to_string())?;
        drop(opened);
        read(subject, folder).map_err(|error| error.to_string())
    };
    let now = appended().map_err(|error| format!("it does not go on: {error}"))?;
    let is_longer = now.starts_with(log) && now.len() == log.len() + 1;
    if is_longer && now.last().map(|(_, line)| line) == line.as_ref() {
        Ok(())
    } else {
        Err("what is appended afterwards does not follow what was there".to_owned())
    }
}
