//! What each fixture becomes, record by record, and what the report says of it.

use orch_core::history::History;
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

#[test]
fn a_snapshot_can_be_looked_at_as_it_was_at_any_time() {
    // The file names the late one first, and the one that needs it is closed before it was.
    let rows = concat!(
        r#"{"id":"k-1","title":"late","status":"closed","priority":1,"issue_type":"task","#,
        r#""created_at":"2026-01-05T00:00:00Z","closed_at":"2026-01-09T00:00:00Z"}"#,
        "\n",
        r#"{"id":"k-2","title":"early","status":"closed","priority":1,"issue_type":"task","#,
        r#""created_at":"2026-01-01T00:00:00Z","closed_at":"2026-01-03T00:00:00Z"}"#,
        "\n",
        r#"{"id":"k-3","title":"too soon","status":"closed","priority":1,"issue_type":"task","#,
        r#""created_at":"2026-01-02T00:00:00Z","closed_at":"2026-01-06T00:00:00Z","#,
        r#""dependencies":[{"issue_id":"k-3","depends_on_id":"k-1","type":"blocks"}]}"#,
        "\n",
    );
    let (log, _) = import(&[("issues.jsonl", rows.as_bytes())]);
    let history = History::new(log.records);
    let counts = |time: &str| {
        let counts = history.at(history.at_time(time.parse().unwrap())).counts();
        (counts.total, counts.done)
    };
    assert_eq!(counts("2026-01-01T12:00:00Z"), (1, 0));
    assert_eq!(counts("2026-01-04T00:00:00Z"), (2, 1));
    assert_eq!(counts("2026-01-08T00:00:00Z"), (3, 1));
    assert_eq!(counts("2026-01-10T00:00:00Z"), (3, 3));
    assert!(
        history.head().anomalies().is_empty(),
        "what is needed is told first"
    );
}

#[test]
fn an_agent_that_was_hooked_and_says_in_progress_has_begun() {
    let row = |n: u32, actor: &str, new: &str| {
        format!(
            "{{\"id\":{n},\"issue_id\":\"a-1\",\"event_type\":\"status_changed\",\"actor\":\"{actor}\",\
             \"old_value\":\"\",\"new_value\":{new:?},\"created_at\":\"2026-01-01T00:0{n}:00Z\"}}\n"
        )
    };
    let hooked = row(1, "mayor", r#"{"status":"hooked","assignee":"ace"}"#);
    let begun = row(2, "ace", r#"{"status":"in_progress"}"#);
    let pushed = row(2, "mayor", r#"{"status":"in_progress"}"#);
    let last_of = |second: &str| {
        let rows = format!("{hooked}{second}");
        let (log, _) = import(&[("events.jsonl", rows.as_bytes())]);
        log.records.last().unwrap().event().kind().to_owned()
    };
    assert_eq!(last_of(&begun), "attempt_started");
    // Somebody else says so for it: no sign of life.
    assert_ne!(last_of(&pushed), "attempt_started");
}

#[test]
fn a_snapshot_claims_what_it_says_and_not_what_must_have_led_to_it() {
    let (_, report) = import(&[("issues.jsonl", ISSUES)]);
    let claims: Vec<String> = report
        .claims
        .iter()
        .map(|claim| format!("{}:{}:{}", claim.row.unwrap(), claim.task, claim.says))
        .collect();
    insta::assert_snapshot!("beads_issues_claims", claims.join("\n"));
}
