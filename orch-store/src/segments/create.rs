//! Making a store: all of it, or nothing that looks like one.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use uuid::Uuid;

use super::layout::{Identity, Kind, Layout, sync_folder, write_synced};
use super::line::Head;
use super::mark_file::MarkFile;
use crate::cursor::{JournalId, Position};
use crate::error::StoreError;
use crate::index::Mark;

/// Makes an empty store in a folder that is not there yet, or is empty.
///
/// It is made beside its place and renamed, so that nobody ever sees a part of it.
///
/// # Errors
/// When there is something already, or the folder above cannot be written.
pub fn create(root: &Path, kind: Kind) -> Result<JournalId, StoreError> {
    let journal = JournalId::random();
    build(root, |layout| {
        let head = Head {
            journal,
            after: Position::ZERO,
            chain: Mark::ZERO.chain,
        };
        let line = head.line();
        write_synced(&layout.segment(Position(1)), &line)?;
        let begin = Mark {
            segment: Position(1),
            offset: line.len() as u64,
            ..Mark::ZERO
        };
        let origin = journal;
        let identity = Identity {
            kind,
            journal,
            origin,
        };
        finish(layout, identity, &begin)
    })?;
    Ok(journal)
}

/// Builds a store beside its place, and puts it there.
pub(super) fn build(
    root: &Path,
    fill: impl FnOnce(&Layout) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    refuse_what_is_there(root)?;
    let above = above(root)?;
    let mut name = root.file_name().unwrap_or_default().to_owned();
    name.push(format!(".new-{}", Uuid::new_v4().simple()));
    let layout = Layout::new(above.join(name));
    let built = make_folder(layout.root())
        .and_then(|()| {
            make_folder(&layout.journal())?;
            make_folder(&layout.snapshots())
        })
        .and_then(|()| fill(&layout))
        .and_then(|()| {
            sync_folder(&layout.journal())?;
            sync_folder(layout.root())?;
            fs::rename(layout.root(), root).map_err(|error| not_placed(root, error))
        });
    if built.is_err() {
        // What was half built is of no use; that it cannot be removed is not the reason to tell.
        drop(fs::remove_dir_all(layout.root()));
    }
    built.map_err(|error| not_made(root, layout.root(), error))?;
    sync_folder(&above)
}

/// Writes the files beside the journal of a new store.
pub(super) fn finish(layout: &Layout, identity: Identity, end: &Mark) -> Result<(), StoreError> {
    for path in [layout.anchor(), layout.durable()] {
        let mut file = MarkFile::open(path)?;
        file.publish(end)?;
        file.sync()?;
    }
    layout.write_identity(identity)
}

/// Returns the folder that a store is made in, which has to be there.
fn above(root: &Path) -> Result<PathBuf, StoreError> {
    let above = match root.parent() {
        Some(above) if above.as_os_str().is_empty() => Path::new("."),
        Some(above) => above,
        None => Path::new("/"),
    };
    if above.is_dir() {
        return Ok(above.to_owned());
    }
    let path = above.to_owned();
    Err(StoreError::NoFolder { path })
}

fn refuse_what_is_there(root: &Path) -> Result<(), StoreError> {
    let exists = || StoreError::Exists {
        path: root.to_owned(),
    };
    match fs::read_dir(root) {
        Ok(mut entries) => entries.next().map_or(Ok(()), |_| Err(exists())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => Err(exists()),
        Err(error) => Err(StoreError::io("read", root, error)),
    }
}

fn make_folder(path: &Path) -> Result<(), StoreError> {
    fs::create_dir(path).map_err(|error| StoreError::io("create", path, error))
}

/// Speaks of the store by the name that was asked for: until it is whole, it has another.
fn not_made(root: &Path, building: &Path, error: StoreError) -> StoreError {
    let asked = root.to_owned();
    if let StoreError::Full { .. } = error {
        return StoreError::Full { path: asked };
    }
    if let StoreError::ReadOnly { path, source } | StoreError::Io { path, source, .. } = &error
        && path.starts_with(building)
        && matches!(
            source.kind(),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem
        )
    {
        let source = Arc::clone(source);
        return StoreError::ReadOnly {
            path: asked,
            source,
        };
    }
    error
}

/// Says why a store that is built cannot be put in its place.
fn not_placed(root: &Path, error: io::Error) -> StoreError {
    let others = [
        io::ErrorKind::DirectoryNotEmpty,
        io::ErrorKind::AlreadyExists,
        io::ErrorKind::NotADirectory,
    ];
    if others.contains(&error.kind()) {
        // Somebody else was faster.
        let path = root.to_owned();
        return StoreError::Exists { path };
    }
    StoreError::io("create", root, error)
}
