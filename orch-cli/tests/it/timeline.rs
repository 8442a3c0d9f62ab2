//! `orch timeline`.

use crate::support::{EXAMPLE, Journal, json, orch, run, show, shown};

#[test]
fn each_agent_has_a_lane_with_a_line_for_each_attempt() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "timeline"]));
}

#[test]
fn each_task_has_a_lane_with_what_it_went_through() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "timeline", "--lanes", "task"]));
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "timeline", "--lanes", "task", "--axis", "record"
    ]));
}

#[test]
fn lines_can_be_chosen_and_are_limited() {
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "timeline", "--agent", "coder-2", "--since", "24"
    ]));
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "timeline", "--task", "locale", "--lanes", "task"
    ]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "timeline", "-n", "2"]));
    let all = run(&["-S", EXAMPLE, "timeline", "-n", "2", "-v"]);
    assert_eq!(all.stdout, run(&["-S", EXAMPLE, "timeline"]).stdout);
    let none = json(&["-S", EXAMPLE, "--json", "--at", "0", "timeline"]);
    assert_eq!(none["data"]["items"], serde_json::json!([]));
}

#[test]
fn a_segment_says_what_it_is_and_what_it_waits_for() {
    let timeline = json(&["-S", EXAMPLE, "--json", "timeline", "--task", "locale"]);
    let segments = timeline["data"]["items"][0]["segments"].as_array().unwrap();
    let told: Vec<(&str, Option<&str>, u64)> = segments
        .iter()
        .map(|it| {
            let from = it["from"]["record"].as_u64().unwrap();
            (
                it["status"].as_str().unwrap(),
                it["waits_for"].as_str(),
                from,
            )
        })
        .collect();
    let expected = [
        ("dispatched", Some("start"), 25),
        ("running", None, 26),
        ("blocked", Some("unblocking"), 28),
    ];
    assert_eq!(told, expected);
}

#[test]
fn times_that_run_backwards_are_no_axis() {
    let folder = tempfile::tempdir().unwrap();
    let mut journal = Journal::new("clocks");
    let opened = serde_json::json!({"title": "clocks", "lead": "human:ada", "rules": 1});
    journal.json("human:ada", "mission_opened", opened);
    journal.json(
        "human:ada",
        "task_declared",
        serde_json::json!({"task": "t1", "title": "one"}),
    );
    let joined = serde_json::json!({"agent": "a", "incarnation": 1});
    journal.json("host", "agent_joined", joined);
    let attempt = serde_json::json!({"task": "t1", "attempt": 1, "agent": "a#1"});
    journal.after(60).json("host", "dispatched", &attempt);
    journal
        .after(-120)
        .json("agent:a#1", "attempt_started", &attempt);
    let file = journal.write(folder.path(), "clocks.jsonl");
    let timeline = json(&["-S", &file, "--json", "timeline"]);
    assert_eq!(timeline["data"]["axis"], "record");
    insta::assert_snapshot!(shown(&["-S", &file, "timeline", "-q"]).replace(&file, "FILE"));
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for columns in ["40", "60", "120"] {
        for lanes in ["agent", "task"] {
            let args = ["-S", EXAMPLE, "timeline", "--lanes", lanes];
            let output = orch(&args).env("COLUMNS", columns).output().unwrap();
            let text = show(&args, &output);
            let width: usize = columns.parse().unwrap();
            let is_narrow = |line: &str| line.chars().count() <= width;
            assert!(text.lines().skip(1).all(is_narrow), "{columns}: {text}");
        }
    }
}
