//! `orch agent`, `shutdown` and `inventory`.

use crate::support::live::Live;

#[test]
fn a_live_name_is_refused_and_never_numbered() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("agent register coder"));
    live.ok("agent register coder --alias");
    live.ok("agent retire coder --reason 'its session ended'");
    let again = live.json("agent register coder --role backend --session s2");
    assert_eq!(again["data"]["result"]["agent"], "coder#2");
    insta::assert_snapshot!(live.shown("dispatch login --to coder#1"));
    live.ok("dispatch login --to coder#2");
}

#[test]
fn agents_are_listed_and_shown() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    insta::assert_snapshot!(live.shown("agent list"));
    insta::assert_snapshot!(live.shown("agent show coder"));
    assert_eq!(live.error(3, "agent show nobody")["code"], "id_unknown");
}

#[test]
fn an_agent_joins_and_leaves_by_itself() {
    let mut live = Live::with_task();
    live.ok("-A robin agent register robin");
    live.ok("-A robin agent retire robin");
    assert_eq!(
        live.error(5, "-A coder agent retire tess")["code"],
        "not_authorised"
    );
}

#[test]
fn an_agent_is_stopped_step_by_step() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("shutdown coder --terminate"));
    let asked = live.json("shutdown coder --reason 'the budget is spent'");
    assert_eq!(asked["data"]["effects"][0]["kind"], "stop");
    live.ok("-A coder shutdown coder --refuse");
    live.ok("shutdown coder");
    assert_eq!(
        live.error(5, "-A coder claim login")["code"],
        "agent_stopping"
    );
    live.ok("-A coder shutdown coder --acknowledge");
    live.error(2, "shutdown coder --refuse --terminate");
    insta::assert_snapshot!(live.shown("-A coder claim login"));
}

#[test]
fn an_inventory_says_who_really_has_what() {
    let mut live = Live::with_task();
    live.ok("-A coder claim login");
    live.ok("inventory coder login");
    live.ok("inventory coder login#1");
    assert_eq!(live.status_of("login"), "dispatched");
    insta::assert_snapshot!(live.shown("inventory coder"));
    assert_eq!(live.status_of("login"), "open");
}
