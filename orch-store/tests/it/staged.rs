//! A journal that answers appends when the test says so, and fails on demand.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::Capabilities;
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use orch_store::memory::MemoryJournal;
use orch_store::pending::{Pending, Reply, channel};
use orch_store::watch::{Watch, Woken};

/// A journal in memory before which appends queue up until they are let through.
#[derive(Debug)]
pub(crate) struct Staged {
    inner: Arc<MemoryJournal>,
    waiting: Mutex<VecDeque<(Append, Reply)>>,
    has_queued: mpsc::Sender<()>,
    queued: Mutex<mpsc::Receiver<()>>,
    has_looked: mpsc::Sender<()>,
    looked: Mutex<mpsc::Receiver<()>>,
    is_open: AtomicBool,
    panics: AtomicBool,
}

impl Staged {
    pub(crate) fn new() -> Arc<Self> {
        let (has_queued, queued) = mpsc::channel();
        let (has_looked, looked) = mpsc::channel();
        Arc::new(Self {
            inner: Arc::new(MemoryJournal::new()),
            waiting: Mutex::default(),
            has_queued,
            queued: Mutex::new(queued),
            has_looked,
            looked: Mutex::new(looked),
            is_open: AtomicBool::new(false),
            panics: AtomicBool::new(false),
        })
    }

    /// The journal itself: what is appended there overtakes everything that waits.
    pub(crate) fn inner(&self) -> Arc<MemoryJournal> {
        Arc::clone(&self.inner)
    }

    /// Waits until another `n` appends were handed in.
    pub(crate) fn await_queued(&self, n: usize) {
        let queued = self.queued.lock().unwrap();
        for _ in 0..n {
            queued.recv_timeout(Duration::from_secs(10)).unwrap();
        }
    }

    /// Waits until somebody asks for a head while `meanwhile` goes on.
    pub(crate) fn await_look<R>(&self, meanwhile: impl FnOnce() -> R) -> R {
        let looked = self.looked.lock().unwrap();
        looked.try_iter().for_each(drop);
        let result = meanwhile();
        looked.recv_timeout(Duration::from_secs(10)).unwrap();
        result
    }

    /// Judges and answers the next `n` appends.
    pub(crate) fn commit(&self, n: usize) {
        for _ in 0..n {
            let (append, reply) = self.next();
            reply.answer(self.inner.append(append));
        }
    }

    /// Returns how many appends wait.
    pub(crate) fn n_waiting(&self) -> usize {
        self.waiting.lock().unwrap().len()
    }

    /// Judges what waits as one group, and answers it afterwards.
    pub(crate) fn commit_some(&self) {
        let mut waiting = self.waiting.lock().unwrap();
        let judged = waiting
            .drain(..)
            .map(|(append, reply)| (self.inner.append(append), reply));
        for (answer, reply) in judged.collect::<Vec<_>>() {
            reply.answer(answer);
        }
    }

    /// Judges and answers everything that waits, and from now on whatever comes at once.
    pub(crate) fn open(&self) {
        let mut waiting = self.waiting.lock().unwrap();
        self.is_open.store(true, Ordering::SeqCst);
        for (append, reply) in waiting.drain(..) {
            reply.answer(self.inner.append(append));
        }
    }

    /// Answers the next append with an error, and writes nothing.
    pub(crate) fn fail(&self, error: AppendError) {
        self.next().1.answer(Err(error));
    }

    /// Lets reads panic, or no longer.
    pub(crate) fn panic(&self, panics: bool) {
        self.panics.store(panics, Ordering::SeqCst);
    }

    fn next(&self) -> (Append, Reply) {
        self.waiting.lock().unwrap().pop_front().unwrap()
    }
}

pub(crate) fn disk_full() -> AppendError {
    AppendError::NotWritten(StoreError::Full {
        path: "disk".into(),
    })
}

impl Journal for Staged {
    fn id(&self) -> JournalId {
        self.inner.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn submit(&self, append: Append) -> Pending {
        let mut waiting = self.waiting.lock().unwrap();
        if self.is_open.load(Ordering::SeqCst) {
            return self.inner.submit(append);
        }
        let (reply, pending) = channel();
        waiting.push_back((append, reply));
        self.has_queued.send(()).unwrap();
        pending
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        assert!(!self.panics.load(Ordering::SeqCst), "asked to panic");
        let head = self.inner.head(mission);
        self.has_looked.send(()).unwrap();
        head
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

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        self.inner.watch(woken)
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
