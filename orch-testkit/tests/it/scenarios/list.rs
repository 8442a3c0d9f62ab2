//! `docs/incidents.md` lists every scenario, and says what its snapshot shows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One row of the document.
struct Row {
    id: String,
    fixture: String,
    source: String,
    title: String,
    says: String,
}

fn kit() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The names of the files in a folder that end so, without that end.
fn names(folder: &Path, end: &str) -> BTreeSet<String> {
    let files = fs::read_dir(folder).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    names
        .filter_map(|name| name.strip_suffix(end).map(str::to_owned))
        .collect()
}

fn fixtures() -> BTreeSet<String> {
    let folders = ["incidents", "seeds"].map(|kind| kit().join("fixtures").join(kind));
    folders.iter().flat_map(|it| names(it, ".jsonl")).collect()
}

/// Every row that names a scenario: `| [ID](fixture) | title | what orch says | [tests](source) |`.
fn rows() -> Vec<Row> {
    let text = fs::read_to_string(kit().join("../docs/incidents.md")).unwrap();
    let rows = text.lines().filter(|line| line.starts_with("| ["));
    rows.map(|line| {
        let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [scenario, title, says, tests] = cells[..] else {
            panic!("not four cells: {line}");
        };
        let (id, fixture) = link(scenario);
        let (_, source) = link(tests);
        let (title, says) = (title.to_owned(), says.to_owned());
        Row {
            id,
            fixture,
            source,
            title,
            says,
        }
    })
    .collect()
}

/// The text and the target of a link.
fn link(cell: &str) -> (String, String) {
    let parts = cell.strip_prefix('[').and_then(|it| it.strip_suffix(')'));
    let (text, target) = parts.and_then(|it| it.split_once("](")).unwrap();
    (text.to_owned(), target.to_owned())
}

#[test]
fn every_incident_has_a_scenario() {
    let fixtures = fixtures();
    for n in 1..=30 {
        let prefix = format!("D{n:02}-");
        let has_one = fixtures.iter().any(|id| id.starts_with(&prefix));
        assert!(has_one, "no scenario begins with {prefix}");
    }
    for seed in ["S000", "S001", "S002", "S003", "S004"] {
        assert!(
            fixtures.iter().any(|id| id.starts_with(seed)),
            "no scenario of {seed}"
        );
    }
}

#[test]
fn the_document_lists_every_scenario_with_its_title_and_its_test() {
    let rows = rows();
    let listed: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert!(listed.is_sorted(), "the rows are in the order of their ids");
    let listed: BTreeSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!(listed, fixtures());
    assert_eq!(
        listed,
        names(&kit().join("tests/it/scenarios/snapshots"), ".snap")
    );
    let docs = kit().join("../docs");
    for row in &rows {
        let Row { id, .. } = row;
        let log = fs::read_to_string(docs.join(&row.fixture)).unwrap();
        assert!(row.fixture.ends_with(&format!("/{id}.jsonl")), "{id}");
        assert!(
            log.contains(&row.title) || id == "S004e-not-opened",
            "{id}: {}",
            row.title
        );
        let source = fs::read_to_string(docs.join(&row.source)).unwrap();
        assert!(
            source.contains(&format!("\"{id}\"")),
            "{id} is not in {}",
            row.source
        );
    }
}

#[test]
fn what_the_document_says_of_a_scenario_is_in_its_snapshot() {
    for Row { id, says, .. } in rows() {
        let path = kit().join(format!("tests/it/scenarios/snapshots/{id}.snap"));
        let told = fs::read_to_string(path).unwrap();
        let quoted: Vec<&str> = says.split('`').skip(1).step_by(2).collect();
        assert!(!quoted.is_empty(), "{id}: nothing is quoted");
        for word in quoted {
            assert!(told.contains(word), "{id}: {word} is not in its snapshot");
        }
    }
}
