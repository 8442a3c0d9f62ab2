//! A process that mends a store after a crash dies as well, at each of its calls.

use std::fs;

use orch_testkit::fault::{Fault, Kind, Log, Row};

use super::sweeping::{Judge, Shown, check_calm};
use super::{Index, Records, Store, is_segment, rounds};

/// A store with something to mend, and what was on record before it broke.
struct Broken {
    store: Store,
    before: Records,
    how: String,
    is_acknowledged: bool,
}

impl Broken {
    /// A store on which an append went wrong.
    fn by(store: &Store, fault: Fault) -> Self {
        let before = store.records().unwrap();
        let copy = store.copy();
        let run = copy.run(&mut copy.add("new"), fault);
        assert!(run.is_killed(), "{fault:?}");
        Self {
            store: copy,
            before,
            how: format!("{fault:?}"),
            is_acknowledged: run.is_acknowledged(),
        }
    }

    /// Lets the process that opens it next die at each of its calls.
    fn sweep(&self, kind: Kind) -> Shown {
        let judge = Judge {
            before: &self.before,
            key: "new",
        };
        let is_told = self.is_acknowledged;
        let mut shown = Shown::by_sweeping(
            kind,
            &self.store,
            |store| store.add("new"),
            |store, run| {
                check_calm(run)?;
                judge.judge(store, is_told || run.is_acknowledged())
            },
        );
        for problem in &mut shown.problems {
            problem.insert_str(0, &format!("first {}, then ", self.how));
        }
        shown
    }
}

/// The faults after which there is something to mend: about the journal and the mark after it.
///
/// With more rounds it is every call.
fn first_faults(clean: &Log) -> Vec<Fault> {
    let is_worth = |row: &&Row| {
        let is_about_journal = is_segment(&row.path) || row.path.ends_with("/durable");
        let is_change = row.is_write() || row.is_sync();
        row.n > 0 && (is_about_journal && is_change || rounds() > 1)
    };
    let mut faults = Vec::new();
    for row in clean.rows.iter().filter(is_worth) {
        let kinds: &[Kind] = if row.is_write() {
            &[Kind::Torn, Kind::TornLast, Kind::KillAfter]
        } else {
            &[Kind::KillAfter]
        };
        faults.extend(kinds.iter().map(|&kind| Fault { at: row.n, kind }));
    }
    faults
}

/// The two faults that leave most to do: half an append, and an append that the index lacks.
fn worst_faults(clean: &Log) -> Vec<Fault> {
    let mut rows = clean.rows.iter();
    let write = rows.find(|row| row.is_write() && is_segment(&row.path));
    let sync = rows.find(|row| row.is_sync() && is_segment(&row.path));
    let kinds = [Kind::Torn, Kind::KillAfter];
    let rows = [write, sync].into_iter().zip(kinds);
    rows.map(|(row, kind)| Fault {
        at: row.unwrap().n,
        kind,
    })
    .collect()
}

fn mending_goes_wrong(index: Index, kind: Kind, faults: fn(&Log) -> Vec<Fault>) {
    let Some(store) = Store::with_tasks(index) else {
        return;
    };
    let copy = store.copy();
    let clean = copy.run(&mut copy.add("new"), None).log;
    let faults = if rounds() > 1 { first_faults } else { faults };
    let mut shown = Shown::default();
    for fault in faults(&clean) {
        shown.add(Broken::by(&store, fault).sweep(kind));
    }
    shown.expect(&format!("recovering, {index:?}, {kind:?}"), 8);
}

#[test]
fn a_process_that_dies_before_a_call_while_it_mends_a_store_loses_nothing() {
    mending_goes_wrong(Index::Memory, Kind::Kill, first_faults);
    mending_goes_wrong(Index::Sled, Kind::Kill, worst_faults);
}

#[test]
fn a_process_that_dies_within_a_write_while_it_mends_a_store_loses_nothing() {
    mending_goes_wrong(Index::Memory, Kind::Torn, first_faults);
    mending_goes_wrong(Index::Sled, Kind::Torn, worst_faults);
}

#[test]
fn a_disk_that_is_full_while_a_store_is_mended_loses_nothing() {
    mending_goes_wrong(Index::Memory, Kind::FullFrom, worst_faults);
    mending_goes_wrong(Index::Sled, Kind::FullFrom, worst_faults);
}

#[test]
fn a_disk_that_fails_once_while_a_store_is_mended_loses_nothing() {
    mending_goes_wrong(Index::Memory, Kind::Broken, worst_faults);
    mending_goes_wrong(Index::Sled, Kind::Broken, worst_faults);
}

#[test]
fn a_process_that_dies_while_it_makes_the_index_anew_loses_nothing() {
    let Some(store) = Store::with_tasks(Index::Sled) else {
        return;
    };
    let index = store.folder().join("index");
    let before = store.records().unwrap();
    fs::remove_dir_all(index).unwrap();
    let broken = Broken {
        store,
        before,
        how: "the index is removed".to_owned(),
        is_acknowledged: false,
    };
    let mut shown = broken.sweep(Kind::Kill);
    shown.add(broken.sweep(Kind::Torn));
    shown.expect("making the index anew", 8);
}
