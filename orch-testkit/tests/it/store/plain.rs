//! The plain file journal: right without a fault, and each fault of its files is one.

use std::fs;
use std::path::Path;

use orch_core::ids::Seq;
use orch_store::error::StoreError;
use orch_store::journal::Journal as _;
use orch_testkit::store::sabotage::{Plain, Wrong};
use orch_testkit::store::{Draft, StoreUnderTest as _, mission};

orch_testkit::store_laws!(Plain::default());

/// Makes a journal of three appends; returns what `end` said before the last of them.
fn filled(folder: &Path, wrong: Option<Wrong>) -> Vec<u8> {
    let journal = Plain { wrong }.open(folder).unwrap();
    let m = mission("m");
    let mut before = Vec::new();
    for head in [0, 2, 4] {
        before = fs::read(folder.join("end")).unwrap_or_default();
        journal
            .append(Draft::new(&m, head).records(2).append())
            .unwrap();
    }
    before
}

/// Opens a copy with other bytes in its log, and tells what it reads.
fn read_with(folder: &Path, log: &[u8], wrong: Option<Wrong>) -> Result<Vec<String>, StoreError> {
    fs::write(folder.join("log"), log).unwrap();
    let journal = Plain { wrong }.open(folder)?;
    let read = journal.read(&mission("m"), Seq::ZERO, usize::MAX)?;
    Ok(read.iter().map(|it| it.as_line().to_owned()).collect())
}

/// Flips a bit of each byte of a log, until something else is read in silence.
fn is_deceived(wrong: Option<Wrong>) -> bool {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), wrong);
    let whole = fs::read(folder.path().join("log")).unwrap();
    let end = fs::read(folder.path().join("end")).unwrap();
    let known = read_with(folder.path(), &whole, wrong).unwrap();
    (0..whole.len()).any(|at| {
        let mut flipped = whole.clone();
        flipped[at] ^= 1;
        fs::write(folder.path().join("end"), &end).unwrap();
        read_with(folder.path(), &flipped, wrong).is_ok_and(|read| read != known)
    })
}

#[test]
fn no_flipped_bit_deceives_it_and_some_deceive_those_that_are_wrong_about_sums() {
    assert!(!is_deceived(None));
    assert!(is_deceived(Some(Wrong::CutsDamage)));
    assert!(is_deceived(Some(Wrong::SumOfRecordsOnly)));
}

#[test]
fn an_append_that_nobody_was_told_of_is_cut_off_wherever_it_is_torn_and_kept_aside() {
    let folder = tempfile::tempdir().unwrap();
    let before = filled(folder.path(), None);
    let whole = fs::read(folder.path().join("log")).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|it| *it == b'\n').collect();
    let begin = whole.len() - lines[3].len();
    let after = fs::read(folder.path().join("end")).unwrap();
    for cut in (begin + 1..whole.len()).step_by(13) {
        let opened = |end: &[u8], wrong| {
            drop(fs::remove_file(folder.path().join("torn")));
            fs::write(folder.path().join("end"), end).unwrap();
            let n_read = read_with(folder.path(), &whole[..cut], wrong).map(|it| it.len());
            (n_read.ok(), folder.path().join("torn").exists())
        };
        assert_eq!(opened(&before, None), (Some(4), true), "cut at {cut}");
        // It was acknowledged: then it is no torn end.
        assert_eq!(opened(&after, None), (None, false), "cut at {cut}");
        let told = opened(&before, Some(Wrong::TearsInSilence));
        assert_eq!(told, (Some(4), false));
        let told = opened(&before, Some(Wrong::RefusesTornTail));
        assert_eq!(told, (None, false));
    }
}

#[test]
fn a_part_of_an_append_is_on_record_only_for_who_adopts_orphans() {
    let folder = tempfile::tempdir().unwrap();
    let before = filled(folder.path(), None);
    let whole = fs::read(folder.path().join("log")).unwrap();
    let torn = &whole[..whole.len() - 9];
    for (wrong, n_wanted) in [(None, 4), (Some(Wrong::AdoptsOrphans), 5)] {
        fs::write(folder.path().join("end"), &before).unwrap();
        assert_eq!(
            read_with(folder.path(), torn, wrong).unwrap().len(),
            n_wanted
        );
    }
}

#[test]
fn a_log_that_is_shorter_than_what_was_acknowledged_is_refused_with_both_numbers() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), None);
    let whole = fs::read(folder.path().join("log")).unwrap();
    let lines: Vec<&[u8]> = whole.split_inclusive(|it| *it == b'\n').collect();
    let shorter = lines[..3].concat();
    let error = read_with(folder.path(), &shorter, None).unwrap_err();
    assert!(matches!(&error, StoreError::Lost { seen, found, .. } if (seen.0, found.0) == (3, 2)));
    let cut = read_with(folder.path(), &shorter, Some(Wrong::CutsDamage)).unwrap();
    assert_eq!(cut.len(), 4);
}

#[test]
fn who_comes_second_is_refused_unless_there_is_no_lock() {
    let folder = tempfile::tempdir().unwrap();
    filled(folder.path(), None);
    let _first = Plain::default().open(folder.path()).unwrap();
    let second = Plain::default().open(folder.path());
    assert!(matches!(second, Err(StoreError::Busy { .. })));
    let unlocked = Plain {
        wrong: Some(Wrong::Unlocked),
    };
    unlocked.open(folder.path()).unwrap();
}
