//! `orch correct` and `rebind`.

use crate::support::live::Live;

#[test]
fn a_rebind_fences_the_attempt_before() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    insta::assert_snapshot!(live.shown("rebind login --to tess --reason 'tess has it'"));
    insta::assert_snapshot!(live.shown("-A coder rebind login --to coder --reason 'I have it'"));
    let answer = live.json("correct rebind login --to coder --reason 'coder is back'");
    assert_eq!(answer["data"]["result"]["attempt"], 3);
}

#[test]
fn work_goes_on_under_another_task() {
    let mut live = Live::with_task();
    live.ok("add sign-in --id signin");
    live.ok("correct supersede login --by signin --reason 'one piece of work'");
    assert_eq!(live.status_of("login"), "superseded");
}

#[test]
fn what_blocked_a_task_is_lifted() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status blocked --blocked-on human:ada");
    insta::assert_snapshot!(live.shown("-A coder claim login"));
    live.ok("correct unblock login --reason 'the key is there' --supersedes 6");
    live.ok("-A coder claim login");
}

#[test]
fn an_amendment_changes_only_what_it_names() {
    let mut live = Live::with_task();
    live.ok("add tests --id tests");
    live.ok("correct amend login --title 'a better form' --gate tester --priority 2 --reason 'as agreed'");
    live.ok("correct amend login --add-dep tests --max-attempts 1 --reason 'as agreed'");
    live.ok("correct amend login --no-gates --remove-dep tests --reason 'as agreed'");
    let page = live.json("show task:login");
    let task = &page["data"]["task"];
    assert_eq!(task["title"], "a better form");
    assert_eq!(task["priority"], 2);
    assert_eq!(
        (&task["gates"], &task["needs"]),
        (&serde_json::json!([]), &serde_json::json!([]))
    );
    live.error(2, "correct amend login --title x");
}

#[test]
fn only_evidence_is_adopted() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("correct adopt login 2 --reason 'it counts'"));
}
