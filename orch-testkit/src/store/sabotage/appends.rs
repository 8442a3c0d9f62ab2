//! Faults of appending.

use std::thread;
use std::time::Duration;

use orch_core::ids::Seq;
use orch_core::record::Record;
use orch_store::capabilities::Durability;
use orch_store::error::AppendError;
use orch_store::journal::{Append, Appended, Expect};
use orch_store::pending::{Pending, channel};

use super::twisted::{Answer, TwistedJournal};
use crate::store::Draft;

/// Puts an append to another position, as it would read there.
fn moved(append: &Append, head: Seq, has_command: bool) -> Append {
    let records = append.records().iter().zip(head.0 + 1..);
    let records = records.map(|(record, seq)| {
        let mut envelope = record.envelope().clone();
        envelope.seq = Seq(seq);
        envelope.id = Draft::id();
        if !has_command {
            envelope.command = None;
        }
        Record::seal(envelope, record.event().clone()).unwrap()
    });
    Append::new(Expect::head(head), records.collect()).unwrap()
}

/// 24: looks where the mission is, and writes later, wherever it is then.
pub(super) fn checked_before(journal: &TwistedJournal, append: Append) -> Answer {
    let mut head = journal
        .inner
        .head(append.mission())
        .map_err(AppendError::NotWritten)?;
    if head != append.expect().seq() {
        return journal.inner.append(append);
    }
    thread::sleep(Duration::from_millis(1));
    loop {
        let moved = if head == append.expect().seq() {
            append.clone()
        } else {
            moved(&append, head, true)
        };
        match journal.inner.append(moved) {
            Err(AppendError::Conflict { actual, .. }) => head = actual,
            answer => return answer,
        }
    }
}

/// 27: takes whatever comes under a known id for the same again.
pub(super) fn content_ignored(journal: &TwistedJournal, append: Append) -> Answer {
    match journal.inner.append(append) {
        Err(AppendError::Reused { first, last }) => Ok(Appended::Before { first, last }),
        answer => answer,
    }
}

/// A retry is written a second time.
pub(super) fn written_twice(journal: &TwistedJournal, append: Append) -> Answer {
    match journal.inner.append(append.clone()) {
        Ok(Appended::Before { .. }) => {
            let head = journal
                .inner
                .head(append.mission())
                .map_err(AppendError::NotWritten)?;
            journal.inner.append(moved(&append, head, false))
        }
        answer => answer,
    }
}

/// Looks at the position first, and only then whether the command was answered.
pub(super) fn position_first(journal: &TwistedJournal, append: Append) -> Answer {
    let (mission, expected) = (append.mission().clone(), append.expect().seq());
    let actual = journal
        .inner
        .head(&mission)
        .map_err(AppendError::NotWritten)?;
    if actual != expected {
        let since = journal.inner.read(&mission, expected, 64);
        let since = since.map_err(AppendError::NotWritten)?;
        return Err(AppendError::Conflict { actual, since });
    }
    journal.inner.append(append)
}

/// Knows a retry by the ids of its records, which another decision does not have.
pub(super) fn known_by_record_ids(journal: &TwistedJournal, append: Append) -> Answer {
    match journal.inner.append(append.clone()) {
        Ok(Appended::Before { first, last }) => {
            let before = Seq(first.0 - 1);
            let there = journal.inner.read(append.mission(), before, 1);
            let there = there.map_err(AppendError::NotWritten)?;
            if there.first().map(|it| it.envelope().id)
                == append.records().first().map(|it| it.envelope().id)
            {
                return Ok(Appended::Before { first, last });
            }
            position_first(journal, moved(&append, append.expect().seq(), false))
        }
        answer => answer,
    }
}

/// Takes "no record yet" for "wherever it is".
pub(super) fn new_is_any(journal: &TwistedJournal, append: Append) -> Answer {
    match journal.inner.append(append.clone()) {
        Err(AppendError::Conflict { actual, .. }) if append.expect() == Expect::New => {
            journal.inner.append(moved(&append, actual, true))
        }
        answer => answer,
    }
}

/// Tells of a conflict, and has written over what was there.
pub(super) fn overwrites(journal: &TwistedJournal, append: Append) -> Answer {
    let answer = journal.inner.append(append.clone());
    if let Err(AppendError::Conflict { .. }) = answer {
        for record in append.into_records() {
            let place = (record.envelope().mission.clone(), record.seq());
            journal.kept().records.insert(place, record);
        }
    }
    answer
}

/// Writes records down anew, as far as it knows them.
pub(super) fn normalised(journal: &TwistedJournal, append: Append) -> Answer {
    let (expect, records) = (append.expect(), append.into_records());
    let anew = records
        .iter()
        .map(|it| Record::seal(it.envelope().clone(), it.event().clone()).unwrap());
    journal
        .inner
        .append(Append::new(expect, anew.collect()).unwrap())
}

/// Gives every record an id of its own.
pub(super) fn ids_renewed(journal: &TwistedJournal, append: Append) -> Answer {
    let head = append.expect().seq();
    journal.inner.append(moved(&append, head, true))
}

/// Takes what is longer than it says.
pub(super) fn limit_untold(own: &mut orch_store::capabilities::Capabilities) {
    own.record_max_bytes = 1000;
    own.batch_max_records = 100;
}

/// Takes an append that asks for more than it keeps.
pub(super) fn durable_in_words(journal: &TwistedJournal, append: Append) -> Answer {
    journal.inner.append(append.durability(Durability::None))
}

/// 38: gives positions before it commits, so that a later one can be seen first.
pub(super) fn placed_before(journal: &TwistedJournal, append: Append) -> Answer {
    let n_records = append.records().len() as u64;
    let first = {
        let mut kept = journal.kept();
        let first = kept.n_calls + 1;
        kept.n_calls += n_records;
        first
    };
    if first.is_multiple_of(3) {
        thread::sleep(Duration::from_micros(500));
    }
    let answer = journal.inner.append(append.clone());
    if matches!(answer, Ok(Appended::Now { .. })) {
        let placed = (first..).zip(append.into_records());
        let mut kept = journal.kept();
        kept.placed.extend(placed);
        kept.placed.sort_by_key(|(at, _)| *at);
    }
    answer
}

/// Judges what is handed in without waiting in whatever order it comes to.
pub(super) fn unordered(journal: &TwistedJournal, append: Append) -> Pending {
    let (reply, pending) = channel();
    let inner = std::sync::Arc::clone(&journal.inner);
    let n = {
        let mut kept = journal.kept();
        kept.n_calls += 1;
        kept.n_calls
    };
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(if n.is_multiple_of(2) {
            0
        } else {
            3
        }));
        reply.answer(inner.append(append));
    });
    pending
}

/// Counts what it refused among the records of the mission.
pub(super) fn refusals_counted(journal: &TwistedJournal, append: Append) -> Answer {
    let mission = append.mission().clone();
    let answer = journal.inner.append(append);
    if answer.is_err() {
        let mut kept = journal.kept();
        kept.n_calls += 1;
        kept.writer = Some((thread::current().id(), mission, 0));
    }
    answer
}

/// Remembers who wrote last, and how much.
pub(super) fn writer_known(journal: &TwistedJournal, append: Append) -> Answer {
    let (mission, n_records) = (append.mission().clone(), append.records().len());
    let answer = journal.inner.append(append);
    if answer.is_ok() {
        journal.kept().writer = Some((thread::current().id(), mission, n_records));
    }
    answer
}
