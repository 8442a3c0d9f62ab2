//! The lock of a store: one process writes at a time, and who waits is told who has it.
//!
//! The lock belongs to the open file: it vanishes with the process that held it, so there is no
//! stale lock to break.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::layout::Layout;
use crate::error::StoreError;

/// How soon it is first looked whether to give way, and how long it is at most between two looks:
/// whoever takes the lock to serve the store does so once, and many may wait.
const FIRST_LOOK: Duration = Duration::from_millis(20);
const LOOKS_APART: Duration = Duration::from_millis(500);

/// The lock, held until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    /// What a store cannot be without, locked as well: somebody may remove the lock file, as one
    /// does with those that are stale elsewhere, and another would make and lock a new one. Given
    /// back first, for whoever waits for the other.
    _identity: File,
    _file: File,
}

impl Lock {
    /// Takes the lock of a store, and waits for it no longer than `wait`, nor when it should give
    /// way.
    pub(crate) fn take(
        layout: &Layout,
        wait: Duration,
        give_way: Option<&(dyn Fn() -> bool + Send + Sync)>,
    ) -> Result<Self, StoreError> {
        let (path, root) = (&layout.lock(), layout.root());
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(|error| not_opened(path, root, error))?;
        let file = match file.try_lock() {
            Ok(()) => file,
            Err(TryLockError::WouldBlock) => wait_for(file, wait, give_way, path, root)?,
            Err(TryLockError::Error(error)) => return Err(StoreError::io("lock", path, error)),
        };
        let identity = lock_identity(layout, wait)?;
        // Only for those who wait: that it cannot be written is no reason not to work.
        drop(sign(&file));
        Ok(Self {
            _identity: identity,
            _file: file,
        })
    }

    /// Keeps everybody from writing for a moment; `None` if somebody has the lock, nobody ever had
    /// it, or it cannot be read.
    ///
    /// Any number of readers can have it so at the same time.
    pub(crate) fn glimpse(layout: &Layout) -> Option<Self> {
        let shared = |path: PathBuf| {
            let file = File::open(path).ok()?;
            file.try_lock_shared().ok().map(|()| file)
        };
        let file = shared(layout.lock())?;
        Some(Self {
            _identity: shared(layout.identity_file())?,
            _file: file,
        })
    }
}

/// Tells whether this very process has the lock of a store.
pub(crate) fn is_ours(layout: &Layout) -> bool {
    let path = layout.lock();
    let Ok(file) = File::open(&path) else {
        return false;
    };
    let is_held = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
    is_held && Holder::of(&path).pid == Some(std::process::id())
}

/// Says who has the lock of a store, as far as can be told, and whether that process is stopped.
pub(crate) fn holder(layout: &Layout) -> (String, bool) {
    let holder = Holder::of(&layout.lock());
    (holder.to_string(), holder.is_stopped())
}

/// Locks the file that says that there is a store; nobody has it unless his lock file is gone.
///
/// But for a moment: a process that another thread of the last holder was just starting has its
/// locks as well, until it is another program.
fn lock_identity(layout: &Layout, wait: Duration) -> Result<File, StoreError> {
    let path = layout.identity_file();
    // Open to write, as network file systems demand; elsewhere it need not be writable.
    let file = OpenOptions::new().read(true).write(true).open(&path);
    let file = file.or_else(|_| File::open(&path));
    let file = file.map_err(|error| StoreError::io("open", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            wait_for(file, wait, None, &path, layout.root()).map_err(|error| {
                let StoreError::Busy { path, .. } = error else {
                    return error;
                };
                StoreError::Busy {
                    path,
                    holder: "a process whose lock file was removed".to_owned(),
                    stopped: false,
                }
            })
        }
        Err(TryLockError::Error(error)) => Err(StoreError::io("lock", &path, error)),
    }
}

/// Waits in the queue of the operating system, on a thread of its own because that wait has no
/// limit; a thread that is left behind gives the lock back as soon as it gets it.
fn wait_for(
    file: File,
    wait: Duration,
    give_way: Option<&(dyn Fn() -> bool + Send + Sync)>,
    path: &Path,
    root: &Path,
) -> Result<File, StoreError> {
    let (sender, receiver) = mpsc::channel();
    let waiter = std::thread::Builder::new().name("orch-lock".to_owned());
    let spawned = waiter.spawn(move || {
        let locked = file.lock().map(|()| file);
        drop(sender.send(locked));
    });
    spawned.map_err(|error| StoreError::io("wait for", path, error))?;
    let until = Instant::now().checked_add(wait);
    let mut pause = FIRST_LOOK;
    let received = loop {
        let left = until.map_or(Duration::MAX, |until| {
            until.saturating_duration_since(Instant::now())
        });
        let received = receiver.recv_timeout(give_way.map_or(left, |_| left.min(pause)));
        let is_answer = !matches!(received, Err(RecvTimeoutError::Timeout));
        if is_answer || left <= pause || give_way.is_none_or(|give_way| give_way()) {
            break received;
        }
        pause = pause.saturating_mul(2).min(LOOKS_APART);
    };
    match received {
        Ok(Ok(file)) => Ok(file),
        Ok(Err(error)) => Err(StoreError::io("lock", path, error)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
            let holder = Holder::of(path);
            Err(StoreError::Busy {
                path: root.to_owned(),
                holder: holder.to_string(),
                stopped: holder.is_stopped(),
            })
        }
    }
}

fn not_opened(path: &Path, root: &Path, error: io::Error) -> StoreError {
    if error.kind() == io::ErrorKind::PermissionDenied {
        return StoreError::ReadOnly {
            path: root.to_owned(),
            source: Arc::new(error),
        };
    }
    StoreError::io("open", path, error)
}

/// Writes down who has the lock.
fn sign(mut file: &File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{} {}", std::process::id(), program())
}

/// Names this program by its file and its first word.
pub(crate) fn program() -> String {
    let mut words = std::env::args_os().map(|word| word.to_string_lossy().into_owned());
    let program = words.next().unwrap_or_default();
    let program = Path::new(&program).file_name().unwrap_or_default();
    let verb = words.next().unwrap_or_default();
    let name = format!("{} {verb}", program.to_string_lossy()).replace(char::is_control, " ");
    name.trim_end().to_owned()
}

/// Who has the lock, as far as the lock file tells.
struct Holder {
    pid: Option<u32>,
    command: String,
}

impl Holder {
    fn of(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_default();
        let (pid, command) = text.trim_end().split_once(' ').unwrap_or_default();
        Self {
            pid: pid.parse().ok(),
            command: command.chars().take(80).collect(),
        }
    }

    /// Whether the process is stopped, as by Ctrl-Z; known on Linux only.
    fn is_stopped(&self) -> bool {
        let Some(pid) = self.pid else { return false };
        let stat = PathBuf::from(format!("/proc/{pid}/stat"));
        let stat = fs::read_to_string(stat).unwrap_or_default();
        // The state follows the name, which is in parentheses and may hold any.
        let state = stat
            .rsplit_once(')')
            .map_or("", |(_, rest)| rest.trim_start());
        state.starts_with('T')
    }
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.pid {
            Some(pid) => write!(f, "process {pid} ({})", self.command),
            None => f.write_str("another process"),
        }
    }
}
