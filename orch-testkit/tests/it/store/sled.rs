//! The journal with its index in sled.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use orch_store::capabilities::Capabilities;
use orch_store::error::StoreError;
use orch_store::journal::Journal;
use orch_store::segments::{Kind, Segments};
use orch_store_sled::SledIndex;
use orch_testkit::store::{StoreUnderTest, stores};

/// The journal with its index in sled.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sled;

impl StoreUnderTest for Sled {
    type Store = Segments<SledIndex>;

    fn name(&self) -> &'static str {
        "sled"
    }

    fn capabilities(&self) -> Capabilities {
        stores::segments_claim()
    }

    fn open(&self, folder: &Path) -> Result<Self::Store, StoreError> {
        stores::make_once(folder, Kind::Sled)?;
        Ok(orch_store_sled::open(folder, &stores::short_options())?.journal)
    }

    fn close(store: &Self::Store) -> Result<(), StoreError> {
        store.close()
    }

    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>> {
        Some(stores::reader(folder))
    }

    fn is_contained(&self, panic: &str) -> bool {
        // sled panics when it is dropped after a write that failed.
        panic.contains("'sled-drop'")
    }

    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>> {
        Some(stores::copy(from, to))
    }

    fn fixtures(&self) -> Option<PathBuf> {
        Some(stores::fixtures("sled"))
    }
}

orch_testkit::store_laws!(Sled);
