//! Cursors: places in the order of all records of a journal, of whatever mission.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::StoreError;

/// The identity of one journal.
///
/// A restored copy gets another one: what was read after the backup is not in it, so a cursor of
/// the original would skip records there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JournalId(pub Uuid);

impl JournalId {
    /// Draws a new identity.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }
}

impl fmt::Display for JournalId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The place of a record among all records of its journal, counted from 1 without gaps.
///
/// It is given inside the commit, so whoever has read up to a position never finds a record
/// below it later.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Position(pub u64);

impl Position {
    /// The position before the first record.
    pub const ZERO: Self = Self(0);

    /// Returns the position `n` records further.
    #[must_use]
    pub const fn plus(self, n: u64) -> Self {
        Self(self.0.saturating_add(n))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A position in a certain journal: everything up to it has been seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Cursor {
    /// The journal that it belongs to; any other refuses it.
    pub journal: JournalId,
    /// The last position that was seen.
    pub position: Position,
}

impl Cursor {
    /// A cursor before the first record of a journal.
    pub const fn start(journal: JournalId) -> Self {
        Self {
            journal,
            position: Position::ZERO,
        }
    }

    /// Checks that it is a place in the journal that ends at `end`.
    ///
    /// # Errors
    /// When it belongs to another journal, or lies behind the end.
    pub fn check(&self, end: Self) -> Result<(), StoreError> {
        if self.journal != end.journal {
            return Err(StoreError::ForeignCursor {
                found: self.journal,
                here: end.journal,
            });
        }
        if self.position > end.position {
            return Err(StoreError::CursorAhead {
                found: self.position,
                end: end.position,
            });
        }
        Ok(())
    }
}
