//! A disk that is full, and one that is read only.
//!
//! Each is a small file system of its own, which exists in a namespace of its own and ends with it:
//! nothing is left behind, whatever becomes of the test.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use super::{error_of, skipped};
use crate::support::{code, words};

/// A file system of 2 MB on a folder, seen only by those who are let in.
struct Disk {
    folder: TempDir,
    keeper: Child,
    is_user: bool,
}

impl Disk {
    /// Mounts it; `None`, with a word about it, where that is not allowed.
    fn mounted() -> Option<Self> {
        for is_user in [false, true] {
            let folder = tempfile::tempdir().unwrap();
            let mut keeper = Command::new("unshare");
            if is_user {
                keeper.arg("-r");
            }
            let script = "mount -t tmpfs -o size=2m tmpfs \"$0\" && echo mounted && exec cat";
            keeper
                .args(["-m", "sh", "-c", script])
                .arg(folder.path())
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null());
            let Ok(mut keeper) = keeper.spawn() else {
                continue;
            };
            let mut line = String::new();
            let stdout = keeper.stdout.as_mut().unwrap();
            BufReader::new(stdout).read_line(&mut line).unwrap();
            let disk = Self {
                folder,
                keeper,
                is_user,
            };
            if line == "mounted\n" {
                return Some(disk);
            }
        }
        skipped("no file system can be mounted here");
        None
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Runs a program on the disk, by its words.
    fn run(&self, words: &[&str]) -> Output {
        let mut enter = Command::new("nsenter");
        enter.args(["-t", &self.keeper.id().to_string(), "-m"]);
        if self.is_user {
            enter.args(["-U", "--preserve-credentials"]);
        }
        enter
            .args(["sh", "-c", "cd \"$0\" && exec \"$@\""])
            .arg(self.path())
            .args(words)
            .env_remove("ORCH_STORE")
            .env_remove("ORCH_MISSION")
            .env("USER", "ada")
            .env("COLUMNS", "400");
        enter.output().unwrap()
    }

    fn orch(&self, line: &str) -> Output {
        let words = words(line);
        let words = words.iter().map(String::as_str);
        let words: Vec<&str> = std::iter::once(env!("CARGO_BIN_EXE_orch"))
            .chain(words)
            .collect();
        self.run(&words)
    }

    fn ok(&self, line: &str) -> String {
        let output = self.orch(line);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(code(&output), 0, "{line}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs what must fail so, and returns its error; its way out can be run.
    fn error(&self, exit: i32, wanted: &str, line: &str) -> Value {
        let output = self.orch(&format!("{line} --json"));
        let error = error_of(&output);
        assert_eq!(error["code"], wanted, "{line}: {error}");
        assert_eq!(code(&output), exit, "{line}: {error}");
        let hint = error["hint"].as_str().unwrap();
        let ran = self.run(&["sh", "-c", hint]);
        let said = String::from_utf8_lossy(&ran.stderr);
        assert_eq!(code(&ran), 0, "{line}: {hint}: {said}");
        error
    }

    fn shell(&self, script: &str) {
        let output = self.run(&["sh", "-c", script]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{script}: {said}");
    }

    /// Takes all the room there is.
    fn fill(&self, name: &str) {
        let script = format!("cat /dev/zero > filler-{name} 2>/dev/null; true");
        self.shell(&script);
    }

    /// A store of a kind with a mission and three tasks.
    fn with_store(kind: &str) -> Option<Self> {
        let disk = Self::mounted()?;
        disk.ok(&format!("init --kind {kind}"));
        disk.ok("mission new auth");
        for task in ["a", "b", "c"] {
            disk.ok(&format!("add 'a task' --id {task}"));
        }
        Some(disk)
    }

    fn n_tasks(&self) -> usize {
        let said = self.ok("progress --field data.counts.total");
        said.trim().parse().unwrap()
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It goes with the last process in its namespace.
        drop(self.keeper.kill());
        drop(self.keeper.wait());
    }
}

// spec: ACK-1, IDEM-1
#[test]
fn a_full_disk_refuses_what_is_new_and_loses_nothing_old() {
    for kind in ["sled", "jsonl"] {
        let Some(disk) = Disk::with_store(kind) else {
            return;
        };
        let mut n_added = 0;
        // A block that is begun has room left: how many more fit depends on their size.
        let refused = loop {
            disk.fill(&n_added.to_string());
            let line = format!("add 'a task' --id n{n_added} --op k{n_added}");
            if disk.orch(&line).status.success() {
                n_added += 1;
                assert!(n_added < 100, "the disk is never full");
            } else {
                break line;
            }
        };
        let error = disk.error(1, "disk_full", &refused);
        let evidence = error["evidence"][0]["text"].as_str().unwrap();
        assert!(evidence.contains("nothing that was acknowledged is lost"));
        assert_eq!(error["retryable"], false);
        // Reading and checking go on.
        assert_eq!(disk.n_tasks(), 3 + n_added, "{kind}");
        disk.ok("status");
        let verified: Value = serde_json::from_str(&disk.ok("store verify --json")).unwrap();
        assert_eq!(verified["data"]["records"], 4 + n_added, "{kind}");
        // The index, which has to grow for it, may be left unchecked; it is said.
        assert_eq!(verified["data"]["index_checked"], kind == "jsonl");
        // What is made anew does not fit either, and leaves nothing behind.
        if kind == "jsonl" {
            disk.error(1, "disk_full", "-S new init");
            disk.error(1, "disk_full", "store backup copy");
            disk.shell("test -z \"$(ls -A | grep -e new -e copy)\"");
        }
        // With room again, everything that was acknowledged is there, and it goes on.
        disk.shell("rm filler-*");
        assert_eq!(disk.n_tasks(), 3 + n_added, "{kind}");
        disk.ok("store verify");
        assert!(!disk.ok(&refused).contains("done before"));
        assert!(disk.ok(&refused).contains("done before"));
        assert_eq!(disk.n_tasks(), 4 + n_added, "{kind}");
        disk.ok("store verify");
    }
}

#[test]
fn a_store_on_a_disk_that_is_read_only_can_be_read_and_checked() {
    for kind in ["sled", "jsonl"] {
        let Some(disk) = Disk::with_store(kind) else {
            return;
        };
        let remount = format!("mount -o remount,bind,ro {}", disk.path().display());
        disk.shell(&remount);
        assert_eq!(disk.n_tasks(), 3);
        disk.ok("status");
        disk.ok("check a open");
        assert!(disk.ok("init").contains("is a store already"));
        let verified: Value = serde_json::from_str(&disk.ok("store verify --json")).unwrap();
        assert_eq!(verified["data"]["index_checked"], false);
        let elsewhere = tempfile::tempdir().unwrap();
        let backup = elsewhere.path().join("backup");
        disk.ok(&format!("store backup {}", backup.display()));
        for line in ["add x", "-S .orch add x", "store rebuild", "-S new init"] {
            let error = disk.error(1, "store_read_only", line);
            let message = error["message"].as_str().unwrap();
            assert!(message.contains("Read-only"), "{message}");
            assert!(!message.contains(".new-"), "{message}");
        }
    }
}
