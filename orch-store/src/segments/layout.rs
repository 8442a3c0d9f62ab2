//! The files of a store, and the one that says that it is one.
//!
//! ```text
//! store.json      the format, the kind and the identity of the journal
//! lock            held by whoever writes; says who
//! journal/        the segments, named by the first position in each
//! anchor          how far the journal was at least, synced now and then
//! durable         how far the journal is durable, for readers without the lock
//! snapshots/      states of missions at a position
//! index/          what the index keeps; can be lost
//! quarantine/     what was cut off a journal after a crash
//! ```

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::cursor::{JournalId, Position};
use crate::error::StoreError;

/// The newest format of a store that this version knows.
pub const STORE_FORMAT: u64 = 1;

const SEGMENT_SUFFIX: &str = ".jsonl";

/// How a store makes its journal fast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Kind {
    /// Not at all: an index is made in memory at each opening.
    Jsonl,
    /// By an index in sled.
    Sled,
}

impl Kind {
    /// Returns its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Sled => "sled",
        }
    }
}

/// What a store says about itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Identity {
    /// How it makes its journal fast.
    pub kind: Kind,
    /// Which journal it is: what cursors name.
    pub journal: JournalId,
    /// Which journal its segments were written for: another one in a copy.
    pub origin: JournalId,
}

#[derive(Serialize, Deserialize)]
struct StoreFile {
    orch_store: Said,
}

#[derive(Serialize, Deserialize)]
struct Said {
    format: u64,
    kind: Kind,
    journal: JournalId,
    origin: JournalId,
}

/// The paths of one store.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    root: PathBuf,
}

impl Layout {
    pub(crate) fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    pub(crate) fn identity_file(&self) -> PathBuf {
        self.root.join("store.json")
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.root.join("lock")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.root.join("journal")
    }

    pub(crate) fn anchor(&self) -> PathBuf {
        self.root.join("anchor")
    }

    pub(crate) fn durable(&self) -> PathBuf {
        self.root.join("durable")
    }

    pub(crate) fn snapshots(&self) -> PathBuf {
        self.root.join("snapshots")
    }

    pub(crate) fn index(&self) -> PathBuf {
        self.root.join("index")
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Returns the file of the segment that begins with a position.
    pub(crate) fn segment(&self, first: Position) -> PathBuf {
        let name = format!("{:020}{SEGMENT_SUFFIX}", first.0);
        self.journal().join(name)
    }

    /// Lists the segments by their first positions, in order.
    pub(crate) fn segments(&self) -> Result<Vec<Position>, StoreError> {
        let folder = self.journal();
        let failed = |error| StoreError::io("list", &folder, error);
        let mut firsts = Vec::new();
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            // Whoever needs a segment says which one is missing.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(firsts),
            Err(error) => return Err(failed(error)),
        };
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let digits = name
                .to_str()
                .and_then(|name| name.strip_suffix(SEGMENT_SUFFIX));
            // Other files are none of ours: a copy that somebody made, or that an editor left.
            if let Some(first) = digits.filter(|digits| digits.len() == 20)
                && let Ok(first) = first.parse()
            {
                firsts.push(Position(first));
            }
        }
        firsts.sort_unstable();
        Ok(firsts)
    }

    /// Whether the folder is a store, whatever its state: it says so, or it has a journal.
    pub(crate) fn is_store(&self) -> bool {
        self.identity_file().exists() || self.segment(Position(1)).exists()
    }

    /// Reads what the store says about itself.
    pub(crate) fn identity(&self) -> Result<Identity, StoreError> {
        let path = self.identity_file();
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => return Err(self.no_identity(error)),
        };
        let unreadable = |error: serde_json::Error| {
            self.unidentified(format!("its store.json is not readable: {error}"))
        };
        // The format comes first: a newer one may say the rest otherwise.
        let json: serde_json::Value = serde_json::from_slice(&bytes).map_err(unreadable)?;
        let format = json.get("orch_store").and_then(|said| said.get("format"));
        if let Some(found) = format.and_then(serde_json::Value::as_u64)
            && found > STORE_FORMAT
        {
            return Err(StoreError::Newer {
                path: self.root.clone(),
                found,
                known: STORE_FORMAT,
            });
        }
        let StoreFile { orch_store } = serde_json::from_value(json).map_err(unreadable)?;
        Ok(Identity {
            kind: orch_store.kind,
            journal: orch_store.journal,
            origin: orch_store.origin,
        })
    }

    /// Says that the store cannot tell what it is; without a journal it is none.
    fn unidentified(&self, what: String) -> StoreError {
        let path = self.root.clone();
        if self.segment(Position(1)).exists() {
            return StoreError::Unidentified { path, what };
        }
        StoreError::NotAStore { path, found: what }
    }

    /// Says what is there instead of a store.
    fn no_identity(&self, error: io::Error) -> StoreError {
        let path = self.root.clone();
        match fs::metadata(&self.root) {
            Err(_) => StoreError::Missing { path },
            Ok(there) if !there.is_dir() => StoreError::NotAStore {
                path,
                found: "it is a file".to_owned(),
            },
            Ok(_) if error.kind() == io::ErrorKind::NotFound => {
                self.unidentified("it has no store.json".to_owned())
            }
            Ok(_) if error.kind() == io::ErrorKind::IsADirectory => {
                self.unidentified("its store.json is a folder".to_owned())
            }
            Ok(_) => StoreError::io("read", self.identity_file(), error),
        }
    }

    /// Writes what the store says about itself, and syncs it.
    pub(crate) fn write_identity(&self, identity: Identity) -> Result<(), StoreError> {
        let path = self.identity_file();
        let file = StoreFile {
            orch_store: Said {
                format: STORE_FORMAT,
                kind: identity.kind,
                journal: identity.journal,
                origin: identity.origin,
            },
        };
        let mut bytes = serde_json::to_vec(&file)
            .map_err(|error| StoreError::io("write", &path, error.into()))?;
        bytes.push(b'\n');
        write_synced(&path, &bytes)
    }
}

/// Writes a new file and syncs it.
pub(crate) fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    File::create(path)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .map_err(|error| StoreError::io("write", path, error))
}

/// Syncs a folder: the names in it are on disk then.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    File::open(path)
        .and_then(|folder| folder.sync_all())
        .map_err(|error| StoreError::io("sync", path, error))
}
