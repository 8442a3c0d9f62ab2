//! `--at`: what is told of a position is what would be told if the log ended there.

use serde_json::Value;

use crate::support::{EXAMPLE, code, json, run, run_in, shown_in};

/// Every command that reads a mission, with words that make sense at each of the positions below.
const READS: &[&[&str]] = &[
    &["status"],
    &["why"],
    &["why", "notes"],
    &["why-not", "complete"],
    &["why-not", "ready"],
    &["why-not", "writer"],
    &["log"],
    &["log", "--task", "writer"],
    &["show", "12"],
    &["show", "writer"],
    &["show", "coder-1"],
    &["ready"],
    &["blocked"],
    &["progress"],
    &["prime"],
    &["problems"],
    &["reconcile"],
    &["lint"],
    &["replay"],
    &["diff", "10"],
    &["diff", "--since", "~4"],
    &["blame", "writer"],
    &["blame", "coder-1"],
    &["blame", "mission"],
    &["timeline"],
    &["timeline", "--lanes", "task"],
    &["what-if", "--drop", "12"],
    &["what-if", "--drop", "12", "--", "status"],
    &["missions"],
    &["mission", "list"],
    &["agent", "list"],
    &["agent", "show", "coder-1"],
    &["dep", "tree"],
    &["dep", "cycles"],
    &["findings", "get", "writer"],
    &["inbox", "human:ada"],
    &["check", "writer", "accepted"],
];

#[test]
fn what_is_told_of_a_position_is_what_a_log_that_ends_there_tells() {
    let folder = tempfile::tempdir().unwrap();
    for at in ["16", "21", "29"] {
        let file = folder.path().join(format!("{at}.jsonl"));
        let file = file.to_str().unwrap();
        let exported = run(&["-S", EXAMPLE, "--at", at, "export", "jsonl", file]);
        assert_eq!(code(&exported), 0);
        for read in READS {
            // In a fork a position is one of the fork, which is shorter by a record.
            let is_fork = read[0] == "what-if";
            let past = if is_fork {
                (at.parse::<u64>().unwrap() - 1).to_string()
            } else {
                at.to_owned()
            };
            let then = json(&[&["-S", EXAMPLE, "--at", &past, "--json"], *read].concat());
            let short = json(&[&["-S", file, "--json"], *read].concat());
            if is_fork && read.len() == 3 {
                // The log is looked at, at the same number.
                assert_eq!(then["data"]["before"]["seq"], then["data"]["after"]["seq"]);
                continue;
            }
            // Some answers name the store.
            let short = short.to_string().replace(file, EXAMPLE);
            let short: Value = serde_json::from_str(&short).unwrap();
            assert_eq!(said(&then), said(&short), "{read:?} at {at}");
        }
    }
}

/// What an answer says, without the commands that it suggests.
fn said(answer: &Value) -> (&Value, &Value, Value) {
    let mut data = answer["data"].clone();
    without_commands(&mut data);
    (&answer["seq"], &answer["as_of"], data)
}

/// Takes out what names the store, and whether more follows.
fn without_commands(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for name in ["command", "commands", "is_head"] {
                fields.remove(name);
            }
            fields.values_mut().for_each(without_commands);
        }
        Value::Array(items) => items.iter_mut().for_each(without_commands),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn nothing_is_written_into_the_past() {
    let folder = tempfile::tempdir().unwrap();
    for command in [
        "init",
        "mission new Sign-in",
        "add login",
        "agent register coder",
        "claim login -A coder",
    ] {
        let words: Vec<&str> = command.split(' ').collect();
        assert_eq!(code(&run_in(folder.path(), &words)), 0, "{command}");
    }
    for command in [
        "add logout",
        "dep add login logout",
        "agent register tess",
        "agent retire coder",
        "dispatch login --to coder",
        "claim login",
        "start login",
        "beat login",
        "handoff login --status done",
        "fail login --error no",
        "release login",
        "retry login",
        "skip login",
        "cancel login",
        "deliver login",
        "gate pass login tester",
        "message coder hello",
        "ack 3",
        "note hello",
        "findings put login --title t --body b",
        "hold agent:coder --on lock:x",
        "correct unblock login --reason no",
        "rebind login --to coder --reason no",
        "stand-down coder",
        "shutdown coder",
        "inventory coder",
        "run start",
        "tick",
        "close",
        "archive",
        "mission new Other",
        "init",
        "import auto nothing.jsonl",
        "store info",
        "validate",
    ] {
        let words: Vec<&str> = ["--at", "2"]
            .into_iter()
            .chain(command.split(' '))
            .collect();
        let output = run_in(folder.path(), &words);
        let error = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(code(&output), 2, "{command}: {error}");
        assert!(error.contains("--at is for reading"), "{command}: {error}");
    }
    insta::assert_snapshot!(shown_in(folder.path(), &["--at", "2", "add", "logout"]));
    insta::assert_snapshot!(shown_in(folder.path(), &["--at", "2", "init"]));
}

#[test]
fn missions_that_have_no_such_position_are_left_out() {
    let listed = |at: &str| {
        let missions = json(&["-S", EXAMPLE, "--at", at, "missions", "--json"]);
        missions["data"]["items"].as_array().unwrap().len()
    };
    assert_eq!((listed("21"), listed("99")), (1, 0));
}
