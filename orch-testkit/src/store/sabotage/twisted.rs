//! A store of which one call does something else than it should.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::Capabilities;
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal, MissionHead, Page, Progress, Verified};
use orch_store::memory::MemoryJournal;
use orch_store::pending::Pending;
use orch_store::watch::{Watch, Woken};

use crate::store::stores::{Jsonl, Memory};
use crate::store::under_test::{StoreUnderTest, Subject};

/// What a twisted call returns.
pub(super) type Told<T> = Result<T, StoreError>;

/// What a twisted append returns.
pub(super) type Answer = Result<Appended, AppendError>;

type Appending = fn(&TwistedJournal, Append) -> Answer;
type Submitting = fn(&TwistedJournal, Append) -> Pending;
type Reading = fn(&TwistedJournal, &MissionId, Seq, usize) -> Told<Vec<Record>>;
type Paging = fn(&TwistedJournal, &Cursor, usize) -> Told<Page>;
type Heading = fn(&TwistedJournal, &MissionId) -> Told<Seq>;
type Asking<T> = fn(&TwistedJournal) -> Told<T>;
type Saving = fn(&TwistedJournal, &Snapshot);
type Restoring = fn(&TwistedJournal, &MissionId) -> Option<Snapshot>;
type Copying = fn(&Path, &Path) -> Told<()>;
type Opening = fn(&Path) -> Told<Arc<dyn Journal>>;

/// What is done in place of the calls of a store; nothing by default.
#[derive(Debug, Clone, Copy, Default)]
pub struct Twist {
    pub(super) append: Option<Appending>,
    pub(super) submit: Option<Submitting>,
    pub(super) read: Option<Reading>,
    pub(super) page: Option<Paging>,
    pub(super) head: Option<Heading>,
    pub(super) end: Option<Asking<Cursor>>,
    pub(super) missions: Option<Asking<Vec<MissionHead>>>,
    pub(super) verify: Option<Asking<Verified>>,
    pub(super) watch: Option<fn(&TwistedJournal, Woken) -> Watch>,
    pub(super) save: Option<Saving>,
    pub(super) snapshot: Option<Restoring>,
    pub(super) copy: Option<Copying>,
    pub(super) reader: Option<Opening>,
    pub(super) claims: Option<fn(&mut Capabilities)>,
}

/// A store with a twist, under test.
#[derive(Debug)]
pub struct Twisted {
    name: String,
    twist: Twist,
    is_of_segments: bool,
}

impl Twisted {
    /// A store in memory with a twist.
    pub const fn in_memory(name: String, twist: Twist) -> Self {
        Self {
            name,
            twist,
            is_of_segments: false,
        }
    }

    /// A journal of segments with a twist.
    pub const fn of_segments(name: String, twist: Twist) -> Self {
        Self {
            name,
            twist,
            is_of_segments: true,
        }
    }

    fn base(&self) -> &'static dyn Subject {
        if self.is_of_segments { &Jsonl } else { &Memory }
    }
}

impl StoreUnderTest for Twisted {
    type Store = TwistedJournal;

    fn name(&self) -> &str {
        &self.name
    }

    fn capabilities(&self) -> Capabilities {
        let mut own = self.base().capabilities();
        if let Some(claims) = self.twist.claims {
            claims(&mut own);
        }
        own
    }

    fn open(&self, folder: &Path) -> Result<TwistedJournal, StoreError> {
        let inner: Arc<dyn Journal> = if self.is_of_segments {
            Arc::new(StoreUnderTest::open(&Jsonl, folder)?)
        } else {
            Arc::new(MemoryJournal::new())
        };
        let claims = StoreUnderTest::capabilities(self);
        Ok(TwistedJournal::new(inner, self.twist, claims))
    }

    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>> {
        match self.twist.reader {
            Some(reader) => Some(reader(folder)),
            None => self.base().open_reader(folder),
        }
    }

    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>> {
        match self.twist.copy {
            Some(copy) => Some(copy(from, to)),
            None => self.base().copy(from, to),
        }
    }

    fn fixtures(&self) -> Option<PathBuf> {
        self.base().fixtures()
    }
}

/// A journal with a twist.
pub struct TwistedJournal {
    pub(super) inner: Arc<dyn Journal>,
    twist: Twist,
    claims: Capabilities,
    kept: Mutex<Kept>,
}

/// What a twist remembers between two calls.
#[derive(Default)]
pub(super) struct Kept {
    pub(super) snapshots: BTreeMap<MissionId, Snapshot>,
    pub(super) records: BTreeMap<(MissionId, Seq), Record>,
    pub(super) placed: Vec<(u64, Record)>,
    pub(super) woken: Vec<Woken>,
    pub(super) n_calls: u64,
    pub(super) writer: Option<(std::thread::ThreadId, MissionId, usize)>,
}

impl TwistedJournal {
    pub(super) fn new(inner: Arc<dyn Journal>, twist: Twist, claims: Capabilities) -> Self {
        Self {
            inner,
            twist,
            claims,
            kept: Mutex::default(),
        }
    }

    pub(super) fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns everything that is on record.
    pub(super) fn all(&self) -> Result<Page, StoreError> {
        let start = Cursor::start(self.inner.id());
        self.inner.read_all(&start, usize::MAX)
    }
}

impl fmt::Debug for TwistedJournal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TwistedJournal").field(&self.inner).finish()
    }
}

impl Journal for TwistedJournal {
    fn id(&self) -> JournalId {
        self.inner.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.claims
    }

    fn submit(&self, append: Append) -> Pending {
        match (self.twist.submit, self.twist.append) {
            (Some(submit), _) => submit(self, append),
            (None, Some(twisted)) => Pending::ready(twisted(self, append)),
            (None, None) => self.inner.submit(append),
        }
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        match self.twist.head {
            Some(head) => head(self, mission),
            None => self.inner.head(mission),
        }
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        match self.twist.read {
            Some(read) => read(self, mission, after, max),
            None => self.inner.read(mission, after, max),
        }
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        match self.twist.page {
            Some(page) => page(self, after, max),
            None => self.inner.read_all(after, max),
        }
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.inner.prior(mission, command)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        match self.twist.missions {
            Some(missions) => missions(self),
            None => self.inner.missions(),
        }
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        match self.twist.end {
            Some(end) => end(self),
            None => self.inner.end(),
        }
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        match self.twist.watch {
            Some(watch) => Ok(watch(self, woken)),
            None => self.inner.watch(woken),
        }
    }

    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        match self.twist.save {
            Some(save) => {
                save(self, snapshot);
                Ok(())
            }
            None => self.inner.save_snapshot(snapshot),
        }
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        match self.twist.snapshot {
            Some(snapshot) => Ok(snapshot(self, mission)),
            None => self.inner.snapshot(mission),
        }
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        match self.twist.verify {
            Some(verify) => verify(self),
            None => self.inner.verify(progress),
        }
    }
}
