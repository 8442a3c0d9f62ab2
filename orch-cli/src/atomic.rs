//! Writing a file whole or not at all.
//!
//! ```text
//! write beside it ─▶ fsync ─▶ rename over it ─▶ fsync the folder
//! ```
//! Whoever reads the file sees the old bytes or the new ones, and a crash leaves either.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use crate::error::CliError;

/// A file that takes its place when it is complete, and is removed if it never is.
#[derive(Debug)]
pub(crate) struct Replacement {
    target: PathBuf,
    beside: PathBuf,
    out: Option<BufWriter<File>>,
}

impl Replacement {
    /// Begins a file beside its target.
    ///
    /// # Errors
    /// When the folder does not take a file.
    pub(crate) fn begin(target: &Path) -> Result<Self, CliError> {
        // A link stays a link: what it leads to is replaced.
        let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
        let name = target
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        let beside = target.with_file_name(format!(".{name}.{}.tmp", std::process::id()));
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
        })
    }

    /// Adds bytes.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<(), CliError> {
        let written = self.out.as_mut().map_or(Ok(()), |out| out.write_all(bytes));
        written.map_err(|error| self.failed(&error))
    }

    /// Puts the file in the place of its target, durably.
    ///
    /// # Errors
    /// When it cannot be completed; the target is then as it was.
    pub(crate) fn commit(mut self) -> Result<(), CliError> {
        let committed = self.try_commit();
        committed.map_err(|error| self.failed(&error))
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
        sync_folder(&self.target)
    }

    fn failed(&self, error: &io::Error) -> CliError {
        CliError::io(format!("cannot write {}", self.target.display()), error)
    }
}

impl Drop for Replacement {
    fn drop(&mut self) {
        // After a commit it has gone to its place; otherwise nobody wants it.
        drop(fs::remove_file(&self.beside));
    }
}

/// Makes a rename durable, where folders can be opened.
fn sync_folder(target: &Path) -> io::Result<()> {
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    if cfg!(unix) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}
