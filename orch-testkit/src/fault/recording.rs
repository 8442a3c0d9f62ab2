//! All that processes did to a folder, in order and with the bytes: enough to make every state anew.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use super::image::Image;
use super::log::{Done, Log, Row};
use super::{Fault, Run, Shim};

/// Whether syncs are what they say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Syncs {
    /// They are.
    Real,
    /// They succeed and do nothing: what a check finds wrong then, it can find.
    Skipped,
}

/// Records what processes do to a folder, one after the other.
#[derive(Debug)]
pub struct Recorder {
    shim: &'static Shim,
    root: PathBuf,
    base: Image,
    log: Log,
    data: tempfile::NamedTempFile,
}

/// What was done, from what was there before.
#[derive(Debug)]
pub struct Recording {
    /// What was there before, all of it durable.
    pub base: Image,
    /// What was done.
    pub ops: Vec<Op>,
    /// The bytes that were written and said.
    pub data: Arc<[u8]>,
}

/// A path below the folder.
pub type Name = PathBuf;

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// A file was made.
    Create(Name),
    /// A folder was made.
    MakeFolder(Name),
    /// A file got a second name.
    Link(Name, Name),
    /// A name was changed; what had the new one is gone.
    Rename(Name, Name),
    /// A name was removed.
    Remove(Name),
    /// Bytes were written to a file at a place.
    Write(Name, u64, Range<usize>),
    /// A file was made shorter or longer.
    Resize(Name, u64),
    /// A file or folder was synced; nothing for everything.
    Sync(Option<Name>),
    /// A sync failed: what it was to bring to the disk may never get there.
    FailedSync(Name),
    /// Something was said on standard output.
    Said(Range<usize>),
}

impl Recorder {
    /// Begins with what is in a folder.
    pub fn new(shim: &'static Shim, root: &Path) -> Self {
        Self {
            shim,
            root: root.to_owned(),
            base: Image::of(root).unwrap(),
            log: Log::default(),
            data: tempfile::NamedTempFile::new().unwrap(),
        }
    }

    /// Runs a process to its end; a fault may hit it.
    pub fn run(
        &mut self,
        command: &mut Command,
        fault: impl Into<Option<Fault>>,
        syncs: Syncs,
        told: &[u8],
    ) -> Run {
        let data = self.data.path().to_string_lossy().into_owned();
        let mut more = vec![("FAULT_DATA", data)];
        if syncs == Syncs::Skipped {
            more.push(("FAULT_SYNCS", "skipped".to_owned()));
        }
        let run = self
            .shim
            .run_with(command, &self.root, fault.into(), &more, told);
        self.log.rows.extend_from_slice(&run.log.rows);
        run
    }

    /// Returns what was recorded.
    ///
    /// # Errors
    /// When the recorded calls do not lead to what is in the folder now: some were not seen, so that
    /// nothing that is concluded from the others means anything.
    pub fn finish(self) -> Result<Recording, String> {
        let data: Arc<[u8]> = fs::read(self.data.path()).unwrap().into();
        let rows = self.log.rows.iter();
        let ops = rows.filter_map(|row| Op::of(row, &self.root)).collect();
        let recording = Recording {
            base: self.base,
            ops,
            data,
        };
        let now = Image::of(&self.root).map_err(|error| error.to_string())?;
        match recording.end().difference(&now) {
            None => Ok(recording),
            Some(what) => Err(format!("calls are missing from the recording: {what}")),
        }
    }
}

impl Op {
    /// Returns what a row says was done; `None` if that changed nothing.
    fn of(row: &Row, root: &Path) -> Option<Self> {
        let name = |path: &str| Some(Path::new(path).strip_prefix(root).ok()?.to_owned());
        let range = || {
            let from = usize::try_from(row.data?).ok()?;
            Some(from..from.checked_add(usize::try_from(row.bytes).ok()?)?)
        };
        if row.is_ack() {
            return range().map(Self::Said);
        }
        if row.path.ends_with(" (deleted)") {
            return None;
        }
        let is_done = row.result == Done::Well || row.is_after_death();
        if row.is_sync() || row.op == "syncfs" {
            let own = name(&row.path)?;
            return match &row.result {
                Done::Well if row.op == "syncfs" => Some(Self::Sync(None)),
                Done::Well => Some(Self::Sync(Some(own))),
                Done::Faulted(_) if row.is_after_death() => Some(Self::Sync(Some(own))),
                Done::Faulted(_) if !row.is_death() => Some(Self::FailedSync(own)),
                Done::Faulted(_) | Done::Failed(_) | Done::Skipped => None,
            };
        }
        // Of a write that was hit, a part may be there; what is recorded is.
        if row.is_written_at() {
            return Some(Self::Write(name(&row.path)?, row.at?, range()?));
        }
        if !is_done {
            return None;
        }
        let to = || name(row.to.as_deref()?);
        match &*row.op {
            "create" => name(&row.path).map(Self::Create),
            "mkdir" => name(&row.path).map(Self::MakeFolder),
            "link" => Some(Self::Link(name(&row.path)?, to()?)),
            "rename" => match (name(&row.path), to()) {
                (Some(from), Some(to)) => Some(Self::Rename(from, to)),
                (Some(from), None) => Some(Self::Remove(from)),
                (None, _) => None,
            },
            "unlink" | "rmdir" => name(&row.path).map(Self::Remove),
            "empty" | "truncate" | "ftruncate" | "fallocate" | "posix_fallocate" => {
                Some(Self::Resize(name(&row.path)?, row.at?))
            }
            _ => None,
        }
    }
}

impl Recording {
    /// Returns what was said up to an operation, without it.
    pub fn said_before(&self, op: usize) -> String {
        let ops = self.ops.iter().take(op);
        let said = ops.filter_map(|op| {
            let Op::Said(range) = op else { return None };
            self.data.get(range.clone())
        });
        let bytes: Vec<u8> = said.flatten().copied().collect();
        String::from_utf8_lossy(&bytes).into_owned()
    }
}
