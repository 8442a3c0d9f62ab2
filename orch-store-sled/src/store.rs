//! The store: a journal of segments with its index in sled.

use std::path::Path;

use orch_store::error::StoreError;
use orch_store::segments::{self, IndexHome, Kind, Opened, Options, Segments};

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

/// Opens the store in a folder to write, and makes it if it is not there.
///
/// What was mended at opening is not told; [`open`] tells it.
///
/// # Errors
/// As [`open`], or when the store cannot be made.
pub fn open_or_create(root: &Path) -> Result<Segments<SledIndex>, StoreError> {
    match segments::create(root, Kind::Sled) {
        // What is there is opened, and says itself if it is no store.
        Ok(_) | Err(StoreError::Exists { .. }) => {}
        Err(error) => return Err(error),
    }
    Ok(open(root, &Options::default())?.journal)
}
