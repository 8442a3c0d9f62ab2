//! A store that another process holds.

use std::fs::{self, OpenOptions};
use std::os::unix::fs::FileExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::{error_of, kept, n_tasks, ok, sled, wide};
use crate::support::code;

/// A process that has the lock of a store, and nothing else.
struct Holder(Child);

impl Holder {
    fn of(folder: &Path) -> Self {
        let path = folder.join(".orch/lock");
        let file = OpenOptions::new().write(true).open(&path).unwrap();
        file.lock().unwrap();
        // The lock belongs to the open file, which the process gets as its output.
        let held = file.try_clone().unwrap();
        let mut cat = Command::new("cat");
        let child = cat.stdin(Stdio::piped()).stdout(file).spawn().unwrap();
        drop(cat);
        held.set_len(0).unwrap();
        held.write_all_at(format!("{} orch add\n", child.id()).as_bytes(), 0)
            .unwrap();
        Self(child)
    }

    fn pid(&self) -> u32 {
        self.0.id()
    }

    /// The letter of its state, as Linux has it.
    fn state(&self) -> Option<char> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.pid())).ok()?;
        stat.rsplit_once(')')?.1.trim_start().chars().next()
    }

    fn signal(&self, signal: &str) {
        let pid = self.pid().to_string();
        let sent = Command::new("kill").args([signal, &pid]).status();
        assert!(sent.unwrap().success());
    }
}

impl Drop for Holder {
    fn drop(&mut self) {
        // One that is stopped takes it as well.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

#[test]
fn who_holds_the_store_is_named_and_reading_goes_on() {
    let folder = sled();
    let at = folder.path();
    let holder = Holder::of(at);
    let before = kept(at);
    for line in ["add x", "store rebuild"] {
        let json = wide(at, &format!("{line} --lock-timeout 10ms --json"));
        let output = { json }.output().unwrap();
        let error = error_of(&output);
        assert_eq!((code(&output), &error["code"]), (75, &"busy".into()));
        assert_eq!(error["retryable"], true);
        let message = error["message"].as_str().unwrap();
        let named = format!("held by process {} (orch add)", holder.pid());
        assert!(message.contains(&named), "{message}");
        let hint = format!("orch --lock-timeout 60s {line} --json");
        assert_eq!(error["hint"], hint);
    }
    assert_eq!(n_tasks(at), "3\n");
    assert!(ok(at, &["init"]).contains("is a store already"));
    let verify = wide(at, "store verify --lock-timeout 10ms")
        .output()
        .unwrap();
    assert_eq!(code(&verify), 0);
    let said = String::from_utf8(verify.stderr).unwrap();
    assert!(said.contains("its index was not checked"), "{said}");
    assert_eq!(kept(at), before);
    drop(holder);
    ok(at, &["add", "x"]);
}

#[test]
fn a_holder_that_is_stopped_is_said_to_be_and_the_way_out_lets_it_go_on() {
    let folder = sled();
    let at = folder.path();
    let holder = Holder::of(at);
    holder.signal("-STOP");
    if holder.state().is_none() {
        return super::skipped("no /proc: whether a process is stopped cannot be told");
    }
    let line = "add x --lock-timeout 10ms --json";
    let output = wide(at, line).output().unwrap();
    let error = error_of(&output);
    assert_eq!(code(&output), 75, "{error}");
    let evidence = error["evidence"][0]["text"].as_str().unwrap();
    assert!(evidence.contains("is stopped"), "{evidence}");
    let hint = error["hint"].as_str().unwrap();
    assert_eq!(hint, format!("kill -CONT {}", holder.pid()));
    assert_eq!(holder.state(), Some('T'));
    let ran = Command::new("sh").args(["-c", hint]).status().unwrap();
    assert!(ran.success());
    assert_ne!(holder.state(), Some('T'));
}

#[test]
fn who_waits_gets_the_store_when_it_is_let_go() {
    let folder = sled();
    let at = folder.path();
    let holder = Holder::of(at);
    let mut waiting = wide(at, "--lock-timeout 60s add x");
    let mut waiting = waiting.stdout(Stdio::null()).spawn().unwrap();
    drop(holder);
    assert!(waiting.wait().unwrap().success());
    assert_eq!(n_tasks(at), "4\n");
}
