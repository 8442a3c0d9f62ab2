//! An owner dies at each of its storage calls: while it opens, serves one command, and closes.

use std::path::Path;
use std::process::Command;
use std::thread;

use orch_testkit::fault::{Kind, Run, Shim, sweep};

use super::ok;
use crate::support::served::{serve, signal_to};
use crate::support::{is_full, run_in};

/// More calls than any owner makes for one command.
const POINTS_MAX: u64 = 2_000;

/// Serves a store with a fault at one call, has one task added, ends it in order, and returns how
/// that went.
fn serve_one(shim: &Shim, at: &Path, fault: orch_testkit::fault::Fault) -> (Run, bool) {
    thread::scope(|scope| {
        let mut serve = serve(at);
        let owner = scope.spawn(move || shim.run(&mut serve, at, fault));
        let lock = at.join(".orch/lock");
        let pid = || {
            let signed = std::fs::read_to_string(&lock).unwrap_or_default();
            let (pid, name) = signed.trim_end().split_once(' ')?;
            (name == "orch serve").then(|| pid.parse::<u32>().unwrap())
        };
        while !owner.is_finished() && !at.join(".orch/socket").exists() {
            thread::yield_now();
        }
        let served_by = pid();
        // By the owner, by the lock, or by both in turn: it is carried out once.
        let add = [
            "add",
            "x",
            "--id",
            "x",
            "--op",
            "x",
            "--lock-timeout",
            "15s",
        ];
        let output = run_in(at, &add);
        let is_added = output.status.success();
        if !is_added {
            eprintln!("{}", String::from_utf8_lossy(&output.stderr));
        }
        if let (Some(pid), false) = (served_by, owner.is_finished()) {
            let sent = Command::new("kill").arg(pid.to_string()).output();
            drop(sent);
        }
        (owner.join().unwrap(), is_added)
    })
}

fn an_owner_dies(kind: Kind, index: &str) {
    let Some(shim) = Shim::build() else { return };
    let made = tempfile::tempdir().unwrap();
    ok(made.path(), &["init", "--kind", index]);
    ok(made.path(), &["mission", "new", "m"]);
    let mut n_points = 0;
    let swept = sweep(kind, 1, POINTS_MAX, |fault| {
        let copy = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir());
        let copy = copy.unwrap();
        let at = copy.path().canonicalize().unwrap();
        let mut copied = Command::new("cp");
        copied.arg("-a").arg(made.path().join(".orch")).arg(&at);
        assert!(copied.status().unwrap().success());
        let (run, is_added) = serve_one(shim, &at, fault);
        let shown = run.log.shown();
        assert!(is_added, "{fault:?}\n{shown}");
        assert!(!run.is_hung(), "{fault:?}\n{shown}");
        let log = ok(&at, &["export", "jsonl", "-"]);
        assert_eq!(log.lines().count(), 2, "{fault:?}\n{log}\n{shown}");
        ok(&at, &["store", "verify"]);
        n_points += u64::from(run.is_killed());
        run.log
    });
    eprintln!(
        "owner, {index}, {kind:?}: {n_points} points of {} calls",
        swept.unwrap()
    );
    assert!(n_points >= 12, "{n_points} points");
}

// spec: ACK-1, IDEM-1
#[test]
fn an_owner_that_dies_at_any_of_its_calls_loses_nothing_and_does_nothing_twice() {
    for index in ["jsonl", "sled"] {
        an_owner_dies(Kind::Kill, index);
    }
    if is_full() {
        for kind in [Kind::KillAfter, Kind::Torn] {
            an_owner_dies(kind, "jsonl");
            an_owner_dies(kind, "sled");
        }
    }
}

#[test]
fn the_owner_of_a_test_can_be_ended_by_its_number() {
    let folder = tempfile::tempdir().unwrap();
    ok(folder.path(), &["init"]);
    let served = crate::support::served::Served::start(folder.path());
    signal_to(served.pid(), "-INT");
    assert!(served.ended().status.success());
}
