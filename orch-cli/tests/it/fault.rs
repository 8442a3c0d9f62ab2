//! A storage call of a process is made to go wrong, whichever one is asked for.
//!
//! ```text
//! cc shim.c ─▶ LD_PRELOAD ─▶ the process counts its calls below a folder ─▶ the n-th goes wrong
//!                                       └─▶ a row for each call ─▶ Log
//! ```
//! The library is compiled when a test first asks for it. Where it cannot be, the tests that need
//! it say so and pass: they are about Linux with the C library of GNU.

mod log;
mod own;
mod strace;

use std::io::{ErrorKind, Write as _};
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

pub(crate) use log::{Done, Log, Row};
pub(crate) use strace::compare_with_strace;

/// How long a process may take: longer than any does, and shorter than the patience of a person.
const SECONDS_MAX: &str = "20";

const SIGKILL: i32 = 9;
const SIGALRM: i32 = 14;

/// What goes wrong with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
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
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Kill => "kill",
            Self::KillAfter => "kill-after",
            Self::Torn => "torn",
            Self::TornFirst => "torn-first",
            Self::TornLast => "torn-last",
            Self::Full => "enospc",
            Self::FullFrom => "enospc-from",
            Self::Broken => "eio",
            Self::BrokenFrom => "eio-from",
        }
    }
}

/// Which call goes wrong, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The number of the call, from 1.
    pub(crate) at: u64,
    /// How.
    pub(crate) kind: Kind,
}

/// The compiled library, and a program of ours to try it on.
#[derive(Debug)]
pub(crate) struct Shim {
    library: PathBuf,
    program: PathBuf,
}

/// How a process ended, and what it had done.
#[derive(Debug)]
pub(crate) struct Run {
    /// What it printed and how it ended.
    pub(crate) output: Output,
    /// Its storage calls.
    pub(crate) log: Log,
}

impl Shim {
    /// Compiles the library, or says why it cannot be.
    pub(crate) fn build() -> Option<&'static Self> {
        static SHIM: OnceLock<Option<Shim>> = OnceLock::new();
        let shim = SHIM.get_or_init(Self::compiled).as_ref();
        if shim.is_none() {
            say_skipped("no C compiler");
        }
        shim
    }

    fn compiled() -> Option<Self> {
        if !cfg!(all(target_os = "linux", target_env = "gnu")) {
            return None;
        }
        let library: &[&str] = &["-shared", "-fPIC", "-ldl"];
        Some(Self {
            library: compile("shim.c", "libshim.so", library)?,
            program: compile("program.c", "program", &[])?,
        })
    }

    /// A run of the program of ours.
    pub(crate) fn program(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.args(words).env_clear();
        command
    }

    /// Runs a command whose calls below `root` are counted, and one of them goes wrong.
    pub(crate) fn run(
        &self,
        command: &mut Command,
        root: &Path,
        fault: impl Into<Option<Fault>>,
    ) -> Run {
        let fault = fault.into();
        let log = tempfile::NamedTempFile::new().unwrap();
        for (name, value) in self.environment(root, log.path(), fault) {
            command.env(name, value);
        }
        let output = command.output().unwrap();
        let log = Log::parse(&std::fs::read_to_string(log.path()).unwrap());
        Run { output, log }
    }

    /// Counts the calls of a run in which nothing goes wrong.
    pub(crate) fn count(&self, command: &mut Command, root: &Path) -> u64 {
        self.run(command, root, None).log.n_counted()
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
        }
        environment
    }
}

impl Run {
    /// Tells whether the process was killed.
    pub(crate) fn is_killed(&self) -> bool {
        self.output.status.signal() == Some(SIGKILL)
    }

    /// Tells whether the process took so long that it would never have ended.
    pub(crate) fn is_hung(&self) -> bool {
        self.output.status.signal() == Some(SIGALRM)
    }

    /// Tells whether whoever waits was told of anything.
    ///
    /// It is what was said that counts: a process can die between its answer and its end.
    pub(crate) fn is_acknowledged(&self) -> bool {
        self.output.status.success() || self.log.rows.iter().any(Row::is_ack)
    }

    /// What it said on standard error.
    pub(crate) fn error(&self) -> String {
        String::from_utf8_lossy(&self.output.stderr).into_owned()
    }
}

/// Lets each call go wrong, one run for each, until a run has none left, and returns how many.
///
/// `point` runs with the fault and returns the log of that run.
///
/// # Errors
/// When there are more than `n_max` calls: a sweep that has no end shows nothing.
pub(crate) fn sweep(
    kind: Kind,
    n_max: u64,
    mut point: impl FnMut(Fault) -> Log,
) -> Result<u64, String> {
    for at in 1..=n_max + 1 {
        if point(Fault { at, kind }).faulted().is_none() {
            return Ok(at - 1);
        }
    }
    Err(format!("{kind:?}: more than {n_max} calls"))
}

/// Says that a test has nothing to run with.
///
/// It is written to the handle, because the test runner would keep what is printed to itself.
pub(crate) fn say_skipped(why: &str) {
    let said = writeln!(std::io::stderr(), "skipped: {why}");
    said.unwrap();
}

/// Compiles a file beside this one, or returns that there is no compiler.
///
/// The result takes its place in one step, because other test processes may be loading it.
fn compile(source: &str, name: &str, flags: &[&str]) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/it/fault")
        .join(source);
    let own = folder.join(format!("{name}.{}", std::process::id()));
    let mut command = Command::new("cc");
    command.arg("-O1").arg("-o").arg(&own).arg(source);
    let output = match command.args(flags).arg("-pthread").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let built = folder.join(name);
    std::fs::rename(own, &built).unwrap();
    Some(built)
}
