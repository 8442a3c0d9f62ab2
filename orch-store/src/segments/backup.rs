//! Copying a store, while it is in use or not.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use super::create::{build, finish};
use super::layout::{Identity, Layout};
use super::reader::Reader;
use crate::cursor::JournalId;
use crate::error::StoreError;
use crate::index::Mark;
use crate::journal::{Journal as _, Progress, Verified};

/// Copies everything durable of a store to a folder that is not there yet; the copy is a store.
///
/// It is checked on the way, and gets an identity of its own: cursors of the original are refused
/// by it. The store may be in use meanwhile. To restore a backup is to copy it back.
///
/// # Errors
/// When the store is damaged, or the copy cannot be written; there is no copy then.
pub fn backup(
    from: &Path,
    to: &Path,
    progress: &mut dyn FnMut(Progress),
) -> Result<Verified, StoreError> {
    let reader = Reader::open(from)?;
    let verified = reader.verify(progress)?;
    let source = Layout::new(from);
    let end = reader.durable_end();
    let identity = Identity {
        journal: JournalId::random(),
        ..source.identity()?
    };
    build(to, |layout| {
        for first in source.segments()? {
            if first > end.segment {
                break;
            }
            let limit = (first == end.segment).then_some(end.offset);
            copy(&source.segment(first), &layout.segment(first), limit)?;
        }
        finish(layout, identity, &end)
    })?;
    check(to, end)?;
    Ok(verified)
}

/// Reads the copy once, as any reader would.
fn check(copy: &Path, end: Mark) -> Result<(), StoreError> {
    let found = Reader::open(copy)?.durable_end();
    if found.chain == end.chain && found.position == end.position {
        return Ok(());
    }
    Err(StoreError::Lost {
        witness: "the original",
        seen: end.position,
        found: found.position,
    })
}

fn copy(from: &Path, to: &Path, limit: Option<u64>) -> Result<(), StoreError> {
    let source = File::open(from).map_err(|error| StoreError::io("open", from, error))?;
    let mut source = source.take(limit.unwrap_or(u64::MAX));
    File::create(to)
        .and_then(|mut target| {
            io::copy(&mut source, &mut target)?;
            target.sync_all()
        })
        .map_err(|error| StoreError::io("write", to, error))
}
