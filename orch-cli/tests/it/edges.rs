//! Stores that are not as they should be: what each command says, and that nothing is lost by it.
//!
//! Each condition is tried with a command that writes, one that reads, `init` and `store verify`.

mod bytes;
mod conditions;
mod disk;
mod held;
mod names;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

use serde_json::Value;
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::support::{code, orch, run_in};

/// One command of each sort.
const SORTS: [&str; 4] = ["add x", "status", "init", "store verify"];

/// A folder of its own with a copy of a small store that has an index in sled.
fn sled() -> TempDir {
    static MADE: OnceLock<TempDir> = OnceLock::new();
    let made = MADE.get_or_init(|| filled("sled"));
    let copy = tempfile::tempdir().unwrap();
    copy_all(made.path(), copy.path());
    copy
}

/// A folder with a store of a kind, with a mission and three tasks.
fn filled(kind: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init", "--kind", kind]);
    fill(folder.path());
    folder
}

/// Adds a mission and three tasks.
fn fill(folder: &Path) {
    // Times are written as short as they are: at a fixed time, each record has its length.
    let at = |rest: &[&str]| ok(folder, &[&["--now", "2026-11-20T08:00:00Z"], rest].concat());
    at(&["mission", "new", "auth", "--title", "sign-in"]);
    for task in ["login", "logout", "audit"] {
        at(&["add", "a task", "--id", task]);
    }
}

/// Runs what must succeed, and returns what it printed.
fn ok(folder: &Path, args: &[&str]) -> String {
    let output = run_in(folder, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), 0, "orch {args:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// How many tasks a reader counts.
fn n_tasks(folder: &Path) -> String {
    ok(folder, &["progress", "--field", "data.counts.total"])
}

/// Copies a folder with everything in it; links stay links.
fn copy_all(from: &Path, to: &Path) {
    let mut copy = Command::new("cp");
    copy.arg("-a").arg(from.join(".")).arg(to);
    assert!(copy.status().unwrap().success());
}

/// Every file below a folder with the sum of its bytes, every link with where it leads.
fn all_files(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            if kind.is_dir() {
                files.insert(path.clone(), "a folder".to_owned());
                folders.push(path);
            } else if kind.is_symlink() {
                let target = fs::read_link(&path).unwrap();
                files.insert(path, target.to_string_lossy().into_owned());
            } else {
                let bytes = fs::read(&path).unwrap();
                files.insert(path, bytes::hex(&Sha256::digest(bytes)));
            }
        }
    }
    files
}

/// The files that matter: the index is made from the journal, and the lock says who came last.
fn kept(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mut files = all_files(folder);
    files.retain(|path, _| {
        let inner = path.strip_prefix(folder.join(".orch"));
        !inner.is_ok_and(|inner| inner.starts_with("index") || inner.starts_with("lock"))
    });
    files
}

/// A command in a folder, on lines that are long enough for every path.
fn wide(folder: &Path, line: &str) -> Command {
    let words = crate::support::words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut command = orch(&words);
    command.current_dir(folder).env("COLUMNS", "400");
    command.env("USER", "ada");
    command
}

/// The error of a run with `--json`.
fn error_of(output: &Output) -> Value {
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains("panicked"), "{said}");
    let last = said.lines().last().unwrap_or_default();
    let error = serde_json::from_str(last);
    assert!(error.is_ok(), "{said}");
    error.unwrap()
}

/// Says on standard error why a test shows nothing here.
fn skipped(why: &str) {
    // To the handle: the test runner would keep what is printed to itself.
    let said = writeln!(std::io::stderr(), "skipped: {why}");
    said.unwrap();
}
