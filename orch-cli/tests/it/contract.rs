//! The JSON contract: one object, the same envelope, the same bytes each time.

use crate::support::{EXAMPLE, json, root, run, run_suggested};

const READS: &[&[&str]] = &[
    &["status"],
    &["why"],
    &["why", "notes"],
    &["why", "coder-2"],
    &["why-not", "complete"],
    &["why-not", "ready"],
    &["why-not", "writer"],
    &["log"],
    &["show", "33"],
    &["show", "writer"],
    &["show", "rita"],
    &["ready"],
    &["next"],
    &["blocked"],
    &["prime"],
    &["problems"],
    &["progress"],
    &["replay"],
    &["diff", "20", "34"],
    &["blame", "writer"],
    &["blame", "coder-2.holds"],
    &["timeline"],
    &["timeline", "--lanes", "task", "--axis", "record"],
    &["what-if", "--drop", "33"],
    &["what-if", "--move", "33=20", "--", "why", "writer"],
    &["what-if", "--drop", "33,30", "--", "blame", "audit"],
    &["missions"],
    &["mission", "list"],
    &["agent", "list"],
    &["agent", "show", "rita"],
    &["dep", "tree"],
    &["dep", "tree", "writer"],
    &["dep", "cycles"],
    &["findings", "get", "writer"],
    &["inbox", "human:nobody"],
    &["check", "stuck"],
    &["check", "task.writer.in_review && tasks > 3"],
    &["bisect", "mission.verdict == \"stuck\""],
    &["bisect", "writer", "in_review", "--changes"],
    &["bisect", "mission.complete"],
    &["rules"],
    &["rules", "--table", "task"],
    &["explain", "fenced"],
    &["version"],
];

#[test]
fn every_read_prints_one_object_in_the_same_envelope() {
    for read in READS {
        let args = [&["-S", EXAMPLE, "--json"], *read].concat();
        let output = run(&args);
        let text = String::from_utf8(output.stdout).unwrap();
        assert_eq!(text.lines().count(), 1, "{args:?}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let schema = value["schema"].as_str().unwrap();
        assert!(
            schema.starts_with("orch.") && schema.ends_with("/1"),
            "{schema}"
        );
        assert!(value["data"].is_object(), "{args:?}");
        assert!(
            value["warnings"].is_array() && value["next"].is_array(),
            "{args:?}"
        );
        assert!(
            value.get("mission").is_some() && value.get("seq").is_some(),
            "{args:?}"
        );
    }
}

#[test]
fn the_same_read_prints_the_same_bytes() {
    for read in READS {
        for output in ["text", "json", "jsonl"] {
            let args = [&["-S", EXAMPLE, "-o", output], *read].concat();
            assert_eq!(run(&args).stdout, run(&args).stdout, "{args:?}");
        }
    }
}

#[test]
fn what_is_suggested_can_be_run() {
    for read in READS {
        let args = [&["-S", EXAMPLE, "--json"], *read].concat();
        for next in suggested(&args) {
            let code = crate::support::code(&run_suggested(&root(), &next));
            assert_eq!(code, 0, "{next}");
        }
    }
}

fn suggested(args: &[&str]) -> Vec<String> {
    let value: serde_json::Value = serde_json::from_slice(&run(args).stdout).unwrap();
    let next = value["next"].as_array().unwrap().iter();
    next.map(|next| next.as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_suggested_looks_at_the_same_store_mission_and_position() {
    for at in ["21", "~13", "2026-11-20T08:54:00Z", "-54m"] {
        let flags = ["-S", EXAMPLE, "-m", "billing", "--at", at, "--json"];
        for read in [&["status"][..], &["why"], &["show", "writer"], &["ready"]] {
            for next in suggested(&[&flags, read].concat()) {
                let output = run_suggested(&root(), &format!("{next} --json"));
                let value: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
                assert!(next.contains("-m billing"), "{next}");
                let before = &json(&[&flags, read].concat())["seq"];
                assert_eq!(value["seq"], *before, "{next}");
            }
        }
    }
    let record = suggested(&["-S", EXAMPLE, "--at", "21", "--json", "show", "20"]);
    assert_eq!(record, [format!("orch -S {EXAMPLE} --at 20 status")]);
}

#[test]
fn an_error_is_one_line_of_json_on_standard_error() {
    for args in [
        &["-S", EXAMPLE, "--json", "show", "nobody"][..],
        &["-S", "no-such-file.jsonl", "--json", "status"],
        &["-S", EXAMPLE, "--json", "--at", "99", "status"],
        &["--json", "explain", "no_such_code"],
        &["--json", "no-such-command"],
    ] {
        let output = run(args);
        assert!(output.stdout.is_empty(), "{args:?}");
        let text = String::from_utf8(output.stderr.clone()).unwrap();
        assert_eq!(text.lines().count(), 1, "{args:?}: {text}");
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["schema"], "orch.error/1");
        assert_eq!(value["exit"], crate::support::code(&output));
        assert!(value["evidence"].is_array() && value["retryable"] == false);
        let docs = value["docs"].as_str().unwrap();
        let words: Vec<&str> = docs.split(' ').skip(1).collect();
        assert_eq!(crate::support::code(&run(&words)), 0, "{docs}");
    }
}
