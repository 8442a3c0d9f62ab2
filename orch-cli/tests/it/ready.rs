//! `orch ready`.

use crate::support::{EXAMPLE, code, run, shown};

#[test]
fn ready_lists_what_can_be_handed_out_and_counts_the_rest() {
    insta::assert_snapshot!(shown(&["-S", EXAMPLE, "--at", "22", "ready"]));
}

#[test]
fn what_fits_the_agent_that_asks_is_marked() {
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "--at", "22", "-A", "coder-1", "ready"
    ]));
    insta::assert_snapshot!(shown(&[
        "-S", EXAMPLE, "--at", "22", "-A", "stranger", "ready"
    ]));
}

#[test]
fn an_empty_list_fails_only_when_the_exit_code_is_asked_for() {
    assert_eq!(code(&run(&["-S", EXAMPLE, "ready"])), 0);
    assert_eq!(code(&run(&["-S", EXAMPLE, "ready", "--exit-status"])), 14);
}
