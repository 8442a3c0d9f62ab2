//! Processes that die and disks that fail, at each storage call: what was acknowledged stays.
//!
//! ```text
//! a store ─▶ copy ─▶ a process with a fault at call n ─▶ Judge: read, verify, ask again, read
//!              ▲                                            │
//!              └──────────────── n + 1 ◀────────────────────┘  until a run reaches its end
//! ```
//! **Not here:** power cuts. What the system has taken is there afterwards; that it was synced in
//! time is counted, not tried.

mod adding;
mod creating;
mod failing;
mod killing;
mod recovering;
mod sweeping;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use orch_testkit::fault::{Fault, Run, Shim};
use tempfile::TempDir;

use crate::support::orch;

/// How much longer the sweeps are that take samples, and the random kills; 1 unless asked for.
fn rounds() -> u64 {
    let asked = std::env::var("ORCH_CRASH_ROUNDS").ok();
    asked.map_or(1, |n| n.parse().unwrap())
}

/// The kinds of stores: the same journal, with an index that is kept and with none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Index {
    Sled,
    Memory,
}

impl Index {
    const fn word(self) -> &'static str {
        match self {
            Self::Sled => "sled",
            Self::Memory => "jsonl",
        }
    }
}

/// A folder in which processes work on a store, and die.
struct Store {
    index: Index,
    shim: &'static Shim,
    _temp: TempDir,
    root: PathBuf,
}

impl Store {
    /// A folder without a store.
    fn nothing(index: Index) -> Option<Self> {
        Some(Self::in_new_folder(Shim::build()?, index))
    }

    fn in_new_folder(shim: &'static Shim, index: Index) -> Self {
        // In memory where that is possible: a sync is counted all the same, and costs nothing.
        let temp = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let temp = temp.unwrap();
        let root = temp.path().canonicalize().unwrap();
        Self {
            index,
            shim,
            _temp: temp,
            root,
        }
    }

    /// A store with a mission of a few tasks.
    fn with_tasks(index: Index) -> Option<Self> {
        let store = Self::nothing(index)?;
        store.must(&mut store.init()).unwrap();
        store.begin_mission().unwrap();
        for key in ["first", "second", "third"] {
            store.must(&mut store.add(key)).unwrap();
        }
        Some(store)
    }

    fn init(&self) -> Command {
        self.command(&["init", "--kind", self.index.word()])
    }

    fn begin_mission(&self) -> Result<String, String> {
        self.must(&mut self.command(&["mission", "new", "m", "--op", "begin"]))
    }

    /// A copy that can be spoilt.
    fn copy(&self) -> Self {
        let copy = Self::in_new_folder(self.shim, self.index);
        copy_folder(&self.root, &copy.root);
        copy
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = orch(words);
        command.current_dir(&self.root);
        command
    }

    /// Adds a task of this name, under this key.
    fn add(&self, key: &str) -> Command {
        self.command(&["add", key, "--id", key, "--op", key])
    }

    /// Runs a command in which something goes wrong.
    fn run(&self, command: &mut Command, fault: impl Into<Option<Fault>>) -> Run {
        self.shim.run(command, &self.root, fault)
    }

    /// Runs a command that has to succeed, and returns what it printed.
    fn must(&self, command: &mut Command) -> Result<String, String> {
        let output = self.run(command, None).output;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        let words: Vec<_> = command
            .get_args()
            .map(|word| word.to_string_lossy())
            .collect();
        Err(format!("orch {}: {}", words.join(" "), told(&output)))
    }

    fn verify(&self) -> Result<String, String> {
        self.must(&mut self.command(&["store", "verify"]))
    }

    /// The records, byte for byte.
    fn records(&self) -> Result<Records, String> {
        let text = self.must(&mut self.command(&["export", "jsonl", "-"]))?;
        Ok(Records(text.lines().map(str::to_owned).collect()))
    }

    /// The folder of the store.
    fn folder(&self) -> PathBuf {
        self.root.join(".orch")
    }
}

/// The records of the mission.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Records(Vec<String>);

impl Records {
    /// Counts those that answer a command.
    fn n_of(&self, key: &str) -> usize {
        self.counts().get(key).copied().unwrap_or(0)
    }

    /// Counts those that answer each command.
    fn counts(&self) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for line in &self.0 {
            let record: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(key) = record["command"].as_str() {
                *counts.entry(key.to_owned()).or_default() += 1;
            }
        }
        counts
    }

    fn begin_with(&self, before: &Self) -> bool {
        self.0.starts_with(&before.0)
    }
}

/// Shows how a command ended.
fn told(output: &Output) -> String {
    // Without the line breaks of the terminal, which may be within what is looked for.
    let error = String::from_utf8_lossy(&output.stderr);
    let words: Vec<&str> = error.split_whitespace().collect();
    format!("{}, {}", output.status, words.join(" "))
}

/// Tells whether a path is a segment of the journal.
fn is_segment(path: &str) -> bool {
    let path = Path::new(path);
    let is_in_journal = path
        .parent()
        .is_some_and(|folder| folder.ends_with("journal"));
    is_in_journal && path.extension().is_some_and(|end| end == "jsonl")
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            fs::create_dir(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}
