//! The invariants at every prefix of the logs that are kept in files: fixtures, examples, samples.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use orch_core::ids::Seq;
use orch_core::record::{Record, read_lines};
use orch_import::{Import, Input, Options, Sealer, Taken};
use orch_testkit::invariants::{LogClass, assert_trace};

/// How many rows of each sample are read: every prefix of what they come to is folded and looked at.
const ROWS_MAX: usize = 40;

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// Every file of JSON Lines in a folder and those below it, in order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let is_log = |path: &Path| path.extension().is_some_and(|it| it == "jsonl");
    let below = paths.into_iter().flat_map(|path| {
        if path.is_dir() {
            files(&path)
        } else {
            Vec::from_iter(is_log(&path).then_some(path))
        }
    });
    below.collect()
}

/// Every log that ships with the project.
pub(crate) fn fixtures() -> Vec<(PathBuf, Vec<Record>)> {
    let folders = ["fixtures", "../examples"].map(folder);
    let paths = folders.iter().flat_map(|folder| files(folder));
    paths
        .map(|path| {
            let reading = read_lines(&fs::read(&path).unwrap());
            (path, reading.records)
        })
        .collect()
}

#[test]
fn every_invariant_holds_at_every_prefix_of_every_shipped_log() {
    let all = fixtures();
    assert!(
        all.iter()
            .any(|(path, _)| path.ends_with("stuck-mission.jsonl"))
    );
    for (path, records) in all {
        assert!(!records.is_empty(), "{}", path.display());
        let breaches = assert_trace(&records, LogClass::Any)
            .err()
            .unwrap_or_default();
        assert_eq!(breaches, [], "{}", path.display());
    }
}

/// Every foreign journal that is at hand; says so when there is none.
pub(crate) fn samples() -> Vec<PathBuf> {
    let samples = ["beads", "needle"].map(|name| folder("../../shared/journals").join(name));
    let paths: Vec<PathBuf> = samples.iter().flat_map(|folder| files(folder)).collect();
    if paths.is_empty() {
        // Written to the handle: the test runner would keep what is printed to itself.
        let mut told = std::io::stderr();
        writeln!(told, "skipped: no samples").unwrap();
    }
    paths
}

/// Imports the first rows of a foreign journal.
pub(crate) fn imported(path: &Path, rows_max: usize) -> Vec<Record> {
    let text = fs::read_to_string(path).unwrap();
    let rows: Vec<&str> = text.lines().take(rows_max).collect();
    let rows = rows.join("\n");
    let name = path.file_name().unwrap().to_string_lossy();
    let input = Input::new(&*name, rows.as_bytes());
    let import = Import::open(vec![input], &Options::default()).unwrap();
    let mut sealer = Sealer::new(import.mission().clone(), Seq::ZERO, []);
    let mut log = Vec::new();
    import
        .run(&mut |_| {}, &mut |draft| {
            Ok(match sealer.seal(draft)? {
                Some(record) => {
                    log.push(record);
                    Taken::Written
                }
                None => Taken::Present,
            })
        })
        .unwrap();
    log
}

#[test]
fn every_invariant_holds_at_every_prefix_of_the_first_rows_of_every_sample() {
    for path in samples() {
        let records = imported(&path, ROWS_MAX);
        assert!(!records.is_empty(), "{}", path.display());
        let breaches = assert_trace(&records, LogClass::Any)
            .err()
            .unwrap_or_default();
        assert_eq!(breaches, [], "{}", path.display());
    }
}
