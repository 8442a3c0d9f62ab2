//! Laws of reading in parts.

use orch_core::ids::Seq;
use orch_core::record::Record;
use orch_store::cursor::{Cursor, Position};
use orch_store::journal::Journal;
use proptest::prelude::*;

use crate::store::known::{Known, same};
use crate::store::law::ensure;
use crate::store::{Bench, Draft, Failed, Verdict, mission};

pub(super) fn paging(bench: &Bench<'_>) -> Verdict {
    let folder = bench.folder()?;
    let journal = bench.open(&folder)?;
    let reader = bench.open_reader(&folder)?;
    let appends = prop::collection::vec((0..3_u8, 1..5_usize), 1..10);
    let known = std::cell::RefCell::new(Known::default());
    bench.each(&appends, bench.n_cases(4), |appends| {
        let mut known = known.borrow_mut();
        for (m, n_records) in appends {
            let m = mission(&format!("m{m}"));
            let head = known.head(&m);
            known.append(&*journal, Draft::new(&m, head).records(n_records).append())?;
        }
        paged(&*journal, &known)?;
        reader
            .as_ref()
            .map_or(Ok(()), |reader| paged(&**reader, &known))
    })
}

fn paged(journal: &dyn Journal, known: &Known) -> Result<(), Failed> {
    for max in [0, 1, 2, 3, 7, usize::MAX] {
        for m in known.missions() {
            let of: Vec<&Record> = known.of(m).collect();
            for after in 0..of.len() + 3 {
                let read = journal.read(m, Seq(after as u64), max)?;
                let wanted = of.iter().skip(after).take(max).copied();
                same(&format!("{m} after {after}, at most {max},"), &read, wanted)?;
            }
        }
        pages(journal, known, max)?;
    }
    Ok(())
}

/// Pages of all missions come to the whole, end where appends do, and go on where they ended.
fn pages(journal: &dyn Journal, known: &Known, max: usize) -> Result<(), Failed> {
    let mut cursor = Cursor::start(journal.id());
    let mut read = Vec::new();
    loop {
        let page = journal.read_all(&cursor, max)?;
        if page.records.is_empty() {
            ensure!(
                page.next == cursor,
                "an empty page behind {} ends at {}",
                cursor.position,
                page.next.position
            );
            break;
        }
        ensure!(
            max > 0,
            "at most 0 records were asked for, {} came",
            page.records.len()
        );
        let last = page.records.last().map_or(Position::ZERO, |(at, _)| *at);
        ensure!(
            page.next.position == last && known.is_end(last),
            "a page ends at {last}, where no append does, and goes on at {}",
            page.next.position
        );
        // A page may exceed what was asked for by the rest of one append only.
        let without_last = page.records.len() - n_of_last(&page.records);
        ensure!(
            without_last < max,
            "{} records came in a page of at most {max}",
            page.records.len()
        );
        read.extend(page.records);
        cursor = page.next;
    }
    if max > 0 {
        ensure!(
            cursor == journal.end()?,
            "the pages end at {}",
            cursor.position
        );
        let positions: Vec<u64> = read.iter().map(|(at, _)| at.0).collect();
        let n_known = known.log().len() as u64;
        ensure!(
            positions.iter().copied().eq(1..=n_known),
            "the pages of at most {max} have positions {positions:?}"
        );
        let records: Vec<Record> = read.into_iter().map(|(_, it)| it).collect();
        same("all missions, in pages,", &records, known.log().iter())?;
    }
    Ok(())
}

/// Returns how many records the last append of a page can have: they are of one mission.
fn n_of_last(records: &[(Position, Record)]) -> usize {
    let last = records.last().map(|(_, it)| &it.envelope().mission);
    let is_of_last = |(_, it): &&(Position, Record)| Some(&it.envelope().mission) == last;
    records.iter().rev().take_while(is_of_last).count()
}
