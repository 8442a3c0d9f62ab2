//! What an adapter says of its store, and nothing more.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use orch_store::capabilities::Capabilities;
use orch_store::error::StoreError;
use orch_store::journal::Journal;

use super::worker::WorkerSpec;

/// A store that is held against the laws.
pub trait StoreUnderTest: Send + Sync + 'static {
    /// The store.
    type Store: Journal + 'static;

    /// Returns its name in reports.
    fn name(&self) -> &str;

    /// Returns what it claims; each handle that may write has to say the same of itself.
    ///
    /// The laws take for granted that an append may have 16 records, of 1000 bytes each.
    fn capabilities(&self) -> Capabilities;

    /// Opens the store in a folder that is there, and makes it if the folder is empty.
    ///
    /// A store that claims no durability may begin anew each time.
    ///
    /// # Errors
    /// When it cannot be opened, soon: a store that somebody else has is not waited for.
    fn open(&self, folder: &Path) -> Result<Self::Store, StoreError>;

    /// Closes a store, where there is more to it than to drop it.
    ///
    /// # Errors
    /// When that fails; nothing that was acknowledged may be lost by it.
    fn close(store: &Self::Store) -> Result<(), StoreError> {
        // To drop it is all there is to it.
        let _ = store;
        Ok(())
    }

    /// Opens a handle that reads beside a writer; `None` if the store has no such handles.
    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>> {
        let _ = folder;
        None
    }

    /// Copies the store to a folder that is not there yet, as its users are to do it; `None` if
    /// there is no such way.
    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>> {
        let _ = (from, to);
        None
    }

    /// Returns a folder with stores that earlier versions wrote, which can still be opened; `None`
    /// if that is not claimed.
    ///
    /// It has a folder for each version, with the files of the store in `store` and its records, in
    /// their order, in `records.jsonl`: [`write_fixture`](super::write_fixture) makes one. What is
    /// in `newer` is a store of a format that is yet to come, and has to be refused.
    fn fixtures(&self) -> Option<PathBuf> {
        None
    }

    /// Whether a store is done with a panic of which this was said on standard error: it happened on
    /// a thread that is there for it, below something that panics, and nobody else learns of it.
    fn is_contained(&self, panic: &str) -> bool {
        let _ = panic;
        false
    }

    /// Returns the program that serves this store as a [worker](super::worker); `None` for the
    /// running one, where [`store_laws!`](crate::store_laws) put a worker into the tests.
    fn worker(&self) -> Option<WorkerSpec> {
        None
    }
}

/// An open store of whatever type.
pub struct Opened {
    /// The store.
    pub journal: Arc<dyn Journal>,
    /// Closes it.
    pub close: Close,
}

/// Closes an open store.
pub type Close = Box<dyn Fn() -> Result<(), StoreError> + Send + Sync>;

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Opened").field(&self.journal).finish()
    }
}

/// A [`StoreUnderTest`] without its type: what the laws see of it.
pub trait Subject: Send + Sync {
    /// As [`StoreUnderTest::name`].
    fn name(&self) -> &str;

    /// As [`StoreUnderTest::capabilities`].
    fn capabilities(&self) -> Capabilities;

    /// As [`StoreUnderTest::open`].
    ///
    /// # Errors
    /// As there.
    fn open(&self, folder: &Path) -> Result<Opened, StoreError>;

    /// As [`StoreUnderTest::open_reader`].
    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>>;

    /// As [`StoreUnderTest::copy`].
    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>>;

    /// As [`StoreUnderTest::fixtures`].
    fn fixtures(&self) -> Option<PathBuf>;

    /// As [`StoreUnderTest::is_contained`].
    fn is_contained(&self, panic: &str) -> bool;

    /// As [`StoreUnderTest::worker`].
    fn worker(&self) -> Option<WorkerSpec>;
}

impl<T: StoreUnderTest> Subject for T {
    fn name(&self) -> &str {
        StoreUnderTest::name(self)
    }

    fn capabilities(&self) -> Capabilities {
        StoreUnderTest::capabilities(self)
    }

    fn open(&self, folder: &Path) -> Result<Opened, StoreError> {
        let store = Arc::new(StoreUnderTest::open(self, folder)?);
        let journal: Arc<dyn Journal> = Arc::<T::Store>::clone(&store);
        let close: Close = Box::new(move || T::close(&store));
        Ok(Opened { journal, close })
    }

    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>> {
        StoreUnderTest::open_reader(self, folder)
    }

    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>> {
        StoreUnderTest::copy(self, from, to)
    }

    fn fixtures(&self) -> Option<PathBuf> {
        StoreUnderTest::fixtures(self)
    }

    fn is_contained(&self, panic: &str) -> bool {
        StoreUnderTest::is_contained(self, panic)
    }

    fn worker(&self) -> Option<WorkerSpec> {
        StoreUnderTest::worker(self)
    }
}
