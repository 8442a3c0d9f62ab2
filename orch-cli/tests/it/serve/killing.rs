//! Owners that are killed at any moment while others write through them.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use orch_testkit::fault::Dice;

use super::{folder, ok};
use crate::support::served::Served;
use crate::support::{is_full, run_in};

/// How many times each command was carried out, by its key.
fn counts(at: &Path) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for line in ok(at, &["export", "jsonl", "-"]).lines() {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        if let Some(key) = record["command"].as_str() {
            *counts.entry(key.to_owned()).or_default() += 1;
        }
    }
    counts
}

/// Writers add tasks, one process after another, while owners come and are killed.
///
/// A command may go by an owner, by the lock, or by an owner first and then by the lock; it has to
/// succeed in each case, because it can be asked for again under its key.
fn nothing_is_lost(n_writers: usize, n_each: usize) {
    let folder = folder();
    let at = folder.path();
    let n_left = AtomicUsize::new(n_writers);
    let mut dice = Dice(20_261_120);
    let n_owners = thread::scope(|scope| {
        for writer in 0..n_writers {
            let n_left = &n_left;
            scope.spawn(move || {
                for n in 0..n_each {
                    let id = format!("t{writer}-{n}");
                    let add = [
                        "--lock-timeout",
                        "60s",
                        "add",
                        "x",
                        "--id",
                        &id,
                        "--op",
                        &id,
                    ];
                    let output = run_in(at, &add);
                    let said = String::from_utf8_lossy(&output.stderr);
                    assert!(output.status.success(), "{id}: {said}");
                }
                n_left.fetch_sub(1, Ordering::Relaxed);
            });
        }
        let mut n_owners = 0;
        while n_left.load(Ordering::Relaxed) > 0 {
            let Some(served) = Served::try_start(at) else {
                continue;
            };
            // The moment is what the test is about; nothing is waited for.
            thread::sleep(Duration::from_micros(dice.roll() % 120_000));
            served.kill();
            n_owners += 1;
            // For a while it goes by the lock.
            thread::sleep(Duration::from_micros(dice.roll() % 40_000));
        }
        n_owners
    });
    let counts = counts(at);
    for writer in 0..n_writers {
        for n in 0..n_each {
            let id = format!("t{writer}-{n}");
            assert_eq!(counts.get(&id), Some(&1), "{id}");
        }
    }
    ok(at, &["store", "verify"]);
    eprintln!(
        "killed owners: {n_owners}, updates: {}, lost 0, duplicated 0",
        n_writers * n_each
    );
    assert!(n_owners > 0);
}

// spec: ACK-1, IDEM-1
#[test]
fn owners_that_are_killed_at_any_moment_lose_nothing_and_do_nothing_twice() {
    if is_full() {
        nothing_is_lost(8, 100);
    } else {
        nothing_is_lost(4, 12);
    }
}
