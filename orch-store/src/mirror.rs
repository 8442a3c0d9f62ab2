//! The contract for tasks: the same questions to a journal, answered by futures.
//!
//! ```text
//! submit, append ─▶ Journal::submit ─▶ Pending, woken by whoever commits
//! head, read, …  ─▶ one thread, in order
//! wait           ─▶ one thread that waits for all
//! verify         ─▶ a thread of its own, while it lasts
//! ```
//! It needs no runtime and works in any. A network store keeps [`AsyncJournal`] itself; [`Mirror`]
//! does it for a store that blocks.
//!
//! **Not here:** commands. A task that wants something to happen talks to a
//! [`Desk`](crate::desk::Desk).

mod watcher;
mod worker;

use std::fmt::Debug;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;

use crate::capabilities::Capabilities;
use crate::cursor::{Cursor, JournalId};
use crate::error::{AppendError, StoreError};
use crate::journal::{Append, Appended, Journal, MissionHead, Page, Progress, Verified};
use crate::pending::Pending;
use watcher::Watcher;
pub(crate) use worker::Worker;

/// A future in a box, so that [`AsyncJournal`] can be made into an object.
pub type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the thread of a [`verify`](AsyncJournal::verify) reports to.
pub type Report = Box<dyn FnMut(Progress) + Send>;

/// A [`Journal`] for tasks; each method answers as its namesake does.
///
/// A future does nothing before it is polled. To drop one that reads takes nothing; to drop one
/// that writes takes nothing back.
pub trait AsyncJournal: Debug + Send + Sync {
    /// Returns which journal this is.
    fn id(&self) -> JournalId;

    /// Returns what it can do.
    fn capabilities(&self) -> Capabilities;

    /// Hands an append in, at once, without waiting for it to be durable.
    fn submit(&self, append: Append) -> Pending;

    /// Appends; ready once the records are as durable as was asked for.
    fn append(&self, append: Append) -> Boxed<'_, Result<Appended, AppendError>> {
        Box::pin(async move { self.submit(append).await })
    }

    /// Returns the last record of a mission; [`Seq::ZERO`] if it has none.
    fn head<'a>(&'a self, mission: &'a MissionId) -> Boxed<'a, Result<Seq, StoreError>>;

    /// Returns at most `max` records of a mission after a position, in order; empty at its end.
    fn read<'a>(
        &'a self,
        mission: &'a MissionId,
        after: Seq,
        max: usize,
    ) -> Boxed<'a, Result<Vec<Record>, StoreError>>;

    /// Returns at most about `max` records of all missions after a cursor, by whole appends.
    fn read_all(&self, after: Cursor, max: usize) -> Boxed<'_, Result<Page, StoreError>>;

    /// Returns what is known about a command id of a mission (IDEM-1).
    fn prior<'a>(
        &'a self,
        mission: &'a MissionId,
        command: &'a CommandKey,
    ) -> Boxed<'a, Result<Prior, StoreError>>;

    /// Returns every mission, by name.
    fn missions(&self) -> Boxed<'_, Result<Vec<MissionHead>, StoreError>>;

    /// Returns the end: the cursor after the last record that can be read.
    fn end(&self) -> Boxed<'_, Result<Cursor, StoreError>>;

    /// Returns the end as soon as it is after a cursor, or when the time is up.
    ///
    /// It is level-triggered: it is ready at once if there is something already. However many
    /// tasks wait, each is woken by the record that it waits for.
    fn wait(&self, after: Cursor, timeout: Duration) -> Boxed<'_, Result<Cursor, StoreError>>;

    /// Keeps a snapshot, unless a newer one of the same fold is there.
    fn save_snapshot(&self, snapshot: Snapshot) -> Boxed<'_, Result<(), StoreError>>;

    /// Returns the newest snapshot that the running fold made of a mission, not beyond its head.
    fn snapshot<'a>(
        &'a self,
        mission: &'a MissionId,
    ) -> Boxed<'a, Result<Option<Snapshot>, StoreError>>;

    /// Checks everything that is kept, and reports what it read as it goes.
    fn verify(&self, progress: Report) -> Boxed<'_, Result<Verified, StoreError>>;
}

/// Makes any journal one for tasks.
///
/// It has a thread for what blocks, and once somebody waits a second one for all who wait; both
/// end when it is dropped. A journal that panics does so in the task that asked.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use orch_store::cursor::Cursor;
/// use orch_store::memory::MemoryJournal;
/// use orch_store::mirror::{AsyncJournal, Mirror};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mirror = Mirror::new(Arc::new(MemoryJournal::new()));
/// let start = Cursor::start(mirror.id());
/// // Nothing is written: the wait ends when its time is up, and says where the journal ends.
/// assert_eq!(mirror.wait(start, Duration::from_millis(1)).await?, start);
/// assert!(mirror.missions().await?.is_empty());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Mirror {
    journal: Arc<dyn Journal>,
    worker: Worker,
    watcher: OnceLock<Watcher>,
}

impl Mirror {
    /// Works on a journal.
    pub fn new(journal: Arc<dyn Journal>) -> Self {
        Self {
            journal,
            worker: Worker::start("orch-mirror"),
            watcher: OnceLock::new(),
        }
    }

    /// Returns the journal.
    pub const fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Returns the thread for what blocks.
    pub(crate) const fn worker(&self) -> &Worker {
        &self.worker
    }

    fn ask<T: Send + 'static>(
        &self,
        look: impl FnOnce(&dyn Journal) -> Result<T, StoreError> + Send + 'static,
    ) -> Boxed<'_, Result<T, StoreError>> {
        Box::pin(async move {
            let journal = Arc::clone(&self.journal);
            self.worker.run(move || look(&*journal)).await?
        })
    }
}

impl AsyncJournal for Mirror {
    fn id(&self) -> JournalId {
        self.journal.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.journal.capabilities()
    }

    fn submit(&self, append: Append) -> Pending {
        self.journal.submit(append)
    }

    fn head<'a>(&'a self, mission: &'a MissionId) -> Boxed<'a, Result<Seq, StoreError>> {
        let mission = mission.clone();
        self.ask(move |journal| journal.head(&mission))
    }

    fn read<'a>(
        &'a self,
        mission: &'a MissionId,
        after: Seq,
        max: usize,
    ) -> Boxed<'a, Result<Vec<Record>, StoreError>> {
        let mission = mission.clone();
        self.ask(move |journal| journal.read(&mission, after, max))
    }

    fn read_all(&self, after: Cursor, max: usize) -> Boxed<'_, Result<Page, StoreError>> {
        self.ask(move |journal| journal.read_all(&after, max))
    }

    fn prior<'a>(
        &'a self,
        mission: &'a MissionId,
        command: &'a CommandKey,
    ) -> Boxed<'a, Result<Prior, StoreError>> {
        let (mission, command) = (mission.clone(), command.clone());
        self.ask(move |journal| journal.prior(&mission, &command))
    }

    fn missions(&self) -> Boxed<'_, Result<Vec<MissionHead>, StoreError>> {
        self.ask(|journal| journal.missions())
    }

    fn end(&self) -> Boxed<'_, Result<Cursor, StoreError>> {
        self.ask(|journal| journal.end())
    }

    fn wait(&self, after: Cursor, timeout: Duration) -> Boxed<'_, Result<Cursor, StoreError>> {
        Box::pin(async move {
            let start = || Watcher::start(Arc::clone(&self.journal));
            self.watcher.get_or_init(start).wait(after, timeout).await?
        })
    }

    fn save_snapshot(&self, snapshot: Snapshot) -> Boxed<'_, Result<(), StoreError>> {
        self.ask(move |journal| journal.save_snapshot(&snapshot))
    }

    fn snapshot<'a>(
        &'a self,
        mission: &'a MissionId,
    ) -> Boxed<'a, Result<Option<Snapshot>, StoreError>> {
        let mission = mission.clone();
        self.ask(move |journal| journal.snapshot(&mission))
    }

    fn verify(&self, mut progress: Report) -> Boxed<'_, Result<Verified, StoreError>> {
        Box::pin(async move {
            let journal = Arc::clone(&self.journal);
            // It reads everything: the others would wait behind it for minutes.
            let worker = Worker::start("orch-verify");
            worker.run(move || journal.verify(&mut *progress)).await?
        })
    }
}
