//! `orch reconcile`.

use crate::support::code;
use crate::support::live::{Live, run_with};

fn diverged() -> Live {
    let mut live = Live::with_task();
    live.ok("dispatch login --to coder");
    live.ok("-A coder start login");
    live.ok("agent register coder-2");
    live
}

#[test]
fn the_proposed_command_makes_log_and_inventory_agree() {
    let mut live = diverged();
    live.ok("-A host inventory coder-2 login#1");
    insta::assert_snapshot!(live.shown("reconcile"));
    assert_eq!(code(&live.run("reconcile --exit-status")), 13);
    let answer = live.json("reconcile");
    let mismatch = &answer["data"]["mismatches"][0];
    assert_eq!(mismatch["kind"], "carried_elsewhere");
    let command = mismatch["command"].as_str().unwrap();
    live.ok(command.strip_prefix("orch ").unwrap());
    assert_eq!(live.json("reconcile")["data"]["agrees"], true);
    assert_eq!(code(&live.run("reconcile --exit-status")), 0);
    assert_eq!(
        live.json("show login")["data"]["task"]["owner"],
        "coder-2#1"
    );
}

#[test]
fn inventories_from_a_file_are_compared_and_nothing_is_written() {
    let mut live = diverged();
    let before = live.json("status")["seq"].clone();
    let input = br#"{"agent":"coder","carries":[]}
{"agent":"coder-2","carries":[{"task":"login","attempt":1}]}
"#;
    let output = run_with(&live, "reconcile --with - --json", input);
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let kinds: Vec<_> = answer["data"]["mismatches"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["carried_elsewhere", "not_carried"]);
    assert_eq!(live.json("status")["seq"], before);
    // What puts the inventories on record comes first; then the log proposes by itself.
    let next = answer["next"].as_array().unwrap();
    assert_eq!(next.len(), 2);
    for line in next {
        live.ok(line.as_str().unwrap().strip_prefix("orch ").unwrap());
    }
    let again = live.json("reconcile");
    assert_eq!(again["data"]["mismatches"][0]["kind"], "carried_elsewhere");
    let step = again["next"][0].as_str().unwrap();
    live.ok(step.strip_prefix("orch ").unwrap());
    assert_eq!(live.json("reconcile")["data"]["agrees"], true);
    assert_eq!(
        live.json("lint")["data"]["kinds"]
            .as_array()
            .map_or(0, Vec::len),
        0
    );
}

#[test]
fn a_line_that_is_no_inventory_is_named() {
    let live = diverged();
    let output = run_with(&live, "reconcile --with -", b"\n{\"agent\":\"coder\"}\n");
    assert_eq!(code(&output), 2);
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(
        error.contains("line 2 is no inventory: missing field `carries`"),
        "{error}"
    );
    let output = run_with(
        &live,
        "reconcile --with -",
        b"{\"agent\":\"codr\",\"carries\":[]}",
    );
    assert_eq!(code(&output), 3);
}
