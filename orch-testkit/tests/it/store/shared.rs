//! A journal in one file that any number of processes share, right or wrong in one way each.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::{Record, read_lines};
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::{Capabilities, Durability};
use orch_store::cursor::{Cursor, JournalId, Position};
use orch_store::error::{AppendError, StoreError};
use orch_store::journal::{Append, Appended, Journal, MissionHead, Page, Progress, Verified};
use orch_store::pending::Pending;
use orch_store::watch::{Watch, Woken};
use orch_testkit::store::StoreUnderTest;
use uuid::Uuid;

/// What is wrong with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flaw {
    /// Nothing.
    None,
    /// The version is checked before the lock is taken.
    ChecksOutsideTheLock,
    /// Readers take no lock, and a batch is written record by record.
    TornReads,
    /// Now and then a reader is given what the one before was given.
    StaleReads,
    /// What is there is read before the lock is taken, and written back with what is new.
    LostUpdates,
    /// It is said to be of one process, and a second gets in.
    SecondWriter,
    /// It is said to be of several processes, and the lock is one of threads.
    LocksThreadsOnly,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Shared {
    pub(super) name: &'static str,
    pub(super) flaw: Flaw,
}

impl StoreUnderTest for Shared {
    type Store = SharedFile;

    fn name(&self) -> &str {
        self.name
    }

    fn capabilities(&self) -> Capabilities {
        let mut own = Capabilities::none();
        own.append = true;
        own.multi_process = self.flaw != Flaw::SecondWriter;
        own.durability = Durability::ProcessCrash;
        own.record_max_bytes = 1 << 20;
        own.batch_max_records = 1000;
        own
    }

    fn open(&self, folder: &Path) -> Result<SharedFile, StoreError> {
        Ok(SharedFile {
            store: *self,
            path: folder.join("log"),
            threads: Mutex::default(),
            last_read: Mutex::default(),
        })
    }
}

/// The file, of which every call reads all.
#[derive(Debug)]
pub(super) struct SharedFile {
    store: Shared,
    path: PathBuf,
    threads: Mutex<()>,
    last_read: Mutex<(u32, Vec<Record>)>,
}

impl SharedFile {
    /// Does something while nobody else has the lock.
    fn locked<T>(&self, then: impl FnOnce() -> T) -> T {
        if self.store.flaw == Flaw::LocksThreadsOnly {
            let _lock = self.threads.lock().unwrap();
            return then();
        }
        let lock = File::create(self.path.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        then()
    }

    fn load(&self) -> Vec<Record> {
        let bytes = fs::read(&self.path).unwrap_or_default();
        read_lines(&bytes).records
    }

    fn look(&self) -> Vec<Record> {
        match self.store.flaw {
            Flaw::TornReads => self.load(),
            Flaw::StaleReads => {
                let mut last = self.last_read.lock().unwrap();
                last.0 += 1;
                if !last.0.is_multiple_of(3) {
                    last.1 = self.locked(|| self.load());
                }
                last.1.clone()
            }
            Flaw::None
            | Flaw::ChecksOutsideTheLock
            | Flaw::LostUpdates
            | Flaw::SecondWriter
            | Flaw::LocksThreadsOnly => self.locked(|| self.load()),
        }
    }

    fn judge(append: &Append, all: &[Record]) -> Result<Appended, AppendError> {
        let of = |it: &&Record| it.envelope().mission == *append.mission();
        let records: Vec<&Record> = all.iter().filter(of).collect();
        let (actual, expected) = (records.len(), append.expect().seq().0);
        if actual as u64 != expected {
            let skipped = usize::try_from(expected).unwrap();
            let since = records.into_iter().skip(skipped).cloned().collect();
            let actual = Seq(actual as u64);
            return Err(AppendError::Conflict { actual, since });
        }
        let first = Seq(expected + 1);
        let last = Seq(expected + append.records().len() as u64);
        Ok(Appended::Now { first, last })
    }

    /// Writes records, one after the other if they are to be seen halfway.
    fn write(&self, records: &[Record]) {
        let mut file = File::options()
            .create(true)
            .append(true)
            .open(&self.path)
            .unwrap();
        if self.store.flaw == Flaw::TornReads {
            for record in records {
                file.write_all(format!("{}\n", record.as_line()).as_bytes())
                    .unwrap();
                pause();
            }
        } else {
            let lines = records.iter().map(|it| format!("{}\n", it.as_line()));
            file.write_all(lines.collect::<String>().as_bytes())
                .unwrap();
        }
    }

    fn append_now(&self, append: &Append) -> Result<Appended, AppendError> {
        match self.store.flaw {
            Flaw::ChecksOutsideTheLock => {
                let answer = Self::judge(append, &self.load())?;
                pause();
                self.locked(|| self.write(append.records()));
                Ok(answer)
            }
            Flaw::LostUpdates => {
                let before = self.load();
                let answer = Self::judge(append, &before)?;
                pause();
                self.locked(|| {
                    fs::write(&self.path, "").unwrap();
                    self.write(&before);
                    self.write(append.records());
                });
                Ok(answer)
            }
            Flaw::None
            | Flaw::TornReads
            | Flaw::StaleReads
            | Flaw::SecondWriter
            | Flaw::LocksThreadsOnly => self.locked(|| {
                let answer = Self::judge(append, &self.load())?;
                if self.store.flaw == Flaw::LocksThreadsOnly {
                    pause();
                }
                self.write(append.records());
                Ok(answer)
            }),
        }
    }
}

/// Lets others in, where the fault lets them.
fn pause() {
    thread::sleep(Duration::from_millis(1));
}

impl Journal for SharedFile {
    fn id(&self) -> JournalId {
        JournalId(Uuid::nil())
    }

    fn capabilities(&self) -> Capabilities {
        StoreUnderTest::capabilities(&self.store)
    }

    fn submit(&self, append: Append) -> Pending {
        let checked = Journal::capabilities(self).check(&append);
        Pending::ready(checked.and_then(|()| self.append_now(&append)))
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        Ok(Seq(self.read(mission, Seq::ZERO, usize::MAX)?.len() as u64))
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        let all = self.look().into_iter();
        let of = all.filter(|it| it.envelope().mission == *mission);
        let skipped = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(of.skip(skipped).take(max).collect())
    }

    fn read_all(&self, after: &Cursor, _max: usize) -> Result<Page, StoreError> {
        let placed = (1..).map(Position).zip(self.look());
        let records: Vec<_> = placed.filter(|(at, _)| *at > after.position).collect();
        let last = records.last().map_or(after.position, |(at, _)| *at);
        let next = Cursor {
            journal: self.id(),
            position: last,
        };
        Ok(Page { records, next })
    }

    fn prior(&self, _: &MissionId, _: &CommandKey) -> Result<Prior, StoreError> {
        Ok(Prior::Unseen)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        Err(StoreError::Unsupported {
            what: "list missions",
        })
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        let position = Position(self.look().len() as u64);
        let journal = self.id();
        Ok(Cursor { journal, position })
    }

    fn watch(&self, _: Woken) -> Result<Watch, StoreError> {
        Err(StoreError::Unsupported { what: "be watched" })
    }

    fn save_snapshot(&self, _: &Snapshot) -> Result<(), StoreError> {
        Ok(())
    }

    fn snapshot(&self, _: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        Ok(None)
    }

    fn verify(&self, _: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        Ok(Verified::new())
    }
}

/// The store of each flaw, by a name that a worker can be asked for.
pub(super) fn stores() -> Vec<Arc<Shared>> {
    let named = [
        ("shared", Flaw::None),
        ("checks-outside-the-lock", Flaw::ChecksOutsideTheLock),
        ("torn-reads", Flaw::TornReads),
        ("stale-reads", Flaw::StaleReads),
        ("lost-updates", Flaw::LostUpdates),
        ("second-writer", Flaw::SecondWriter),
        ("locks-threads-only", Flaw::LocksThreadsOnly),
    ];
    named
        .map(|(name, flaw)| Arc::new(Shared { name, flaw }))
        .into()
}
