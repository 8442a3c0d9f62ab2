//! `orch show`.

use crate::support::{EXAMPLE, code, json, run, shown};

#[test]
fn a_task_is_shown_with_its_needs_gates_attempts_and_history() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "writer"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "notes"]));
}

#[test]
fn a_record_is_shown_with_what_it_did() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "33"]));
}

#[test]
fn an_agent_is_shown_with_what_it_holds_and_owes() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "coder-2"]));
}

#[test]
fn an_id_may_be_short_when_nothing_else_begins_like_it() {
    assert_eq!(
        json(&["-S", EXAMPLE, "show", "wri", "--json"])["data"]["task"]["id"],
        "writer"
    );
    assert_eq!(
        json(&["-S", EXAMPLE, "show", "rita#1", "--json"])["data"]["agent"]["agent"],
        "rita#1"
    );
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "coder"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "writr"]));
    assert_eq!(code(&run(&["-S", EXAMPLE, "show", "99"])), 3);
    assert_eq!(code(&run(&["-S", EXAMPLE, "show", "task:rita"])), 3);
}

#[test]
fn a_record_after_the_position_is_not_there_yet() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "20", "show", "30"]));
    assert_eq!(code(&run(&["-S", EXAMPLE, "--at", "20", "show", "20"])), 0);
}

#[test]
fn a_dispatch_is_no_sign_of_life() {
    for read in [
        &["status"][..],
        &["show", "audit"],
        &["show", "planner"],
        &["why", "planner"],
    ] {
        let output = run(&[&["-S", EXAMPLE], read].concat());
        let text = String::from_utf8(output.stdout).unwrap();
        let attempts = text.lines().filter(|line| line.contains("34m ago"));
        let attempts: Vec<&str> = attempts
            .filter(|line| line.contains("dispatched"))
            .collect();
        assert!(
            attempts.iter().any(|line| line.contains("none")),
            "{read:?}: {text}"
        );
    }
    let status = json(&["-S", EXAMPLE, "status", "--json"]);
    let none = &status["data"]["in_flight"][0]["last_alive"];
    assert_eq!(*none, serde_json::Value::Null);
}
