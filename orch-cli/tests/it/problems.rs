//! `orch problems`, and the commands that `problems` and `why` suggest.

use crate::support::live::Live;
use crate::support::{EXAMPLE, shown};

#[test]
fn everything_that_needs_somebody_is_listed_the_worst_first() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "problems"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "6", "problems"]));
}

/// A store in which a worker asks, a reviewer left, and a clock ran out.
fn troubled() -> Live {
    let mut live = Live::with_task();
    live.ok("add 'a page' --id page --gate tester");
    live.ok("dispatch login --to coder");
    live.ok("-A coder start login");
    live.ok("-A coder message lead 'which port?' --class question --task login");
    live.ok("-A tess claim page");
    live.ok("-A tess start page");
    live.ok("-A tess handoff page --status done");
    live
}

#[test]
fn the_commands_that_are_suggested_lead_to_the_end_of_the_mission() {
    let mut live = troubled();
    let mut taken = Vec::new();
    for _ in 0..20 {
        live.after(1);
        let why = live.json("why");
        if why["data"]["verdict"] == "closed" {
            break;
        }
        let fix = &why["data"]["causes"][0]["fixes"][0];
        let command = fix["command"].as_str().unwrap().to_owned();
        live.ok(command.strip_prefix("orch ").unwrap());
        taken.push(fix["words"].as_str().unwrap().to_owned());
    }
    assert_eq!(live.json("why")["data"]["verdict"], "closed");
    insta::assert_snapshot!(taken.join("\n"));
}

#[test]
fn a_look_back_suggests_no_command_that_could_be_run_by_mistake() {
    let mut live = troubled();
    let now = live.json("problems");
    assert!(now["data"]["items"][0]["fixes"][0]["command"].is_string());
    let then = live.json("--at ~1 problems");
    let fix = &then["data"]["items"][0]["fixes"][0];
    assert!(fix["command"].is_null() && fix["words"].is_string());
}

#[test]
fn clocks_that_ran_out_and_late_reports_are_listed() {
    let mut live = Live::with_task();
    live.ok("dispatch login --to coder --clock start=5m");
    live.after(10);
    let problems = live.json("problems");
    assert_eq!(problems["data"]["overdue"][0]["clock"], "start");
    live.ok(problems["next"][0]
        .as_str()
        .unwrap()
        .strip_prefix("orch ")
        .unwrap());
    assert_eq!(
        live.json("problems")["data"]["overdue"]
            .as_array()
            .unwrap()
            .len(),
        0
    );
    live.ok("rebind login --to tess --reason 'coder never began'");
    live.error(9, "-A coder handoff login --attempt 1 --status done");
    let late = live.json("problems")["data"]["late"].clone();
    assert_eq!(
        (&late[0]["task"], &late[0]["kind"]),
        (&"login".into(), &"handoff".into())
    );
    insta::assert_snapshot!(live.shown("problems"));
}
