//! The same file twice adds nothing; a grown file adds its new rows.

use crate::fixtures::{DEPENDENCIES, EVENTS, ISSUES, NEEDLE};
use crate::support::{Log, import};

/// Returns the first `rows` lines.
fn first(bytes: &[u8], rows: usize) -> Vec<u8> {
    bytes
        .split_inclusive(|&byte| byte == b'\n')
        .take(rows)
        .flatten()
        .copied()
        .collect()
}

fn lines(log: &Log) -> Vec<&str> {
    log.records
        .iter()
        .map(orch_core::record::Record::as_line)
        .collect()
}

// spec: IDEM-1
#[test]
fn importing_the_same_files_again_adds_nothing() {
    let beads: &[(&str, &[u8])] = &[
        ("issues.jsonl", ISSUES),
        ("events.jsonl", EVENTS),
        ("dependencies.jsonl", DEPENDENCIES),
    ];
    for files in [
        beads,
        &beads[..1],
        &beads[1..2],
        &[("k.events.jsonl", NEEDLE)],
    ] {
        let (mut log, first) = import(files);
        assert_eq!(first.total.present, 0);
        let written = log.records.len() as u64;
        assert_eq!(first.total.written, written);
        let again = log.import(files).unwrap();
        assert_eq!((again.total.written, again.total.present), (0, written));
        assert_eq!(log.records.len() as u64, written);
    }
}

// spec: IDEM-1
#[test]
fn a_grown_log_ends_as_if_it_had_been_imported_at_once() {
    for (name, bytes) in [("k.events.jsonl", NEEDLE), ("events.jsonl", EVENTS)] {
        let (whole, _) = import(&[(name, bytes)]);
        let rows = bytes.split(|&byte| byte == b'\n').count();
        for cut in 1..rows {
            let (mut log, _) = import(&[(name, &first(bytes, cut))]);
            log.import(&[(name, bytes)]).unwrap();
            assert_eq!(lines(&log), lines(&whole), "{name} grown after row {cut}");
        }
    }
}

#[test]
fn a_later_snapshot_adds_the_facts_that_are_new() {
    let row = |rest: &str| {
        format!(
            r#"{{"id":"a-1","title":"t","assignee":"w","created_at":"2026-01-01T00:00:00Z",{rest}}}"#
        )
    };
    let (mut log, _) = import(&[("i", row(r#""status":"in_progress""#).as_bytes())]);
    let closed = row(r#""status":"closed","closed_at":"2026-01-02T00:00:00Z""#);
    let report = log.import(&[("i", closed.as_bytes())]).unwrap();
    assert_eq!(report.total.written, 1);
    assert_eq!(log.records.last().unwrap().event().kind(), "handoff");
}

#[test]
fn every_record_has_an_id_of_its_own() {
    let (log, _) = import(&[("issues.jsonl", ISSUES), ("events.jsonl", EVENTS)]);
    let mut ids: Vec<_> = log
        .records
        .iter()
        .map(|record| record.envelope().id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), log.records.len());
}

#[test]
fn the_records_of_one_row_stand_together() {
    let (log, _) = import(&[("issues.jsonl", ISSUES), ("events.jsonl", EVENTS)]);
    let mut commands = log.commands();
    commands.dedup();
    let n_runs = commands.len();
    commands.sort_unstable();
    commands.dedup();
    assert_eq!(commands.len(), n_runs);
}
