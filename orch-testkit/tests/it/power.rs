//! Power cuts, on recordings of which each state is known.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use orch_testkit::fault::{
    Cut, Effort, Image, Op, Reached, Recorder, Recording, Shim, Syncs, compile,
};

const EFFORT: Effort = Effort {
    stride: 1,
    choices_max: usize::MAX,
    tears: 2,
    draws: 4,
    seed: 1,
};

/// Records a run of the program whose words are its calls.
fn recorded(steps: &str, syncs: Syncs) -> Option<Result<Recording, String>> {
    let program = compile(
        "program",
        &[("program.c", include_str!("fault/program.c"))],
        &[],
    )?;
    let shim = Shim::build()?;
    let temp = tempfile::tempdir().unwrap();
    let root = temp.path().canonicalize().unwrap();
    fs::write(root.join("old"), "before").unwrap();
    let mut recorder = Recorder::new(shim, &root);
    let mut command = Command::new(program);
    command
        .args(steps.split(' '))
        .env_clear()
        .current_dir(&root);
    let run = recorder.run(&mut command, None, syncs, b"");
    assert!(run.output.status.success(), "{}", run.error());
    Some(recorder.finish())
}

/// Stands for a file that is not there.
const GONE: &str = "gone";

fn text(image: &Image, name: &str) -> String {
    match image.entries.get(Path::new(name)) {
        Some(Some(bytes)) => String::from_utf8_lossy(bytes).into_owned(),
        Some(None) | None => GONE.to_owned(),
    }
}

/// All that a file may hold once something was said.
fn once_said(recording: &Recording, name: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let reached = recording.cut_power(EFFORT, |cut: &Cut<'_>| {
        if !recording.said_before(cut.after).is_empty() {
            found.insert(text(cut.image, name));
        }
        Ok::<(), ()>(())
    });
    assert!(reached.unwrap().states > 0);
    found
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn what_was_synced_with_its_name_is_there_after_every_power_cut() {
    let steps = "make a add a abcd sync a sync . say ok add a ef";
    let Some(recording) = recorded(steps, Syncs::Real) else {
        return;
    };
    let found = once_said(&recording.unwrap(), "a");
    assert_eq!(found, set(&["abcd", "abcde", "abcdef", "abcd\0f"]));
}

#[test]
fn what_was_not_synced_may_be_gone_or_torn() {
    let recording = recorded("make a add a abcd sync a say ok", Syncs::Real);
    let Some(recording) = recording else { return };
    let found = once_said(&recording.unwrap(), "a");
    assert_eq!(found, set(&[GONE, "abcd"]), "its name is not durable");
    let recording = recorded("add old abcd say ok", Syncs::Real).unwrap();
    let found = once_said(&recording.unwrap(), "old");
    let left = set(&[
        "before",
        "beforeabcd",
        "beforea",
        "beforeabc",
        "before\0\0cd",
    ]);
    assert!(found.is_superset(&left), "{found:?}");
}

#[test]
fn a_sync_that_does_nothing_is_none() {
    let steps = "make a add a abcd sync a sync . say ok";
    let Some(recording) = recorded(steps, Syncs::Skipped) else {
        return;
    };
    let found = once_said(&recording.unwrap(), "a");
    assert!(found.is_superset(&set(&[GONE, ""])), "{found:?}");
}

#[test]
fn names_change_in_any_order_until_their_folder_is_synced() {
    let recording = recorded("make a add a x sync a move a old say ok", Syncs::Real);
    let Some(recording) = recording else { return };
    let recording = recording.unwrap();
    let found = once_said(&recording, "old");
    assert_eq!(found, set(&["before", "x"]));
    let recording = recorded(
        "make a add a x sync a move a old sync . say ok",
        Syncs::Real,
    );
    let found = once_said(&recording.unwrap().unwrap(), "old");
    assert_eq!(found, set(&["x"]));
}

#[test]
fn every_call_of_a_recording_leads_to_what_is_there() {
    let recording = recorded("folder every every every", Syncs::Real);
    let Some(recording) = recording else { return };
    let recording = recording.unwrap();
    assert!(recording.ops.len() > 20, "{:?}", recording.ops);
    let reached = recording.cut_power(EFFORT, |_| Ok::<(), ()>(()));
    let Reached { points, states } = reached.unwrap();
    assert!(
        points > 20 && states > 100,
        "{points} points, {states} states"
    );
}

#[test]
fn a_recording_that_misses_a_call_is_of_no_use() {
    let steps = "make a bypass a x";
    let Some(recording) = recorded(steps, Syncs::Real) else {
        return;
    };
    let error = recording.unwrap_err();
    assert!(error.contains("calls are missing"), "{error}");
}

#[test]
fn what_a_failed_sync_was_to_bring_may_be_lost_in_spite_of_the_next_sync() {
    let a = PathBuf::from("a");
    let mut base = Image::default();
    base.entries.insert(a.clone(), Some(Vec::new().into()));
    let write = |at| Op::Write(a.clone(), at, 0..2);
    let sync = Op::Sync(Some(a.clone()));
    let said = Op::Said(0..2);
    let found = |ops: Vec<Op>| {
        let (base, data) = (base.clone(), b"xy".as_slice().into());
        once_said(&Recording { base, ops, data }, "a")
    };
    let failed = Op::FailedSync(a.clone());
    let once = found(vec![write(0), failed.clone(), sync.clone(), said.clone()]);
    assert!(once.contains(""), "{once:?}");
    // Written once more and synced, it is there.
    let twice = found(vec![write(0), failed, write(0), sync, said]);
    assert_eq!(twice, set(&["xy"]));
}
