//! Writing a file whole or not at all, and by one process at a time.
//!
//! ```text
//! lock the folder ─▶ write beside it ─▶ fsync ─▶ rename over it ─▶ fsync the folder
//! ```
//! Whoever reads the file sees the old bytes or the new ones, and a crash leaves either.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{CliError, ErrorCode};

/// How long to wait between two tries at a lock.
const RETRY_AFTER: Duration = Duration::from_millis(20);

/// The right to change the files of a folder, until it is dropped.
///
/// The folder is locked and not the file: the file that others opened is not the one that is there
/// after a rename.
#[derive(Debug)]
pub(crate) struct Lock {
    /// `None` where folders cannot be opened or locked: there nobody can wait for anybody.
    folder: Option<File>,
}

impl Lock {
    /// Waits for the folder that a file is in.
    ///
    /// # Errors
    /// When somebody else has it for longer than `patience`, or there is no such folder.
    pub(crate) fn take(target: &Path, patience: Duration) -> Result<Self, CliError> {
        let folder = folder_of(&resolved(target));
        let file = match File::open(&folder) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(failed(target, &error));
            }
            Err(_) => return Ok(Self { folder: None }),
        };
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { folder: Some(file) }),
                Err(TryLockError::WouldBlock) if began.elapsed() >= patience => {
                    return Err(busy(target, patience));
                }
                Err(TryLockError::WouldBlock) => thread::sleep(RETRY_AFTER),
                // A network file system may know no locks on folders.
                Err(TryLockError::Error(_)) => return Ok(Self { folder: None }),
            }
        }
    }
}

/// A file that takes its place when it is complete, and is removed if it never is.
#[derive(Debug)]
pub(crate) struct Replacement {
    target: PathBuf,
    beside: PathBuf,
    out: Option<BufWriter<File>>,
    is_in_place: bool,
}

impl Replacement {
    /// Begins a file beside its target.
    ///
    /// # Errors
    /// When the folder does not take a file, or the target is not to be written.
    pub(crate) fn begin(target: &Path, lock: &Lock) -> Result<Self, CliError> {
        let target = resolved(target);
        check_writable(&target)?;
        let name = target
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let beside = if lock.folder.is_some() {
            // One name for all: what a process that was killed left behind is taken over.
            target.with_file_name(format!(".{name}.tmp"))
        } else {
            target.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
        };
        // Removed rather than truncated: it may be a link that somebody laid to another file.
        match fs::remove_file(&beside) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(&beside, &error)),
        }
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&beside);
        let file = opened.map_err(|error| {
            CliError::io(format!("cannot write beside {}", target.display()), &error)
        })?;
        Ok(Self {
            target,
            beside,
            out: Some(BufWriter::new(file)),
            is_in_place: false,
        })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        let written = self.out.as_mut().map_or(Ok(()), |out| out.write_all(bytes));
        written.map_err(|error| failed(&self.target, &error))
    }

    /// Puts the file in the place of its target, durably.
    ///
    /// # Errors
    /// When it cannot be completed; the target is then as it was.
    pub(crate) fn commit(mut self) -> Result<(), CliError> {
        let committed = self.try_commit();
        committed.map_err(|error| failed(&self.target, &error))
    }

    fn try_commit(&mut self) -> io::Result<()> {
        let Some(out) = self.out.take() else {
            return Ok(());
        };
        let file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        if let Ok(metadata) = fs::metadata(&self.target) {
            file.set_permissions(metadata.permissions())?;
        }
        file.sync_all()?;
        fs::rename(&self.beside, &self.target)?;
        self.is_in_place = true;
        sync_folder(&self.target)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // Once it is in place, a file of this name is that of the next process.
        if !self.is_in_place {
            drop(fs::remove_file(&self.beside));
        }
    }
}

/// Sees that a file which is there may be written.
///
/// A rename asks only for the right to the folder: without this, a file that somebody protects
/// would be replaced all the same.
///
/// # Errors
/// When it may not be written, or is no plain file.
pub(crate) fn check_writable(target: &Path) -> Result<(), CliError> {
    let Ok(metadata) = fs::metadata(target) else {
        return Ok(());
    };
    // A folder is told about by whoever asked for a file in it.
    if metadata.is_dir() {
        return Ok(());
    }
    if !metadata.is_file() {
        let what = format!("{} is not a plain file", target.display());
        return Err(CliError::new(ErrorCode::Usage, what));
    }
    // Asked as well as tried, because root may write what nobody may.
    if metadata.permissions().readonly() {
        return Err(failed(target, &io::ErrorKind::PermissionDenied.into()));
    }
    let opened = OpenOptions::new().append(true).open(target);
    opened.map(drop).map_err(|error| failed(target, &error))
}

/// Returns a name like this one that no file has yet.
pub(crate) fn free_name(path: &Path) -> PathBuf {
    let part =
        |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let stem = part(path.file_stem()).unwrap_or_default();
    let end = part(path.extension()).map_or_else(String::new, |end| format!(".{end}"));
    let name = |n: u32| path.with_file_name(format!("{stem}-{n}{end}"));
    let free = (2..1000).map(name).find(|name| !name.exists());
    free.unwrap_or_else(|| name(1000))
}

/// Returns whether two paths lead to one file.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        // Also by another name: a hard link.
        let id = |path: &Path| fs::metadata(path).map(|meta| (meta.dev(), meta.ino()));
        if let (Ok(one), Ok(other)) = (id(one), id(other)) {
            return one == other;
        }
    }
    match (fs::canonicalize(one), fs::canonicalize(other)) {
        (Ok(one), Ok(other)) => one == other,
        (Ok(_) | Err(_), _) => false,
    }
}

/// Follows a link: it stays one, and what it leads to is replaced.
fn resolved(target: &Path) -> PathBuf {
    fs::canonicalize(target).unwrap_or_else(|_| target.to_owned())
}

fn folder_of(target: &Path) -> PathBuf {
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or_else(|| Path::new(".")).to_owned()
}

fn failed(target: &Path, error: &io::Error) -> CliError {
    CliError::io(format!("cannot write {}", target.display()), error)
}

fn busy(target: &Path, patience: Duration) -> CliError {
    let waited = humantime::format_duration(patience);
    CliError::new(
        ErrorCode::Busy,
        format!("{} is being written by another process", target.display()),
    )
    .evidence(format!(
        "waited {waited} for its folder, see --lock-timeout"
    ))
}

/// Makes a rename durable, where folders can be opened.
fn sync_folder(target: &Path) -> io::Result<()> {
    if cfg!(unix) {
        File::open(folder_of(target))?.sync_all()?;
    }
    Ok(())
}
