//! Real journals, where they are at hand.

use std::collections::BTreeSet;

use crate::support::{code, json, run, samples};

fn sample(name: &str) -> Option<String> {
    samples().map(|folder| folder.join(name).to_string_lossy().into_owned())
}

#[test]
fn a_needle_journal_can_be_read_where_it_lies() {
    let Some(path) = sample("needle/SEAM.events.jsonl") else {
        return;
    };
    let status = json(&["-S", &path, "-q", "status", "--json"]);
    assert_eq!(status["mission"], "SEAM");
    assert!(status["data"]["counts"]["total"].as_u64().unwrap() > 100);
    let why = json(&["-S", &path, "-q", "why", "bf-19bc", "--json"]);
    assert_eq!(why["data"]["task"], "bf-19bc");
    assert!(!why["data"]["answer"].as_str().unwrap().is_empty());
    assert_eq!(code(&run(&["-S", &path, "status"])), 0);
}

#[test]
fn every_row_of_a_needle_journal_can_be_traced_through_import_and_export() {
    let Some(path) = sample("needle/SEAM.events.jsonl") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let dest = folder
        .path()
        .join("seam.jsonl")
        .to_string_lossy()
        .into_owned();
    let report = json(&["-S", &dest, "-q", "import", "auto", &path, "--json"]);
    assert_eq!(report["data"]["report"]["total"]["read"], 17_672);
    let exported = run(&["-S", &dest, "export", "jsonl"]).stdout;
    assert_eq!(exported, std::fs::read(&dest).unwrap());
    let rows: BTreeSet<u64> = exported
        .split(|&byte| byte == b'\n')
        .filter(|line| !line.is_empty())
        .map(|line| {
            let record: serde_json::Value = serde_json::from_slice(line).unwrap();
            record["source"]["row"].as_u64().unwrap()
        })
        .collect();
    let traced = rows.len() as u64;
    let mapped = &report["data"]["report"]["total"];
    // A row that repeats what another says is mapped and makes no record of its own.
    assert!(traced <= mapped["mapped"].as_u64().unwrap());
    assert_eq!(rows.first(), Some(&1));
    assert_eq!(rows.last(), Some(&17_672));
    eprintln!("{traced} of {} rows made records", mapped["read"]);
}

#[test]
fn a_folder_of_many_backups_lists_each_as_a_mission() {
    let Some(path) = sample("beads") else {
        return;
    };
    let missions = json(&["-S", &path, "-q", "missions", "--json"]);
    assert!(
        missions["data"]["items"].as_array().unwrap().len() >= 5,
        "{missions}"
    );
}
