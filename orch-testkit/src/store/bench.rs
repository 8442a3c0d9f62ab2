//! What a law works with: folders, open stores, seeds, and the memory of what it did.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use orch_core::ids::MissionId;
use orch_store::capabilities::Capabilities;
use orch_store::error::StoreError;
use orch_store::journal::Journal;
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tempfile::TempDir;

use super::draft::mission;
use super::law::{Failed, Law, Verdict};
use super::recorded::{Calls, Recorded};
use super::under_test::Subject;
use super::worker::WorkerSpec;

/// How much is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// What every test run has time for.
    Fast,
    /// What CI has time for: `ORCH_TIER=full`.
    Full,
}

impl Tier {
    /// The tier that the environment asks for.
    pub fn from_env() -> Self {
        match std::env::var("ORCH_TIER").as_deref() {
            Ok("full") => Self::Full,
            Ok(_) | Err(_) => Self::Fast,
        }
    }
}

/// A store on the bench of one law.
pub struct Bench<'a> {
    subject: &'a dyn Subject,
    law: &'a Law,
    seed: u64,
    worker: Option<WorkerSpec>,
    folder: TempDir,
    n_folders: Cell<u32>,
    n_missions: Cell<u32>,
    patience: Duration,
    calls: Calls,
    smallest: RefCell<Option<String>>,
}

impl<'a> Bench<'a> {
    /// Sets up a bench.
    ///
    /// # Errors
    /// When there is no folder to work in.
    pub fn new(
        subject: &'a dyn Subject,
        law: &'a Law,
        worker: Option<WorkerSpec>,
    ) -> Result<Self, Failed> {
        Ok(Self {
            subject,
            law,
            seed: seed(law),
            worker: subject.worker().or(worker),
            folder: tempfile::tempdir()?,
            n_folders: Cell::new(0),
            n_missions: Cell::new(0),
            patience: Duration::from_secs(20),
            calls: Calls::default(),
            smallest: RefCell::new(None),
        })
    }

    /// Sets how long a call is waited for before it is said to hang; 20 seconds by default.
    #[must_use]
    pub const fn patient_for(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Returns how long a call is waited for before it is said to hang.
    pub const fn patience(&self) -> Duration {
        self.patience
    }

    /// Returns the store under test.
    pub fn subject(&self) -> &'a dyn Subject {
        self.subject
    }

    /// Returns what it claims.
    pub fn capabilities(&self) -> Capabilities {
        self.subject.capabilities()
    }

    /// Returns the seed of everything that is drawn.
    pub const fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns the program that serves the store in a process of its own.
    ///
    /// # Errors
    /// When there is none: a law that needs one is not measured then.
    pub fn worker(&self) -> Result<&WorkerSpec, Failed> {
        let none = || Failed::NotMeasured("there is no worker for this store".to_owned());
        self.worker.as_ref().ok_or_else(none)
    }

    /// Returns the path of a new empty folder.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn folder(&self) -> Result<PathBuf, Failed> {
        let n = self.n_folders.get() + 1;
        self.n_folders.set(n);
        let path = self.folder.path().join(n.to_string());
        fs::create_dir(&path)?;
        Ok(path)
    }

    /// Returns a mission that no other case has used.
    pub fn mission(&self) -> MissionId {
        let n = self.n_missions.get() + 1;
        self.n_missions.set(n);
        mission(&format!("case {n}"))
    }

    /// Opens the store in a new folder.
    ///
    /// # Errors
    /// When it cannot be opened: the law is broken then.
    pub fn fresh(&self) -> Result<Arc<Recorded>, Failed> {
        self.open(&self.folder()?)
    }

    /// Opens the store in a folder.
    ///
    /// # Errors
    /// When it cannot be opened: the law is broken then.
    pub fn open(&self, folder: &Path) -> Result<Arc<Recorded>, Failed> {
        let opened = self.subject.open(folder);
        let opened = opened.map_err(|error| self.not_opened(folder, &error))?;
        Ok(Arc::new(Recorded::new(opened, self.calls.clone())))
    }

    /// Opens a handle that reads beside a writer; `None` if the store has none.
    ///
    /// # Errors
    /// When it cannot be opened: the law is broken then.
    pub fn open_reader(&self, folder: &Path) -> Result<Option<Arc<dyn Journal>>, Failed> {
        let reader = self.subject.open_reader(folder).transpose();
        reader.map_err(|error| self.not_opened(folder, &error))
    }

    fn not_opened(&self, folder: &Path, error: &StoreError) -> Failed {
        let name = folder.strip_prefix(self.folder.path()).unwrap_or(folder);
        Failed::Broken(format!("folder {}: not opened: {error}", name.display()))
    }

    /// Returns how many cases to try: `fast`, or twenty times as many in the full tier.
    pub fn n_cases(&self, fast: u32) -> u32 {
        match Tier::from_env() {
            Tier::Fast => fast,
            Tier::Full => fast.saturating_mul(20),
        }
    }

    /// Tries a property for inputs that are drawn; a breach is told for the smallest that shows it.
    ///
    /// # Errors
    /// As the property fails.
    pub fn each<S: Strategy>(
        &self,
        inputs: &S,
        n_cases: u32,
        property: impl Fn(S::Value) -> Result<(), Failed>,
    ) -> Verdict {
        let config = Config {
            cases: n_cases,
            max_shrink_iters: 200,
            failure_persistence: None,
            ..Config::default()
        };
        let mut runner = TestRunner::new_with_rng(config, rng(self.seed));
        // What cannot be measured is no breach, and nothing to make smaller.
        let stopped = RefCell::new(None);
        let result = runner.run(inputs, |input| {
            if stopped.borrow().is_some() {
                return Ok(());
            }
            self.calls.clear();
            match property(input) {
                Ok(()) => Ok(()),
                Err(Failed::Broken(what)) => Err(TestCaseError::fail(what)),
                Err(other) => {
                    stopped.replace(Some(other));
                    Ok(())
                }
            }
        });
        if let Some(failed) = stopped.take() {
            return Err(failed);
        }
        match result {
            Ok(()) => Ok(u64::from(n_cases)),
            Err(TestError::Fail(what, smallest)) => {
                self.smallest.replace(Some(format!("{smallest:?}")));
                Err(self.again(what.message().to_owned(), smallest, property))
            }
            Err(TestError::Abort(why)) => Err(Failed::Harness(why.message().to_owned())),
        }
    }

    /// Runs the smallest input once more, so that the calls that are kept are those of it.
    fn again<T>(
        &self,
        what: String,
        smallest: T,
        property: impl Fn(T) -> Result<(), Failed>,
    ) -> Failed {
        self.calls.clear();
        match property(smallest) {
            Err(failed) => failed,
            Ok(()) => Failed::Broken(format!("{what} (not each time)")),
        }
    }

    /// Returns the law that is tried.
    pub const fn law(&self) -> &'a Law {
        self.law
    }

    /// Returns what was asked of the stores, since the last case began.
    pub const fn calls(&self) -> &Calls {
        &self.calls
    }

    /// Returns the smallest input that shows a breach.
    pub(super) fn smallest(&self) -> Option<String> {
        self.smallest.borrow().clone()
    }
}

impl fmt::Debug for Bench<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.subject.name();
        f.debug_tuple("Bench")
            .field(&name)
            .field(&self.law.name)
            .finish()
    }
}

/// The seed that the environment gives, or the one of the law: the same in each run.
fn seed(law: &Law) -> u64 {
    let given = std::env::var("ORCH_LAW_SEED").ok();
    let given = given.and_then(|text| match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None => text.parse().ok(),
    });
    given.unwrap_or_else(|| u64::from(law.number))
}

fn rng(seed: u64) -> TestRng {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_be_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}
