//! `check`: how something stands, as an exit code.

use crate::support::live::Live;
use crate::support::{EXAMPLE, code, run};

/// Runs a check, and returns its exit code with what it says.
fn checked(live: &mut Live, line: &str) -> (i32, String) {
    let output = live.run(line);
    (code(&output), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_code_says_how_a_task_stands() {
    let mut live = Live::with_task();
    let stands = |live: &mut Live, exit, line: &str, said: &str| {
        let found = checked(live, line);
        assert_eq!(found, (exit, format!("{said}\n")), "{line}");
    };
    stands(&mut live, 0, "check login ready", "yes: task login is open");
    stands(&mut live, 0, "check login open", "yes: task login is open");
    stands(&mut live, 10, "check login done", "no: task login is open");
    stands(
        &mut live,
        10,
        "check login settled",
        "no: task login is open",
    );
    live.ok("-A coder claim login");
    live.ok("-A coder start login");
    stands(
        &mut live,
        10,
        "check login ready",
        "no: task login is running",
    );
    live.ok("-A coder handoff login --status done");
    live.ok("ack 7");
    stands(
        &mut live,
        0,
        "check login done",
        "yes: task login is accepted",
    );
    stands(
        &mut live,
        0,
        "check login settled",
        "yes: task login is accepted",
    );
    stands(
        &mut live,
        12,
        "check login running",
        "no: task login is accepted",
    );
    live.ok("add more --id more");
    live.ok("cancel more");
    stands(
        &mut live,
        12,
        "check more done",
        "no: task more is cancelled",
    );
    stands(
        &mut live,
        12,
        "check more settled",
        "yes: task more is cancelled",
    );
}

#[test]
fn the_code_says_how_the_mission_stands() {
    let mut live = Live::with_task();
    assert_eq!(checked(&mut live, "check done").0, 10);
    assert_eq!(checked(&mut live, "check stuck").0, 10);
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    live.ok("ack 6");
    assert_ne!(checked(&mut live, "check done").0, 0);
    live.ok("close");
    assert_eq!(checked(&mut live, "check done").0, 0);
    assert_eq!(checked(&mut live, "check settled").0, 0);
    assert_eq!(checked(&mut live, "check stuck").0, 12);
    assert_eq!(code(&run(&["-S", EXAMPLE, "check", "done"])), 11);
    assert_eq!(code(&run(&["-S", EXAMPLE, "check", "stuck"])), 0);
    let past = checked(&mut live, "--at 2 check done").0;
    assert_ne!(past, 0);
}

#[test]
fn a_check_in_json_says_the_same_as_its_code() {
    let mut live = Live::with_task();
    let output = live.run("check login done --json");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(code(&output), 10);
    assert_eq!(
        answer["data"],
        serde_json::json!({
            "task": "login", "condition": "done", "holds": false,
            "standing": "in_progress", "status": "task login is open",
        })
    );
    let seq = live.n_records();
    assert_eq!(answer["seq"], seq);
}

#[test]
fn what_cannot_be_checked_is_an_error_of_its_own() {
    let mut live = Live::with_task();
    for (exit, line, wanted) in [
        (2, "check login nonsense", "expression"),
        (2, "check ready", "expression"),
        (2, "check running", "expression"),
        (2, "check 'task.login.statsu == \"open\"'", "expression"),
        (2, "check 'task.login.status == \"done\"'", "expression"),
        (3, "check logout done", "id_unknown"),
        (3, "check task.logout.done", "id_unknown"),
        (3, "check 'agent.codr.live'", "id_unknown"),
        (
            3,
            "check 'task.login.gate.reviewer == \"approved\"'",
            "id_unknown",
        ),
        (3, "-m other check done", "mission_unknown"),
    ] {
        let error = live.error(exit, line);
        assert_eq!(error["code"], wanted, "{line}");
    }
}

#[test]
fn an_expression_is_answered_by_the_same_codes_as_a_word() {
    let mut live = Live::with_task();
    let asked = |live: &mut Live, exit, line: &str, said: &str| {
        let found = checked(live, line);
        assert_eq!(found, (exit, format!("{said}\n")), "{line}");
    };
    let both = "check 'mission.complete && task.login.status == \"accepted\"'";
    let no = "no: mission.complete is no; task.login.status is open";
    asked(&mut live, 10, both, no);
    let open = "check login 'open && attempts == 0'";
    asked(
        &mut live,
        0,
        open,
        "yes: task.login.open is yes; task.login.attempts is 0",
    );
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    live.ok("ack 6");
    // The task has ended, and will not be so any more.
    let gone = "no: task.login.open is no; task.login.attempts is 1";
    asked(&mut live, 12, open, gone);
    asked(
        &mut live,
        0,
        "check task.login.settled",
        "yes: task.login.settled is yes",
    );
    live.ok("close");
    let yes = "yes: mission.complete is yes; task.login.status is accepted";
    asked(&mut live, 0, both, yes);
    let none = "check 'any(tasks, blocked) || count(agents, live) > 5'";
    let no = "no: any(tasks, blocked) is no; count(agents, live) is 2 (coder#1, tess#1)";
    asked(&mut live, 12, none, no);
}

#[test]
fn an_expression_may_name_what_was_not_there_yet_at_the_position() {
    let mut live = Live::with_task();
    live.ok("add more --id more");
    assert_eq!(checked(&mut live, "--at 3 check task.more.exists").0, 10);
    assert_eq!(checked(&mut live, "check task.more.exists").0, 0);
}

#[test]
fn what_the_parts_of_an_expression_come_to_is_in_the_json() {
    let mut live = Live::with_task();
    let output = live.run("check 'tasks == 1 && task.login.owner == none' --json");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(code(&output), 0);
    assert_eq!(
        answer["data"]["readings"],
        serde_json::json!([
            {"asked": "mission.tasks", "value": "1"},
            {"asked": "task.login.owner", "value": "none"},
        ])
    );
    assert_eq!(answer["data"]["task"], serde_json::Value::Null);
}

#[test]
fn an_error_names_the_place_in_the_expression() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("check 'task.login.done && task.lgoin.done'"));
    let error = live.error(2, "check login 'done || statsu == \"open\"'");
    assert_eq!(
        error["excerpt"],
        serde_json::json!({
            "text": "done || statsu == \"open\"", "start": 8, "end": 14,
            "label": "did you mean `status`?",
        })
    );
    assert_eq!(error["hint"], "orch help expressions");
    // It is said before a store is looked for.
    let nowhere = run(&["-S", "no-such-file", "check", "mission.complete &&"]);
    assert_eq!(code(&nowhere), 2);
}
