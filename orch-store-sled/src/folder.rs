//! The folder of an index: the database, and what says whether it can be believed.
//!
//! ```text
//! <folder>/sled/        the files of sled
//! <folder>/trusted      their sums, from a clean close until the next opening
//! <folder>/checking     somebody is checking them; whoever finds it knows that this ended badly
//! <folder>/quarantine/  half-written snapshots of sled, with which it would not open
//! ```

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use orch_store::error::StoreError;
use sled::{Config, Db, Mode};

use crate::error::{ask, damaged};
use crate::trust::{self, Trust};

/// How long sled may take to let go of its files.
const LET_GO_MAX: Duration = Duration::from_secs(10);

/// How long sled may take to write what it was given. After a write that failed on one of its own
/// threads it can wait for ever; an index that is given up is checked at the next opening.
const FLUSH_MAX: Duration = Duration::from_secs(5);

/// How many bytes of pages sled keeps in memory.
const CACHE_BYTES: u64 = 64 * 1024 * 1024;

/// The folder of an index.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes a new one.
    pub(crate) fn create(path: &Path) -> Result<Self, StoreError> {
        match fs::create_dir(path) {
            Ok(()) => Ok(Self::at(path)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(StoreError::Exists { path: path.into() })
            }
            Err(error) => Err(StoreError::io("create", path, error)),
        }
    }

    /// Finds one.
    pub(crate) fn find(path: &Path) -> Result<Self, StoreError> {
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(Self::at(path)),
            Ok(_) => Err(StoreError::NotAStore {
                path: path.into(),
                found: "a file, not the folder of an index".to_owned(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(StoreError::Missing { path: path.into() })
            }
            Err(error) => Err(StoreError::io("find", path, error)),
        }
    }

    fn at(path: &Path) -> Self {
        Self { path: path.into() }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn sled(&self) -> PathBuf {
        self.path.join("sled")
    }

    /// Compares the files with the sums that the last close left, and takes those away.
    ///
    /// Without a folder of sled it is no index: a power cut can leave the outer folder alone.
    pub(crate) fn take_trust(&self) -> Result<Trust, StoreError> {
        if !self.sled().is_dir() {
            return Err(damaged("the folder of sled is missing"));
        }
        let Some(then) = trust::take(&self.path.join("trusted"))? else {
            return Ok(Trust::Unclean);
        };
        trust::compare(&then, &trust::sum_all(&self.sled())?)?;
        Ok(Trust::Clean)
    }

    /// Leaves the sums of the files, which nobody may have open.
    pub(crate) fn leave_trust(&self) -> Result<(), StoreError> {
        let sums = trust::sum_all(&self.sled())?;
        trust::write(&self.path.join("trusted"), &sums)
    }

    /// Does what could end the process, such as reading damaged files: whoever comes after a
    /// process that ended within gets an error instead of the same end.
    pub(crate) fn guarded<T>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let marker = self.path.join("checking");
        match File::create_new(&marker) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                return Err(damaged("its last check did not end"));
            }
            Err(error) => return Err(StoreError::io("create", marker, error)),
        }
        let done = work();
        fs::remove_file(&marker).map_err(|error| StoreError::io("remove", marker, error))?;
        done
    }

    /// Opens the database, as the only one who has it open.
    pub(crate) fn open(&self) -> Result<Db, StoreError> {
        self.set_aside()?;
        let path = self.sled();
        let config = Config::new()
            .path(&path)
            .cache_capacity(CACHE_BYTES)
            .mode(Mode::LowSpace)
            // The journal is durable already: a thread that flushes would cost, and give nothing.
            .flush_every_ms(None)
            .use_compression(false);
        ask("open", &path, || config.open())
    }

    /// Moves half-written snapshots away, which sled would read as whole ones and refuse.
    ///
    /// The whole one of before is still there: it is removed only after the new one has its name.
    fn set_aside(&self) -> Result<(), StoreError> {
        let sled = self.sled();
        let refused = |error| StoreError::io("list", &sled, error);
        let entries = match fs::read_dir(&sled) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(refused(error)),
        };
        for entry in entries {
            let name = entry.map_err(refused)?.file_name();
            let name = name.to_string_lossy();
            if name.starts_with("snap.") && name.ends_with(".generating") {
                self.quarantine(&sled, &name)?;
            }
        }
        Ok(())
    }

    fn quarantine(&self, folder: &Path, name: &str) -> Result<(), StoreError> {
        let aside = self.path.join("quarantine");
        fs::create_dir_all(&aside).map_err(|error| StoreError::io("create", &aside, error))?;
        let mut target = aside.join(name);
        let mut n_earlier = 0_u32;
        while target.exists() {
            n_earlier += 1;
            target = aside.join(format!("{name}.{n_earlier}"));
        }
        let path = folder.join(name);
        fs::rename(&path, target).map_err(|error| StoreError::io("rename", path, error))
    }

    /// Has the database write what it was given.
    pub(crate) fn flush(&self, db: &Db) -> Result<(), StoreError> {
        let (db, path) = (db.clone(), self.path().to_owned());
        let until = Instant::now() + FLUSH_MAX;
        within(until, "sled-flush", move || {
            ask("flush", &path, || db.flush()).map(|_| ())
        })
    }

    /// Lets go of the database; returns once nobody writes its files any more.
    ///
    /// Threads of sled hold parts of it for a moment longer than we do. Its lock tells: it falls
    /// with the last of them.
    pub(crate) fn let_go(&self, db: Db) -> Result<(), StoreError> {
        let until = Instant::now() + LET_GO_MAX;
        let path = self.sled().join("db");
        drop_until(db, until)?;
        let refused = |error| StoreError::io("lock", &path, error);
        let file = File::open(&path).map_err(refused)?;
        let mut pause = Duration::from_micros(50);
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(refused(error)),
                Err(TryLockError::WouldBlock) if Instant::now() < until => {
                    thread::sleep(pause);
                    pause = (pause * 2).min(Duration::from_millis(10));
                }
                Err(TryLockError::WouldBlock) => {
                    return Err(refused(io::ErrorKind::TimedOut.into()));
                }
            }
        }
    }
}

/// Drops a database, which flushes it; gives up when that hangs, as it does after some failures.
fn drop_until(db: Db, until: Instant) -> Result<(), StoreError> {
    within(until, "sled-drop", move || {
        ask("close", Path::new("sled"), || {
            drop(db);
            Ok(())
        })
    })
}

/// Does something on a thread of its own, and gives it up when the time is over.
fn within(
    until: Instant,
    name: &str,
    work: impl FnOnce() -> Result<(), StoreError> + Send + 'static,
) -> Result<(), StoreError> {
    let (done, waiting) = mpsc::channel();
    let work = move || {
        // Who waits may have given up.
        let _given_up = done.send(work());
    };
    let thread = thread::Builder::new().name(name.to_owned());
    thread
        .spawn(work)
        .map_err(|error| StoreError::io("start a thread for", "sled", error))?;
    waiting
        .recv_timeout(until.saturating_duration_since(Instant::now()))
        .unwrap_or_else(|_| Err(damaged("sled does not answer")))
}
