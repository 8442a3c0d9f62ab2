//! A store that fails when it is told to, for the tests of whoever talks to stores.
//!
//! ```
//! use std::sync::Arc;
//! use orch_store::error::AppendError;
//! use orch_store::journal::{Appended, Journal as _};
//! use orch_store::memory::MemoryJournal;
//! use orch_testkit::store::{AppendFault, Draft, Faulty, mission};
//!
//! let faulty = Faulty::new(Arc::new(MemoryJournal::new()));
//! let append = Draft::new(&mission("m"), 0).command("k").append();
//!
//! faulty.fail_append(AppendFault::AnswerLost);
//! let lost = faulty.append(append.clone());
//! assert!(matches!(lost, Err(AppendError::Unknown(_))));
//! // It is on record all the same: whoever asks again under the same command id is told so.
//! let again = faulty.append(append).unwrap();
//! assert!(matches!(again, Appended::Before { .. }));
//! ```

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::Capabilities;
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use orch_store::pending::{Pending, Reply, channel};
use orch_store::watch::{Watch, Woken};

/// What becomes of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppendFault {
    /// Nothing: it passes, so that a later one can fail.
    Passes,
    /// It is not written, and that is known.
    Refused,
    /// It is not written, and nobody knows.
    NeverWritten,
    /// It is written, and nobody knows.
    AnswerLost,
    /// It is neither judged nor answered before [`Faulty::release`].
    Held,
    /// It is not written, and the store answers nothing from then on, to nobody.
    Poisons,
}

/// What becomes of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadFault {
    /// Nothing: it passes, so that a later one can fail.
    Passes,
    /// It fails.
    Fails,
    /// It returns at most as many records, as every store may.
    Short(usize),
}

/// A store in front of another: as that one is, but for the faults that are lined up.
///
/// Each fault strikes once, the first that was lined up the next call. Faults of appends strike
/// appends, faults of reads whatever asks; waiting and snapshots pass.
pub struct Faulty {
    inner: Arc<dyn Journal>,
    appends: Mutex<VecDeque<AppendFault>>,
    reads: Mutex<VecDeque<ReadFault>>,
    held: Mutex<Vec<(Append, Reply)>>,
    is_poisoned: Mutex<bool>,
}

impl Faulty {
    /// Puts itself in front of a store.
    pub fn new(inner: Arc<dyn Journal>) -> Self {
        Self {
            inner,
            appends: Mutex::default(),
            reads: Mutex::default(),
            held: Mutex::default(),
            is_poisoned: Mutex::default(),
        }
    }

    /// Returns the store itself: what is asked of it there does not fail.
    pub fn inner(&self) -> &Arc<dyn Journal> {
        &self.inner
    }

    /// Lines up what becomes of an append.
    pub fn fail_append(&self, fault: AppendFault) {
        locked(&self.appends).push_back(fault);
    }

    /// Lines up what becomes of a question.
    pub fn fail_read(&self, fault: ReadFault) {
        locked(&self.reads).push_back(fault);
    }

    /// Has the appends that are held judged and answered, in their order; returns how many.
    pub fn release(&self) -> usize {
        let held = std::mem::take(&mut *locked(&self.held));
        for (append, reply) in &held {
            reply.answer(self.inner.append(append.clone()));
        }
        held.len()
    }

    /// Returns how many appends are held.
    pub fn n_held(&self) -> usize {
        locked(&self.held).len()
    }

    fn strike(&self, append: Append) -> Pending {
        let fault = locked(&self.appends).pop_front();
        match fault.unwrap_or(AppendFault::Passes) {
            AppendFault::Passes => self.inner.submit(append),
            AppendFault::Refused => Pending::ready(Err(AppendError::NotWritten(failure()))),
            AppendFault::NeverWritten => Pending::ready(Err(AppendError::Unknown(failure()))),
            AppendFault::AnswerLost => {
                // What is refused was not written, whether or not anybody is told.
                let answer = self.inner.append(append);
                Pending::ready(answer.and_then(|_| Err(AppendError::Unknown(failure()))))
            }
            AppendFault::Held => {
                let (reply, pending) = channel();
                locked(&self.held).push((append, reply));
                pending
            }
            AppendFault::Poisons => {
                *locked(&self.is_poisoned) = true;
                Pending::ready(Err(AppendError::NotWritten(poisoned())))
            }
        }
    }

    /// Returns the most records that a question may return now.
    fn asked(&self) -> Result<usize, StoreError> {
        if *locked(&self.is_poisoned) {
            return Err(poisoned());
        }
        match locked(&self.reads).pop_front() {
            Some(ReadFault::Fails) => Err(failure()),
            Some(ReadFault::Short(max)) => Ok(max),
            Some(ReadFault::Passes) | None => Ok(usize::MAX),
        }
    }
}

impl std::fmt::Debug for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Faulty").field(&self.inner).finish()
    }
}

impl Journal for Faulty {
    fn id(&self) -> JournalId {
        self.inner.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn submit(&self, append: Append) -> Pending {
        if *locked(&self.is_poisoned) {
            return Pending::ready(Err(AppendError::NotWritten(poisoned())));
        }
        self.strike(append)
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        self.asked()?;
        self.inner.head(mission)
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        let max = self.asked()?.min(max);
        self.inner.read(mission, after, max)
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        let max = self.asked()?.min(max);
        self.inner.read_all(after, max)
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.asked()?;
        self.inner.prior(mission, command)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.asked()?;
        self.inner.missions()
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.asked()?;
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
        self.asked()?;
        self.inner.verify(progress)
    }
}

/// The failure that a fault is told as.
fn failure() -> StoreError {
    let source = io::Error::other("a fault that was asked for");
    StoreError::io("use", PathBuf::from("faulty"), source)
}

fn poisoned() -> StoreError {
    StoreError::Poisoned {
        why: "a fault that was asked for".to_owned(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
