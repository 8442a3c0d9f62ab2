//! The files beside the journal that tell how far it is: gone, old, or alone.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use orch_store::coordinator::Coordinator;
use orch_store::error::StoreError;
use orch_store::segments::{self, Kind, Reader};

use crate::support::{Home, done, fill, open, story};

const MARKS: [&str; 2] = ["anchor", "durable"];

/// A store with records, and its story.
fn filled() -> (Home, Vec<String>) {
    let home = Home::new();
    fill(&Coordinator::new(Arc::new(home.open())));
    let told = story(&Reader::open(&home.root()).unwrap()).unwrap();
    (home, told)
}

// spec: ACK-1
#[test]
fn a_reader_sees_everything_whichever_marks_are_gone() {
    for gone in [&MARKS[..1], &MARKS[1..], &MARKS[..]] {
        let (home, told) = filled();
        for mark in gone {
            fs::remove_file(home.root().join(mark)).unwrap();
        }
        let reader = Reader::open(&home.root()).unwrap();
        assert_eq!(story(&reader).unwrap(), told, "{gone:?}");
    }
}

// spec: ACK-1
#[test]
fn a_reader_sees_everything_after_a_power_cut_that_left_an_old_mark() {
    let home = Home::new();
    let marks = MARKS.map(|mark| home.root().join(mark));
    let old = marks.clone().map(|mark| fs::read(mark).unwrap());
    fill(&Coordinator::new(Arc::new(home.open())));
    let told = story(&Reader::open(&home.root()).unwrap()).unwrap();
    for (mark, old) in marks.iter().zip(old) {
        fs::write(mark, old).unwrap();
    }
    let reader = Reader::open(&home.root()).unwrap();
    assert_eq!(story(&reader).unwrap(), told);
    // Whoever opens it to write publishes the end, and the reader goes on from there.
    let coordinator = Coordinator::new(Arc::new(home.open()));
    done(&coordinator, "new", &open());
    let more = story(&reader).unwrap();
    assert_eq!(more, story(&**coordinator.journal()).unwrap());
    assert!(more.len() > told.len());
}

#[test]
fn without_marks_a_journal_that_is_not_whole_is_damage() {
    let (home, _) = filled();
    for mark in MARKS {
        fs::remove_file(home.root().join(mark)).unwrap();
    }
    let last = segments(&home).pop().unwrap();
    let bytes = fs::read(&last).unwrap();
    fs::write(&last, &bytes[..bytes.len() - 9]).unwrap();
    let error = Reader::open(&home.root()).unwrap_err();
    assert!(matches!(error, StoreError::Damaged { .. }), "{error}");
}

#[test]
fn a_journal_that_is_gone_is_missed_by_its_first_segment() {
    for gone in [&[][..], &MARKS[..]] {
        let (home, _) = filled();
        fs::remove_dir_all(home.root().join("journal")).unwrap();
        for mark in gone {
            fs::remove_file(home.root().join(mark)).unwrap();
        }
        let first = home.root().join("journal/00000000000000000001.jsonl");
        let read = Reader::open(&home.root()).unwrap_err();
        let written = home.try_open().unwrap_err();
        for error in [read, written] {
            assert!(
                matches!(&error, StoreError::Damaged { path, .. } if *path == first),
                "{error}"
            );
        }
    }
}

#[test]
fn a_store_that_cannot_say_what_it_is_is_damaged_and_no_other_folder() {
    for spoil in [
        |path| fs::remove_file(path),
        |path| fs::write(path, ""),
        |path| fs::write(path, "{\"orch_store\":{}}"),
        |path| fs::remove_file(&path).and_then(|()| fs::create_dir(path)),
    ] as [fn(PathBuf) -> std::io::Result<()>; 4]
    {
        let (home, _) = filled();
        spoil(home.root().join("store.json")).unwrap();
        assert!(segments::is_store(&home.root()));
        for error in [
            Reader::open(&home.root()).unwrap_err(),
            home.try_open().unwrap_err(),
        ] {
            assert!(matches!(error, StoreError::Unidentified { .. }), "{error}");
        }
        let made = segments::create(&home.root(), Kind::Jsonl);
        assert!(matches!(made, Err(StoreError::Exists { .. })));
    }
}

#[test]
fn a_store_is_made_only_in_a_folder_that_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("no/such/store");
    let error = segments::create(&at, Kind::Jsonl).unwrap_err();
    assert!(matches!(error, StoreError::NoFolder { .. }), "{error}");
    assert!(!folder.path().join("no").exists());
}

/// The segments, in order.
fn segments(home: &Home) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.root().join("journal")).unwrap();
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}
