//! One condition after the other, each with one command of each sort.

use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use super::{SORTS, all_files, copy_all, error_of, kept, sled, wide};
use crate::support::code;

const FIRST: &str = ".orch/journal/00000000000000000001.jsonl";

/// A condition: its name, what makes it of a folder with a store, and the codes that the commands
/// of [`SORTS`] end with, `ok` if it is none of their business.
type Condition = (&'static str, fn(&Path), [&'static str; 4]);

const CONDITIONS: &[Condition] = &[
    (
        "no folder",
        |at| remove(at, ".orch"),
        ["store_missing", "store_missing", "ok", "store_missing"],
    ),
    (
        "a file in its place",
        |at| {
            remove(at, ".orch");
            put(at, ".orch", "mine");
        },
        ["not_a_store", "not_a_store", "exists", "not_a_store"],
    ),
    (
        "a link that leads nowhere",
        |at| {
            remove(at, ".orch");
            symlink("gone", at.join(".orch")).unwrap();
        },
        ["not_a_store", "not_a_store", "exists", "not_a_store"],
    ),
    (
        "a folder with something else",
        |at| {
            remove(at, ".orch");
            fs::create_dir(at.join(".orch")).unwrap();
            put(at, ".orch/letter.txt", "mine");
        },
        ["not_a_store", "store_missing", "exists", "not_a_store"],
    ),
    (
        "an empty folder",
        |at| {
            remove(at, ".orch");
            fs::create_dir(at.join(".orch")).unwrap();
        },
        ["not_a_store", "store_missing", "ok", "not_a_store"],
    ),
    (
        "a store of a newer format",
        |at| swap(at, ".orch/store.json", "\"format\":1", "\"format\":9"),
        ["newer_format"; 4],
    ),
    (
        "a segment of a newer format",
        |at| swap(at, FIRST, "\"format\":1", "\"format\":9"),
        ["newer_format", "newer_format", "ok", "newer_format"],
    ),
    (
        "no store.json",
        |at| remove(at, ".orch/store.json"),
        ["store_damaged"; 4],
    ),
    (
        "an empty store.json",
        |at| put(at, ".orch/store.json", ""),
        ["store_damaged"; 4],
    ),
    (
        "garbage in store.json",
        |at| put(at, ".orch/store.json", "{{{\0"),
        ["store_damaged"; 4],
    ),
    (
        "no journal",
        |at| remove(at, ".orch/journal"),
        ["store_damaged", "store_damaged", "ok", "store_damaged"],
    ),
    (
        "no segment",
        |at| remove(at, FIRST),
        ["store_damaged", "store_damaged", "ok", "store_damaged"],
    ),
    (
        "a flipped bit",
        |at| {
            let mut bytes = fs::read(at.join(FIRST)).unwrap();
            bytes[700] ^= 4;
            fs::write(at.join(FIRST), bytes).unwrap();
        },
        ["store_damaged", "store_damaged", "ok", "store_damaged"],
    ),
    (
        "a journal that is cut off",
        |at| {
            let bytes = fs::read(at.join(FIRST)).unwrap();
            fs::write(at.join(FIRST), &bytes[..bytes.len() - 9]).unwrap();
        },
        ["store_damaged", "store_damaged", "ok", "store_damaged"],
    ),
];

fn remove(at: &Path, name: &str) {
    let path = at.join(name);
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
}

fn put(at: &Path, name: &str, text: &str) {
    fs::write(at.join(name), text).unwrap();
}

fn swap(at: &Path, name: &str, from: &str, to: &str) {
    let text = fs::read_to_string(at.join(name)).unwrap();
    assert!(text.contains(from), "{text}");
    put(at, name, &text.replacen(from, to, 1));
}

/// Runs the command that an error suggests, in a copy of the folder.
fn suggestion_works(at: &Path, error: &serde_json::Value) {
    let copy = tempfile::tempdir().unwrap();
    copy_all(at, copy.path());
    let hint = error["hint"].as_str().unwrap();
    let mut shell = Command::new("sh");
    shell
        .args(["-c", &format!("orch() {{ \"$ORCH\" \"$@\"; }}; {hint}")])
        .current_dir(copy.path())
        .env("ORCH", env!("CARGO_BIN_EXE_orch"));
    let output = shell.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // Checking a store that is damaged says so.
    let wanted = if hint.ends_with("store verify") { 7 } else { 0 };
    assert_eq!(code(&output), wanted, "{hint}: {said}");
}

// spec: ACK-1
#[test]
fn each_condition_has_its_own_error_a_way_out_that_works_and_changes_nothing() {
    let mut shown = String::new();
    for (name, spoil, wanted) in CONDITIONS {
        let spoilt = sled();
        spoil(spoilt.path());
        writeln!(shown, "# {name}").unwrap();
        for (line, wanted) in SORTS.iter().zip(wanted) {
            let folder = tempfile::tempdir().unwrap();
            copy_all(spoilt.path(), folder.path());
            let at = folder.path();
            let before = kept(at);
            let json = wide(at, &format!("{line} --json")).output().unwrap();
            if *wanted == "ok" {
                assert_eq!(code(&json), 0, "{name}: {line}");
                continue;
            }
            let error = error_of(&json);
            assert_eq!(error["code"], *wanted, "{name}: {line}: {error}");
            assert_eq!(error["exit"], code(&json), "{name}: {line}");
            let text = wide(at, line).output().unwrap();
            assert_eq!(code(&text), code(&json), "{name}: {line}");
            assert_eq!(kept(at), before, "{name}: {line}");
            suggestion_works(at, &error);
            let said = String::from_utf8_lossy(&text.stderr).into_owned();
            // What the system calls the folder may differ from what it was asked for by.
            let real = fs::canonicalize(at).unwrap();
            let said = said.replace(&*real.to_string_lossy(), "[here]");
            writeln!(shown, "$ orch {line}\n{said}--- exit {}", code(&text)).unwrap();
        }
    }
    insta::assert_snapshot!(shown);
}

#[test]
fn what_is_named_with_a_flag_is_named_with_it_in_the_way_out() {
    let folder = sled();
    let at = folder.path();
    fs::rename(at.join(".orch"), at.join("the store")).unwrap();
    remove(at, "the store/journal");
    for line in SORTS.iter().filter(|line| **line != "init") {
        let line = format!("-S 'the store' {line} --json");
        let error = error_of(&wide(at, &line).output().unwrap());
        let wanted = if line.contains("verify") {
            "orch explain store_damaged"
        } else {
            "orch -S 'the store' store verify"
        };
        assert_eq!(error["hint"], wanted, "{line}");
    }
    let missing = wide(at, "-S no/such/place init --json").output().unwrap();
    let error = error_of(&missing);
    assert_eq!(
        (code(&missing), &error["code"]),
        (3, &"folder_missing".into())
    );
    assert_eq!(error["hint"], "mkdir -p no/such");
    suggestion_works(at, &error);
    let nowhere = error_of(&wide(at, "-S nowhere add x --json").output().unwrap());
    assert_eq!(nowhere["hint"], "orch -S nowhere init");
    suggestion_works(at, &nowhere);
}

#[test]
fn a_record_of_a_newer_format_is_refused_by_its_name() {
    let folder = sled();
    let at = folder.path();
    let text = fs::read_to_string(at.join(FIRST)).unwrap();
    let newer = super::bytes::sealed_anew(&text.replace("{\"v\":1,", "{\"v\":7,"));
    put(at, FIRST, &newer);
    // The marks know the chain of before.
    remove(at, ".orch/anchor");
    remove(at, ".orch/durable");
    remove(at, ".orch/index");
    for line in SORTS.iter().filter(|line| **line != "init") {
        let error = error_of(&wide(at, &format!("{line} --json")).output().unwrap());
        assert_eq!(error["code"], "newer_format", "{line}: {error}");
        assert_eq!(error["exit"], 8, "{line}");
        suggestion_works(at, &error);
    }
}

#[test]
fn what_an_interrupted_init_left_is_harmless() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::create_dir(at.join(".orch.new-0123")).unwrap();
    put(at, ".orch.new-0123/store.json", "{");
    let before = all_files(at);
    for line in ["init", "init", "mission new auth", "add x", "store verify"] {
        let output = wide(at, line).output().unwrap();
        assert_eq!(code(&output), 0, "{line}: {output:?}");
    }
    let mut after = all_files(at);
    after.retain(|path, _| before.contains_key(path));
    assert_eq!(after, before);
}
