//! The disk is full, or fails, at each call of a process that adds a task.

use orch_testkit::fault::{Done, Fault, Kind, Run};

use super::sweeping::{Judge, Shown, check, check_calm};
use super::{Index, Store, is_segment, told};

fn the_disk_fails(index: Index, kind: Kind) {
    let Some(store) = Store::with_tasks(index) else {
        return;
    };
    let before = store.records().unwrap();
    let judge = Judge {
        before: &before,
        key: "new",
    };
    let shown = Shown::by_sweeping(
        kind,
        &store,
        |store| store.add("new"),
        |store, run| {
            answered(run, kind)?;
            if is_certain(run) {
                // Once the store is mended, which is what verifying does first.
                store.verify()?;
                let n = store.records()?.n_of("new");
                check(n == 0, "it is there, after all")?;
            }
            judge.judge(store, run.is_acknowledged())
        },
    );
    shown.expect(&format!("failing, {index:?}, {kind:?}"), 4);
}

/// Tells whether the process said that it wrote nothing, rather than that it does not know.
fn is_certain(run: &Run) -> bool {
    let has_failed = !run.output.status.success() && !run.is_hung();
    has_failed && !run.error().contains("error[write_unsure]")
}

/// The process says what is wrong, or has done what it says it has.
fn answered(run: &Run, kind: Kind) -> Result<(), String> {
    check_calm(run)?;
    let rows = run.log.rows.iter();
    let mut syncs = rows.filter(|row| row.is_sync() && is_segment(&row.path));
    let is_unsynced = syncs.any(|row| matches!(row.result, Done::Faulted(_)));
    check(
        !is_unsynced || !run.is_acknowledged(),
        "what could not be synced is acknowledged",
    )?;
    if run.output.status.success() || run.is_hung() {
        return Ok(());
    }
    check(!run.is_acknowledged(), "it is acknowledged, and failed")?;
    let error = told(&run.output);
    let words: &[&str] = if matches!(kind, Kind::Full | Kind::FullFrom) {
        &["no room left", "No space left"]
    } else {
        &["Input/output error"]
    };
    let is_clear = words.iter().any(|word| error.contains(word));
    check(is_clear, "it does not say what the disk said")
}

#[test]
fn a_disk_that_is_full_for_a_moment_loses_nothing() {
    the_disk_fails(Index::Memory, Kind::Full);
    the_disk_fails(Index::Sled, Kind::Full);
}

#[test]
fn a_disk_that_is_full_from_some_call_on_loses_nothing() {
    the_disk_fails(Index::Memory, Kind::FullFrom);
    the_disk_fails(Index::Sled, Kind::FullFrom);
}

// spec: ACK-1
#[test]
fn nothing_is_acknowledged_after_a_sync_that_failed_once() {
    the_disk_fails(Index::Memory, Kind::Broken);
    the_disk_fails(Index::Sled, Kind::Broken);
}

#[test]
fn a_disk_that_fails_from_some_call_on_loses_nothing() {
    the_disk_fails(Index::Memory, Kind::BrokenFrom);
    the_disk_fails(Index::Sled, Kind::BrokenFrom);
}

#[test]
fn what_is_on_record_can_be_read_on_a_disk_that_is_full() {
    let Some(store) = Store::with_tasks(Index::Sled) else {
        return;
    };
    let before = store.records().unwrap();
    for words in [&["export", "jsonl", "-"][..], &["status"], &["log"]] {
        let fault = Fault {
            at: 1,
            kind: Kind::FullFrom,
        };
        let run = store.run(&mut store.command(words), fault);
        assert!(run.output.status.success(), "{words:?}: {}", run.error());
    }
    assert_eq!(store.records().unwrap(), before);
}
