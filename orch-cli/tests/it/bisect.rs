//! `bisect`: the record after which something is so.

use crate::support::live::Live;
use crate::support::{EXAMPLE, code, json, run, shown};

/// Asks for a condition of the example that comes with orch, as JSON.
fn bisected(args: &[&str]) -> serde_json::Value {
    json(&[&["-S", EXAMPLE, "--json", "bisect"], args].concat())["data"].clone()
}

#[test]
fn the_first_record_is_told_with_what_it_changed_and_where_to_look_further() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "bisect", "any(tasks, blocked)"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "bisect", "writer", "in_review"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "bisect", "anomaly(\"zombie\")"]));
}

#[test]
fn a_condition_that_comes_and_goes_is_found_where_it_first_came() {
    let args = ["-S", EXAMPLE, "bisect", "count(tasks, running) > 0"];
    insta::assert_snapshot!(shown(&args));
    insta::assert_snapshot!(shown(&[&args[..], &["--last"]].concat()));
    insta::assert_snapshot!(shown(&[&args[..], &["--changes"]].concat()));
}

#[test]
fn every_position_agrees_with_a_check_at_it() {
    let conditions = [
        "mission.verdict == \"stuck\"",
        "count(tasks, running) > 0",
        "task.writer.in_review || task.notes.cause(\"gate_open\")",
        "all(tasks, !ready)",
        "mission.obligations > 1 && !agent.rita.live",
    ];
    for condition in conditions {
        let found = bisected(&[condition, "--changes"]);
        let changes = found["changes"].as_array().unwrap();
        let mut holds = found["held_at_start"].as_bool().unwrap();
        for seq in 1..=34_u64 {
            let change = changes.iter().find(|one| one["record"]["seq"] == seq);
            holds = change.map_or(holds, |one| one["holds"].as_bool().unwrap());
            let at = seq.to_string();
            let checked = run(&["-S", EXAMPLE, "--at", &at, "check", condition]);
            assert_eq!(code(&checked) == 0, holds, "{condition} at {seq}");
        }
        assert_eq!(found["holds"], holds, "{condition}");
        assert_eq!(found["n_changes"], changes.len(), "{condition}");
    }
}

#[test]
fn what_held_from_the_start_and_what_never_holds_are_told_apart() {
    let never = run(&["-S", EXAMPLE, "bisect", "mission.complete"]);
    assert_eq!(code(&never), 3);
    assert_eq!(never.stdout, b"it never holds\n");
    let always = run(&["-S", EXAMPLE, "bisect", "!mission.complete"]);
    assert_eq!(code(&always), 0);
    assert_eq!(
        always.stdout,
        b"it held before the first record, and always since\n"
    );
    let gone = bisected(&["!any(tasks, blocked)"]);
    assert_eq!(gone["held_at_start"], true);
    assert_eq!(gone["first"], serde_json::Value::Null);
    assert_eq!(gone["last"]["record"]["seq"], 28);
    assert_eq!(gone["last"]["holds"], false);
}

#[test]
fn only_what_is_up_to_the_position_is_looked_at() {
    let args = ["-S", EXAMPLE, "--at", "27", "bisect", "any(tasks, blocked)"];
    assert_eq!(code(&run(&args)), 3);
    // The name of something that comes later is no slip.
    let args = ["-S", EXAMPLE, "--at", "2", "bisect", "task.writer.done"];
    assert_eq!(code(&run(&args)), 3);
}

#[test]
fn a_name_that_the_log_never_has_is_an_error_and_not_never() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "bisect", "task.writr.done"]));
    let missing = run(&["-S", EXAMPLE, "bisect", "agent.nobody.live"]);
    assert!(missing.stdout.is_empty());
    assert_eq!(code(&missing), 3);
    assert_eq!(code(&run(&["-S", EXAMPLE, "bisect", "writer", "don"])), 2);
}

#[test]
fn each_change_is_a_line_when_lines_are_asked_for() {
    let args = ["-S", EXAMPLE, "-o", "jsonl", "bisect", "--changes"];
    let output = run(&[&args[..], &["count(tasks, running) > 0"]].concat());
    let text = String::from_utf8(output.stdout).unwrap();
    let seqs = text.lines().map(|line| {
        let change: serde_json::Value = serde_json::from_str(line).unwrap();
        (
            change["record"]["seq"].as_u64().unwrap(),
            change["holds"].as_bool().unwrap(),
        )
    });
    let wanted = [
        (13, true),
        (14, false),
        (17, true),
        (20, false),
        (26, true),
        (28, false),
    ];
    assert_eq!(seqs.collect::<Vec<_>>(), wanted);
}

#[test]
fn it_is_found_in_a_store_that_grows() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("note 'nothing to do with it'");
    live.ok(
        "-A coder handoff login --status blocked --blocked-on human:ada --summary 'which colour'",
    );
    live.ok("note 'nor this'");
    let found = live.json("bisect task.login.blocked");
    assert_eq!(found["data"]["first"]["record"]["seq"], 7);
    assert_eq!(
        found["data"]["first"]["changed"],
        serde_json::json!([{"asked": "task.login.blocked", "before": "no", "after": "yes"}])
    );
    assert_eq!(found["next"][0], "orch --at 7 why login");
    live.ok("correct unblock login --reason 'green'");
    let found = live.json("bisect task.login.blocked");
    assert_eq!(found["data"]["first"]["record"]["seq"], 7);
    assert_eq!(found["data"]["last"]["record"]["seq"], 9);
    assert_eq!(found["data"]["holds"], false);
}
