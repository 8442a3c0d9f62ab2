//! What hangs or panics below a store costs only what was handed in, and nobody waits for ever.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_store::answers::Given;
use orch_store::error::{AppendError, StoreError};
use orch_store::index::{Entry, Index, Mark, MemoryIndex, Pointer};
use orch_store::journal::{Append, Expect, Journal as _, MissionHead};
use orch_store::segments::{self, IndexHome, Kind, Segments};

use crate::support::{Home, ask, memory, mission, open, options};

/// An index that hangs while somebody holds its gate, and panics when told so.
#[derive(Debug)]
struct Weak {
    inner: MemoryIndex,
    home: WeakHome,
}

#[derive(Debug, Clone, Default)]
struct WeakHome {
    gate: Arc<Mutex<()>>,
    panics: bool,
}

impl IndexHome for WeakHome {
    type Index = Weak;

    fn kind(&self) -> Kind {
        Kind::Jsonl
    }

    fn open(&self, _folder: &Path) -> Result<Option<Weak>, StoreError> {
        Ok(None)
    }

    fn create(&self, _folder: &Path) -> Result<Weak, StoreError> {
        let inner = MemoryIndex::new();
        let home = self.clone();
        Ok(Weak { inner, home })
    }
}

impl Index for Weak {
    fn mark(&self) -> Result<Mark, StoreError> {
        self.inner.mark()
    }

    fn apply(&self, entries: &[Entry], mark: &Mark) -> Result<(), StoreError> {
        assert!(!self.home.panics || entries.is_empty(), "it panics");
        self.inner.apply(entries, mark)
    }

    fn head(&self, mission: &MissionId) -> Result<Option<MissionHead>, StoreError> {
        let _passed = self.home.gate.lock().unwrap();
        self.inner.head(mission)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.inner.missions()
    }

    fn locate(
        &self,
        mission: &MissionId,
        after: Seq,
        max: usize,
    ) -> Result<Vec<Pointer>, StoreError> {
        self.inner.locate(mission, after, max)
    }

    fn answer(
        &self,
        mission: &MissionId,
        command: &CommandKey,
    ) -> Result<Option<Given>, StoreError> {
        self.inner.answer(mission, command)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.inner.check()
    }

    fn close(&self) -> Result<(), StoreError> {
        self.inner.close()
    }
}

fn store(weak: &WeakHome, home: &Home, hang_limit: Duration) -> Segments<Weak> {
    let mut options = options();
    options.lock_wait = Duration::from_secs(60);
    options.hang_limit = hang_limit;
    let opened = segments::open_with(weak, &home.root(), &options);
    opened.unwrap().journal
}

fn opening(name: &str) -> Append {
    let outcome = memory().execute(&mission(name), &open(), &ask()).unwrap();
    Append::new(Expect::New, outcome.records().to_vec()).unwrap()
}

#[test]
fn an_append_is_answered_and_the_store_closes_though_judging_hangs() {
    let (home, weak) = (Home::new(), WeakHome::default());
    let journal = store(&weak, &home, Duration::from_millis(100));
    let shut = weak.gate.lock().unwrap();
    let pending = journal.submit(opening("m"));
    let error = journal.close().unwrap_err();
    assert!(matches!(error, StoreError::Poisoned { .. }), "{error}");
    let error = pending.wait().unwrap_err();
    assert!(matches!(error, AppendError::Unknown(_)), "{error}");
    drop(journal);
    // Who hangs has the lock as long as it does.
    assert!(matches!(home.try_open(), Err(StoreError::Busy { .. })));
    drop(shut);
    let journal = store(&weak, &home, Duration::from_secs(60));
    journal.verify(&mut |_| ()).unwrap();
}

#[test]
fn an_append_is_answered_at_once_though_the_committer_panics() {
    let home = Home::new();
    let weak = WeakHome {
        panics: true,
        ..WeakHome::default()
    };
    let limit = Duration::from_secs(60);
    let journal = store(&weak, &home, limit);
    let since = Instant::now();
    let error = journal.append(opening("m")).unwrap_err();
    assert!(matches!(error, AppendError::Unknown(_)), "{error}");
    let error = journal.append(opening("m")).unwrap_err();
    assert!(matches!(error, AppendError::NotWritten(_)), "{error}");
    assert!(since.elapsed() < limit);
    drop(journal);
    // It was written before, and is found.
    assert_eq!(home.open().head(&mission("m")).unwrap(), Seq(1));
}

#[test]
fn a_watch_that_panics_costs_no_append() {
    let (home, weak) = (Home::new(), WeakHome::default());
    let journal = store(&weak, &home, Duration::from_secs(60));
    let _watch = journal.watch(Arc::new(|| panic!("not my append"))).unwrap();
    journal.append(opening("m")).unwrap();
    journal.append(opening("m2")).unwrap();
}

#[test]
fn who_waits_is_told_when_the_store_is_closed() {
    let (home, weak) = (Home::new(), WeakHome::default());
    let journal = store(&weak, &home, Duration::from_secs(60));
    let end = journal.end().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| journal.wait(&end, Duration::MAX));
        journal.close().unwrap();
        let error = waiting.join().unwrap().unwrap_err();
        assert!(matches!(error, StoreError::Poisoned { .. }), "{error}");
    });
}

#[test]
fn a_store_that_is_dropped_by_whom_it_wakes_gives_its_lock_back() {
    let (home, weak) = (Home::new(), WeakHome::default());
    let journal = Arc::new(store(&weak, &home, Duration::from_secs(60)));
    let last = Mutex::new(Some(Arc::clone(&journal)));
    let watch = journal.watch(Arc::new(move || drop(last.lock().unwrap().take())));
    let shut = weak.gate.lock().unwrap();
    let pending = journal.submit(opening("m"));
    drop(journal);
    drop(shut);
    pending.wait().unwrap();
    drop(watch);
    let journal = store(&weak, &home, Duration::from_secs(60));
    assert_eq!(journal.head(&mission("m")).unwrap(), Seq(1));
}
