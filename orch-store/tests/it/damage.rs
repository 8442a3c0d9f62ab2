//! Damage: every flipped bit and every cut is found and named, or does not matter.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::DateTime;
use orch_core::ids::Seq;
use orch_core::record::Batch;
use orch_store::coordinator::Coordinator;
use orch_store::cursor::Cursor;
use orch_store::error::StoreError;
use orch_store::journal::{Append, Expect, Journal as _};
use orch_store::segments::Reader;
use uuid::Uuid;

use crate::support::{Home, done, fill, lead, mission, planned, story, task};

/// Every file of a folder, however deep.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = entries
        .flat_map(|path| {
            if path.is_dir() {
                files(&path)
            } else {
                vec![path]
            }
        })
        .collect();
    found.sort();
    found
}

/// Reads the store in every way there is; the story of each, or the first error.
fn read(home: &Home) -> Result<Vec<Vec<String>>, StoreError> {
    let reader = Reader::open(&home.root())?;
    let locked = home.try_open()?.journal;
    locked.verify(&mut |_| ())?;
    Ok(vec![story(&reader)?, story(&locked)?])
}

/// Changes each file in turn, and checks that nobody is told a shorter or a different history.
fn never_in_silence(changes: impl Fn(&[u8]) -> Vec<Vec<u8>>) -> usize {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    let whole = read(&home).unwrap();
    let kept: Vec<(PathBuf, Vec<u8>)> = files(&home.root())
        .into_iter()
        .map(|path| (path.clone(), fs::read(path).unwrap()))
        .collect();
    let mut n_refused = 0;
    for (path, bytes) in &kept {
        for changed in changes(bytes) {
            fs::write(path, &changed).unwrap();
            match read(&home) {
                Ok(told) => assert_eq!(told, whole, "{} was changed", path.display()),
                Err(_) => n_refused += 1,
            }
            fs::remove_dir_all(home.root()).unwrap();
            for (path, bytes) in &kept {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, bytes).unwrap();
            }
        }
    }
    n_refused
}

#[test]
fn never_a_shorter_or_different_history_after_a_flipped_bit() {
    let n_refused = never_in_silence(|bytes| {
        // A prime step, so that over the files every bit of a byte and every kind of line is met.
        (0..bytes.len() * 8)
            .step_by(37)
            .map(|bit| {
                let mut changed = bytes.to_vec();
                changed[bit / 8] ^= 1 << (bit % 8);
                changed
            })
            .collect()
    });
    assert!(n_refused > 500, "only {n_refused} changes were noticed");
}

#[test]
fn never_a_shorter_history_after_a_cut() {
    let n_refused = never_in_silence(|bytes| {
        let lengths = (0..bytes.len()).step_by(29);
        lengths.map(|length| bytes[..length].to_vec()).collect()
    });
    assert!(n_refused > 50, "only {n_refused} cuts were noticed");
}

#[test]
fn never_a_shorter_history_without_a_whole_segment() {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    let segments = files(&home.root().join("journal"));
    assert!(segments.len() > 2, "{segments:?}");
    for path in segments {
        let aside = path.with_extension("aside");
        fs::rename(&path, &aside).unwrap();
        let told = read(&home);
        assert!(told.is_err(), "{} was missing", path.display());
        fs::rename(&aside, &path).unwrap();
    }
    read(&home).unwrap();
}

/// The last segment of a store.
fn last_segment(home: &Home) -> PathBuf {
    files(&home.root().join("journal")).pop().unwrap()
}

#[test]
fn what_a_crash_left_behind_the_last_append_is_cut_off_and_kept() {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    let whole = story(&home.open()).unwrap();
    let path = last_segment(&home);
    let bytes = fs::read(&path).unwrap();
    // Half of a record, a record without its commit, and zeros that the system left.
    for rest in [&b"{\"v\":1,\"se"[..], b"{\"v\":1}\n", &[0; 300]] {
        let torn = [&bytes, rest].concat();
        fs::write(&path, &torn).unwrap();
        assert_eq!(story(&Reader::open(&home.root()).unwrap()).unwrap(), whole);
        let opened = home.try_open().unwrap();
        let cut = opened.opening.torn.clone().unwrap();
        assert_eq!(cut.bytes, rest.len() as u64);
        assert_eq!(fs::read(cut.kept).unwrap(), rest);
        assert_eq!(story(&opened.journal).unwrap(), whole);
        drop(opened);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn a_segment_that_a_crash_left_half_made_is_made_anew() {
    let home = Home::new();
    let coordinator = Coordinator::new(Arc::new(home.open()));
    fill(&coordinator);
    drop(coordinator);
    let end = home.open().end().unwrap().position;
    let last = last_segment(&home);
    let half = last.with_file_name(format!("{:020}.jsonl", end.0 + 1));
    if half == last {
        // The store rolled at its very end: the segment is there and empty.
        return;
    }
    for head in ["", "{\"orch_segm"] {
        fs::write(&half, head).unwrap();
        let coordinator = Coordinator::new(Arc::new(home.open()));
        assert!(!half.exists());
        done(&coordinator, "auth", &task(&format!("after {head}")));
        coordinator.journal().verify(&mut |_| ()).unwrap();
        if last_segment(&home) != last {
            return;
        }
    }
}

/// A store with an anchor at its end, in a segment that holds records.
fn anchored() -> Home {
    let home = Home::new();
    let store = home.roomy();
    for name in ["auth", "auth2"] {
        let batch = Batch {
            mission: mission(name),
            head: Seq::ZERO,
            at: DateTime::UNIX_EPOCH,
            by: lead(),
            command: None,
            request: None,
            cause: None,
        };
        let events = (0..200).flat_map(|n| planned(&format!("t{n}"))).collect();
        let records = batch.seal(events, Uuid::now_v7).unwrap();
        let append = Append::new(Expect::New, records).unwrap();
        store.append(append).unwrap();
    }
    home
}

#[test]
fn a_journal_that_is_shorter_than_its_anchor_is_refused_and_left_as_it_is() {
    let home = anchored();
    let path = last_segment(&home);
    let bytes = fs::read(&path).unwrap();
    let second = bytes.len() / 2;
    let mut flipped = bytes.clone();
    flipped[20] ^= 1;
    for changed in [&bytes[..bytes.len() - 1], &bytes[..second], b"", &flipped] {
        fs::write(&path, changed).unwrap();
        let error = home.try_open().unwrap_err();
        assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
        assert!(fs::read(&path).unwrap() == changed, "the file was changed");
    }
    fs::write(&path, &bytes).unwrap();
    assert_eq!(home.open().end().unwrap().position.0, 400);
}

#[test]
fn a_reader_finds_what_was_acknowledged_though_a_power_cut_took_the_marks_back() {
    let home = Home::new();
    let marks = ["durable", "anchor"].map(|name| home.root().join(name));
    let before = marks.clone().map(|path| fs::read(path).unwrap());
    // In one segment: a new one writes the marks once more, after the last answer.
    let coordinator = Coordinator::on(home.roomy());
    fill(&coordinator);
    let whole = story(&**coordinator.journal()).unwrap();
    let after = marks.clone().map(|path| fs::read(path).unwrap());
    let restore = |kept: &[Vec<u8>; 2]| {
        for (path, bytes) in marks.iter().zip(kept) {
            fs::write(path, bytes).unwrap();
        }
    };
    restore(&before);
    // As long as somebody writes, the mark alone says what is durable.
    let reader = Reader::open(&home.root()).unwrap();
    assert!(story(&reader).unwrap().is_empty());
    restore(&after);
    assert_eq!(story(&reader).unwrap(), whole);
    drop(coordinator);
    restore(&before);
    let reader = Reader::open(&home.root()).unwrap();
    assert_eq!(story(&reader).unwrap(), whole);
    // It goes on with whoever writes next.
    let coordinator = Coordinator::new(Arc::new(home.open()));
    assert_eq!(story(&reader).unwrap(), whole);
    done(&coordinator, "auth", &task("t9"));
    let more = story(&**coordinator.journal()).unwrap();
    assert!(more.len() > whole.len());
    assert_eq!(story(&reader).unwrap(), more);
}

#[test]
fn who_reads_on_from_a_cursor_reads_no_segment_before_it() {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    let journal = home.open();
    let all = journal
        .read_all(&Cursor::start(journal.id()), usize::MAX)
        .unwrap();
    drop(journal);
    // Nothing is known of places in it that was read before.
    let journal = home.open();
    let first = files(&home.root().join("journal")).remove(0);
    fs::write(&first, "gone").unwrap();
    let mut cursor = all.next;
    cursor.position.0 -= 1;
    let page = journal.read_all(&cursor, usize::MAX).unwrap();
    assert_eq!(page.records.last(), all.records.last());
    assert_eq!(page.records.len(), 1);
    let start = Cursor::start(journal.id());
    journal.read_all(&start, usize::MAX).unwrap_err();
}
