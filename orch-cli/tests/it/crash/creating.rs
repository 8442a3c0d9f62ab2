//! A process that makes a store dies, or is refused by the disk, at each of its calls.

use std::fs;

use orch_testkit::fault::{Kind, Run};

use super::sweeping::{Shown, check, check_calm};
use super::{Index, Store, rounds, told};
use crate::support::code;

/// The exit code of what is not there.
const NOT_FOUND: i32 = 3;

fn making_goes_wrong(kind: Kind) {
    let index = if kind == Kind::Kill || rounds() > 1 {
        Index::Sled
    } else {
        // They are made alike; it is the index of the first mission that takes long.
        Index::Memory
    };
    let Some(store) = Store::nothing(index) else {
        return;
    };
    let shown = Shown::by_sweeping(kind, &store, Store::init, judge);
    shown.expect(&format!("creating, {index:?}, {kind:?}"), 4);
}

/// There is a whole store or none, and making it again leads to one that works.
fn judge(store: &Store, run: &Run) -> Result<(), String> {
    check_calm(run)?;
    let is_there = store.folder().exists();
    check(is_there || !run.is_acknowledged(), "it is not there")?;
    let verify = store.command(&["store", "verify"]).output().unwrap();
    if is_there {
        check(verify.status.success(), &told(&verify))?;
    } else {
        check(code(&verify) == NOT_FOUND, &told(&verify))?;
    }
    store.must(&mut store.init())?;
    store.begin_mission()?;
    store.must(&mut store.add("first"))?;
    store.verify()?;
    check(store.records()?.n_of("first") == 1, "it does not work")?;
    let entries = fs::read_dir(&store.root).unwrap();
    let n_stores = entries.filter(|entry| {
        let folder = entry.as_ref().unwrap().path();
        folder.join("store.json").exists() && folder != store.folder()
    });
    check(n_stores.count() <= 1, "there are several left over")
}

#[test]
fn a_store_is_made_whole_or_not_at_all_by_a_process_that_dies_before_a_call() {
    making_goes_wrong(Kind::Kill);
}

#[test]
fn a_store_is_made_whole_or_not_at_all_by_a_process_that_dies_after_a_call() {
    making_goes_wrong(Kind::KillAfter);
}

#[test]
fn a_store_is_made_whole_or_not_at_all_by_a_process_that_dies_within_a_write() {
    making_goes_wrong(Kind::Torn);
    making_goes_wrong(Kind::TornLast);
}

#[test]
fn a_store_is_made_whole_or_not_at_all_on_a_disk_that_is_full() {
    making_goes_wrong(Kind::FullFrom);
    making_goes_wrong(Kind::Full);
}

#[test]
fn a_store_is_made_whole_or_not_at_all_on_a_disk_that_fails() {
    making_goes_wrong(Kind::BrokenFrom);
    making_goes_wrong(Kind::Broken);
}
