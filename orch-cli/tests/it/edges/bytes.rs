//! Bytes of a store that are not what was written, and files that are gone.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::{all_files, copy_all, error_of, n_tasks, ok, sled, wide};
use crate::support::{code, run_in};

/// How many bits of each kind of file are flipped.
const SAMPLES: usize = 50;

/// Writes a segment with other records: its commits fit them.
pub(super) fn sealed_anew(segment: &str) -> String {
    let mut sealed = String::new();
    let mut batch = String::new();
    let mut chain = [0; 32];
    for line in segment.lines() {
        let Some((before, after)) = line.split_once("\"sum\":\"") else {
            let is_head = line.starts_with("{\"orch_segment\"");
            let target = if is_head { &mut sealed } else { &mut batch };
            writeln!(target, "{line}").unwrap();
            continue;
        };
        let sum = Sha256::digest(batch.as_bytes());
        chain = Sha256::digest([&chain[..], &sum[..]].concat()).into();
        let (sum, chain) = (hex(&sum), hex(&chain));
        // Both sums are 64 characters long.
        let end = &after[64 + "\",\"chain\":\"".len() + 64..];
        writeln!(
            sealed,
            "{batch}{before}\"sum\":\"{sum}\",\"chain\":\"{chain}{end}"
        )
        .unwrap();
        batch.clear();
    }
    sealed
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Places in a file, spread over it, none beside another.
fn places(len: usize) -> impl Iterator<Item = usize> {
    (0..SAMPLES).map(move |n| (n * len / SAMPLES + n * 7) % len)
}

fn segment(at: &Path) -> PathBuf {
    at.join(".orch/journal/00000000000000000001.jsonl")
}

#[test]
fn a_segment_that_is_sealed_anew_without_a_change_is_the_same() {
    let folder = sled();
    let text = fs::read_to_string(segment(folder.path())).unwrap();
    assert_eq!(sealed_anew(&text), text);
}

// spec: ACK-1
#[test]
fn a_flipped_bit_of_the_journal_is_named_with_its_file_and_place() {
    let folder = sled();
    let at = folder.path();
    let whole = fs::read(segment(at)).unwrap();
    for place in places(whole.len()) {
        let mut bytes = whole.clone();
        bytes[place] ^= 1 << (place % 8);
        fs::write(segment(at), bytes).unwrap();
        for line in ["status --json", "store verify --json"] {
            let output = wide(at, line).output().unwrap();
            let error = error_of(&output);
            let is_newer = error["code"] == "newer_format";
            assert!(
                is_newer || error["code"] == "store_damaged",
                "{place}: {error}"
            );
            let message = error["message"].as_str().unwrap();
            assert!(message.contains("00000000000000000001.jsonl"), "{message}");
            assert!(
                is_newer || named_place(message) <= place,
                "{place}: {message}"
            );
            assert!(output.stdout.is_empty());
        }
    }
}

/// The byte that a message names: where the damaged append begins.
fn named_place(message: &str) -> usize {
    let (_, rest) = message.split_once("damaged at byte ").unwrap();
    let (place, _) = rest.split_once(',').unwrap();
    place.parse().unwrap()
}

// spec: ACK-1
#[test]
fn a_journal_that_was_cut_anywhere_is_no_shorter_list() {
    let folder = sled();
    let at = folder.path();
    let whole = fs::read(segment(at)).unwrap();
    let ends = whole.iter().enumerate().filter(|(_, byte)| **byte == b'\n');
    let mut lengths: Vec<usize> = ends.map(|(end, _)| end + 1).collect();
    assert_eq!(lengths.pop(), Some(whole.len()));
    lengths.extend(places(whole.len()).step_by(5));
    for len in lengths {
        fs::write(segment(at), &whole[..len]).unwrap();
        for line in ["status --json", "store verify --json", "add x --json"] {
            let output = wide(at, line).output().unwrap();
            let error = error_of(&output);
            assert_eq!(error["code"], "store_damaged", "{len}: {line}: {error}");
            assert!(output.stdout.is_empty());
        }
        assert_eq!(fs::read(segment(at)).unwrap(), &whole[..len]);
    }
}

// spec: ACK-1
#[test]
fn a_flipped_bit_beside_the_journal_changes_no_answer() {
    let made = sled();
    let answer = ok(made.path(), &["log", "--time", "iso"]);
    let journal = fs::read(segment(made.path())).unwrap();
    let files = all_files(made.path());
    let files: Vec<&PathBuf> = files
        .keys()
        .filter(|path| path.is_file() && !path.starts_with(made.path().join(".orch/journal")))
        .collect();
    assert!(files.len() > 4, "{files:?}");
    for (n, path) in files.iter().cycle().take(SAMPLES).enumerate() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        copy_all(made.path(), at);
        let name = path.strip_prefix(made.path()).unwrap();
        let mut bytes = fs::read(at.join(name)).unwrap();
        let Some(last) = bytes.len().checked_sub(1) else {
            continue;
        };
        // The index is mostly empty behind its beginning.
        let place = (n * 37) % last.clamp(1, 600);
        bytes[place] ^= 1 << (n % 8);
        fs::write(at.join(name), bytes).unwrap();
        for args in [
            &["log", "--time", "iso"][..],
            &["-o", "none", "store", "verify"],
        ] {
            let output = run_in(at, args);
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(!said.contains("panicked"), "{name:?} {place}: {said}");
            if output.status.success() {
                let told = String::from_utf8_lossy(&output.stdout);
                assert!(
                    told.is_empty() || told == answer,
                    "{name:?} {place}: {told}"
                );
            } else {
                // Only what says what the store is can keep it from being opened.
                assert!(name.ends_with("store.json"), "{name:?} {place}: {said}");
                assert!([7, 8].contains(&code(&output)), "{place}: {said}");
            }
        }
        assert_eq!(fs::read(segment(at)).unwrap(), journal, "{name:?}");
    }
}

// spec: ACK-1
#[test]
fn what_lies_beside_the_journal_can_be_gone_or_garbage() {
    let made = sled();
    let all = ["anchor", "durable", "lock", "index", "snapshots"];
    let mut cases: Vec<Vec<&str>> = all.iter().map(|one| vec![*one]).collect();
    cases.push(all.to_vec());
    for gone in cases {
        for is_garbage in [false, true] {
            for first in ["progress", "store verify", "add x"] {
                let folder = tempfile::tempdir().unwrap();
                let at = folder.path();
                copy_all(made.path(), at);
                for name in &gone {
                    spoil(&at.join(".orch").join(name), is_garbage);
                }
                let output = wide(at, first).output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                assert_eq!(code(&output), 0, "{gone:?} {is_garbage} {first}: {said}");
                let n_tasks = n_tasks(at);
                let wanted = if first == "add x" { "4\n" } else { "3\n" };
                assert_eq!(n_tasks, wanted, "{gone:?} {is_garbage} {first}");
                ok(at, &["add", "y"]);
                ok(at, &["store", "verify"]);
            }
        }
    }
}

/// Removes a file or folder, or puts garbage in its place.
fn spoil(path: &Path, is_garbage: bool) {
    if path.is_dir() {
        fs::remove_dir_all(path).unwrap();
    } else {
        fs::remove_file(path).unwrap();
    }
    if is_garbage {
        fs::write(path, "\u{0}garbage\n{{{").unwrap();
    }
}

#[test]
fn a_snapshot_that_is_garbage_is_as_good_as_none() {
    let folder = sled();
    let at = folder.path();
    let snapshots = at.join(".orch/snapshots");
    let before = ok(at, &["--json", "status", "--at", "3"]);
    for name in ["0123-4567.json", "nonsense", "x.new"] {
        fs::write(snapshots.join(name), "{\"fold\":\"another\"}\u{0}").unwrap();
    }
    assert_eq!(ok(at, &["--json", "status", "--at", "3"]), before);
    ok(at, &["add", "y"]);
    ok(at, &["store", "verify"]);
}
