//! A process that adds one task to a store dies at each of its calls.

use orch_testkit::fault::{Kind, compare_with_strace};

use super::sweeping::{Judge, Shown, check};
use super::{Index, Store, is_segment};

fn a_process_dies(index: Index, kind: Kind) {
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
            check(run.is_killed(), "it was not killed")?;
            judge.judge(store, run.is_acknowledged())
        },
    );
    shown.expect(&format!("adding, {index:?}, {kind:?}"), 4);
}

#[test]
fn a_process_that_dies_before_any_call_of_an_append_loses_nothing() {
    a_process_dies(Index::Memory, Kind::Kill);
    a_process_dies(Index::Sled, Kind::Kill);
}

#[test]
fn a_process_that_dies_after_any_call_of_an_append_loses_nothing() {
    a_process_dies(Index::Memory, Kind::KillAfter);
    a_process_dies(Index::Sled, Kind::KillAfter);
}

#[test]
fn a_process_that_dies_within_any_write_of_an_append_loses_nothing() {
    for kind in [Kind::Torn, Kind::TornFirst, Kind::TornLast] {
        a_process_dies(Index::Memory, kind);
        a_process_dies(Index::Sled, kind);
    }
}

// spec: ACK-1
#[test]
fn each_acknowledgement_follows_one_sync_of_the_journal() {
    let Some(store) = Store::with_tasks(Index::Sled) else {
        return;
    };
    for key in ["fourth", "fifth"] {
        let run = store.run(&mut store.add(key), None);
        let shown = run.log.shown();
        let syncs = run.log.syncs_before_each_ack(is_segment);
        let syncs = syncs.map(|syncs| (syncs.first().copied(), syncs.iter().sum::<usize>()));
        assert_eq!(syncs, Ok((Some(1), 1)), "{shown}");
    }
    // What was written before is asked for again: nothing is written, so nothing is synced.
    let again = store.run(&mut store.add("fifth"), None);
    let writes = again.log.rows.iter();
    let n_writes = writes
        .filter(|row| row.is_write() && is_segment(&row.path))
        .count();
    assert_eq!(n_writes, 0, "{}", again.log.shown());
}

#[test]
fn a_new_store_is_durable_before_anybody_is_told_of_it() {
    let Some(store) = Store::nothing(Index::Sled) else {
        return;
    };
    let is_index = |path: &str| path.contains("/index");
    for words in [&["init"][..], &["mission", "new", "m"]] {
        let run = store.run(&mut store.command(words), None);
        assert!(run.output.status.success(), "{}", run.error());
        // The index can be made anew, the lock says something to those who wait, and the mark for
        // readers is published and not synced.
        let is_truth =
            |path: &str| !is_index(path) && !path.ends_with("/lock") && !path.ends_with("/durable");
        let syncs = run.log.syncs_before_each_ack(is_truth);
        assert!(syncs.is_ok(), "{syncs:?}\n{}", run.log.shown());
    }
}

#[test]
fn no_call_of_a_writing_command_is_hidden_from_these_tests() {
    let Some(store) = Store::nothing(Index::Sled) else {
        return;
    };
    for words in [
        &["init"][..],
        &["mission", "new", "m"],
        &["add", "a", "--id", "a"],
        &["store", "verify"],
        &["export", "jsonl", "out.jsonl"],
    ] {
        let command = store.command(words);
        let Some(both) = compare_with_strace(store.shim, &command, &store.root) else {
            return;
        };
        let shown = both.counted.shown();
        let n_traced = u64::try_from(both.traced.len()).unwrap();
        assert_eq!(
            both.counted.n_counted(),
            n_traced,
            "{words:?}\n{shown}\n{:#?}",
            both.traced
        );
    }
}
