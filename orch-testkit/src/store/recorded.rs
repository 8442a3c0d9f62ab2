//! A store that is remembered: what was appended to it and how that was answered.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::Capabilities;
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal, MissionHead, Page, Progress, Verified};
use orch_store::pending::Pending;
use orch_store::watch::{Watch, Woken};

use super::under_test::Opened;

/// What was asked of the stores of a case, in the order in which it was handed in.
#[derive(Debug, Clone, Default)]
pub struct Calls {
    kept: Arc<Mutex<Vec<Call>>>,
}

/// One append and its answer.
#[derive(Debug, Clone)]
pub struct Call {
    /// What was to be appended.
    pub append: Append,
    /// How that was answered, as far as it is by now.
    pub pending: Pending,
}

impl Call {
    /// Whether its records came on record by it, as far as was told.
    pub fn is_acknowledged(&self) -> bool {
        matches!(self.pending.peek(), Some(Ok(Appended::Now { .. })))
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let append = &self.append;
        let (mission, n_records) = (append.mission(), append.records().len());
        let command = append.command().map_or("-", CommandKey::as_str);
        let at = append.expect().seq();
        write!(f, "append {n_records} to {mission} at {at} as {command}: ")?;
        match self.pending.peek() {
            Some(Ok(answer)) => write!(f, "{answer:?}"),
            Some(Err(error)) => write!(f, "{error}"),
            None => f.write_str("not answered"),
        }
    }
}

impl Calls {
    /// Forgets what was asked.
    pub fn clear(&self) {
        self.locked().clear();
    }

    /// Returns what was asked.
    pub fn all(&self) -> Vec<Call> {
        self.locked().clone()
    }

    fn keep(&self, call: Call) {
        self.locked().push(call);
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Vec<Call>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A store as it is, whose appends are remembered for a counterexample.
pub struct Recorded {
    opened: Opened,
    calls: Calls,
}

impl Recorded {
    /// Remembers what is asked of a store.
    pub const fn new(opened: Opened, calls: Calls) -> Self {
        Self { opened, calls }
    }

    /// Closes the store.
    ///
    /// # Errors
    /// As [`StoreUnderTest::close`](super::StoreUnderTest::close).
    pub fn close(&self) -> Result<(), StoreError> {
        (self.opened.close)()
    }

    fn journal(&self) -> &dyn Journal {
        &*self.opened.journal
    }
}

impl fmt::Debug for Recorded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Recorded").field(&self.opened).finish()
    }
}

impl Journal for Recorded {
    fn id(&self) -> JournalId {
        self.journal().id()
    }

    fn capabilities(&self) -> Capabilities {
        self.journal().capabilities()
    }

    fn submit(&self, append: Append) -> Pending {
        let pending = self.journal().submit(append.clone());
        self.calls.keep(Call {
            append,
            pending: pending.clone(),
        });
        pending
    }

    fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let answer = self.journal().append(append.clone());
        let pending = Pending::ready(answer.clone());
        self.calls.keep(Call { append, pending });
        answer
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        self.journal().head(mission)
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        self.journal().read(mission, after, max)
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        self.journal().read_all(after, max)
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.journal().prior(mission, command)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.journal().missions()
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.journal().end()
    }

    fn wait(&self, after: &Cursor, timeout: Duration) -> Result<Cursor, StoreError> {
        self.journal().wait(after, timeout)
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        self.journal().watch(woken)
    }

    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.journal().save_snapshot(snapshot)
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        self.journal().snapshot(mission)
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        self.journal().verify(progress)
    }
}
