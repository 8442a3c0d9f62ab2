//! `orch mission`, `close`, `archive`, and which mission is meant.

use crate::support::code;
use crate::support::live::Live;

#[test]
fn a_mission_is_led_by_whoever_opens_it_unless_said_otherwise() {
    let mut live = Live::empty();
    live.ok("mission new a --title A");
    live.ok("mission new b --title B --lead agent:boss");
    let lead =
        |live: &mut Live, id: &str| live.json(&format!("-m {id} status"))["data"]["lead"].clone();
    assert_eq!(lead(&mut live, "a"), "human:ada");
    assert_eq!(lead(&mut live, "b"), "agent:boss");
}

#[test]
fn a_mission_is_named_by_a_word_or_described_by_several() {
    let mut live = Live::empty();
    for (line, id, title) in [
        ("mission new auth", "auth", "auth"),
        ("mission new 'Sign in'", "sign-in", "Sign in"),
        ("mission new a2 --title 'Sign out'", "a2", "Sign out"),
        ("mission new --title 'Log in'", "log-in", "Log in"),
    ] {
        let answer = live.json(line);
        assert_eq!(answer["mission"], id, "{line}");
        let status = live.json(&format!("-m {id} status"));
        assert_eq!(status["data"]["title"], title, "{line}");
    }
    live.error(2, "mission new ''");
}

#[test]
fn a_mission_takes_its_limits_from_a_file() {
    let mut live = Live::empty();
    std::fs::write(
        live.folder().join("policy.json"),
        r#"{"wip":{"mission":1}}"#,
    )
    .unwrap();
    live.ok("mission new m --policy policy.json");
    for line in [
        "add one",
        "add two",
        "agent register coder",
        "-A coder claim one",
    ] {
        live.ok(line);
    }
    assert_eq!(live.error(5, "-A coder claim two")["code"], "wip_full");
    std::fs::write(live.folder().join("policy.json"), "{\"wip\":3}").unwrap();
    assert_eq!(
        live.error(2, "mission new n --policy policy.json")["code"],
        "text_unusable"
    );
}

#[test]
fn a_mission_that_is_open_is_not_opened_again() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("mission new auth --title again"));
}

#[test]
fn open_work_keeps_a_mission_from_completing_and_force_needs_a_reason() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("close"));
    live.error(2, "close --force");
    live.ok("mission close --force --reason 'out of time'");
    assert_eq!(live.json("status")["data"]["phase"]["kind"], "completed");
    insta::assert_snapshot!(live.shown("add more"));
}

#[test]
fn a_result_that_nobody_has_read_keeps_a_mission_open_and_the_help_reads_it() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    insta::assert_snapshot!(live.shown("close"));
    live.ok("ack 6");
    live.ok("close");
}

#[test]
fn a_mission_is_given_up_with_a_reason() {
    let mut live = Live::with_task();
    live.ok("mission abort --reason 'nobody wants it'");
    insta::assert_snapshot!(live.shown("mission list"));
}

#[test]
fn the_only_open_mission_is_meant_and_several_are_listed() {
    let mut live = Live::with_task();
    live.ok("mission new other --title O");
    insta::assert_snapshot!(live.shown("note hello"));
    live.ok("-m auth close --outcome failed --reason 'no'");
    assert_eq!(live.json("note hello")["mission"], "other");
    assert_eq!(live.json("status")["mission"], "other");
    assert_eq!(live.json("-m au note hello")["mission"], "auth");
    assert_eq!(live.json("-m latest note hello")["mission"], "auth");
    assert_eq!(
        live.error(3, "-m auht note hello")["code"],
        "mission_unknown"
    );
}

#[test]
fn a_store_without_a_mission_says_how_to_open_one() {
    let mut live = Live::empty();
    insta::assert_snapshot!(live.shown("add 'a task'"));
}

#[test]
fn the_first_steps_lead_from_one_to_the_next() {
    let mut live = Live::empty();
    for line in ["status", "why", "inbox", "-m any status", "-m any add x"] {
        let error = live.error(3, line);
        assert_eq!(error["code"], "mission_none", "{line}");
        assert_eq!(error["hint"], "orch mission new TITLE", "{line}");
    }
    insta::assert_snapshot!(live.shown("missions"));
    insta::assert_snapshot!(live.shown("init"));
    live.ok("mission new auth");
    insta::assert_snapshot!(live.shown("status"));
    insta::assert_snapshot!(live.shown("why"));
}

#[test]
fn a_mission_that_is_opened_again_by_a_correction_says_so() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done");
    live.ok("ack 6");
    live.ok("close");
    insta::assert_snapshot!(live.shown("correct reopen login --reason 'it broke'"));
    let answer = live.json("correct reopen login --reason 'it broke'");
    assert_eq!(answer["data"]["reopened"], false);
}

#[test]
fn a_misspelt_policy_is_refused_by_the_name_that_is_wrong() {
    let mut live = Live::empty();
    std::fs::write(live.folder().join("policy.json"), r#"{"clock":{}}"#).unwrap();
    let error = live.error(2, "mission new auth --policy policy.json");
    assert_eq!(
        error["message"],
        "the policy cannot be read: there is no clock"
    );
    assert_eq!(code(&live.run("status")), 3);
}
