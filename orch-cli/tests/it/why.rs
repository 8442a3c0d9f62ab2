//! `orch why`.

use crate::support::{EXAMPLE, Journal, json, shown, shown_in};

#[test]
fn a_task_is_followed_down_to_its_roots() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why", "notes"]));
}

#[test]
fn an_agent_is_told_what_it_holds_owes_and_waits_for() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why", "coder-2"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why", "coder-1"]));
}

#[test]
fn a_task_that_moves_or_ended_has_an_answer_too() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why", "spec"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "18", "why", "writer"]));
}

#[test]
fn every_task_at_every_position_has_an_answer() {
    for seq in 7..=34 {
        for task in ["spec", "writer", "download", "locale", "audit", "notes"] {
            let at = seq.to_string();
            let why = json(&["-S", EXAMPLE, "--at", &at, "why", task, "--json"]);
            assert!(
                !why["data"]["answer"].as_str().unwrap().is_empty(),
                "{task} at {seq}"
            );
        }
    }
}

// spec: DEP-3
#[test]
fn a_ring_of_needs_is_called_a_deadlock() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Journal::new("ring");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"Ring","lead":"host","rules":1}"#,
    );
    log.json(
        "host",
        "task_declared",
        r#"{"task":"a","title":"A","needs":[{"task":"b"}]}"#,
    );
    log.json(
        "host",
        "task_declared",
        r#"{"task":"b","title":"B","needs":[{"task":"a"}]}"#,
    );
    log.write(folder.path(), "ring.jsonl");
    let path = "ring.jsonl";
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", path, "why", "--exit-status"]
    ));
    insta::assert_snapshot!(shown_in(folder.path(), &["-S", path, "why", "a"]));
}

#[test]
fn a_closed_mission_says_how_it_ended() {
    let folder = tempfile::tempdir().unwrap();
    let mut log = Journal::new("done");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"Done","lead":"host","rules":1,"empty":true}"#,
    );
    log.json("host", "mission_closed", r#"{"outcome":"completed"}"#);
    log.write(folder.path(), "done.jsonl");
    let path = "done.jsonl";
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", path, "why", "--exit-status"]
    ));
    let mut log = Journal::new("dropped");
    log.json(
        "host",
        "mission_opened",
        r#"{"title":"Dropped","lead":"host","rules":1}"#,
    );
    log.json(
        "host",
        "mission_closed",
        r#"{"outcome":"cancelled","reason":"no longer wanted"}"#,
    );
    log.write(folder.path(), "dropped.jsonl");
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "dropped.jsonl", "status", "--exit-status"]
    ));
}

#[test]
fn a_person_the_lead_and_the_host_are_told_what_waits_for_them() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "why", "human:ada"]));
    let lead = json(&["-S", EXAMPLE, "why", "lead", "--json"]);
    assert_eq!(lead["data"]["also"], "human:ada");
    assert_eq!(lead["data"]["owes"].as_array().unwrap().len(), 3);
    let host = json(&["-S", EXAMPLE, "why", "host", "--json"]);
    assert_eq!(host["data"]["answer"], "nothing waits for it");
    // A blocker counts where no obligation stands behind it.
    let folder = tempfile::tempdir().unwrap();
    let mut log = Journal::new("idle");
    let opened = r#"{"title":"T","lead":"human:ada","rules":1}"#;
    log.json("host", "mission_opened", opened);
    log.json("host", "task_declared", r#"{"task":"lead","title":"A"}"#);
    log.write(folder.path(), "idle.jsonl");
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "idle.jsonl", "why", "human:ada"]
    ));
    // A task of that name comes first.
    let task = shown_in(folder.path(), &["-S", "idle.jsonl", "why", "lead"]);
    assert!(task.contains("task lead"), "{task}");
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "idle.jsonl", "why-not", "lead"]
    ));
}

#[test]
fn an_agent_that_says_it_waits_is_said_to_wait() {
    let mut live = crate::support::live::Live::with_task();
    live.ok("-A coder hold agent:coder --on agent:tess");
    let why = live.json("why coder");
    assert_eq!(why["data"]["declared"][0]["on"], "agent:tess");
    assert_eq!(why["data"]["answer"], "it waits for agent:tess, as it says");
}
