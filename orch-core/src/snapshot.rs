//! Snapshots: the state of a mission at a position, so that a long log need not be folded again.
//!
//! A snapshot is only ever a shortcut. It names the fold that made it and carries a digest of its
//! state; if either does not fit, it is refused and the log is folded from the start: slower,
//! never wrong.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::ids::{MissionId, Seq};
use crate::mission::Mission;
use crate::mission::state::State;

/// The fold of this version: a fingerprint of its source.
pub const FOLD: &str = env!("ORCH_FOLD_FINGERPRINT");

/// Why a snapshot cannot be used; the log must be folded instead.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SnapshotError {
    /// It was made by another fold, whose state may mean something else.
    #[error("the snapshot was made by fold {found}, this is fold {FOLD}")]
    OtherFold {
        /// The fold that made it.
        found: String,
    },
    /// Its state is not the one it was made with.
    #[error("the snapshot at {seq} has digest {found}, its state has {actual}")]
    Damaged {
        /// The position it claims.
        seq: Seq,
        /// The digest it carries.
        found: String,
        /// The digest of the state it carries.
        actual: String,
    },
    /// Its state is that of another position or mission than it claims.
    #[error("the snapshot claims position {claimed}, its state is at {actual}")]
    Mislabelled {
        /// The position it claims.
        claimed: Seq,
        /// The position of its state.
        actual: Seq,
    },
    /// Its state refers to rows that it does not have.
    #[error("the state of the snapshot at {seq} refers to rows that it does not have")]
    Inconsistent {
        /// The position it claims.
        seq: Seq,
    },
    /// The state cannot be written or read.
    #[error("the state of the snapshot is not readable: {0}")]
    Json(#[from] serde_json::Error),
}

/// The state of a mission at a position, to be stored.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Snapshot {
    /// The fold that made it.
    fold: String,
    /// The mission.
    mission: Option<MissionId>,
    /// The position.
    seq: Seq,
    /// The SHA-256 of the state as it stands here, in hex.
    digest: String,
    /// The state: one JSON value, for this fold only.
    state: Box<RawValue>,
}

impl Snapshot {
    /// Returns the mission.
    pub const fn mission(&self) -> Option<&MissionId> {
        self.mission.as_ref()
    }

    /// Returns the position.
    pub const fn seq(&self) -> Seq {
        self.seq
    }

    /// Returns the fold that made it: a snapshot is of use to that fold alone.
    pub fn fold(&self) -> &str {
        &self.fold
    }

    /// Returns the digest of the state: equal for missions that are equal.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// Makes the mission of it.
    ///
    /// # Errors
    /// When it was made by another fold, is damaged, or claims another position than its state
    /// has. The log must then be folded from its start.
    // spec: FOLD-2
    pub fn restore(&self) -> Result<Mission, SnapshotError> {
        if self.fold != FOLD {
            return Err(SnapshotError::OtherFold {
                found: self.fold.clone(),
            });
        }
        let actual = sha256_hex(self.state.get().as_bytes());
        if actual != self.digest {
            return Err(SnapshotError::Damaged {
                seq: self.seq,
                found: self.digest.clone(),
                actual,
            });
        }
        let mut state: State = serde_json::from_str(self.state.get())?;
        if state.head != self.seq || state.mission != self.mission {
            return Err(SnapshotError::Mislabelled {
                claimed: self.seq,
                actual: state.head,
            });
        }
        if !state.is_sound() {
            return Err(SnapshotError::Inconsistent { seq: self.seq });
        }
        state.index_rows();
        Ok(Mission { state })
    }
}

impl Mission {
    /// Takes a snapshot.
    ///
    /// # Errors
    /// When the state cannot be written as JSON.
    pub fn snapshot(&self) -> Result<Snapshot, SnapshotError> {
        let state = serde_json::value::to_raw_value(&self.state)?;
        Ok(Snapshot {
            fold: FOLD.to_owned(),
            mission: self.state.mission.clone(),
            seq: self.state.head,
            digest: sha256_hex(state.get().as_bytes()),
            state,
        })
    }

    /// Returns the SHA-256 of the whole state in hex: equal for equal states of the same fold.
    ///
    /// # Errors
    /// When the state cannot be written as JSON.
    pub fn digest(&self) -> Result<String, SnapshotError> {
        Ok(sha256_hex(&serde_json::to_vec(&self.state)?))
    }
}

/// The SHA-256 of bytes, in hex.
pub(crate) fn sha256_hex(bytes: &[u8]) -> String {
    const HEX: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| {
        HEX.get(usize::from(nibble))
            .copied()
            .map_or('0', char::from)
    };
    let digits = Sha256::digest(bytes);
    digits
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}
