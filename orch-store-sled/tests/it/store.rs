//! The store with its index: whatever happens to sled's files, nothing is lost and it is said.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use orch_core::command::Command;
use orch_core::ids::{HumanName, MissionId, Seq, TaskId};
use orch_store::coordinator::{Ask, Coordinator};
use orch_store::error::StoreError;
use orch_store::journal::Journal;
use orch_store::segments::{self, IndexState, Kind, Opening, Options, Segments};
use orch_store_sled::SledIndex;

struct Home {
    folder: tempfile::TempDir,
}

impl Home {
    /// A store with a mission of a few records, closed.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home = Self { folder };
        segments::create(&home.root(), Kind::Sled).unwrap();
        let coordinator = Coordinator::on(home.open().0);
        let ada = HumanName::parse("ada").unwrap();
        let ask = || Ask::new(ada.clone());
        let mission = mission();
        coordinator
            .execute(&mission, &Command::open("kept", ada.clone()), &ask())
            .unwrap();
        for n in 0..40 {
            let task = TaskId::parse(&format!("t{n}")).unwrap();
            coordinator
                .execute(&mission, &Command::declare(task, "one of many"), &ask())
                .unwrap();
        }
        home
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("store")
    }

    fn index(&self) -> PathBuf {
        self.root().join("index")
    }

    fn try_open(&self) -> Result<(Segments<SledIndex>, Opening), StoreError> {
        let mut options = Options::default();
        options.lock_wait = Duration::from_millis(50);
        let opened = orch_store_sled::open(&self.root(), &options)?;
        Ok((opened.journal, opened.opening))
    }

    fn open(&self) -> (Segments<SledIndex>, Opening) {
        self.try_open().unwrap()
    }
}

fn mission() -> MissionId {
    MissionId::parse("m").unwrap()
}

fn lines(journal: &dyn Journal) -> Vec<String> {
    let records = journal.read(&mission(), Seq::ZERO, usize::MAX).unwrap();
    records
        .iter()
        .map(|record| record.as_line().to_owned())
        .collect()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = paths
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

#[test]
fn an_index_that_was_closed_is_whole_at_the_next_opening() {
    let home = Home::new();
    let (journal, opening) = home.open();
    assert_eq!(opening.index, IndexState::Whole);
    assert_eq!(lines(&journal).len(), 41);
    journal.verify(&mut |_| ()).unwrap();
}

#[test]
fn a_deleted_index_is_made_anew() {
    let home = Home::new();
    let whole = lines(&home.open().0);
    fs::remove_dir_all(home.index()).unwrap();
    let (journal, opening) = home.open();
    assert_eq!(opening.index, IndexState::Made { records: 41 });
    assert_eq!(lines(&journal), whole);
    journal.verify(&mut |_| ()).unwrap();
}

/// Changes each file of the index in turn, as `change` makes of its bytes the `n`th of `n_changes`
/// times; says how often that was noticed and told.
fn always_mended(n_changes: usize, change: impl Fn(&[u8], usize) -> Option<Vec<u8>>) -> usize {
    let home = Home::new();
    let whole = lines(&home.open().0);
    let mut n_told = 0;
    for file in 0..files(&home.index()).len() {
        for n in 0..n_changes {
            // Each opening closes the index anew, and some of its files get other names.
            let files = files(&home.index());
            let Some(path) = files.get(file) else {
                continue;
            };
            match change(&fs::read(path).unwrap(), n) {
                Some(changed) => fs::write(path, changed).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
            let (journal, opening) = home.open();
            assert_eq!(lines(&journal), whole, "{}", path.display());
            journal.verify(&mut |_| ()).unwrap();
            n_told += usize::from(matches!(opening.index, IndexState::Rebuilt { .. }));
        }
    }
    n_told
}

#[test]
fn a_file_of_the_index_that_is_deleted_or_cut_off_loses_nothing() {
    let n_told = always_mended(3, |bytes, n| match n {
        0 => None,
        1 => bytes.get(..bytes.len() / 2).map(<[u8]>::to_vec),
        _ => Some(Vec::new()),
    });
    assert!(n_told >= 4, "{n_told}");
}

#[test]
fn a_flipped_bit_in_a_file_of_the_index_loses_nothing_and_is_told() {
    let n_told = always_mended(8, |bytes, n| {
        let mut changed = bytes.to_vec();
        let at = bytes.len().saturating_sub(1) * n / 7;
        if let Some(byte) = changed.get_mut(at) {
            *byte ^= 16;
        }
        Some(changed)
    });
    assert!(n_told >= 6, "{n_told}");
}

#[test]
fn a_journal_that_is_shorter_than_its_index_is_named_as_lost() {
    let home = Home::new();
    let path = files(&home.root().join("journal")).pop().unwrap();
    let bytes = fs::read(&path).unwrap();
    let lines: Vec<&[u8]> = bytes.split_inclusive(|&byte| byte == b'\n').collect();
    // The head of the segment, and ten appends of a record and a commit each.
    fs::write(&path, lines[..21].concat()).unwrap();
    for witness in ["anchor", "durable"] {
        fs::remove_file(home.root().join(witness)).unwrap();
    }
    let error = home.try_open().unwrap_err();
    let StoreError::Lost {
        witness,
        seen,
        found,
    } = &error
    else {
        panic!("{error}");
    };
    assert_eq!((*witness, seen.0, found.0), ("the index", 41, 10));
    assert_eq!(fs::read(&path).unwrap(), lines[..21].concat());
}

#[test]
fn an_index_that_lacks_the_last_records_gets_them() {
    let home = Home::new();
    let aside = home.folder.path().join("aside");
    copy(&home.index(), &aside);
    let coordinator = Coordinator::on(home.open().0);
    let ada = HumanName::parse("ada").unwrap();
    let task = TaskId::parse("last").unwrap();
    coordinator
        .execute(
            &mission(),
            &Command::declare(task, "the last"),
            &Ask::new(ada),
        )
        .unwrap();
    drop(coordinator);
    fs::remove_dir_all(home.index()).unwrap();
    copy(&aside, &home.index());
    let (journal, opening) = home.open();
    assert_eq!(opening.index, IndexState::CaughtUp { records: 1 });
    assert_eq!(lines(&journal).len(), 42);
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(path, target).unwrap();
    }
    // sled wants its folder of blobs, which holds nothing.
    fs::create_dir_all(to.join("sled/blobs")).unwrap();
}

#[test]
fn nothing_is_written_behind_damage_in_a_short_journal() {
    let home = Home::new();
    let path = files(&home.root().join("journal")).pop().unwrap();
    let whole = fs::read_to_string(&path).unwrap();
    // The checksum of the second append: its record is as it was, and the index points to it.
    let line = whole.lines().nth(4).unwrap();
    let damaged = whole.replacen(line, &line.replace("\"sum\":\"", "\"sum\":\"0"), 1);
    fs::write(&path, &damaged).unwrap();
    let error = home.try_open().unwrap_err();
    assert!(
        matches!(&error, StoreError::Damaged { after, .. } if after.0 == 1),
        "{error}"
    );
    assert_eq!(fs::read_to_string(&path).unwrap(), damaged);
}
