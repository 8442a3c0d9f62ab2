//! What is wrong with a store, as it is said over the socket.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use orch_core::record::RecordError;
use serde::{Deserialize, Serialize};

use crate::cursor::{JournalId, Position};
use crate::error::StoreError;

/// [`StoreError`], as it is said; what has no shape of its own is said in words.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::socket) enum StoreFault {
    Io {
        action: String,
        path: PathBuf,
        os: Option<i32>,
        message: String,
    },
    Busy {
        path: PathBuf,
        holder: String,
        stopped: bool,
    },
    ReadOnly {
        path: PathBuf,
        os: Option<i32>,
        message: String,
    },
    Full {
        path: PathBuf,
    },
    Damaged {
        path: PathBuf,
        offset: u64,
        after: Position,
        what: String,
    },
    Lost {
        witness: String,
        seen: Position,
        found: Position,
    },
    Index {
        what: String,
    },
    Poisoned {
        why: String,
    },
    ForeignCursor {
        found: JournalId,
        here: JournalId,
    },
    CursorAhead {
        found: Position,
        end: Position,
    },
    Unreadable {
        position: Position,
        newer: Option<u32>,
        message: String,
    },
    Unsupported {
        what: String,
    },
    Other {
        message: String,
    },
}

/// The words of errors that are one of a few.
pub(super) const WORDS: &[&str] = &[
    "create",
    "cut",
    "find",
    "list",
    "lock",
    "open",
    "read",
    "remove",
    "rename",
    "start a thread for",
    "sync",
    "wait for",
    "watch",
    "write",
    "this process",
    "this reader",
    "the durable mark",
    "the anchor",
    "the index",
    "the last segment",
    "the original",
    "be appended to",
    "be appended to: it was opened for reading",
    "keep records as durable as was asked",
    "keep a snapshot: it was opened for reading",
    "the number of records",
    "a record, in bytes,",
];

/// Returns one of the few words, or others in its place.
pub(super) fn word(said: &str, otherwise: &'static str) -> &'static str {
    let known = WORDS.iter().find(|word| **word == said);
    known.copied().unwrap_or(otherwise)
}

fn io_error(os: Option<i32>, message: String) -> Arc<io::Error> {
    Arc::new(match os {
        Some(os) => io::Error::from_raw_os_error(os),
        None => io::Error::other(message),
    })
}

impl StoreFault {
    /// Says what is wrong with the store.
    pub(super) fn of(error: &StoreError) -> Self {
        match error.clone() {
            StoreError::Io {
                action,
                path,
                source,
            } => Self::Io {
                action: action.to_owned(),
                path,
                os: source.raw_os_error(),
                message: source.to_string(),
            },
            StoreError::Busy {
                path,
                holder,
                stopped,
            } => Self::Busy {
                path,
                holder,
                stopped,
            },
            StoreError::ReadOnly { path, source } => Self::ReadOnly {
                path,
                os: source.raw_os_error(),
                message: source.to_string(),
            },
            StoreError::Full { path } => Self::Full { path },
            StoreError::Damaged {
                path,
                offset,
                after,
                what,
            } => Self::Damaged {
                path,
                offset,
                after,
                what,
            },
            StoreError::Lost {
                witness,
                seen,
                found,
            } => Self::Lost {
                witness: witness.to_owned(),
                seen,
                found,
            },
            StoreError::Index { what } => Self::Index { what },
            StoreError::Poisoned { why } => Self::Poisoned { why },
            StoreError::ForeignCursor { found, here } => Self::ForeignCursor { found, here },
            StoreError::CursorAhead { found, end } => Self::CursorAhead { found, end },
            StoreError::Unreadable { position, source } => Self::unreadable(position, &source),
            StoreError::Unsupported { what } => Self::Unsupported {
                what: what.to_owned(),
            },
            StoreError::Missing { .. }
            | StoreError::NoFolder { .. }
            | StoreError::NotAStore { .. }
            | StoreError::Unidentified { .. }
            | StoreError::Exists { .. }
            | StoreError::Newer { .. }
            | StoreError::OtherKind { .. }
            | StoreError::OwnerGone { .. }
            | StoreError::OtherProtocol { .. }
            | StoreError::Owner { .. } => Self::Other {
                message: error.to_string(),
            },
        }
    }

    fn unreadable(position: Position, error: &RecordError) -> Self {
        let newer = if let RecordError::NewerFormat { found } = error {
            Some(*found)
        } else {
            None
        };
        Self::Unreadable {
            position,
            newer,
            message: error.to_string(),
        }
    }

    /// Returns the error that it says.
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Io {
                action,
                path,
                os,
                message,
            } => StoreError::Io {
                action: word(&action, "use"),
                path,
                source: io_error(os, message),
            },
            Self::Busy {
                path,
                holder,
                stopped,
            } => StoreError::Busy {
                path,
                holder,
                stopped,
            },
            Self::ReadOnly { path, os, message } => StoreError::ReadOnly {
                path,
                source: io_error(os, message),
            },
            Self::Full { path } => StoreError::Full { path },
            Self::Damaged {
                path,
                offset,
                after,
                what,
            } => StoreError::Damaged {
                path,
                offset,
                after,
                what,
            },
            Self::Lost {
                witness,
                seen,
                found,
            } => StoreError::Lost {
                witness: word(&witness, "the owner"),
                seen,
                found,
            },
            Self::Index { what } => StoreError::Index { what },
            Self::Poisoned { why } => StoreError::Poisoned { why },
            Self::ForeignCursor { found, here } => StoreError::ForeignCursor { found, here },
            Self::CursorAhead { found, end } => StoreError::CursorAhead { found, end },
            Self::Unreadable {
                position,
                newer: Some(found),
                ..
            } => StoreError::Unreadable {
                position,
                source: RecordError::NewerFormat { found },
            },
            Self::Unreadable {
                position, message, ..
            } => StoreError::Owner {
                what: format!("position {position} is not a record: {message}"),
            },
            Self::Unsupported { what } => StoreError::Unsupported {
                what: word(&what, "do what was asked"),
            },
            Self::Other { message } => StoreError::Owner { what: message },
        }
    }
}
