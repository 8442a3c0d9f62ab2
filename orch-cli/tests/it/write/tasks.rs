//! `orch add`, `dep`, `skip`, `cancel`, `deliver`, `hold` and `do`.

use crate::support::live::Live;
use crate::support::{Journal, shown_in};

#[test]
fn a_task_gets_a_readable_id_that_nothing_has() {
    let mut live = Live::with_task();
    for id in ["a-login-form", "a-login-form-2"] {
        let answer = live.json("add 'A login form!'");
        assert_eq!(answer["data"]["result"]["task"], id);
    }
    live.error(2, "add ''");
}

#[test]
fn a_task_has_what_it_was_added_with() {
    let mut live = Live::with_task();
    live.ok(
        "add 'the API' --id api --dep login:reported --kind implement --phase two --role backend \
             --gate tester,reviewer --deliver-gate merged --evidence commit --priority 1 \
             --clock attempt=30m --max-attempts 2 --source issue-7",
    );
    let page = live.json("show task:api");
    let task = &page["data"]["task"];
    assert_eq!(task["needs"][0]["task"], "login");
    assert_eq!(task["needs"][0]["on"], "reported");
    assert_eq!(task["gates"].as_array().unwrap().len(), 3);
    assert_eq!(task["evidence"][0], "commit");
    assert_eq!(task["source"], "issue-7");
    let record = live.json("show 5");
    insta::assert_snapshot!(record["data"]["record"]["data"]["limits"]);
}

#[test]
fn an_id_is_used_once() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("add 'another form' --id login"));
}

#[test]
fn needs_are_added_removed_and_shown() {
    let mut live = Live::with_task();
    for line in [
        "add design --id design",
        "add tests --id tests",
        "dep add login design",
        "dep add tests login design:skipped",
    ] {
        live.ok(line);
    }
    insta::assert_snapshot!(live.shown("dep tree"));
    insta::assert_snapshot!(live.shown("dep cycles"));
    insta::assert_snapshot!(live.shown("dep add design tests"));
    live.ok("dep rm tests login design");
    live.ok("dep add design tests:skipped --reason 'the tests say how'");
    insta::assert_snapshot!(live.shown("dep tree design"));
}

#[test]
fn a_task_ends_without_a_result_on_purpose_only() {
    let mut live = Live::with_task();
    for (line, status) in [
        ("skip login --reason 'no time'", "skipped"),
        ("correct reopen login --reason 'there is time'", "open"),
        ("cancel login --reason 'not wanted'", "cancelled"),
        ("correct reopen login --reason 'it is wanted'", "open"),
        (
            "cancel login --as failed --reason 'it cannot be done'",
            "failed",
        ),
    ] {
        assert_eq!(
            live.json(line)["data"]["result"]["status"],
            status,
            "{line}"
        );
    }
    insta::assert_snapshot!(live.shown("deliver login"));
    insta::assert_snapshot!(live.shown("skip logni"));
}

#[test]
fn a_task_that_is_held_is_not_handed_out() {
    let mut live = Live::with_task();
    live.ok("hold task:login --on lock:staging --until 2026-11-20T09:00:00Z");
    insta::assert_snapshot!(live.shown("-A coder claim login"));
    live.after(120).ok("-A coder claim login");
}

#[test]
fn any_command_can_be_asked_for_as_json() {
    let mut live = Live::with_task();
    live.ok("do '{\"note\":{\"text\":\"hello\"}}'");
    assert_eq!(live.json("show 5")["data"]["record"]["kind"], "note");
    insta::assert_snapshot!(live.shown("do '{\"fly\":{}}'"));
}

#[test]
fn tasks_that_need_each_other_are_named_with_the_record_that_closed_the_ring() {
    let mut log = Journal::new("m");
    let opened = r#"{"title":"T","lead":"host","rules":1}"#;
    log.json("host", "mission_opened", opened);
    for task in ["a", "b"] {
        let data = format!(r#"{{"task":"{task}","title":"{task}"}}"#);
        log.json("host", "task_declared", data);
    }
    for (task, need) in [("a", "b"), ("b", "a")] {
        let amend = format!(r#"{{"amend":{{"add_needs":[{{"task":"{need}"}}]}}}}"#);
        let data = format!(r#"{{"task":"{task}","change":{amend},"reason":"so"}}"#);
        log.json("host", "correction", data);
    }
    let folder = tempfile::tempdir().unwrap();
    log.write(folder.path(), "m.jsonl");
    insta::assert_snapshot!(shown_in(folder.path(), &["-S", "m.jsonl", "dep", "cycles"]));
    insta::assert_snapshot!(shown_in(
        folder.path(),
        &["-S", "m.jsonl", "dep", "tree", "a"]
    ));
}
