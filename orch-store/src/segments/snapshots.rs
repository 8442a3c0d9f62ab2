//! Snapshots of missions, one file for each mission and fold.

use std::fs;
use std::io::{self, Write as _};
use std::path::PathBuf;

use orch_core::ids::MissionId;
use orch_core::snapshot::{FOLD, Snapshot};
use sha2::{Digest as _, Sha256};

use super::layout::Layout;
use crate::error::StoreError;
use crate::hex::hex;

/// Reads the newest snapshot that the running fold made of a mission.
///
/// One that cannot be read is as good as none.
pub(super) fn load(layout: &Layout, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
    let path = path_of(layout, mission, FOLD);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        // Something may be in place of the folder.
        Err(error)
            if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&error.kind()) =>
        {
            return Ok(None);
        }
        Err(error) => return Err(StoreError::io("read", &path, error)),
    };
    let snapshot: Option<Snapshot> = serde_json::from_slice(&bytes).ok();
    Ok(snapshot.filter(|snapshot| snapshot.mission() == Some(mission) && snapshot.fold() == FOLD))
}

/// Keeps a snapshot, unless a newer one is there.
///
/// It is not synced: a snapshot that a crash tears is refused by its digest.
pub(super) fn save(layout: &Layout, snapshot: &Snapshot) -> Result<(), StoreError> {
    let Some(mission) = snapshot.mission() else {
        return Ok(());
    };
    if let Some(old) = load(layout, mission)?
        && old.seq() >= snapshot.seq()
        && old.restore().is_ok()
    {
        return Ok(());
    }
    let path = path_of(layout, mission, snapshot.fold());
    let new = path.with_extension("new");
    let failed = |error| StoreError::io("write", &path, error);
    let json = serde_json::to_vec(snapshot).map_err(|error| failed(error.into()))?;
    fs::create_dir_all(layout.snapshots()).map_err(failed)?;
    let mut file = fs::File::create(&new).map_err(failed)?;
    file.write_all(&json).map_err(failed)?;
    fs::rename(&new, &path).map_err(failed)
}

/// Returns the file of the snapshot that a fold made of a mission.
fn path_of(layout: &Layout, mission: &MissionId, fold: &str) -> PathBuf {
    // A mission may be called anything; a file may not.
    let name = hex(&Sha256::digest(mission.as_str().as_bytes()));
    let (name, fold) = (
        name.get(..32).unwrap_or(&name),
        fold.get(..16).unwrap_or(fold),
    );
    layout.snapshots().join(format!("{name}-{fold}.json"))
}
