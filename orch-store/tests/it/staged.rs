//! A journal that answers appends when the test says so, and fails on demand.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::Capabilities;
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::StoreError;
use orch_store::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use orch_store::memory::MemoryJournal;
use orch_store::pending::{Pending, Reply, channel};

/// A journal in memory before which appends queue up until they are let through.
#[derive(Debug)]
pub(crate) struct Staged {
    inner: MemoryJournal,
    waiting: Mutex<VecDeque<(Append, Reply)>>,
    panics: AtomicBool,
}

impl Staged {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self {
            inner: MemoryJournal::new(),
            waiting: Mutex::default(),
            panics: AtomicBool::new(false),
        })
    }

    /// Judges and answers the next `n` appends.
    pub(crate) fn commit(&self, n: usize) {
        for _ in 0..n {
            let (append, reply) = self.next();
            reply.answer(self.inner.append(append));
        }
    }

    /// Lets reads panic, or no longer.
    pub(crate) fn panic(&self, panics: bool) {
        self.panics.store(panics, Ordering::SeqCst);
    }

    fn next(&self) -> (Append, Reply) {
        self.waiting.lock().unwrap().pop_front().unwrap()
    }
}

impl Journal for Staged {
    fn id(&self) -> JournalId {
        self.inner.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn submit(&self, append: Append) -> Pending {
        let (reply, pending) = channel();
        self.waiting.lock().unwrap().push_back((append, reply));
        pending
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        assert!(!self.panics.load(Ordering::SeqCst), "asked to panic");
        self.inner.head(mission)
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        self.inner.read(mission, after, max)
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        self.inner.read_all(after, max)
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.inner.prior(mission, command)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.inner.missions()
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.inner.end()
    }

    fn wait(&self, after: &Cursor, timeout: Duration) -> Result<Cursor, StoreError> {
        self.inner.wait(after, timeout)
    }

    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.inner.save_snapshot(snapshot)
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        self.inner.snapshot(mission)
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        self.inner.verify(progress)
    }
}
