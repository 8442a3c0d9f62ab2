//! One process owns a store, and the others use it as if it were theirs.

mod killing;
mod points;

use std::fs;
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::support::live::Live;
use crate::support::served::{Served, serve};
use crate::support::{code, orch, run_in};

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init"]);
    ok(folder.path(), &["mission", "new", "auth"]);
    folder
}

fn ok(folder: &Path, args: &[&str]) -> String {
    let output = run_in(folder, args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), 0, "orch {args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs a command that must fail so, and returns its error.
fn error(folder: &Path, exit: i32, args: &[&str]) -> Value {
    let output = run_in(folder, &[args, &["--json"]].concat());
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), exit, "orch {args:?}: {said}");
    serde_json::from_str(said.lines().last().unwrap()).unwrap()
}

/// Commands of every kind of answer: carried out, refused, too late, done before, nothing to do, not
/// meant, not to be made.
const STORY: &[&str] = &[
    "mission new auth --title sign-in",
    "add 'a login form' --id login --op k1",
    "add 'a login form' --id login --op k1",
    "add 'another' --id login --op k1",
    "add 'a login form' --id login",
    "add 'a login form'",
    "add 'a login form'",
    "add 'no such need' --dep nothing",
    "agent register coder",
    "agent register tess",
    "-A coder claim login",
    "-A tess claim login",
    "-A nobody claim login",
    "-A coder start login --attempt 1",
    "-A coder beat login --attempt 1 --note 'half of it'",
    "-A coder handoff login --attempt 1 --status done -n",
    "note hello --expect-seq 1",
    "correct rebind login --to tess --reason 'she is free'",
    "-A coder handoff login --attempt 1 --status done",
    "-A tess start login",
    "-A tess handoff login --status partial --remaining 'the tests'",
    "dep add a-login-form login",
    "dep add login a-login-form",
    "-A tess message lead --class question 'which colour?'",
    "ack 1",
    "tick",
    "mission close",
    "mission close --force --reason 'enough'",
    "status",
    "log",
];

// spec: DECIDE-3, IDEM-1, FENCE-1
#[test]
fn every_command_says_what_it_would_say_of_a_store_at_hand() {
    let (mut near, mut far) = (Live::empty(), Live::empty());
    let served = Served::start(far.folder());
    for line in STORY {
        assert_eq!(far.shown(line), near.shown(line));
    }
    drop(served);
    assert_eq!(far.shown("log"), near.shown("log"));
}

#[test]
fn it_says_where_it_serves_and_ends_in_order_when_it_is_asked_to() {
    let folder = folder();
    let at = folder.path();
    let served = Served::start(at);
    let info: Value = serde_json::from_str(&ok(at, &["store", "info", "--json"])).unwrap();
    let named = format!("process {} (orch serve)", served.pid());
    assert_eq!(info["data"]["served_by"], named);
    ok(at, &["add", "a task"]);
    let whole: Value = serde_json::from_str(&ok(at, &["store", "verify", "--json"])).unwrap();
    assert_eq!(whole["data"]["index_checked"], true);
    assert!(served.socket().exists());
    let socket = served.socket();
    let output = served.stop();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(code(&output), 0, "{said}");
    assert!(said.contains("the store is closed"), "{said}");
    assert!(!socket.exists());
    // Nothing has to be mended, so nothing is said.
    let next = run_in(at, &["add", "another"]);
    assert_eq!(String::from_utf8_lossy(&next.stderr), "");
    let info: Value = serde_json::from_str(&ok(at, &["store", "info", "--json"])).unwrap();
    assert_eq!(info["data"]["served_by"], Value::Null);
}

#[test]
fn it_says_so_as_json_as_well() {
    let folder = folder();
    let mut serve = orch(&["serve", "--socket", "--json"]);
    let mut child = serve
        .current_dir(folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut said = std::io::BufReader::new(child.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut said, &mut line).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    let said: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(said["schema"], "orch.serve/1");
    assert_eq!(said["data"]["pid"], child.id());
    let socket = said["data"]["socket"].as_str().unwrap();
    assert!(Path::new(socket).is_absolute() && socket.ends_with(".orch/socket"));
}

#[test]
fn what_needs_the_store_to_itself_is_told_at_once_who_serves_it() {
    let folder = folder();
    let at = folder.path();
    let served = Served::start(at);
    let row = r#"{"bead":"b-1","event":"dispatch","ts":"2026-08-06T02:09:14Z","worker":"w"}"#;
    fs::write(at.join("foreign.jsonl"), row).unwrap();
    for args in [
        &["serve", "--socket"][..],
        &["store", "rebuild"],
        &["import", "auto", "foreign.jsonl"],
    ] {
        let error = error(at, 75, args);
        assert_eq!(error["code"], "busy");
        let message = error["message"].as_str().unwrap();
        let named = format!("served by process {} (orch serve)", served.pid());
        assert!(message.contains(&named), "{message}");
        assert_eq!(error["hint"], format!("kill {}", served.pid()));
    }
    drop(served);
    ok(at, &["store", "rebuild"]);
    ok(at, &["import", "auto", "foreign.jsonl"]);
}

#[test]
fn what_a_killed_owner_leaves_is_in_nobodys_way() {
    let folder = folder();
    let at = folder.path();
    let served = Served::start(at);
    ok(at, &["add", "by the owner", "--id", "one"]);
    let socket = served.socket();
    served.kill();
    assert!(socket.exists());
    ok(at, &["add", "by the lock", "--id", "two"]);
    let served = Served::start(at);
    ok(at, &["add", "by the next owner", "--id", "three"]);
    drop(served);
    assert_eq!(ok(at, &["progress", "--field", "data.counts.total"]), "3\n");
    ok(at, &["store", "verify"]);
}

#[test]
fn an_owner_that_is_stopped_is_named_and_the_way_out_lets_it_go_on() {
    let folder = folder();
    let at = folder.path();
    let served = Served::start(at);
    served.signal("-STOP");
    let error = error(at, 75, &["add", "x", "--lock-timeout", "200ms"]);
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(&served.pid().to_string()), "{message}");
    if Path::new("/proc/self/stat").exists() {
        assert_eq!(error["hint"], format!("kill -CONT {}", served.pid()));
    }
    // Reading goes by the files.
    ok(at, &["status"]);
    served.signal("-CONT");
    // However little patience there is for a lock, the answer of an owner is waited for.
    ok(at, &["add", "x", "--lock-timeout", "0s"]);
}

#[test]
fn who_waits_for_the_lock_of_one_that_begins_to_serve_goes_through_its_door() {
    let folder = folder();
    let at = folder.path();
    // It has the lock before it serves, and would not give it back for as long as it runs.
    let mut starting = serve(at).stdout(Stdio::null()).spawn().unwrap();
    let pid = starting.id();
    let has_lock = || {
        let lock = fs::read_to_string(at.join(".orch/lock")).unwrap_or_default();
        lock.starts_with(&pid.to_string())
    };
    while !has_lock() {
        std::thread::yield_now();
    }
    ok(at, &["--lock-timeout", "60s", "add", "x"]);
    starting.kill().unwrap();
    starting.wait().unwrap();
    assert_eq!(ok(at, &["progress", "--field", "data.counts.total"]), "1\n");
}

#[test]
fn whoever_waits_for_a_mission_is_woken_by_what_others_do_through_the_owner() {
    let folder = folder();
    let at = folder.path();
    ok(at, &["add", "a task", "--id", "t1"]);
    ok(at, &["agent", "register", "coder"]);
    let _served = Served::start(at);
    let mut wait = orch(&["wait", "t1", "--for", "done", "--timeout", "60s"]);
    let mut waiting = wait
        .current_dir(at)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    ok(at, &["-A", "coder", "claim", "t1"]);
    ok(at, &["-A", "coder", "handoff", "t1", "--status", "done"]);
    assert!(waiting.wait().unwrap().success());
}

#[test]
fn without_a_store_there_is_nothing_to_serve() {
    let folder = tempfile::tempdir().unwrap();
    let missing = error(folder.path(), 3, &["serve", "--socket"]);
    assert_eq!(missing["code"], "store_missing");
    let which = error(folder.path(), 2, &["serve"]);
    assert_eq!(which["code"], "usage");
}
