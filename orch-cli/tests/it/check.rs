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
        (2, "check login nonsense", "usage"),
        (2, "check ready", "usage"),
        (2, "check running", "usage"),
        (3, "check logout done", "id_unknown"),
        (3, "-m other check done", "mission_unknown"),
    ] {
        let error = live.error(exit, line);
        assert_eq!(error["code"], wanted, "{line}");
    }
}
