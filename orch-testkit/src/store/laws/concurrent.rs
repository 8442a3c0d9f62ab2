//! Laws of what readers see while others append.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;

use orch_core::ids::{MissionId, Seq};
use orch_core::record::Record;
use orch_store::cursor::{Cursor, Position};
use orch_store::journal::Journal;

use crate::store::law::ensure;
use crate::store::{Bench, Draft, Failed, Verdict, mission};

/// The missions that writers append to, each its own.
fn missions() -> [MissionId; 3] {
    ["a", "b", "c"].map(mission)
}

/// How many records the nth append of a mission has.
const fn n_records(n: u64) -> usize {
    [2, 1, 7, 3, 16][(n % 5) as usize]
}

/// Has a writer for each mission append, and readers look again and again until all have ended.
///
/// Each reader looks once more behind the last append. Returns how often was looked.
fn while_written<L: Send>(
    bench: &Bench<'_>,
    begin: impl Fn(&dyn Journal) -> L,
    look: impl Fn(&dyn Journal, &mut L) -> Result<(), Failed> + Sync,
) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let mut readers: Vec<Arc<dyn Journal>> = vec![Arc::clone(&journal) as _; 2];
    readers.extend(bench.open_reader(&folder)?);
    let n_appends = u64::from(bench.n_cases(30));
    let (is_over, n_looks) = (AtomicBool::new(false), AtomicU64::new(0));
    thread::scope(|scope| {
        let reading: Vec<_> = readers
            .iter()
            .map(|reader| {
                let (look, is_over, n_looks) = (&look, &is_over, &n_looks);
                let mut seen = begin(&**reader);
                scope.spawn(move || -> Result<(), Failed> {
                    loop {
                        let is_last = is_over.load(Ordering::SeqCst);
                        look(&**reader, &mut seen)?;
                        n_looks.fetch_add(1, Ordering::Relaxed);
                        if is_last {
                            return Ok(());
                        }
                        thread::yield_now();
                    }
                })
            })
            .collect();
        let writing: Vec<_> = missions()
            .into_iter()
            .map(|m| {
                let (journal, n_looks) = (&journal, &n_looks);
                scope.spawn(move || write(&**journal, &m, n_appends, n_looks))
            })
            .collect();
        let written: Vec<_> = writing.into_iter().map(|it| it.join().unwrap()).collect();
        is_over.store(true, Ordering::SeqCst);
        let read: Vec<_> = reading.into_iter().map(|it| it.join().unwrap()).collect();
        written.into_iter().chain(read).collect::<Result<(), _>>()
    })?;
    Ok(n_looks.load(Ordering::Relaxed))
}

/// Appends, and lets somebody look between two appends, unless nobody comes to it for long.
fn write(
    journal: &dyn Journal,
    m: &MissionId,
    n_appends: u64,
    n_looks: &AtomicU64,
) -> Result<(), Failed> {
    let mut head = 0;
    for n in 0..n_appends {
        let before = n_looks.load(Ordering::Relaxed);
        for _ in 0..200 {
            if n_looks.load(Ordering::Relaxed) > before {
                break;
            }
            thread::yield_now();
        }
        journal.append(Draft::new(m, head).records(n_records(n)).append())?;
        head += n_records(n) as u64;
    }
    Ok(())
}

/// Whether a mission can have as many records without a part of an append among them.
fn is_end(head: u64) -> bool {
    let mut end = 0;
    for n in 0.. {
        if end >= head {
            break;
        }
        end += n_records(n) as u64;
    }
    end == head
}

pub(super) fn atomic_batch(bench: &Bench<'_>) -> Verdict {
    let look = |journal: &dyn Journal, (): &mut ()| {
        for m in missions() {
            let n_read = journal.read(&m, Seq::ZERO, usize::MAX)?.len() as u64;
            ensure!(
                is_end(n_read),
                "{n_read} records of {m} are read: a part of an append"
            );
            let head = journal.head(&m)?.0;
            ensure!(
                is_end(head),
                "the head of {m} is {head}: a part of an append"
            );
        }
        let all = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
        for m in missions() {
            let of = all
                .records
                .iter()
                .filter(|(_, it)| it.envelope().mission == m);
            let n_read = of.count() as u64;
            ensure!(
                is_end(n_read),
                "{n_read} records of {m} are in the journal: a part of an append"
            );
        }
        Ok(())
    };
    while_written(bench, |_| (), look)
}

pub(super) fn no_late_holes(bench: &Bench<'_>) -> Verdict {
    let begin = |journal: &dyn Journal| (Cursor::start(journal.id()), Vec::new());
    let look = |journal: &dyn Journal, (cursor, seen): &mut (Cursor, Vec<(Position, Record)>)| {
        let page = journal.read_all(cursor, 5)?;
        let mut last = cursor.position;
        for (at, record) in page.records {
            ensure!(at > last, "position {at} comes after {last}");
            last = at;
            seen.push((at, record));
        }
        *cursor = page.next;
        // Whoever reads on from a cursor must have seen everything below it.
        let all = journal.read_all(&Cursor::start(journal.id()), seen.len())?;
        let below = all.records.iter().take(seen.len());
        for ((at, record), (seen_at, seen_as)) in below.zip(&*seen) {
            ensure!(
                at == seen_at && record == seen_as,
                "position {at} is below {} and was not there when a reader passed it: {}",
                cursor.position,
                record.as_line()
            );
        }
        Ok(())
    };
    while_written(bench, begin, look)
}

pub(super) fn monotonic_reads(bench: &Bench<'_>) -> Verdict {
    type Seen = (Vec<Vec<Record>>, Position, Vec<u64>);
    let begin = |_: &dyn Journal| (vec![Vec::new(); 3], Position::ZERO, vec![0; 3]);
    let look = |journal: &dyn Journal, (seen, end, heads): &mut Seen| {
        for ((m, seen), head) in missions().iter().zip(seen).zip(heads) {
            let now = journal.read(m, Seq::ZERO, usize::MAX)?;
            ensure!(
                now.starts_with(seen),
                "{} records of {m} were read, and then {} that do not begin with them",
                seen.len(),
                now.len()
            );
            *seen = now;
            let at = journal.head(m)?.0;
            ensure!(at >= *head, "the head of {m} was {head}, and then {at}");
            *head = at;
        }
        let at = journal.end()?.position;
        ensure!(at >= *end, "the end was {end}, and then {at}");
        *end = at;
        Ok(())
    };
    while_written(bench, begin, look)
}

pub(super) fn snapshot_read(bench: &Bench<'_>) -> Verdict {
    let begin = |_: &dyn Journal| Vec::new();
    let look = |journal: &dyn Journal, before: &mut Vec<(Position, Record)>| {
        let all = journal.read_all(&Cursor::start(journal.id()), usize::MAX)?;
        let known = all.records.len().min(before.len());
        ensure!(
            all.records[..known] == before[..known],
            "one read of all missions is no prefix of another"
        );
        for m in missions() {
            let of = all
                .records
                .iter()
                .filter(|(_, it)| it.envelope().mission == m);
            let seqs: Vec<u64> = of.map(|(_, it)| it.seq().0).collect();
            ensure!(
                seqs.iter().copied().eq(1..=seqs.len() as u64),
                "one read of all missions has records {seqs:?} of {m}"
            );
        }
        let places = all.records.iter().zip(1..).find(|((at, _), n)| at.0 != *n);
        ensure!(
            places.is_none(),
            "one read of all missions leaves a position out: {places:?}"
        );
        *before = all.records;
        Ok(())
    };
    while_written(bench, begin, look)
}
