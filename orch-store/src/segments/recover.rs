//! Finding the end of a journal at opening, and cutting off what a crash left behind it.
//!
//! ```text
//! anchor ─▶ walk to the end ─▶ whole? ──────────────────────────────▶ end
//!                                └─ no: did a witness see more? ─ yes ▶ damaged, or lost
//!                                                               └─ no ─▶ cut, keep what was cut
//! ```
//! The witnesses are the anchor, the durable mark and the index. What none of them saw was never
//! acknowledged.

use std::fs::{self, OpenOptions};
use std::ops::ControlFlow;
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use super::layout::{Layout, sync_folder, write_synced};
use super::mark_file;
use super::scan::{Bad, Batch, walk};
use crate::cursor::{JournalId, Position};
use crate::error::StoreError;
use crate::index::Mark;

/// How much is written at once.
const CHUNK_BYTES: u64 = 1024 * 1024;

/// The largest journal that is read whole at each opening: it takes about a millisecond.
const WHOLE_MAX_BYTES: u64 = 1024 * 1024;

/// What was behind the last whole append and was cut off.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Torn {
    /// The last position that is whole.
    pub after: Position,
    /// How many bytes were cut off.
    pub bytes: u64,
    /// Where they are kept.
    pub kept: PathBuf,
}

/// The end of a journal.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) end: Mark,
    pub(super) torn: Option<Torn>,
    /// How far the anchor says that the journal was.
    pub(super) anchor: Mark,
}

/// What remembers how long the journal was.
#[derive(Debug, Clone, Copy)]
pub(super) struct Witness {
    pub(super) name: &'static str,
    pub(super) position: Position,
}

/// Returns the marks that the store keeps beside the journal, and who keeps them.
pub(super) fn witnesses(layout: &Layout) -> Result<Vec<(Witness, Mark)>, StoreError> {
    let mut found = Vec::new();
    for (name, path) in [
        ("the anchor", layout.anchor()),
        ("the durable mark", layout.durable()),
    ] {
        if let Some(mark) = mark_file::read(&path)? {
            let position = mark.position;
            found.push((Witness { name, position }, mark));
        }
    }
    Ok(found)
}

/// Finds the end of the journal.
///
/// Walks from the anchor: what lies before it was checked and synced when it was written. A journal
/// that is short enough for it not to matter is walked whole, so that damage anywhere is found
/// before something is written behind it.
pub(super) fn find_end(
    layout: &Layout,
    journal: JournalId,
    index: Option<Position>,
    total: u64,
    progress: &mut dyn FnMut(u64),
) -> Result<Found, StoreError> {
    let witnesses = witnesses(layout)?;
    let anchor = mark_file::read(&layout.anchor())?.unwrap_or(Mark::ZERO);
    check_presence(layout, anchor)?;
    let mut count = |batch: &Batch| {
        progress(batch.n_bytes());
        Ok(ControlFlow::Continue(()))
    };
    let from = if total <= WHOLE_MAX_BYTES {
        Mark::ZERO
    } else {
        anchor
    };
    let mut walked = walk(layout, journal, from, None, &mut count)?;
    if walked.bad.is_some() && from == anchor && walked.end == anchor {
        // Nothing after the anchor bears it out, so what lies before it may be gone as well: a file
        // that was cut shorter must not be taken for one with something torn behind its end.
        walked = walk(layout, journal, Mark::ZERO, None, &mut count)?;
    }
    let index = index.map(|position| Witness {
        name: "the index",
        position,
    });
    for witness in witnesses.iter().map(|(witness, _)| *witness).chain(index) {
        check_witness(witness, walked.end, walked.bad.as_ref(), layout)?;
    }
    let mut end = walked.end;
    let torn = match walked.bad {
        None => None,
        Some(bad) => {
            let (at, torn) = cut(layout, journal, bad)?;
            end = at;
            Some(torn)
        }
    };
    let marks: Vec<Mark> = witnesses.iter().map(|(_, mark)| *mark).collect();
    make_durable(layout, &marks, end)?;
    Ok(Found { end, torn, anchor })
}

/// Makes durable what no mark names, before anybody sees it: the records, and the name of a segment
/// whose maker died before it could sync the folder.
///
/// The records are written once more. If a sync of them failed, the system may take their pages
/// for clean: it shows them, but another sync alone would not bring them to the disk.
fn make_durable(layout: &Layout, marks: &[Mark], end: Mark) -> Result<(), StoreError> {
    let in_last = marks.iter().filter(|mark| mark.segment == end.segment);
    let named = in_last.map(|mark| mark.offset).max();
    if named.is_some_and(|named| named >= end.offset) {
        return Ok(());
    }
    let path = layout.segment(end.segment);
    let file = OpenOptions::new().read(true).write(true).open(&path);
    file.and_then(|file| {
        let mut at = named.unwrap_or(0);
        let mut chunk = Vec::new();
        while at < end.offset {
            let n_bytes = end.offset.saturating_sub(at).min(CHUNK_BYTES);
            chunk.resize(usize::try_from(n_bytes).unwrap_or_default(), 0);
            file.read_exact_at(&mut chunk, at)?;
            file.write_all_at(&chunk, at)?;
            at = at.saturating_add(n_bytes);
        }
        file.sync_data()
    })
    .map_err(|error| StoreError::io("sync", &path, error))?;
    sync_folder(&layout.journal())
}

/// Compares the end with a witness.
fn check_witness(
    witness: Witness,
    end: Mark,
    bad: Option<&Bad>,
    layout: &Layout,
) -> Result<(), StoreError> {
    if witness.position <= end.position {
        return Ok(());
    }
    Err(match bad {
        Some(bad) => bad.clone().damaged(layout, end.segment),
        None => StoreError::Lost {
            witness: witness.name,
            seen: witness.position,
            found: end.position,
        },
    })
}

/// The segments before the anchor are not read at opening, but they have to be there.
fn check_presence(layout: &Layout, anchor: Mark) -> Result<(), StoreError> {
    let segments = layout.segments()?;
    let lost = |found: Position| StoreError::Lost {
        witness: "the anchor",
        seen: anchor.position,
        found,
    };
    match segments.first() {
        first if first.is_none_or(|first| first.0 != 1) => Err(StoreError::Damaged {
            path: layout.segment(Position(1)),
            offset: 0,
            after: Position::ZERO,
            what: "the segment is missing".to_owned(),
        }),
        Some(_) if anchor.segment != Position::ZERO && !segments.contains(&anchor.segment) => {
            let before = segments.iter().rfind(|first| **first < anchor.segment);
            Err(lost(before.copied().unwrap_or_default()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Cuts off what stands behind the last whole append, and keeps it aside.
fn cut(layout: &Layout, journal: JournalId, bad: Bad) -> Result<(Mark, Torn), StoreError> {
    let (after, mut end) = (bad.at.position, bad.at);
    let path = layout.segment(end.segment);
    let bytes = fs::read(&path).map_err(|error| StoreError::io("read", &path, error))?;
    let from = usize::try_from(end.offset).unwrap_or(usize::MAX);
    let rest = bytes.get(from..).unwrap_or_default();
    let folder = layout.quarantine();
    fs::create_dir_all(&folder).map_err(|error| StoreError::io("create", &folder, error))?;
    let kept = free_name(&folder, after);
    write_synced(&kept, rest)?;
    sync_folder(&folder)?;
    if end.offset == 0 {
        // Not even its first line is whole: the segment was being made.
        if after == Position::ZERO {
            return Err(bad.damaged(layout, end.segment));
        }
        fs::remove_file(&path).map_err(|error| StoreError::io("remove", &path, error))?;
        sync_folder(&layout.journal())?;
        end = last_of(layout, journal, after)?;
    } else {
        let file = OpenOptions::new().write(true).open(&path);
        file.and_then(|file| {
            file.set_len(end.offset)?;
            file.sync_all()
        })
        .map_err(|error| StoreError::io("cut", &path, error))?;
    }
    let bytes = rest.len() as u64;
    Ok((end, Torn { after, bytes, kept }))
}

/// Finds the mark at the end of what is now the last segment.
fn last_of(layout: &Layout, journal: JournalId, after: Position) -> Result<Mark, StoreError> {
    let walked = walk(layout, journal, Mark::ZERO, None, |_| {
        Ok(ControlFlow::Continue(()))
    })?;
    match walked.bad {
        None if walked.end.position == after => Ok(walked.end),
        None => Err(StoreError::Lost {
            witness: "the last segment",
            seen: after,
            found: walked.end.position,
        }),
        Some(bad) => {
            let segment = walked.end.segment;
            Err(bad.damaged(layout, segment))
        }
    }
}

fn free_name(folder: &std::path::Path, after: Position) -> PathBuf {
    let names = (0_u32..).map(|n| folder.join(format!("torn-after-{after}-{n}")));
    let mut free = names.filter(|path| !path.exists());
    // There are more names than files.
    free.next().unwrap_or_else(|| folder.join("torn"))
}
