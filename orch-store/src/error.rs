//! What can go wrong with a store, and whether it is safe to try again.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use orch_core::ids::Seq;
use orch_core::record::{Record, RecordError};
use thiserror::Error;

use crate::cursor::{JournalId, Position};

/// Why a store cannot be opened, read or written.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The operating system refused.
    #[error("cannot {action} {path}: {source}", path = path.display())]
    Io {
        /// What was tried, as a verb.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Arc<io::Error>,
    },
    /// There is no store.
    #[error("there is no store at {path}", path = path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder that a store is to be made in is not there.
    #[error("there is no folder {path} to make a store in", path = path.display())]
    NoFolder {
        /// The folder.
        path: PathBuf,
    },
    /// There is something else where the store should be.
    #[error("{path} is not a store: {found}", path = path.display())]
    NotAStore {
        /// Where it was looked for.
        path: PathBuf,
        /// What is there.
        found: String,
    },
    /// The folder is a store, but the file that says so is not what was written.
    #[error("the store at {path} is damaged: {what}", path = path.display())]
    Unidentified {
        /// The store.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// There is a store already, or something else that would be replaced.
    #[error("{path} is there already", path = path.display())]
    Exists {
        /// Where it should be made.
        path: PathBuf,
    },
    /// The store is of a format that this version does not know.
    #[error("{path} is of format {found}, the newest known here is {known}", path = path.display())]
    Newer {
        /// The store, or a segment of it.
        path: PathBuf,
        /// Its format.
        found: u64,
        /// The newest known.
        known: u64,
    },
    /// The store was made for another engine.
    #[error("the store at {path} is of kind {found}, not {asked}", path = path.display())]
    OtherKind {
        /// The store.
        path: PathBuf,
        /// What it is.
        found: String,
        /// What was asked for.
        asked: String,
    },
    /// Somebody else has the store, for longer than was waited.
    #[error("the store at {path} is held by {holder}", path = path.display())]
    Busy {
        /// The store.
        path: PathBuf,
        /// Who has it, as far as can be told.
        holder: String,
        /// Whether the process that has it is stopped, so that waiting is of no use.
        stopped: bool,
    },
    /// The folder may not be written.
    #[error("{path} cannot be written: {source}", path = path.display())]
    ReadOnly {
        /// The store, or what is to be written.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: Arc<io::Error>,
    },
    /// There is no room left on the disk.
    #[error("no room left on the disk of {path}", path = path.display())]
    Full {
        /// What was being written.
        path: PathBuf,
    },
    /// Bytes of the journal are not what was written.
    #[error("{path} is damaged at byte {offset}, in the batch after position {after}: {what}", path = path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Where in it the damaged batch or line begins.
        offset: u64,
        /// The last position that is good.
        after: Position,
        /// What is wrong.
        what: String,
    },
    /// The journal is shorter than a witness says it was.
    #[error("history is lost: {witness} saw position {seen}, the journal ends at {found}")]
    Lost {
        /// What remembers more.
        witness: &'static str,
        /// The position it remembers.
        seen: Position,
        /// Where the journal ends.
        found: Position,
    },
    /// The index does not answer, or answers what cannot be.
    #[error("the index cannot be used: {what}")]
    Index {
        /// What is wrong.
        what: String,
    },
    /// The handle failed before and takes nothing any more; open the store again.
    #[error("the store stopped after a failure and has to be opened again: {why}")]
    Poisoned {
        /// The failure.
        why: String,
    },
    /// The cursor belongs to another journal.
    #[error("the cursor is of journal {found}, this is journal {here}")]
    ForeignCursor {
        /// The journal that the cursor names.
        found: JournalId,
        /// This journal.
        here: JournalId,
    },
    /// The cursor is beyond the end.
    #[error("the cursor is at position {found}, the journal ends at {end}")]
    CursorAhead {
        /// Where the cursor is.
        found: Position,
        /// The end of the journal.
        end: Position,
    },
    /// A line of the journal is no record, though its checksum says it is what was written.
    #[error("position {position} is not a record: {source}")]
    Unreadable {
        /// Where.
        position: Position,
        /// What the reader says.
        #[source]
        source: RecordError,
    },
    /// The store cannot do that.
    #[error("this store cannot {what}")]
    Unsupported {
        /// What was asked for.
        what: &'static str,
    },
    /// The process that served the store ended, or is not heard of.
    #[error("the process that served the store at {path} is gone: {why}", path = path.display())]
    OwnerGone {
        /// The store.
        path: PathBuf,
        /// What was seen of it.
        why: String,
    },
    /// The process that serves the store speaks another version of the protocol.
    #[error("{holder} serves the store at {path} in version {theirs} of the protocol, not {ours}", path = path.display())]
    OtherProtocol {
        /// The store.
        path: PathBuf,
        /// Who has it, as far as can be told.
        holder: String,
        /// The version it speaks.
        theirs: u32,
        /// The version spoken here.
        ours: u32,
    },
    /// The process that serves the store did not do what was asked.
    #[error("the owner of the store refused: {what}")]
    Owner {
        /// What it says.
        what: String,
    },
}

impl StoreError {
    /// Says what the system refused.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        let kind = source.kind();
        let source = Arc::new(source);
        if matches!(
            kind,
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
        ) {
            Self::Full { path }
        } else if kind == io::ErrorKind::ReadOnlyFilesystem {
            Self::ReadOnly { path, source }
        } else {
            Self::Io {
                action,
                path,
                source,
            }
        }
    }
}

/// Why an append was not answered with its positions.
#[derive(Debug, Clone, Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The mission is not where the append expected it; nothing was written (ACK-1).
    #[error("the mission is at record {actual}, not where the append expected it")]
    Conflict {
        /// The last record of the mission.
        actual: Seq,
        /// The records that won, oldest first: those after the expected position, at most
        /// [`SINCE_MAX`](crate::journal::SINCE_MAX) of them.
        since: Vec<Record>,
    },
    /// The command id was used for something else; nothing was written (IDEM-1).
    #[error("records {first} to {last} answer another command under this key")]
    Reused {
        /// The first record that carries the id.
        first: Seq,
        /// The last.
        last: Seq,
    },
    /// The append exceeds what the store takes; nothing was written.
    #[error("{what} is {found}, the store takes at most {limit}")]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// How large it is.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Nothing was written; it is safe to try again.
    #[error("nothing was written: {0}")]
    NotWritten(#[source] StoreError),
    /// It may be on record or not; try again with the same command id to find out.
    #[error("it is not known whether this was written: {0}")]
    Unknown(#[source] StoreError),
    /// The store cannot be appended to, or not as durably as was asked.
    #[error("this store cannot {what}")]
    Unsupported {
        /// What was asked for.
        what: &'static str,
    },
}
