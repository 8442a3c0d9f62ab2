//! `orch what-if`.

use std::path::Path;

use crate::support::{EXAMPLE, code, json, root, run, run_suggested, shown, shown_in};

/// Writes a file of drafts and returns its name.
fn drafts(folder: &Path, lines: &[&str]) -> String {
    let file = folder.join("drafts.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    file.to_string_lossy().into_owned()
}

const PASS: &str = r#"{"by":"human:ada","kind":"gate_decided","data":{"task":"writer","attempt":2,"gate":"reviewer","decider":"human:ada","verdict":"waived"}}"#;

#[test]
fn without_a_command_it_shows_what_would_be_different() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "what-if", "--drop", "19"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "what-if", "--move", "33=31"]));
}

#[test]
fn any_command_that_reads_can_follow_and_says_that_it_is_about_a_fork() {
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "what-if", "--drop", "23", "--", "why", "writer"
    ]));
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "what-if", "--drop", "33", "--", "log", "--tail", "2"
    ]));
    for words in [
        &["status"][..],
        &["progress"],
        &["diff"],
        &["blame", "writer"],
        &["timeline"],
        &["show", "33"],
    ] {
        let args = [&["-S", EXAMPLE, "what-if", "--drop", "30", "--"], words].concat();
        let output = run(&args);
        assert!(
            output.stdout.starts_with(b"FORK: without record 30"),
            "{words:?}"
        );
        let answer = json(&[&args[..], &["--json"]].concat());
        assert_eq!(
            answer["fork"]["edits"],
            serde_json::json!(["without record 30"])
        );
        assert_eq!(answer["fork"]["first"], 30);
        for next in answer["next"].as_array().unwrap() {
            let next = next.as_str().unwrap();
            assert!(next.contains("what-if --drop=30 -- "), "{next}");
            assert_eq!(code(&run_suggested(&root(), next)), 0, "{next}");
        }
    }
    assert!(
        json(&["-S", EXAMPLE, "--json", "status"])
            .get("fork")
            .is_none()
    );
}

#[test]
fn what_is_put_in_counts_and_the_log_stays_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log.jsonl");
    std::fs::copy(root().join(EXAMPLE), &log).unwrap();
    let before = std::fs::read(&log).unwrap();
    let log = log.to_str().unwrap();
    let file = drafts(folder.path(), &[PASS, ""]);
    let status = |words: &[&str]| {
        let args = [
            &["-S", log, "--json", "what-if"],
            words,
            &["--", "show", "writer"],
        ]
        .concat();
        json(&args)["data"]["task"]["status"].clone()
    };
    assert_eq!(status(&["--insert", &file]), "accepted");
    assert_eq!(status(&["--insert", &format!("22={file}")]), "accepted");
    assert_eq!(status(&["--replace", &format!("33={file}")]), "accepted");
    assert_eq!(status(&["--drop", "33"]), "in_review");
    assert_eq!(std::fs::read(log).unwrap(), before);
    let answer = json(&[
        "-S",
        log,
        "--json",
        "what-if",
        "--insert",
        &format!("22={file}"),
    ]);
    assert_eq!(answer["fork"]["inserted"], serde_json::json!([23]));
    assert_eq!(answer["fork"]["records"], 35);
    let changes = answer["data"]["changes"].as_array().unwrap();
    let writer = changes.iter().find(|it| it["id"] == "writer").unwrap();
    assert_eq!(writer["marks"][0], "done");
    assert_eq!(writer["records"], serde_json::json!([23]));
}

#[test]
fn an_edit_that_breaks_a_rule_shows_as_an_anomaly() {
    let found = json(&["-S", EXAMPLE, "--json", "what-if", "--drop", "10"]);
    let codes = found["data"]["new_anomalies"].as_array().unwrap();
    assert!(
        codes.iter().any(|it| it["code"] == "unknown_agent"),
        "{codes:?}"
    );
}

#[test]
fn what_cannot_be_put_in_is_named_by_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(root().join(EXAMPLE), folder.path().join("log.jsonl")).unwrap();
    let refused = |lines: &[&str]| {
        drafts(folder.path(), lines);
        let args = ["-S", "log.jsonl", "what-if", "--insert", "drafts.jsonl"];
        shown_in(folder.path(), &args)
    };
    insta::assert_snapshot!(refused(&[PASS, "", "{"]));
    insta::assert_snapshot!(refused(&[
        r#"{"by":"host","kind":"gate_decide","data":{}}"#
    ]));
    insta::assert_snapshot!(refused(&[r#"{"by":"host","kind":"note","data":{}}"#]));
    insta::assert_snapshot!(refused(&[""]));
    assert_eq!(
        code(&run(&[
            "-S",
            EXAMPLE,
            "what-if",
            "--insert",
            "no-such-file"
        ])),
        3
    );
}

#[test]
fn an_edit_that_makes_no_sense_is_refused() {
    for (words, exit) in [
        (&["what-if", "--drop", "99"][..], 3),
        (&["what-if", "--drop", "5", "--move", "5=7"], 2),
        (&["what-if", "--move", "5"], 2),
        (&["what-if", "--replace", "x=y"], 2),
        (&["what-if", "--", "status"], 2),
        (&["what-if", "--drop", "5", "--", "add", "more"], 2),
        (&["what-if", "--drop", "5", "--", "export", "jsonl"], 2),
        (
            &["what-if", "--drop", "5", "--", "what-if", "--drop", "6"],
            2,
        ),
        (&["what-if", "--drop", "5", "--", "stauts"], 2),
    ] {
        let args = [&["-S", EXAMPLE], words].concat();
        assert_eq!(code(&run(&args)), exit, "{words:?}");
    }
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "what-if", "--drop", "5", "--", "add", "more"
    ]));
}

#[test]
fn flags_count_on_either_side_of_the_dashes() {
    let after = json(&[
        "what-if", "--drop", "33", "--", "-S", EXAMPLE, "--json", "--at", "20", "status",
    ]);
    let before = json(&[
        "-S", EXAMPLE, "--json", "--at", "20", "what-if", "--drop", "33", "--", "status",
    ]);
    assert_eq!(after, before);
    assert_eq!(after["seq"], 20);
    let exit = run(&[
        "-S",
        EXAMPLE,
        "what-if",
        "--drop",
        "33",
        "--",
        "status",
        "--exit-status",
    ]);
    assert_eq!(code(&exit), 11);
}
