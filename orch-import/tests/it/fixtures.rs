//! What each fixture becomes, record by record, and what the report says of it.

use orch_import::{Oddity, Report};

use crate::support::import;

pub(crate) const NEEDLE: &[u8] = include_bytes!("../fixtures/needle.jsonl");
pub(crate) const ISSUES: &[u8] = include_bytes!("../fixtures/beads_issues.jsonl");
pub(crate) const EVENTS: &[u8] = include_bytes!("../fixtures/beads_events.jsonl");
pub(crate) const DEPENDENCIES: &[u8] = include_bytes!("../fixtures/beads_dependencies.jsonl");

fn shown(report: &Report) -> String {
    serde_json::to_string_pretty(report).unwrap()
}

#[test]
fn a_needle_log_becomes_dispatches_and_their_ends() {
    let (log, report) = import(&[("kiln.events.jsonl", NEEDLE)]);
    insta::assert_snapshot!("needle_records", log.show());
    insta::assert_snapshot!("needle_report", shown(&report));
}

#[test]
fn a_snapshot_becomes_one_record_for_each_fact() {
    let (log, report) = import(&[("issues.jsonl", ISSUES)]);
    insta::assert_snapshot!("beads_issues_records", log.show());
    insta::assert_snapshot!("beads_issues_report", shown(&report));
}

#[test]
fn events_become_moves() {
    let (log, report) = import(&[("events.jsonl", EVENTS)]);
    insta::assert_snapshot!("beads_events_records", log.show());
    insta::assert_snapshot!("beads_events_report", shown(&report));
}

#[test]
fn moves_come_from_events_and_the_rest_from_the_snapshot() {
    let (log, report) = import(&[
        ("dependencies.jsonl", DEPENDENCIES),
        ("events.jsonl", EVENTS),
        ("issues.jsonl", ISSUES),
    ]);
    insta::assert_snapshot!("beads_together_records", log.show());
    assert!(report.total.adds_up());
    // pr-3 is closed by an event, and in progress in the snapshot.
    assert_eq!(report.count_of(Oddity::SnapshotContradicts), 1);
    assert_eq!(report.count_of(Oddity::DependencyRepeated), 1);
    assert_eq!(report.count_of(Oddity::DanglingDependency), 2);
}

#[test]
fn a_change_that_amends_nothing_is_kept_as_a_note() {
    let row = r#"{"id":1,"issue_id":"a-1","event_type":"updated","actor":"w","old_value":"","new_value":"{\"priority\":\"high\"}","created_at":"2026-01-01T00:00:00Z"}"#;
    let (log, report) = import(&[("events.jsonl", row.as_bytes())]);
    assert_eq!(report.total.mapped, 1);
    let last = log.records.last().unwrap();
    assert_eq!(last.event().kind(), "note");
    assert!(last.as_line().contains("high"));
}
