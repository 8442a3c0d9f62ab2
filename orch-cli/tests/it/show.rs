//! `orch show`.

use crate::support::{EXAMPLE, code, json, run, shown};

#[test]
fn a_task_is_shown_with_its_needs_gates_attempts_and_history() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "writer"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "notes"]));
}

#[test]
fn a_record_is_shown_with_what_it_did() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "33"]));
}

#[test]
fn an_agent_is_shown_with_what_it_holds_and_owes() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "coder-2"]));
}

#[test]
fn an_id_may_be_short_when_nothing_else_begins_like_it() {
    assert_eq!(
        json(&["-S", EXAMPLE, "show", "wri", "--json"])["data"]["task"]["id"],
        "writer"
    );
    assert_eq!(
        json(&["-S", EXAMPLE, "show", "rita#1", "--json"])["data"]["agent"]["agent"],
        "rita#1"
    );
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "coder"]));
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "show", "writr"]));
    assert_eq!(code(&run(&["-S", EXAMPLE, "show", "99"])), 3);
    assert_eq!(code(&run(&["-S", EXAMPLE, "show", "task:rita"])), 3);
}
