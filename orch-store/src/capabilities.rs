//! What a store claims about itself; a claim is tested, and the lack of one is, too.

use serde::{Deserialize, Serialize};

use crate::error::AppendError;
use crate::journal::Append;

/// What an acknowledged append survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Nothing beyond the life of the process.
    None,
    /// That the process dies, at any moment.
    ProcessCrash,
    /// That the machine loses power.
    PowerCut,
}

/// What a store can do.
#[expect(clippy::struct_excessive_bools, reason = "each is a claim of its own")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Capabilities {
    /// The most that an acknowledged append survives, and what an [`Append`] gets unless it asks
    /// for less.
    ///
    /// [`Append`]: crate::journal::Append
    pub durability: Durability,
    /// Whether it can be appended to through this handle.
    pub append: bool,
    /// Whether several processes may write at the same time through handles of their own.
    pub multi_process: bool,
    /// Whether [`wait`](crate::journal::Journal::wait) wakes up by itself.
    pub subscribe: bool,
    /// Whether snapshots are kept.
    pub snapshots: bool,
    /// The longest record that it takes, in bytes.
    pub record_max_bytes: usize,
    /// The most records that it takes in one append.
    pub batch_max_records: usize,
}

impl Capabilities {
    /// Claims nothing: a store sets what it can do, and claims added later stay unclaimed.
    pub const fn none() -> Self {
        Self {
            durability: Durability::None,
            append: false,
            multi_process: false,
            subscribe: false,
            snapshots: false,
            record_max_bytes: 0,
            batch_max_records: 0,
        }
    }

    /// Checks an append before anything is written.
    ///
    /// # Errors
    /// When it asks for more than the store can hold.
    pub fn check(&self, append: &Append) -> Result<(), AppendError> {
        if !self.append {
            return Err(AppendError::Unsupported {
                what: "be appended to",
            });
        }
        if append.wanted_durability() > Some(self.durability) {
            return Err(AppendError::Unsupported {
                what: "keep records as durable as was asked",
            });
        }
        let n_records = append.records().len();
        if n_records > self.batch_max_records {
            return Err(AppendError::TooLarge {
                what: "the number of records",
                found: n_records,
                limit: self.batch_max_records,
            });
        }
        let longest = append.records().iter().map(|record| record.as_line().len());
        match longest.max() {
            Some(found) if found > self.record_max_bytes => Err(AppendError::TooLarge {
                what: "a record, in bytes,",
                found,
                limit: self.record_max_bytes,
            }),
            Some(_) | None => Ok(()),
        }
    }
}
