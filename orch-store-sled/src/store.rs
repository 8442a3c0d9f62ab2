//! The store: a journal of segments with its index in sled.

use std::path::Path;

use orch_store::error::StoreError;
use orch_store::segments::{self, IndexHome, Kind, Opened, Options};

use crate::SledIndex;

/// Where a sled index lives between two openings: in a folder of the store.
#[derive(Debug, Clone, Copy, Default)]
pub struct SledHome;

impl IndexHome for SledHome {
    type Index = SledIndex;

    fn kind(&self) -> Kind {
        Kind::Sled
    }

    fn open(&self, folder: &Path) -> Result<Option<SledIndex>, StoreError> {
        match SledIndex::open(folder) {
            Ok((index, _)) => Ok(Some(index)),
            Err(StoreError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn create(&self, folder: &Path) -> Result<SledIndex, StoreError> {
        SledIndex::create(folder)
    }
}

/// Opens a store to write; its index is brought up to the journal, or made anew.
///
/// # Errors
/// When there is none, somebody else has it, or its journal is damaged.
pub fn open(root: &Path, options: &Options) -> Result<Opened<SledIndex>, StoreError> {
    segments::open_with(&SledHome, root, options)
}
