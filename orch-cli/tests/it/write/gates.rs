//! `orch gate`.

use crate::support::live::Live;

/// A task that was handed over as revision r1, with a gate that is open.
fn in_review() -> Live {
    let mut live = Live::with_task();
    live.ok("correct amend login --gate tester --reason 'it must be tested'");
    live.ok("-A coder claim login");
    live.ok("-A coder handoff login --status done --revision r1");
    live
}

#[test]
fn work_that_is_rejected_goes_back_to_its_author() {
    let mut live = in_review();
    live.ok("gate request login tester --to tess");
    let line = "-A tess gate reject login tester --revision r1 --finding 'no test'";
    assert_eq!(live.json(line)["data"]["result"]["status"], "rework");
    live.ok("-A coder handoff login --status done --revision r2");
    // New work is a new question: whoever is to judge it is asked again.
    insta::assert_snapshot!(live.shown("-A tess gate pass login tester --revision r2"));
    live.ok("gate request login tester --to tess");
    insta::assert_snapshot!(live.shown("-A tess gate pass login tester --revision r1"));
    live.ok("-A tess gate pass login tester --revision r2");
    assert_eq!(live.status_of("login"), "accepted");
}

#[test]
fn an_author_does_not_judge_their_own_work() {
    let mut live = in_review();
    insta::assert_snapshot!(live.shown("-A coder gate pass login tester --revision r1"));
    insta::assert_snapshot!(live.shown("gate request login tester --to coder"));
}

#[test]
fn a_gate_is_waived_with_authority_and_a_reason() {
    let mut live = in_review();
    assert_eq!(
        live.error(5, "-A tess gate waive login tester --reason x")["code"],
        "not_authorised"
    );
    live.error(2, "gate waive login tester");
    live.ok("gate waive login tester --reason 'the docs alone'");
    assert_eq!(live.status_of("login"), "accepted");
}

#[test]
fn there_is_nothing_to_judge_before_somebody_worked() {
    let mut live = Live::with_task();
    insta::assert_snapshot!(live.shown("gate pass login tester"));
}
