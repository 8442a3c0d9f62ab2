//! The journal of segments: a folder of plain-text files that is the truth of a store.
//!
//! Records are JSON Lines, as they were sealed; each append is followed by one line that commits
//! it: see [the format](#format). Anything can read them; one process at a time writes.
//!
//! ```text
//! open ─▶ lock ─▶ find the end, cut what a crash left ─▶ bring the index up ─▶ committer
//! submit ─▶ queue ─▶ group ─▶ write, one sync ─▶ index ─▶ publish ─▶ answer
//! ```
//! [`open`] is the `jsonl:` store, whose index is made in memory at each opening. With an index
//! that is kept, [`open_with`] is the core of `orch-store-sled`. [`Reader`] reads without the lock.
//!
//! # Format
//!
//! A segment begins with a line that names its journal, the last position before it and the chain
//! up to there. Each append is its records, a line each, and then
//! `{"orch_commit":{"records":N,"position":P,"sum":"…","chain":"…"}}`: the sum is the SHA-256 of
//! the bytes of those lines, the chain the SHA-256 of the 32 bytes of the chain before and the 32
//! bytes of the sum. No byte of a segment is outside of these checks.
//!
//! **Invariant:** what was acknowledged is found again, or an error names what is missing; there
//! is no shorter history in silence.

mod backup;
mod committer;
mod create;
mod entry;
mod files;
mod layout;
mod line;
pub(crate) mod lock;
mod mark_file;
mod open;
mod options;
mod queue;
mod reader;
mod recover;
mod scan;
mod shared;
mod snapshots;
mod verify;
mod watchdog;

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;

use crate::answers::Given;
use crate::capabilities::{Capabilities, Durability};
use crate::cursor::{Cursor, JournalId};
use crate::error::{AppendError, StoreError};
use crate::index::Index;
use crate::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use crate::pending::{Pending, lock as locked};
use crate::watch::{Watch, Woken};
use queue::CLOSED;
use shared::Shared;
use watchdog::Watchdog;

pub use backup::backup;
pub use create::create;
pub(crate) use layout::Layout;
pub use layout::{Identity, Kind, STORE_FORMAT};
pub use open::{InMemory, IndexHome, IndexState, Opened, Opening, discard_index, open, open_with};
pub use options::{Options, Stage};
pub use reader::Reader;
pub use recover::Torn;

pub(crate) use line::RESERVED;

/// The most records that are taken in one append.
const BATCH_MAX_RECORDS: usize = 100_000;

/// Returns what the store in a folder says about itself.
///
/// # Errors
/// When there is none, or it is newer than this version.
pub fn identity(root: &Path) -> Result<Identity, StoreError> {
    Layout::new(root).identity()
}

/// Whether a folder is a store, whatever its state.
pub fn is_store(root: &Path) -> bool {
    Layout::new(root).is_store()
}

/// A journal of segments, open for writing by this process alone.
///
/// Dropping it commits what was handed in, and gives the lock back.
#[derive(Debug)]
pub struct Segments<I: Index> {
    shared: Arc<Shared<I>>,
    record_max_bytes: usize,
    watchdog: Arc<Watchdog>,
    threads: Mutex<Vec<JoinHandle<()>>>,
    /// One snapshot is written at a time.
    snapshots: Mutex<()>,
}

impl<I: Index> Segments<I> {
    /// Commits what was handed in, and puts the index away so that the next opening can trust it.
    ///
    /// From then on every question is answered with [`StoreError::Poisoned`], also to those who
    /// wait. Dropping the store does the same, but cannot tell whether it worked.
    ///
    /// # Errors
    /// When the store failed before, or the index cannot be put away; nothing that was
    /// acknowledged is lost by it.
    pub fn close(&self) -> Result<(), StoreError> {
        self.shared.queue.close();
        let own = thread::current().id();
        let is_own = |thread: &JoinHandle<()>| thread.thread().id() == own;
        if locked(&self.threads).iter().any(is_own) {
            // Whoever was woken by the committer dropped the store: it ends behind this call.
            self.watchdog.close();
            return Err(StoreError::Poisoned {
                why: CLOSED.to_owned(),
            });
        }
        // The watchdog watches what is still committed.
        let has_ended = self.shared.queue.wait_for_end();
        self.watchdog.close();
        for thread in locked(&self.threads).drain(..) {
            // A thread that hangs keeps the lock, and is not waited for.
            if has_ended || thread.is_finished() {
                drop(thread.join());
            }
        }
        self.shared.check()?;
        let closed = self.shared.index.close();
        self.shared.shut();
        closed
    }
}

impl<I: Index> Drop for Segments<I> {
    fn drop(&mut self) {
        // Nothing that was acknowledged depends on it.
        drop(self.close());
    }
}

impl<I: Index> Journal for Segments<I> {
    fn id(&self) -> JournalId {
        self.shared.journal
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durability: Durability::PowerCut,
            append: true,
            multi_process: false,
            subscribe: true,
            snapshots: true,
            record_max_bytes: self.record_max_bytes,
            batch_max_records: BATCH_MAX_RECORDS,
        }
    }

    fn submit(&self, append: Append) -> Pending {
        match self.capabilities().check(&append) {
            Ok(()) => self.shared.queue.push(append),
            Err(error) => Pending::ready(Err(error)),
        }
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        self.shared.check()?;
        let head = self.shared.index.head(mission)?;
        Ok(head.map_or(Seq::ZERO, |head| head.head))
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        self.shared.check()?;
        let pointers = self.shared.index.locate(mission, after, max)?;
        self.shared.files.read(&pointers)
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        self.shared.check()?;
        reader::page(&self.shared, after, max)
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.shared.check()?;
        let given = self.shared.index.answer(mission, command)?;
        Ok(given.as_ref().map_or(Prior::Unseen, Given::prior))
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.shared.check()?;
        self.shared.index.missions()
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.shared.check()?;
        Ok(self.shared.cursor())
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        Ok(self.shared.grown.add(woken))
    }

    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        if let Some(mission) = snapshot.mission()
            && snapshot.seq() > self.head(mission)?
        {
            return Ok(());
        }
        let _one_at_a_time = locked(&self.snapshots);
        snapshots::save(&self.shared.layout, snapshot)
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        let head = self.head(mission)?;
        let snapshot = snapshots::load(&self.shared.layout, mission)?;
        Ok(snapshot.filter(|snapshot| snapshot.seq() <= head))
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        self.shared.check()?;
        self.shared.index.check()?;
        verify::verify(&self.shared, progress)
    }
}

/// An append that is not accepted because this handle only reads.
const fn not_writable() -> AppendError {
    AppendError::Unsupported {
        what: "be appended to: it was opened for reading",
    }
}
