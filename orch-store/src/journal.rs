//! The contract that every store keeps.

mod append;

use std::fmt::Debug;
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;

use crate::capabilities::Capabilities;
use crate::cursor::{Cursor, JournalId, Position};
use crate::error::{AppendError, StoreError};
use crate::pending::Pending;
use crate::watch::{Watch, Woken};

pub use append::{Append, Expect, Fingerprint, InvalidAppend};

/// The most records that a [`Conflict`](AppendError::Conflict) returns.
pub const SINCE_MAX: usize = 64;

/// A log of records, of any number of missions.
///
/// - Records of a mission are numbered from 1 without gaps, and never change.
/// - All records of the journal are in one order, from position 1 without gaps; a position is
///   given inside the commit, so a reader never finds a record below where it has been.
/// - An append is atomic: no reader ever sees a part of it.
/// - An error while reading is never an empty result.
///
/// The trait can be made into an object: hosts hold an `Arc<dyn Journal>`.
// spec: ACK-1
pub trait Journal: Debug + Send + Sync {
    /// Returns which journal this is.
    fn id(&self) -> JournalId;

    /// Returns what it can do.
    fn capabilities(&self) -> Capabilities;

    /// Hands an append in, without waiting for it to be durable.
    ///
    /// How many are in flight is not limited here: whoever does not wait for them limits it, or
    /// they pile up in memory.
    ///
    /// Appends that were handed in are judged in that order. The checks have a fixed order, too:
    /// first the command id, which answers [`Before`](Appended::Before) or
    /// [`Reused`](AppendError::Reused), then the expected position, and the record there if the
    /// append [names it](Append::upon), which answers [`Conflict`](AppendError::Conflict). An answer that depends on records of other appends is
    /// given only once those are durable.
    fn submit(&self, append: Append) -> Pending;

    /// Appends, and returns once the records are as durable as was asked for.
    ///
    /// # Errors
    /// As [`AppendError`] says; each tells whether something was written.
    fn append(&self, append: Append) -> Result<Appended, AppendError> {
        self.submit(append).wait()
    }

    /// Returns the last record of a mission; [`Seq::ZERO`] if it has none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError>;

    /// Returns at most `max` records of a mission after a position, in order; empty at its end.
    ///
    /// # Errors
    /// When the store cannot be read, or what it holds is not what was written.
    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError>;

    /// Returns at most about `max` records of all missions after a cursor, in their order, by
    /// whole appends; empty at the end.
    ///
    /// # Errors
    /// When the cursor belongs to another journal, or the store cannot be read.
    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError>;

    /// Returns what is known about a command id of a mission (IDEM-1).
    ///
    /// # Errors
    /// When the store cannot be read.
    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError>;

    /// Returns every mission, by name.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn missions(&self) -> Result<Vec<MissionHead>, StoreError>;

    /// Returns the end: the cursor after the last record that can be read.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn end(&self) -> Result<Cursor, StoreError>;

    /// Returns the end as soon as it is after a cursor, or when the time is up.
    ///
    /// It is level-triggered: it returns at once if there is something already. Nothing is missed
    /// between two calls, and nothing is polled.
    ///
    /// # Errors
    /// When the cursor belongs to another journal, or the store cannot be read.
    fn wait(&self, after: &Cursor, timeout: Duration) -> Result<Cursor, StoreError> {
        let until = Instant::now().checked_add(timeout);
        let (sender, grown) = mpsc::channel();
        // Before the first look: what comes between a look and the sleep wakes the sleep.
        let _watch = self.watch(Arc::new(move || {
            // Nobody waits any more: nothing to wake.
            let _sent = sender.send(());
        }))?;
        loop {
            let end = self.end()?;
            after.check(end)?;
            let left = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            if end.position > after.position || left.is_zero() {
                return Ok(end);
            }
            if grown.recv_timeout(left) == Err(RecvTimeoutError::Disconnected) {
                return Ok(end);
            }
            // Several may have come meanwhile; one look is enough for all of them.
            while grown.try_recv().is_ok() {}
        }
    }

    /// Has something done whenever the journal may have grown or failed, until the watch is
    /// dropped.
    ///
    /// # Errors
    /// When the store cannot be watched.
    fn watch(&self, woken: Woken) -> Result<Watch, StoreError>;

    /// Keeps a snapshot, unless a newer one of the same fold is there, or the mission has not come
    /// as far: it would be taken for the state of other records later.
    ///
    /// A snapshot is a shortcut: that it is lost or refused costs time, never truth.
    ///
    /// # Errors
    /// When it cannot be written.
    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError>;

    /// Returns the newest snapshot that the running fold made of a mission, not beyond its head.
    ///
    /// A snapshot that cannot be read is as good as none.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError>;

    /// Checks everything that is kept, and reports what it read as it goes.
    ///
    /// # Errors
    /// When something is not what was written; the error names it.
    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError>;
}

/// How an append was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is on record at these positions.
    Now {
        /// Its first record.
        first: Seq,
        /// Its last record.
        last: Seq,
    },
    /// The same append was on record already, at these positions; nothing was written.
    Before {
        /// Its first record.
        first: Seq,
        /// Its last record.
        last: Seq,
    },
}

/// A part of the journal.
#[derive(Debug, Clone)]
pub struct Page {
    /// The records, each with its position.
    pub records: Vec<(Position, Record)>,
    /// Where to go on.
    pub next: Cursor,
}

/// Where a mission stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MissionHead {
    /// The mission.
    pub mission: MissionId,
    /// Its last record.
    pub head: Seq,
    /// When that was written, by the clock of whoever wrote it.
    pub at: DateTime<Utc>,
}

/// How far a long job has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How much is done, in bytes.
    pub done: u64,
    /// How much there is, in bytes.
    pub total: u64,
}

/// What a verification covered.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Verified {
    /// How many records were checked.
    pub records: u64,
    /// How many appends they are.
    pub batches: u64,
    /// How many missions they belong to.
    pub missions: u64,
    /// How many bytes were read.
    pub bytes: u64,
    /// The chain over all of it, in hex; empty if the store has none.
    pub chain: String,
}

impl Verified {
    /// A verification that covered nothing yet.
    pub const fn new() -> Self {
        Self {
            records: 0,
            batches: 0,
            missions: 0,
            bytes: 0,
            chain: String::new(),
        }
    }
}

impl Default for Verified {
    fn default() -> Self {
        Self::new()
    }
}
