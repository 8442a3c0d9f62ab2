//! Faults of what is around a journal.

use std::fs;
use std::path::Path;

use orch_store::error::StoreError;

/// Copies the files, and with them the identity.
pub(super) fn same_identity(from: &Path, to: &Path) -> Result<(), StoreError> {
    let failed = |error| StoreError::io("copy", from, error);
    fs::create_dir(to).map_err(failed)?;
    for entry in fs::read_dir(from).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            same_identity(&entry.path(), &target)?;
        } else if entry.file_name() != "lock" {
            fs::copy(entry.path(), target).map_err(failed)?;
        }
    }
    Ok(())
}
