//! Reading records where a pointer says they lie.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::sync::{Arc, Mutex};

use orch_core::record::Record;

use super::layout::Layout;
use super::scan::Bad;
use crate::cursor::Position;
use crate::error::StoreError;
use crate::index::{Mark, Pointer};
use crate::pending::lock;

/// The most bytes that are read at once for records that lie close together.
const SPAN_MAX: u64 = 1024 * 1024;

/// The most bytes between two records that are read rather than skipped: a system call costs more.
const GAP_MAX: u64 = 16 * 1024;

/// The most segments that are kept open.
const OPEN_MAX: usize = 64;

/// The segments of a journal, opened when they are read.
#[derive(Debug)]
pub(super) struct Files {
    layout: Layout,
    open: Mutex<BTreeMap<Position, Arc<File>>>,
}

impl Files {
    pub(super) fn new(layout: Layout) -> Self {
        Self {
            layout,
            open: Mutex::default(),
        }
    }

    /// Reads records in the order of their pointers, and checks the bytes of each.
    pub(super) fn read(&self, pointers: &[Pointer]) -> Result<Vec<Record>, StoreError> {
        let mut records = Vec::with_capacity(pointers.len());
        let mut rest = pointers;
        let mut bytes = Vec::new();
        while let Some(first) = rest.first() {
            let n_together = together(rest);
            let (now, later) = rest.split_at(n_together);
            let end = now.iter().map(end_of).max().unwrap_or_default();
            let n_bytes = usize::try_from(end.saturating_sub(first.offset)).unwrap_or(usize::MAX);
            bytes.resize(n_bytes, 0);
            self.segment(first.segment)?
                .read_exact_at(&mut bytes, first.offset)
                .map_err(|error| {
                    let path = self.layout.segment(first.segment);
                    StoreError::io("read", path, error)
                })?;
            for pointer in now {
                let from = usize::try_from(pointer.offset.saturating_sub(first.offset));
                let from = from.unwrap_or(usize::MAX);
                let line = bytes.get(from..from.saturating_add(pointer.len as usize));
                records.push(self.record(pointer, line.unwrap_or_default())?);
            }
            rest = later;
        }
        Ok(records)
    }

    fn record(&self, pointer: &Pointer, line: &[u8]) -> Result<Record, StoreError> {
        if crc32fast::hash(line) != pointer.crc {
            let at = Mark {
                position: Position(pointer.position.0.saturating_sub(1)),
                segment: pointer.segment,
                offset: pointer.offset,
                ..Mark::ZERO
            };
            let what = "the record is not what was written".to_owned();
            return Err(Bad { at, what }.damaged(&self.layout, pointer.segment));
        }
        Record::parse(line).map_err(|source| StoreError::Unreadable {
            position: pointer.position,
            source,
        })
    }

    fn segment(&self, first: Position) -> Result<Arc<File>, StoreError> {
        let mut open = lock(&self.open);
        if let Some(file) = open.get(&first) {
            return Ok(Arc::clone(file));
        }
        let path = self.layout.segment(first);
        let file = File::open(&path).map_err(|error| StoreError::io("open", &path, error))?;
        if open.len() >= OPEN_MAX {
            open.pop_first();
        }
        let file = Arc::new(file);
        open.insert(first, Arc::clone(&file));
        Ok(file)
    }
}

const fn end_of(pointer: &Pointer) -> u64 {
    pointer.offset.saturating_add(pointer.len as u64)
}

/// Counts how many of the first pointers lie close together, in ascending order.
fn together(pointers: &[Pointer]) -> usize {
    let Some(first) = pointers.first() else {
        return 0;
    };
    let mut end = end_of(first);
    let close = pointers.iter().skip(1).take_while(|pointer| {
        let is_close = pointer.segment == first.segment
            && pointer.offset >= end
            && pointer.offset.saturating_sub(end) <= GAP_MAX
            && end_of(pointer).saturating_sub(first.offset) <= SPAN_MAX;
        end = end_of(pointer);
        is_close
    });
    close.count().saturating_add(1)
}
