//! What an index has to know of a batch.

use orch_core::ids::Seq;
use orch_core::record::Record;

use super::layout::Layout;
use super::scan::{Bad, Batch, Line};
use crate::answers::Given;
use crate::error::StoreError;
use crate::index::{Entry, Pointer};
use crate::journal::{Append, Expect};

/// Reads the record of a line.
pub(super) fn record(line: Line<'_>) -> Result<Record, StoreError> {
    Record::parse(line.text).map_err(|source| StoreError::Unreadable {
        position: line.position,
        source,
    })
}

/// Reads the records of a batch.
pub(super) fn records(batch: &Batch) -> Result<Vec<Record>, StoreError> {
    batch.lines().map(record).collect()
}

/// Reads a batch as an index sees it.
pub(super) fn of_batch(layout: &Layout, batch: &Batch) -> Result<Entry, StoreError> {
    let records = records(batch)?;
    let before = records
        .first()
        .map_or(0, |first| first.seq().0.saturating_sub(1));
    let pointers = batch.lines().map(|line| pointer(batch, line)).collect();
    let append = Append::new(Expect::head(Seq(before)), records).map_err(|error| {
        let (at, what) = (batch.start, error.to_string());
        Bad { at, what }.damaged(layout, at.segment)
    })?;
    Ok(of_append(&append, pointers))
}

/// An append whose records lie where the pointers say.
pub(super) fn of_append(append: &Append, pointers: Vec<Pointer>) -> Entry {
    Entry {
        mission: append.mission().clone(),
        at: append.at(),
        given: Given::of(append),
        pointers,
    }
}

fn pointer(batch: &Batch, line: Line<'_>) -> Pointer {
    Pointer {
        position: line.position,
        segment: batch.start.segment,
        offset: line.offset,
        // A line is never longer than what an append may hold.
        len: u32::try_from(line.text.len()).unwrap_or(u32::MAX),
        crc: crc32fast::hash(line.text),
    }
}
