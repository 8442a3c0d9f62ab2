//! Files that were changed after a clean close: an error, or every answer as before.

use std::fs;
use std::path::{Path, PathBuf};

use orch_store::error::StoreError;
use orch_store::index::Index as _;
use orch_store_sled::{SledIndex, Trust};

use crate::support::{Said, Story, copy, files, scratch};

type Opened = Result<(SledIndex, Trust), StoreError>;

/// Closes an index, changes each of its files in many ways, and opens it after each.
///
/// It was opened more than once, so that sled left a snapshot, and is of several segments.
fn each_change(
    is_trusted: bool,
    changes: impl Fn(&[u8]) -> Vec<Option<Vec<u8>>>,
    judge: impl Fn(&Story, &Said, Opened, &str),
) {
    let (folder, path) = scratch();
    let story = Story::of(300);
    let mut index = SledIndex::create(&path).unwrap();
    for (n, (entries, mark)) in story.groups.iter().enumerate() {
        if n % 90 == 89 {
            index.close().unwrap();
            index = SledIndex::open(&path).unwrap().0;
        }
        index.apply(entries, mark).unwrap();
    }
    let said = story.ask(&index).unwrap();
    index.close().unwrap();
    assert!(files(&path).len() >= 4, "{:?}", files(&path));
    if !is_trusted {
        fs::remove_file(path.join("trusted")).unwrap();
    }
    let target = folder.path().join("changed");
    for file in files(&path) {
        let name: PathBuf = file.strip_prefix(&path).unwrap().into();
        for (n, change) in changes(&fs::read(&file).unwrap()).into_iter().enumerate() {
            drop(fs::remove_dir_all(&target));
            copy(&path, &target);
            change_file(&target.join(&name), change);
            let what = format!("change {n} of {}", name.display());
            judge(&story, &said, SledIndex::open(&target), &what);
        }
    }
}

fn change_file(path: &Path, change: Option<Vec<u8>>) {
    match change {
        Some(bytes) => fs::write(path, bytes).unwrap(),
        None => fs::remove_file(path).unwrap(),
    }
}

fn cuts(bytes: &[u8]) -> Vec<Option<Vec<u8>>> {
    let n = bytes.len();
    let mut changes: Vec<_> = [0, 1, 8, 20, n / 4, n / 2, n - n / 4, n - 5, n - 1]
        .map(|at| Some(bytes[..at.min(n - 1)].to_vec()))
        .into();
    changes.push(None);
    changes.push(Some([bytes, b"\0"].concat()));
    changes
}

/// Bits that are spread over the part of a file that says something.
fn flips(bytes: &[u8], n_flips: usize) -> Vec<Option<Vec<u8>>> {
    let end = bytes.iter().rposition(|byte| *byte != 0).unwrap_or(0) + 20;
    let end = end.min(bytes.len());
    let step = (end / n_flips).max(1);
    let offsets = (0..end).step_by(step).enumerate();
    offsets
        .map(|(n, offset)| {
            let mut bytes = bytes.to_vec();
            bytes[offset] ^= 1 << (n % 8);
            Some(bytes)
        })
        .collect()
}

/// A file changed after a close: the index says all that it said before, or nothing.
fn same_or_error(story: &Story, said: &Said, opened: Opened, what: &str) {
    if let Ok((index, _)) = opened {
        assert_eq!(story.ask(&index).as_ref().ok(), Some(said), "{what}");
    }
}

/// Without sums, sled may have lost the end: what it says is right up to its mark, and the mark
/// tells what to apply again.
fn right_or_error(story: &Story, _said: &Said, opened: Opened, what: &str) {
    if let Ok((index, _)) = opened {
        let now = story.ask(&index).unwrap();
        assert_eq!(now, story.told_until(now.position()), "{what}");
    }
}

#[test]
fn a_lost_or_cut_file_never_shortens_an_answer() {
    each_change(true, cuts, same_or_error);
}

#[test]
fn a_flipped_bit_never_changes_an_answer() {
    each_change(true, |bytes| flips(bytes, 250), same_or_error);
}

#[test]
fn a_changed_file_is_named() {
    let judge = |_: &Story, _: &Said, opened: Opened, what: &str| {
        if !what.contains("trusted") {
            let error = opened.unwrap_err();
            let name = what.rsplit('/').next().unwrap();
            assert!(error.to_string().contains(name), "{what}: {error}");
        }
    };
    each_change(true, |bytes| flips(bytes, 3), judge);
}

#[test]
fn without_sums_a_lost_or_cut_file_never_gives_a_wrong_answer() {
    each_change(false, cuts, right_or_error);
}

#[test]
fn without_sums_a_flipped_bit_never_gives_a_wrong_answer() {
    each_change(false, |bytes| flips(bytes, 120), right_or_error);
}
