//! A plain file journal: one line for each append, right unless it is told to be wrong in one way.
//!
//! ```text
//! log    plain 1 JOURNAL SUM                  the format and the identity
//!        NUMBER COUNT LENGTH SUM ["…","…"]    an append: its records, as their lines, in a list
//! end    NUMBER LENGTH SUM                    how much was acknowledged at least; may be behind
//! torn   what was cut off the end of a log that a crash left
//! lock   held by whoever has the journal open
//! ```
//! The sum of an append is a CRC-32 over the sum before it and its own line. An append is written,
//! synced, then seen and answered. Opening cuts an append off that was not written whole, and
//! refuses a log with any other flaw.
//!
//! It is here to be sabotaged: laws about files and crashes have to find each of its faults.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::{Capabilities, Durability};
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal, MissionHead, Page, Progress, Verified};
use orch_store::pending::Pending;
use orch_store::watch::{Watch, Woken};

use super::log::{self, Log};
use super::state::State;
use crate::store::under_test::StoreUnderTest;

/// How often the lock is tried, a millisecond apart.
const LOCK_TRIES: u32 = 50;

/// How a plain file journal is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// It acknowledges before it syncs.
    AckBeforeSync,
    /// It does not sync the folder that a new file is in.
    FolderUnsynced,
    /// It writes each record of an append by itself.
    RecordByRecord,
    /// It syncs again after a sync that failed, and believes that.
    SyncsAgain,
    /// It knows answered commands in memory only.
    ForgetsCommands,
    /// It cuts the log at the first flaw, wherever that is, and tells nobody.
    CutsDamage,
    /// Its sum covers the records, and not what stands before them.
    SumOfRecordsOnly,
    /// It makes its files in place.
    MadeInPlace,
    /// It cleans up before it has the lock.
    CleansBeforeLock,
    /// It goes on after a write or sync that failed.
    GoesOnAfterFailure,
    /// It takes no lock.
    Unlocked,
    /// It acknowledges what is in a buffer, and drops that with the handle.
    LosesBuffer,
    /// It does not open a log that a crash left torn.
    RefusesTornTail,
    /// It cuts a torn end off and keeps nothing of it.
    TearsInSilence,
    /// It opens what is of a later format.
    IgnoresFormat,
    /// It takes the records of an append that a crash cut short for an append.
    AdoptsOrphans,
    /// It writes its log anew, in place, each time that it is opened.
    RewritesLog,
    /// It tries again and again what failed.
    TriesForEver,
    /// It panics when a write or a sync fails.
    Panics,
    /// It does not read any more after a failure.
    RefusesToRead,
}

impl Wrong {
    /// Returns the name of the store that is wrong in this way: its worker is asked for by it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AckBeforeSync => "plain-ack-before-sync",
            Self::FolderUnsynced => "plain-folder-unsynced",
            Self::RecordByRecord => "plain-record-by-record",
            Self::SyncsAgain => "plain-syncs-again",
            Self::ForgetsCommands => "plain-forgets-commands",
            Self::CutsDamage => "plain-cuts-damage",
            Self::SumOfRecordsOnly => "plain-sum-of-records-only",
            Self::MadeInPlace => "plain-made-in-place",
            Self::CleansBeforeLock => "plain-cleans-before-lock",
            Self::GoesOnAfterFailure => "plain-goes-on-after-failure",
            Self::Unlocked => "plain-unlocked",
            Self::LosesBuffer => "plain-loses-buffer",
            Self::RefusesTornTail => "plain-refuses-torn-tail",
            Self::TearsInSilence => "plain-tears-in-silence",
            Self::IgnoresFormat => "plain-ignores-format",
            Self::AdoptsOrphans => "plain-adopts-orphans",
            Self::RewritesLog => "plain-rewrites-log",
            Self::TriesForEver => "plain-tries-for-ever",
            Self::Panics => "plain-panics",
            Self::RefusesToRead => "plain-refuses-to-read",
        }
    }
}

/// The plain file journal, under test.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plain {
    /// How it is wrong; not at all if there is nothing.
    pub wrong: Option<Wrong>,
}

impl StoreUnderTest for Plain {
    type Store = PlainJournal;

    fn name(&self) -> &'static str {
        self.wrong.map_or("plain", Wrong::name)
    }

    fn capabilities(&self) -> Capabilities {
        claims()
    }

    fn open(&self, folder: &Path) -> Result<PlainJournal, StoreError> {
        PlainJournal::open(folder, self.wrong)
    }

    fn fixtures(&self) -> Option<PathBuf> {
        Some(crate::store::stores::fixtures("plain"))
    }
}

fn claims() -> Capabilities {
    let mut own = Capabilities::none();
    own.durability = Durability::PowerCut;
    own.append = true;
    own.record_max_bytes = 1024 * 1024;
    own.batch_max_records = 1000;
    own
}

/// A journal in one file.
#[derive(Debug)]
pub struct PlainJournal {
    id: JournalId,
    wrong: Option<Wrong>,
    inner: Mutex<Inner>,
    /// Held as long as the journal is open.
    _lock: File,
}

#[derive(Debug)]
struct Inner {
    state: State,
    log: Log,
    failure: Option<String>,
    /// Lines that were acknowledged and not written.
    buffer: Vec<Append>,
}

impl PlainJournal {
    /// Opens the journal in a folder, and makes it if the folder has none.
    ///
    /// # Errors
    /// When somebody else has it, or it is not what was written.
    pub fn open(folder: &Path, wrong: Option<Wrong>) -> Result<Self, StoreError> {
        if wrong == Some(Wrong::CleansBeforeLock) && folder.join("log").exists() {
            drop(log::recover(folder, wrong)?);
        }
        let lock = locked(folder, wrong)?;
        if !folder.join("log").exists() {
            log::create(folder, wrong)?;
        }
        let (id, state, log) = log::recover(folder, wrong)?;
        let inner = Inner {
            state,
            log,
            failure: None,
            buffer: Vec::new(),
        };
        Ok(Self {
            id,
            wrong,
            inner: Mutex::new(inner),
            _lock: lock,
        })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks what is in memory, which after a failure is what was durable before it.
    fn ask<T>(&self, ask: impl FnOnce(&State) -> T) -> Result<T, StoreError> {
        let inner = self.inner();
        match &inner.failure {
            Some(why) if self.wrong == Some(Wrong::RefusesToRead) => {
                Err(StoreError::Poisoned { why: why.clone() })
            }
            Some(_) | None => Ok(ask(&inner.state)),
        }
    }

    fn take(&self, append: Append) -> Result<Appended, AppendError> {
        claims().check(&append)?;
        if self.wrong == Some(Wrong::RecordByRecord) {
            return self.take_apart(append);
        }
        let mut inner = self.inner();
        if let Some(why) = &inner.failure {
            let why = why.clone();
            return Err(AppendError::NotWritten(StoreError::Poisoned { why }));
        }
        if let Some(appended) = inner.state.judge(&append)? {
            return Ok(appended);
        }
        if self.wrong == Some(Wrong::LosesBuffer) {
            return inner.buffered(append);
        }
        inner.write(append.records(), self.wrong)?;
        Ok(inner.state.take(append))
    }

    /// Writes and shows each record of an append by itself; the command is remembered at the end.
    fn take_apart(&self, append: Append) -> Result<Appended, AppendError> {
        if let Some(appended) = self.inner().state.judge(&append)? {
            return Ok(appended);
        }
        let given = orch_store::answers::Given::of(&append);
        let (first, last) = (given.first, given.last);
        for record in append.records() {
            let mut inner = self.inner();
            inner.write(std::slice::from_ref(record), self.wrong)?;
            inner.state.add(vec![record.clone()]);
            drop(inner);
            thread::sleep(Duration::from_micros(100));
        }
        let mission = append.mission().clone();
        self.inner().state.remember(mission, given);
        Ok(Appended::Now { first, last })
    }
}

impl Inner {
    /// Writes an append and syncs it; after a failure nobody knows what is on disk.
    fn write(&mut self, records: &[Record], wrong: Option<Wrong>) -> Result<(), AppendError> {
        let mut written = self.log.append(records, wrong);
        while written.is_err() && wrong == Some(Wrong::TriesForEver) {
            thread::sleep(Duration::from_millis(1));
            written = self.log.append(records, wrong);
        }
        if wrong == Some(Wrong::Panics) {
            written.unwrap();
            return Ok(());
        }
        if let Err(error) = written {
            if wrong != Some(Wrong::GoesOnAfterFailure) {
                self.failure = Some(error.to_string());
            }
            return Err(AppendError::Unknown(error));
        }
        Ok(())
    }

    fn buffered(&mut self, append: Append) -> Result<Appended, AppendError> {
        self.buffer.push(append.clone());
        if self.buffer.len() >= 8 {
            for append in std::mem::take(&mut self.buffer) {
                self.write(append.records(), None)?;
            }
        }
        Ok(self.state.take(append))
    }
}

/// Takes the lock of a folder, or tells that it is taken.
fn locked(folder: &Path, wrong: Option<Wrong>) -> Result<File, StoreError> {
    let path = folder.join("lock");
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(&path)
        .map_err(|error| StoreError::io("open", &path, error))?;
    if wrong == Some(Wrong::Unlocked) {
        return Ok(file);
    }
    let mut taken = file.try_lock();
    // A process that another thread is just starting has the lock as well, until it is another program.
    for _ in 0..LOCK_TRIES {
        if !matches!(taken, Err(fs::TryLockError::WouldBlock)) {
            break;
        }
        thread::sleep(Duration::from_millis(1));
        taken = file.try_lock();
    }
    match taken {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(StoreError::Busy {
            path: folder.to_owned(),
            holder: "somebody".to_owned(),
            stopped: false,
        }),
        Err(fs::TryLockError::Error(error)) => Err(StoreError::io("lock", &path, error)),
    }
}

impl Journal for PlainJournal {
    fn id(&self) -> JournalId {
        self.id
    }

    fn capabilities(&self) -> Capabilities {
        claims()
    }

    fn submit(&self, append: Append) -> Pending {
        Pending::ready(self.take(append))
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        self.ask(|state| state.head(mission))
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        self.ask(|state| state.read(mission, after, max))
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        self.ask(|state| {
            after.check(state.end(self.id))?;
            state.page(after, max)
        })?
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.ask(|state| state.prior(mission, command))
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.ask(State::missions)
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.ask(|state| state.end(self.id))
    }

    fn watch(&self, _woken: Woken) -> Result<Watch, StoreError> {
        Err(StoreError::Unsupported { what: "be watched" })
    }

    fn save_snapshot(&self, _snapshot: &Snapshot) -> Result<(), StoreError> {
        Err(StoreError::Unsupported {
            what: "keep snapshots",
        })
    }

    fn snapshot(&self, _mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        Ok(None)
    }

    fn verify(&self, _progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        // What is in memory was checked when it was read; what is on disk is read again.
        let mut bytes = Vec::new();
        let folder = self
            .ask(|_| ())
            .map(|()| self.inner().log.folder().to_owned())?;
        let path = folder.join("log");
        File::open(&path)
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(|error| StoreError::io("read", &path, error))?;
        let read = log::scan(&path, &bytes, self.wrong)?;
        if let Some(flaw) = read.flaw {
            return Err(flaw);
        }
        let mut verified = Verified::new();
        verified.records = read.state.n_records() as u64;
        verified.batches = read.state.n_appends() as u64;
        verified.missions = read.state.missions().len() as u64;
        verified.bytes = bytes.len() as u64;
        Ok(verified)
    }
}

/// Writes a new file and syncs it.
pub(super) fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
