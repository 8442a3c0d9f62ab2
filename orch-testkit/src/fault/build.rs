//! Compiling C, once for all tests that need it.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::{ErrorKind, Write as _};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};

use super::Shim;

/// Threads that compile the same at the same time would spoil it for each other.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Compiles the library, or finds that it is compiled already.
pub(super) fn shim() -> Option<&'static Shim> {
    static SHIM: OnceLock<Option<Shim>> = OnceLock::new();
    let compiled = || {
        let sources = [
            ("shim.c", include_str!("shim.c")),
            ("call.h", include_str!("call.h")),
        ];
        let library = compile("shim", &sources, &["-shared", "-fPIC", "-ldl"])?;
        Some(Shim { library })
    };
    SHIM.get_or_init(compiled).as_ref()
}

/// Compiles the first of some sources, beside which the others stand; `None` where there is no C
/// compiler, or no Linux with the C library of GNU.
///
/// The result lies beside the running program and is named by what it is made of, so that it is made
/// once. It takes its place in one step, because other processes may be loading it.
pub fn compile(name: &str, sources: &[(&str, &str)], flags: &[&str]) -> Option<PathBuf> {
    if !cfg!(all(target_os = "linux", target_env = "gnu")) {
        return None;
    }
    let _one_at_a_time = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let mut hasher = DefaultHasher::new();
    (sources, flags).hash(&mut hasher);
    let program = std::env::current_exe().unwrap();
    let built = program.with_file_name(format!("{name}-{:016x}", hasher.finish()));
    if built.exists() {
        return Some(built);
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in sources {
        fs::write(folder.path().join(name), text).unwrap();
    }
    let own = built.with_extension(std::process::id().to_string());
    let (first, _) = sources.first().unwrap();
    let mut command = Command::new("cc");
    command.arg("-O1").arg("-o").arg(&own);
    command.arg(folder.path().join(first)).args(flags);
    let output = match command.arg("-pthread").output() {
        Err(error) if error.kind() == ErrorKind::NotFound => return None,
        output => output.unwrap(),
    };
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    fs::rename(own, &built).unwrap();
    Some(built)
}

/// Says that something has nothing to run with.
///
/// It is written to the handle, because the test runner would keep what is printed to itself.
pub fn say_skipped(why: &str) {
    let said = writeln!(std::io::stderr(), "skipped: {why}");
    said.unwrap();
}
