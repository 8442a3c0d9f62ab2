//! The flags that every writing command takes.

use crate::support::live::Live;
use crate::support::{code, run_suggested, show};

#[test]
fn the_same_command_under_the_same_key_is_carried_out_once() {
    let mut live = Live::with_task();
    let line = "-A coder claim login --op k1";
    let first = live.json(line);
    let again = live.json(line);
    assert_eq!(again["data"]["outcome"], "already_done");
    for part in ["records", "result", "first", "last"] {
        assert_eq!(first["data"][part], again["data"][part], "{part}");
    }
    insta::assert_snapshot!(live.shown(line));
}

#[test]
fn a_key_is_not_used_for_something_else() {
    let mut live = Live::with_task();
    live.ok("note one --op k1");
    insta::assert_snapshot!(live.shown("note two --op k1"));
    assert_eq!(live.error(6, "note two --op k1")["code"], "op_reused");
}

#[test]
fn a_retry_makes_the_same_command_whatever_time_has_passed() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder start login");
    let line = "-A coder beat login --silent 20m --op k1";
    live.ok(line);
    let again = live.after(30).json(line);
    assert_eq!(again["data"]["outcome"], "already_done");
    // So does an id that was made of a title: it was free when it was asked for.
    live.ok("add 'one more' --op k2");
    assert_eq!(
        live.json("add 'one more' --op k2")["data"]["result"]["task"],
        "one-more"
    );
    assert_eq!(
        live.json("add 'one more'")["data"]["result"]["task"],
        "one-more-2"
    );
}

#[test]
fn a_mission_that_was_opened_under_a_key_is_not_opened_twice() {
    let mut live = Live::empty();
    live.ok("mission new --title 'Sign in' --op k1");
    let again = live.json("mission new --title 'Sign in' --op k1");
    assert_eq!(again["data"]["outcome"], "already_done");
}

#[test]
fn a_dry_run_says_what_would_happen_and_writes_nothing() {
    let mut live = Live::with_task();
    let before = live.n_records();
    insta::assert_snapshot!(live.shown("-A coder claim login -n"));
    insta::assert_snapshot!(live.shown("agent register coder --dry-run"));
    assert_eq!(
        live.json("note x --dry-run")["data"]["outcome"],
        "would_accept"
    );
    assert_eq!(live.n_records(), before);
}

#[test]
fn a_write_can_depend_on_what_was_seen() {
    let mut live = Live::with_task();
    live.ok("note one --expect-seq 4");
    insta::assert_snapshot!(live.shown("note two --expect-seq 4"));
    assert_eq!(live.error(6, "note two --expect-seq 4")["code"], "moved");
    live.error(6, "mission new fresh --expect-seq 1");
    live.ok("mission new fresh --expect-seq 0");
}

#[test]
fn an_actor_is_an_agent_a_person_or_the_host() {
    let mut live = Live::with_task();
    for (actor, by) in [
        ("coder", "agent:coder#1"),
        ("agent:coder", "agent:coder#1"),
        ("coder#1", "agent:coder#1"),
        ("agent:coder#1", "agent:coder#1"),
        ("human:bob", "human:bob"),
        ("host", "host"),
    ] {
        let answer = live.json(&format!("-A {actor} note x"));
        assert_eq!(answer["data"]["records"][0]["by"], by, "{actor}");
    }
    assert_eq!(live.json("note x")["data"]["records"][0]["by"], "human:ada");
    live.error(2, "-A import:beads note x");
    live.error(2, "-A human: note x");
    let mut command = live.command("note x --json");
    let output = command
        .env("ORCH_ACTOR", "tess")
        .env("ORCH_MISSION", "auth")
        .output()
        .unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["data"]["records"][0]["by"], "agent:tess#1");
    let mut command = live.command("note x --json");
    let output = command.env_remove("USER").output().unwrap();
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["data"]["records"][0]["by"], "human:operator");
}

#[test]
fn nothing_is_written_into_the_past() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("--at 2 note x"));
}

#[test]
fn a_store_that_somebody_else_has_is_busy() {
    let live = Live::with_task();
    let held = std::fs::File::open(live.folder().join(".orch/lock")).unwrap();
    held.lock().unwrap();
    let mut command = live.command("--lock-timeout 10ms note x --json");
    let output = command.output().unwrap();
    assert_eq!(code(&output), 75, "{}", show(&["note"], &output));
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(error["retryable"], true);
}

#[test]
fn text_can_be_left_out_and_one_value_picked() {
    let mut live = Live::with_task();
    assert_eq!(live.ok("add tests --field data.result.task"), "tests\n");
    assert_eq!(live.ok("add more -o none"), "");
    assert_eq!(
        live.ok("-A coder claim login --field data.result.attempt"),
        "1\n"
    );
}

#[test]
fn a_field_that_no_answer_has_is_refused_before_anything_is_written() {
    let mut live = Live::with_task();
    for (exit, path) in [
        (3, "data.nope"),
        (3, "nope"),
        (3, "data.records[0].nope"),
        (2, "data.records"),
        (2, "data"),
    ] {
        live.error(exit, &format!("add q5 --field {path}"));
    }
    assert_eq!(live.n_records(), 4);
    for path in ["data.records[0].seq", "data.op", "next[0]", "seq"] {
        live.ok(&format!("add q5 --field {path}"));
    }
}

#[test]
fn an_answer_that_cannot_be_printed_says_that_the_command_was_carried_out() {
    let mut live = Live::with_task();
    let error = live.error(3, "add q5 --field data.records[7].seq");
    let last = |error: &serde_json::Value| {
        let evidence = error["evidence"].as_array().unwrap().last().unwrap();
        evidence["text"].as_str().unwrap().to_owned()
    };
    assert_eq!(
        last(&error),
        "record 5 was written: the command was carried out"
    );
    assert_eq!(error["retryable"], false);
    let hint = error["hint"].as_str().unwrap();
    let again = run_suggested(live.folder(), hint);
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    assert_eq!(again["data"]["outcome"], "already_done");
    if !std::path::Path::new("/dev/full").exists() {
        return;
    }
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = live.command("note x --op k1 --json");
    let output = command.stdout(full.unwrap()).output().unwrap();
    assert_eq!(code(&output), 1);
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(
        last(&error),
        "record 6 was written: the command was carried out"
    );
    assert_eq!(error["retryable"], false);
    let hint = error["hint"].as_str().unwrap();
    assert!(hint.ends_with("note x --op k1 --json"), "{hint}");
}

#[test]
fn a_variable_that_is_set_to_nothing_says_nothing() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    for line in ["note x", "status", "-A coder start login"] {
        let mut command = live.command(line);
        for name in ["ORCH_STORE", "ORCH_MISSION", "ORCH_ACTOR", "ORCH_ATTEMPT"] {
            command.env(name, "");
        }
        let output = command.output().unwrap();
        assert_eq!(code(&output), 0, "{}", show(&[line], &output));
    }
}

#[test]
fn a_number_or_a_time_that_makes_no_sense_is_refused_where_it_is_read() {
    let mut live = Live::with_task();
    live.error(2, "add x --max-attempts 0");
    live.error(2, "findings put login --title t --body b --file f");
    let error = live.error(2, "findings put login --title t");
    assert!(error.to_string().contains("--body"), "{error}");
    let error = live.error(2, "wait --timeout abc");
    let said = error["message"].as_str().unwrap();
    assert!(said.contains("20m"), "{said}");
    for _ in 0..12 {
        live.ok("note x");
    }
    let error = live.error(6, "note y --expect-seq 4");
    let evidence = error["evidence"].as_array().unwrap();
    assert_eq!(evidence.last().unwrap()["text"], "and 4 more records");
    let error = live.error(3, "-S other store restore none");
    assert!(!error["hint"].as_str().unwrap().contains("init"), "{error}");
}
