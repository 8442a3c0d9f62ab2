//! The stores of `orch-store`, as their author holds them against the laws.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orch_store::capabilities::{Capabilities, Durability};
use orch_store::error::StoreError;
use orch_store::index::MemoryIndex;
use orch_store::journal::{Journal, Progress};
use orch_store::memory::MemoryJournal;
use orch_store::segments::{self, Kind, Options, Reader, Segments};

use super::under_test::StoreUnderTest;

/// The store in memory.
#[derive(Debug, Clone, Copy)]
pub struct Memory;

impl StoreUnderTest for Memory {
    type Store = MemoryJournal;

    fn name(&self) -> &'static str {
        "memory"
    }

    fn capabilities(&self) -> Capabilities {
        let mut own = Capabilities::none();
        own.append = true;
        own.subscribe = true;
        own.snapshots = true;
        own.record_max_bytes = 16 * 1024 * 1024;
        own.batch_max_records = usize::MAX;
        own
    }

    fn open(&self, _folder: &Path) -> Result<MemoryJournal, StoreError> {
        Ok(MemoryJournal::new())
    }
}

/// The plain-text journal, with its index in memory.
#[derive(Debug, Clone, Copy)]
pub struct Jsonl;

impl StoreUnderTest for Jsonl {
    type Store = Segments<MemoryIndex>;

    fn name(&self) -> &'static str {
        "jsonl"
    }

    fn capabilities(&self) -> Capabilities {
        segments_claim()
    }

    fn open(&self, folder: &Path) -> Result<Self::Store, StoreError> {
        make_once(folder, Kind::Jsonl)?;
        Ok(segments::open(folder, &short_options())?.journal)
    }

    fn close(store: &Self::Store) -> Result<(), StoreError> {
        store.close()
    }

    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>> {
        Some(reader(folder))
    }

    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>> {
        Some(copy(from, to))
    }

    fn fixtures(&self) -> Option<PathBuf> {
        Some(fixtures("jsonl"))
    }
}

/// Returns the folder of what earlier versions of a store of the project wrote.
pub fn fixtures(store: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("stores")
        .join(store)
}

/// What every journal of segments claims, whatever its index.
pub fn segments_claim() -> Capabilities {
    let mut own = Capabilities::none();
    own.durability = Durability::PowerCut;
    own.append = true;
    own.subscribe = true;
    own.snapshots = true;
    own.record_max_bytes = 4 * 1024 * 1024;
    own.batch_max_records = 100_000;
    own
}

/// Options under which even a short law sees several segments, and a lock is not waited for.
pub fn short_options() -> Options {
    let mut options = Options::default();
    options.lock_wait = Duration::from_millis(50);
    options.segment_max_bytes = 4 * 1024;
    options
}

/// Makes a store of segments in an empty folder.
///
/// # Errors
/// When it cannot be made.
pub fn make_once(folder: &Path, kind: Kind) -> Result<(), StoreError> {
    match segments::create(folder, kind) {
        // What is there is opened, and says itself if it is no store.
        Ok(_) | Err(StoreError::Exists { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a reader of segments.
///
/// # Errors
/// When there is no store.
pub fn reader(folder: &Path) -> Result<Arc<dyn Journal>, StoreError> {
    Ok(Arc::new(Reader::open(folder)?))
}

/// Copies a store of segments.
///
/// # Errors
/// When that fails.
pub fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    let mut untold = |_: Progress| ();
    segments::backup(from, to, &mut untold).map(|_| ())
}
