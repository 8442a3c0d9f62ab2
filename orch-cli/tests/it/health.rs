//! Logs that are not whole: what is missing, twice or unreadable is said before anything else.

use crate::support::{EXAMPLE, Journal, code, json, root, run, shown_in};

/// The example without some of its lines, as a file in a folder.
fn without(folder: &std::path::Path, lines: &[usize]) -> String {
    let text = std::fs::read_to_string(root().join(EXAMPLE)).unwrap();
    let kept = text.lines().zip(1..);
    let kept = kept.filter(|(_, number)| !lines.contains(number));
    let kept: Vec<&str> = kept.map(|(line, _)| line).collect();
    let path = folder.join("cut.jsonl");
    std::fs::write(&path, kept.join("\n") + "\n").unwrap();
    path.to_string_lossy().into_owned()
}

// spec: ORDER-1
#[test]
fn missing_records_are_named_before_every_answer() {
    let folder = tempfile::tempdir().unwrap();
    let path = without(folder.path(), &[1, 2, 3, 9, 20, 21]);
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "cut.jsonl", "-o", "none", "status"]
    ));
    for read in [
        &["status"][..],
        &["why"],
        &["why-not", "complete"],
        &["log"],
        &["show", "30"],
        &["ready"],
        &["next"],
        &["blocked"],
        &["progress"],
        &["replay"],
        &["missions"],
        &["export", "jsonl"],
    ] {
        let output = run(&[&["-S", &path], read].concat());
        let said = String::from_utf8(output.stderr).unwrap().replace('\n', " ");
        let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains("1 to 3, 9, 20 to 21"), "{read:?}: {said}");
    }
    let status = json(&["-S", &path, "-q", "status", "--json"]);
    assert_eq!(status["warnings"][0]["code"], "seq_gap");
    assert_eq!(
        status["warnings"][0]["records"],
        serde_json::json!([4, 10, 22])
    );
    assert_eq!(status["warnings"][1]["code"], "not_opened");
    // What is missing later did not matter then.
    let past = json(&["-S", &path, "-q", "--at", "15", "status", "--json"]);
    assert_eq!(past["warnings"][0]["records"], serde_json::json!([4, 10]));
}

// spec: FOLD-1, IDEM-1
#[test]
fn positions_that_are_there_twice_and_data_that_cannot_be_read_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Journal::new("m");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"T","lead":"host","rules":1}"#,
    );
    log.json("host", "task_declared", r#"{"task":7}"#);
    let last = log.text().lines().last().unwrap().to_owned();
    let text = format!("{}{last}\n", log.text());
    std::fs::write(folder.path().join("twice.jsonl"), text).unwrap();
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "twice.jsonl", "-o", "none", "status"]
    ));
}

#[test]
fn a_whole_log_has_no_warning() {
    let output = run(&["-S", EXAMPLE, "--at", "-30m", "status"]);
    assert!(output.stderr.is_empty());
}

// spec: ORDER-1
#[test]
fn a_time_is_no_exact_position_where_times_run_backwards() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Journal::new("m");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"T","lead":"host","rules":1}"#,
    );
    for minutes in [10, -5, 20, -8] {
        log.after(minutes).json("host", "note", r#"{"text":"n"}"#);
    }
    log.write(folder.path(), "back.jsonl");
    let at = |position| {
        let args = ["-S", "back.jsonl", "--at", position, "-o", "none", "status"];
        shown_in(folder.path(), &args)
    };
    insta::assert_snapshot!(at("2026-11-20T08:07Z"));
    assert!(at("-16m").contains("run backwards 2 times"));
    assert!(!at("3").contains("warning"));
    assert_eq!(code(&run(&["-S", EXAMPLE, "--at", "~1", "status"])), 0);
}
