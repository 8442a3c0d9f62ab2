//! Work: `dispatch`, `claim`, `start`, `beat`, `handoff`, `fail`, `release`, `retry`, `tick`.

use crate::support::code;
use crate::support::live::Live;

#[test]
fn a_dispatch_names_the_attempt_and_what_to_do_with_it() {
    let mut live = Live::with_task();
    let answer =
        live.json("dispatch login --to cod --workspace /tmp/w --branch b --clock start=5m");
    assert_eq!(answer["schema"], "orch.write/1");
    assert_eq!(answer["data"]["outcome"], "accepted");
    assert_eq!(answer["data"]["result"]["attempt"], 1);
    assert_eq!(answer["data"]["result"]["agent"], "coder#1");
    assert_eq!(answer["data"]["effects"][0]["kind"], "deliver");
    assert_eq!(answer["data"]["effects"][1]["at"], "2026-11-20T08:10:00Z");
    assert_eq!(answer["next"][0], "orch -A coder start login --attempt 1");
}

#[test]
fn only_an_agent_reports_on_its_work_and_the_error_says_which() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("claim login"));
    live.ok("-A coder claim login");
    insta::assert_snapshot!(live.shown("start login"));
    insta::assert_snapshot!(live.shown("-A human:bob handoff login --status done"));
    insta::assert_snapshot!(live.shown("-A tess handoff login --status done"));
}

#[test]
fn an_agent_that_never_joined_is_told_how() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("-A robin claim login"));
    insta::assert_snapshot!(live.shown("dispatch login --to codr"));
}

#[test]
fn a_sign_of_life_is_progress_when_it_says_something() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder start login");
    for (line, kind) in [
        ("-A coder beat login", "heartbeat"),
        ("-A coder beat login --silent 20m", "heartbeat"),
        ("-A coder beat login --percent 10", "progress"),
        ("-A coder beat login --note 'it works'", "progress"),
        ("-A coder beat login --progress", "progress"),
    ] {
        assert_eq!(
            live.json(line)["data"]["records"][0]["kind"],
            kind,
            "{line}"
        );
    }
    live.error(2, "-A coder beat login --percent 101");
}

#[test]
fn a_handoff_moves_the_task_where_its_status_says() {
    for (flags, status) in [
        ("--status done --summary 'all of it'", "accepted"),
        ("--status partial --remaining 'the tests'", "open"),
        ("--status blocked --blocked-on human:ada", "blocked"),
        ("--status failed --error 'it broke'", "open"),
        ("--summary x", "reported"),
    ] {
        let mut live = Live::with_task();
        live.ok("-A coder claim login");
        live.ok("-A coder start login");
        let answer = live.json(&format!("-A coder handoff login {flags}"));
        assert_eq!(answer["data"]["result"]["status"], status, "{flags}");
    }
}

#[test]
fn evidence_is_a_kind_with_a_value_or_a_file_that_is_there() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    std::fs::write(live.folder().join("report.md"), "all good").unwrap();
    live.error(
        2,
        "-A coder handoff login --status done --evidence missing.md",
    );
    live.ok("-A coder handoff login --status done --evidence report.md --evidence commit=1");
    let record = live.json("show 6");
    insta::assert_snapshot!(record["data"]["record"]["data"]["evidence"]);
}

#[test]
fn a_contradictory_handoff_comes_back_with_the_honest_one() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    insta::assert_snapshot!(
        live.shown("-A coder handoff login --status done --remaining 'the tests'")
    );
}

#[test]
fn a_failed_task_is_retried_after_its_backoff() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder fail login --error 'it broke'");
    live.after(-1);
    insta::assert_snapshot!(live.shown("retry login"));
    assert_eq!(
        live.after(60).json("retry login")["data"]["result"]["attempt"],
        2
    );
    let mut live = Live::with_task();
    assert_eq!(live.error(2, "retry login")["code"], "usage");
}

#[test]
fn what_is_said_too_late_is_evidence_and_ends_with_9() {
    let mut live = Live::with_task();
    live.ok("agent register other");
    live.ok("-A coder claim login");
    live.ok("rebind login --to other --reason 'coder is gone'");
    let line = "-A coder handoff login --status done --summary 'here it is'";
    let dry = live.json(&format!("{line} --dry-run"));
    assert_eq!(dry["data"]["outcome"], "would_be_late");
    insta::assert_snapshot!(live.shown(line));
    assert_eq!(live.status_of("login"), "running");
    let output = live.run("-A coder beat login --json");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).unwrap();
    assert_eq!(
        (code(&output), &answer["data"]["outcome"]),
        (9, &"late".into())
    );
    assert_eq!(
        (&error["code"], &error["exit"]),
        (&"fenced".into(), &9.into())
    );
    // It counts after all: by the very command that was suggested.
    live.ok("correct adopt login 8 --reason 'it counts after all'");
    assert_eq!(live.status_of("login"), "accepted");
}

#[test]
fn an_older_attempt_can_be_named() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder release login --reason 'not mine'");
    live.ok("-A coder claim login");
    let late = live.run("-A coder handoff login --status done --attempt 1");
    assert_eq!(code(&late), 9);
    let mut command = live.command("-A coder handoff login --status done");
    assert_eq!(code(&command.env("ORCH_ATTEMPT", "1").output().unwrap()), 9);
    live.ok("-A coder handoff login --status done");
}

#[test]
fn the_end_of_an_attempt_is_seen_by_others_in_the_name_of_its_owner() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    let answer = live.json("release login --how exited --code 1");
    assert_eq!(answer["data"]["result"]["agent"], "coder#1");
    assert_eq!(live.status_of("login"), "open");
}

#[test]
fn clocks_that_have_run_out_are_recorded_by_a_tick() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("tick"));
    live.ok("dispatch login --to coder --clock start=5m");
    live.after(10);
    insta::assert_snapshot!(live.shown("tick"));
}

#[test]
fn what_is_delivered_is_accepted_as_well() {
    let mut live = Live::with_task();
    live.ok("correct amend login --deliver-gate shipped --reason 'it has to be shipped'");
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    live.ok("check login accepted");
    live.ok("gate pass login shipped");
    live.ok("deliver login");
    assert_eq!(live.status_of("login"), "delivered");
    live.ok("check login accepted");
    live.ok("wait login --for accepted");
    live.ok("check login delivered");
}

#[test]
fn a_wait_that_ends_because_nothing_moves_says_so_and_leads_to_why() {
    let mut live = Live::with_task();
    live.ok("correct amend login --gate tester --reason 'it must be tested'");
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    insta::assert_snapshot!(live.shown("wait"));
    insta::assert_snapshot!(live.shown("wait login"));
    insta::assert_snapshot!(live.shown("check done"));
}
