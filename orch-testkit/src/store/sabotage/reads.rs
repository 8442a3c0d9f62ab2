//! Faults of reading.

#![expect(
    clippy::unnecessary_wraps,
    reason = "a twist has the shape of the call that it replaces"
)]

use std::thread;
use std::time::Duration;

use orch_core::event::Event;
use orch_core::ids::{MissionId, Seq};
use orch_core::record::{Record, RecordError};
use orch_store::cursor::{Cursor, Position};
use orch_store::error::StoreError;
use orch_store::journal::{MissionHead, Page, Verified};

use super::twisted::{Told, TwistedJournal};

type Records = Told<Vec<Record>>;
type Paged = Told<Page>;

/// Reads by a key in which numbers stand as somebody wrote them.
fn by_key<K: Ord>(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
    key: impl Fn(u64) -> K,
) -> Records {
    let mut all = journal.inner.read(mission, Seq::ZERO, usize::MAX)?;
    all.sort_by_key(|it| key(it.seq().0));
    all.retain(|it| after == Seq::ZERO || key(it.seq().0) > key(after.0));
    all.truncate(max);
    Ok(all)
}

/// 28: numbers in keys have their lowest byte first.
pub(super) fn little_endian(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    by_key(journal, mission, after, max, u64::to_le_bytes)
}

/// Numbers in keys are decimal.
pub(super) fn decimal(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    by_key(journal, mission, after, max, |it| it.to_string())
}

/// Every third record of a mission is left out.
pub(super) fn every_third_lost(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let mut read = journal.inner.read(mission, after, max)?;
    read.retain(|it| it.seq().0 % 3 != 0);
    Ok(read)
}

/// 29: a mission is every one whose name begins with its own.
pub(super) fn prefix_bleeds(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let all = journal.all()?.records.into_iter().map(|(_, it)| it);
    let of = all.filter(|it| it.envelope().mission.as_str().starts_with(mission.as_str()));
    let after = usize::try_from(after.0).unwrap_or(usize::MAX);
    Ok(of.skip(after).take(max).collect())
}

/// 40: whatever goes wrong, there is nothing.
pub(super) fn error_is_empty(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let read = journal.inner.read(mission, after, max);
    Ok(read.unwrap_or_default())
}

/// A kind that is not known ends the reading.
pub(super) fn unknown_aborts(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let read = journal.inner.read(mission, after, max)?;
    let unknown =
        |it: &Record| matches!(it.event(), Event::Unknown { .. } | Event::Unreadable { .. });
    if read.iter().any(unknown) {
        return Err(StoreError::Unreadable {
            position: Position(1),
            source: RecordError::NewerFormat { found: 2 },
        });
    }
    Ok(read)
}

/// A conflict has written over what was there: see the append.
pub(super) fn overwritten(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let read = journal.inner.read(mission, after, max)?;
    let kept = journal.kept();
    let now = read.into_iter().map(|it| {
        let over = kept.records.get(&(mission.clone(), it.seq()));
        over.cloned().unwrap_or(it)
    });
    Ok(now.collect())
}

/// Other threads than the one that wrote do not see the last append yet.
pub(super) fn seen_by_the_writer(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let mut read = journal.inner.read(mission, after, max)?;
    if let Some((writer, of, n_records)) = &journal.kept().writer
        && *writer != thread::current().id()
        && of == mission
    {
        read.truncate(read.len().saturating_sub(*n_records));
    }
    Ok(read)
}

/// Every fifth answer comes from a copy that is behind.
pub(super) fn replica_behind(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    let mut read = journal.inner.read(mission, after, max)?;
    let mut kept = journal.kept();
    kept.n_calls += 1;
    if kept.n_calls.is_multiple_of(5) {
        read.truncate(read.len() / 2);
    }
    Ok(read)
}

/// What is read begins one too early: with the record that was read last.
pub(super) fn tail_overlaps(
    journal: &TwistedJournal,
    mission: &MissionId,
    after: Seq,
    max: usize,
) -> Records {
    // The number of the record is changed with it, so that it is no record that came again.
    let read = journal.inner.read(mission, after, max)?;
    let Some(first) = read.first().filter(|_| after > Seq::ZERO) else {
        return Ok(read);
    };
    let mut envelope = first.envelope().clone();
    envelope.id = crate::store::Draft::id();
    let again = Record::seal(envelope, first.event().clone()).unwrap();
    Ok(std::iter::once(again).chain(read).collect())
}

/// 37: a page begins with the record that its cursor names.
pub(super) fn cursor_inclusive(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let page = journal.inner.read_all(after, max)?;
    if after.position == Position::ZERO || page.records.is_empty() {
        return Ok(page);
    }
    let before = Cursor {
        position: Position(after.position.0 - 1),
        ..*after
    };
    journal.inner.read_all(&before, max.saturating_add(1))
}

/// All records are in the order of their times.
pub(super) fn by_time(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let mut page = journal.inner.read_all(after, max)?;
    let places: Vec<Position> = page.records.iter().map(|(at, _)| *at).collect();
    page.records.sort_by_key(|(_, it)| it.at());
    for (place, (at, _)) in places.into_iter().zip(&mut page.records) {
        *at = place;
    }
    Ok(page)
}

/// 38: what was placed before it was committed: see the append.
pub(super) fn placed(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let kept = journal.kept();
    let behind = kept.placed.iter().filter(|(at, _)| *at > after.position.0);
    let records: Vec<(Position, Record)> = behind
        .take(max)
        .map(|(at, record)| (Position(*at), record.clone()))
        .collect();
    let position = records.last().map_or(after.position, |(at, _)| *at);
    let next = Cursor { position, ..*after };
    Ok(Page { records, next })
}

/// The end of what was placed.
pub(super) fn placed_end(journal: &TwistedJournal) -> Told<Cursor> {
    let last = journal.kept().placed.last().map_or(0, |(at, _)| *at);
    Ok(Cursor {
        journal: journal.inner.id(),
        position: Position(last),
    })
}

/// One read looks at one mission after the other, at different times.
pub(super) fn mission_by_mission(journal: &TwistedJournal, after: &Cursor, max: usize) -> Paged {
    let is_of_a = |it: &Record| it.envelope().mission.as_str() == "a";
    let early = journal.inner.read_all(after, max)?;
    thread::sleep(Duration::from_micros(300));
    let mut page = journal.inner.read_all(after, max)?;
    let n_early = early.next.position;
    page.records
        .retain(|(at, it)| *at <= n_early || !is_of_a(it));
    Ok(page)
}

/// A list of missions has the newest last.
pub(super) fn listed_backwards(journal: &TwistedJournal) -> Told<Vec<MissionHead>> {
    let mut missions = journal.inner.missions()?;
    missions.reverse();
    Ok(missions)
}

/// A verification stops before the last record.
pub(super) fn verified_but_one(journal: &TwistedJournal) -> Told<Verified> {
    let mut verified = journal.inner.verify(&mut |_| ())?;
    verified.records = verified.records.saturating_sub(1);
    Ok(verified)
}

/// The head of a mission counts what was refused: see the append.
pub(super) fn head_counts_refusals(journal: &TwistedJournal, mission: &MissionId) -> Told<Seq> {
    let head = journal.inner.head(mission)?;
    let kept = journal.kept();
    let is_of = kept.writer.as_ref().is_some_and(|(_, of, _)| of == mission);
    Ok(Seq(head.0 + if is_of { kept.n_calls } else { 0 }))
}
