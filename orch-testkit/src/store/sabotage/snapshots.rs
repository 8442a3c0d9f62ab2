//! Faults of snapshots.

use std::fmt::Write as _;

use orch_core::ids::MissionId;
use orch_core::mission::Mission;
use orch_core::snapshot::{FOLD, Snapshot};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};

use super::twisted::TwistedJournal;

/// A snapshot as it is written down.
#[derive(Serialize, Deserialize)]
struct Written {
    fold: String,
    mission: Option<MissionId>,
    seq: u64,
    digest: String,
    state: Box<RawValue>,
}

fn written(snapshot: &Snapshot) -> Written {
    serde_json::from_str(&serde_json::to_string(snapshot).unwrap()).unwrap()
}

fn read(written: &Written) -> Snapshot {
    serde_json::from_str(&serde_json::to_string(written).unwrap()).unwrap()
}

/// Keeps whatever comes last.
pub(super) fn last_wins(journal: &TwistedJournal, snapshot: &Snapshot) {
    if let Some(mission) = snapshot.mission() {
        let kept = (mission.clone(), snapshot.clone());
        journal.kept().snapshots.extend([kept]);
    }
}

/// Keeps the newest, whoever's records it is of.
pub(super) fn newest_wins(journal: &TwistedJournal, snapshot: &Snapshot) {
    let Some(mission) = snapshot.mission() else {
        return;
    };
    let mut kept = journal.kept();
    let old = kept.snapshots.get(mission);
    if old.is_none_or(|old| old.seq() < snapshot.seq()) {
        kept.snapshots.insert(mission.clone(), snapshot.clone());
    }
}

/// Gives back what is kept, if it is of this fold and of records that are there.
pub(super) fn given_back(journal: &TwistedJournal, mission: &MissionId) -> Option<Snapshot> {
    let head = journal.inner.head(mission).ok()?;
    let kept = journal.kept().snapshots.get(mission).cloned();
    kept.filter(|it| it.fold() == FOLD && it.seq() <= head)
}

/// Gives back what is kept, though the mission has not come as far, or has other records.
pub(super) fn ahead(journal: &TwistedJournal, mission: &MissionId) -> Option<Snapshot> {
    let kept = journal.kept().snapshots.get(mission).cloned();
    kept.filter(|it| it.fold() == FOLD)
}

/// Gives back what another fold made.
pub(super) fn of_any_fold(journal: &TwistedJournal, mission: &MissionId) -> Option<Snapshot> {
    let head = journal.inner.head(mission).ok()?;
    let kept = journal.kept().snapshots.get(mission).cloned();
    kept.filter(|it| it.seq() <= head)
}

/// Gives back the state of a mission that has no record, at the position that was kept.
pub(super) fn default_state(journal: &TwistedJournal, mission: &MissionId) -> Option<Snapshot> {
    let kept = journal.inner.snapshot(mission).ok()??;
    let mut empty = written(&Mission::default().snapshot().ok()?);
    empty.seq = kept.seq().0;
    empty.mission = kept.mission().cloned();
    Some(read(&empty))
}

/// Gives back whatever state can be read, under the digest that it has now.
pub(super) fn digest_renewed(journal: &TwistedJournal, mission: &MissionId) -> Option<Snapshot> {
    let mut kept = written(&journal.inner.snapshot(mission).ok()??);
    kept.digest.clear();
    for byte in Sha256::digest(kept.state.get().as_bytes()) {
        write!(kept.digest, "{byte:02x}").unwrap();
    }
    Some(read(&kept))
}
