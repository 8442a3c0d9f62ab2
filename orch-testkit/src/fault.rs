//! A storage call of a process is made to go wrong, whichever one is asked for; or all of them are
//! recorded, so that what a power cut leaves can be tried.
//!
//! ```text
//! cc shim.c ─▶ LD_PRELOAD ─▶ the process counts its calls below a folder ─▶ the n-th goes wrong
//!                                       ├─▶ a row for each call ─▶ Log
//!                                       └─▶ and the bytes ─▶ Recording ─▶ what may be left of them
//! ```
//! The library is compiled when it is first asked for. Where it cannot be, whoever needs it says so:
//! it is for Linux with the C library of GNU.

mod build;
mod disk;
mod image;
mod log;
mod power;
mod recording;
mod strace;

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

pub use build::{compile, say_skipped};
pub use image::{Bytes, Image};
pub use log::{Done, Log, Row, Unsynced};
pub use power::{Cut, Dice, Effort, Reached};
pub use recording::{Name, Op, Recorder, Recording, Syncs};
pub use strace::{Compared, compare_with_strace};

/// How long a process may take: longer than any does, and shorter than the patience of a person.
const SECONDS_MAX: &str = "20";

const SIGKILL: i32 = 9;
const SIGALRM: i32 = 14;

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The process dies before it.
    Kill,
    /// The process dies after it.
    KillAfter,
    /// The process dies when half of what was to be written is; before any other call.
    Torn,
    /// The same, when one byte is written.
    TornFirst,
    /// The same, when all but one byte are written.
    TornLast,
    /// There is no space left, once.
    Full,
    /// There is no space left, from then on.
    FullFrom,
    /// The device fails, once.
    Broken,
    /// The device fails, from then on.
    BrokenFrom,
    /// A sync fails, once; it is the syncs that are counted.
    SyncBroken,
    /// A read fails, once; it is the reads that are counted.
    ReadBroken,
    /// Reading fails, from then on; it is the reads that are counted.
    ReadBrokenFrom,
}

impl Kind {
    /// Returns the word that the library knows it by.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::KillAfter => "kill-after",
            Self::Torn => "torn",
            Self::TornFirst => "torn-first",
            Self::TornLast => "torn-last",
            Self::Full => "enospc",
            Self::FullFrom => "enospc-from",
            Self::Broken => "eio",
            Self::BrokenFrom | Self::ReadBrokenFrom => "eio-from",
            Self::SyncBroken | Self::ReadBroken => "eio",
        }
    }

    /// The class of calls that are counted; `None` for every call that changes something.
    const fn class(self) -> Option<&'static str> {
        match self {
            Self::SyncBroken => Some("sync"),
            Self::ReadBroken | Self::ReadBrokenFrom => Some("read"),
            Self::Kill
            | Self::KillAfter
            | Self::Torn
            | Self::TornFirst
            | Self::TornLast
            | Self::Full
            | Self::FullFrom
            | Self::Broken
            | Self::BrokenFrom => None,
        }
    }

    /// Whether the process dies, rather than being told of an error.
    pub const fn is_death(self) -> bool {
        matches!(
            self,
            Self::Kill | Self::KillAfter | Self::Torn | Self::TornFirst | Self::TornLast
        )
    }

    /// Whether it is about writes alone: another call that is hit is one before which it dies.
    pub const fn is_torn(self) -> bool {
        matches!(self, Self::Torn | Self::TornFirst | Self::TornLast)
    }
}

/// Which call goes wrong, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fault {
    /// The number of the call, from 1.
    pub at: u64,
    /// How.
    pub kind: Kind,
}

/// The compiled library.
#[derive(Debug)]
pub struct Shim {
    library: PathBuf,
}

/// How a process ended, and what it had done.
#[derive(Debug)]
pub struct Run {
    /// What it printed and how it ended.
    pub output: Output,
    /// Its storage calls.
    pub log: Log,
}

impl Shim {
    /// Compiles the library; `None` where it cannot be, and then says so.
    pub fn build() -> Option<&'static Self> {
        let shim = build::shim();
        if shim.is_none() {
            say_skipped("no C compiler");
        }
        shim
    }

    /// Runs a command whose calls below `root` are counted, and one of them goes wrong.
    pub fn run(&self, command: &mut Command, root: &Path, fault: impl Into<Option<Fault>>) -> Run {
        self.run_with(command, root, fault.into(), &[], b"")
    }

    /// Runs a command that is told something on standard input, and may take so long, in whole
    /// seconds.
    pub fn run_told(
        &self,
        command: &mut Command,
        root: &Path,
        fault: impl Into<Option<Fault>>,
        told: &[u8],
        limit: Duration,
    ) -> Run {
        let seconds = limit.as_secs().max(1).to_string();
        let more = [("FAULT_SECONDS", seconds)];
        self.run_with(command, root, fault.into(), &more, told)
    }

    fn run_with(
        &self,
        command: &mut Command,
        root: &Path,
        fault: Option<Fault>,
        more: &[(&str, String)],
        told: &[u8],
    ) -> Run {
        let log = tempfile::NamedTempFile::new().unwrap();
        for (name, value) in self.environment(root, log.path(), fault) {
            command.env(name, value);
        }
        command.envs(more.iter().map(|(name, value)| (name, value)));
        let output = output_of(command, told);
        let log = Log::parse(&std::fs::read_to_string(log.path()).unwrap());
        Run { output, log }
    }

    /// Counts the calls of a run in which nothing goes wrong.
    pub fn count(&self, command: &mut Command, root: &Path) -> u64 {
        self.run(command, root, None).log.n_counted()
    }

    /// Returns the variables with which the syncs of a process below a folder do nothing.
    pub fn without_syncs(&self, root: &Path) -> Vec<(&'static str, String)> {
        let mut environment = self.environment(root, Path::new("/dev/null"), None);
        environment.push(("FAULT_SYNCS", "skipped".to_owned()));
        environment
    }

    fn environment(
        &self,
        root: &Path,
        log: &Path,
        fault: Option<Fault>,
    ) -> Vec<(&'static str, String)> {
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let mut environment = vec![
            ("LD_PRELOAD", text(&self.library)),
            ("FAULT_ROOT", text(root)),
            ("FAULT_LOG", text(log)),
            ("FAULT_SECONDS", SECONDS_MAX.to_owned()),
        ];
        if let Some(fault) = fault {
            environment.push(("FAULT_AT", fault.at.to_string()));
            environment.push(("FAULT_DO", fault.kind.word().to_owned()));
            let class = fault.kind.class();
            environment.extend(class.map(|class| ("FAULT_ONLY", class.to_owned())));
        }
        environment
    }
}

/// Runs a command to its end; what it is told fits into a pipe.
fn output_of(command: &mut Command, told: &[u8]) -> Output {
    if told.is_empty() {
        return command.output().unwrap();
    }
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    if let Some(mut stdin) = child.stdin.take() {
        // One that died before it read all of it is what this is about.
        drop(stdin.write_all(told));
    }
    child.wait_with_output().unwrap()
}

impl Run {
    /// Tells whether the process was killed.
    pub fn is_killed(&self) -> bool {
        self.output.status.signal() == Some(SIGKILL)
    }

    /// Tells whether the process took so long that it would never have ended.
    pub fn is_hung(&self) -> bool {
        self.output.status.signal() == Some(SIGALRM)
    }

    /// Tells whether whoever waits was told of anything.
    ///
    /// It is what was said that counts: a process can die between its answer and its end.
    pub fn is_acknowledged(&self) -> bool {
        self.output.status.success() || self.log.rows.iter().any(Row::is_ack)
    }

    /// What it said on standard error.
    pub fn error(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

/// Lets each call go wrong, or each how many-th, one run for each, until a run has none left, and
/// returns how many calls there are.
///
/// With a stride, what goes wrong decides with which call it begins, so that several kinds visit
/// different calls. `point` runs with the fault and returns the log of that run.
///
/// # Errors
/// When there are more than `n_max` calls: a sweep that has no end shows nothing.
pub fn sweep(
    kind: Kind,
    stride: u64,
    n_max: u64,
    mut point: impl FnMut(Fault) -> Log,
) -> Result<u64, String> {
    let mut at = 1 + kind as u64 % stride;
    while at <= n_max + stride {
        let log = point(Fault { at, kind });
        if log.faulted().is_none() {
            return Ok(log.n_counted());
        }
        at += stride;
    }
    Err(format!("{kind:?}: more than {n_max} calls"))
}
