//! Corrections: they take the place of what they correct, from wherever the task stands.

use orch_core::codes::Code;
use orch_core::command::{Command, Rebind};
use orch_core::decide::Decision;
use orch_core::diagnosis::Cause;
use orch_core::event::correction::{Amendment, Change, Correction};
use orch_core::event::talk::MessageClass;
use orch_core::event::task::{GateStage, Need};
use orch_core::ids::AttemptNo;
use orch_core::mission::Ending;
use orch_core::status::gate::GateStatus;
use orch_core::status::task::TaskStatus;

use super::in_status;
use crate::support::*;

fn rebind(to: &str) -> Command {
    let (task, to) = (task("t1"), name(to));
    Command::Rebind(Rebind {
        task,
        to,
        reason: "it is theirs".to_owned(),
        supersedes: vec![],
    })
}

fn supersede() -> Command {
    correct("t1", Change::Supersede { by: task("next") })
}

// spec: CORRECT-1
#[test]
fn a_rebind_fences_the_attempt_before_it_and_opens_its_gates_again() {
    let mut world = in_status(TaskStatus::InReview);
    world.accepts(&lead(), request_gate("t1", 1, "review", "agent:c"));
    let seq = world.accepts(&lead(), rebind("b"));
    let view = world.view("t1");
    assert_eq!(
        (view.status(), view.token().unwrap().number()),
        (TaskStatus::Running, AttemptNo(2))
    );
    let old = view.attempts().next().unwrap().closed().unwrap();
    assert_eq!((old.0.seq, old.1), (seq, Ending::Corrected));
    assert_eq!(view.gates().next().unwrap().status(), GateStatus::Open);
    let approved = decide_gate(
        "t1",
        1,
        "review",
        "agent:c",
        orch_core::event::gate::Verdict::Approved,
    );
    assert!(
        world.decide(&by("c"), &approved).is_err(),
        "what it judged is no longer the work"
    );
}

// spec: CORRECT-1
#[test]
fn a_correction_settles_what_was_owed_because_of_the_old_attempt() {
    for correction in [rebind("b"), supersede(), correct("t1", Change::Reopen)] {
        let mut blocked = in_status(TaskStatus::Blocked);
        assert_eq!(blocked.mission.obligations().len(), 1);
        blocked.accepts(&lead(), correction.clone());
        assert_eq!(blocked.mission.obligations(), []);

        let mut asking = in_status(TaskStatus::Running);
        let mut question = message("agent:a", "agent:b", MessageClass::Question, "which port?");
        question.task = Some(task("t1"));
        asking.accepts(&by("a"), Command::Send(question));
        assert_eq!(asking.causes("t1"), [Cause::NeedsInput]);
        asking.accepts(&lead(), correction);
        assert!(
            !asking.causes("t1").contains(&Cause::NeedsInput),
            "its asker is gone"
        );
    }
}

// spec: CORRECT-1
#[test]
fn a_correction_settles_the_obligations_that_it_names() {
    let mut world = in_status(TaskStatus::Running);
    let ask = message(
        "agent:b",
        "agent:c",
        MessageClass::Actionable,
        "take it over",
    );
    let asked = world.accepts(&by("b"), Command::Send(ask));
    let correction = Correction {
        task: task("t1"),
        change: Change::Reopen,
        reason: "nobody takes it over".to_owned(),
        supersedes: vec![asked],
    };
    world.accepts(&lead(), Command::Correct(correction));
    assert_eq!(world.mission.obligations(), []);
}

// spec: CORRECT-1, DEP-1
#[test]
fn blockers_of_dependents_follow_a_superseded_task_to_the_one_that_carries_its_work() {
    // D24: the work was routed around a blocked row.
    let mut world = in_status(TaskStatus::Blocked);
    world.declare_after("later", &["t1"]);
    world.accepts(&lead(), supersede());
    assert_eq!(world.view("t1").superseded_by(), Some(&task("next")));
    assert_eq!(world.blockers("t1"), []);
    assert_eq!(world.blockers("later")[0].on, [task("next")]);
    world.finish("next", "b");
    assert!(world.mission.ready(world.now).contains(&&task("later")));
}

// spec: CORRECT-2
#[test]
fn reopen_supersede_and_rebind_are_allowed_from_every_status() {
    for &status in TaskStatus::ALL {
        let world = in_status(status);
        for (command, expected) in [
            (correct("t1", Change::Reopen), TaskStatus::Open),
            (supersede(), TaskStatus::Superseded),
            (rebind("b"), TaskStatus::Running),
        ] {
            let mut world = world.clone();
            match world.decide(&lead(), &command) {
                Ok(Decision::NoChange { .. }) => assert_eq!(status, expected),
                _ => drop(world.accepts(&lead(), command)),
            }
            assert_eq!(world.status("t1"), expected, "from {status}");
        }
    }
}

// spec: CORRECT-2
#[test]
fn a_correction_gives_a_reason() {
    let world = in_status(TaskStatus::Running);
    let (task, change, supersedes) = (task("t1"), Change::Reopen, vec![]);
    let silent = Correction {
        task,
        change,
        reason: String::new(),
        supersedes,
    };
    let (_, imposed) = world.forbids(&lead(), Command::Correct(silent), Code::ReasonMissing);
    assert_eq!(
        imposed.status("t1"),
        TaskStatus::Open,
        "it happened, and is marked"
    );
}

// spec: CORRECT-2
#[test]
fn accepted_work_is_not_handed_out_again_without_a_reopen() {
    // D13: a patrol restarts an agent onto work that was merged days ago.
    for status in [TaskStatus::Accepted, TaskStatus::Delivered] {
        let mut world = in_status(status);
        let (refused, imposed) =
            world.forbids(&lead(), dispatch("t1", "a"), Code::DispatchAfterSuccess);
        assert_eq!(
            imposed.status("t1"),
            TaskStatus::Dispatched,
            "it happened, and is marked"
        );
        let reopens =
            |it: &Command| matches!(it, Command::Correct(it) if it.change == Change::Reopen);
        assert!(refused.instead.iter().any(reopens));
        assert_eq!(world.view("t1").owner(), None, "nobody has it any more");
        world.accepts(&lead(), correct("t1", Change::Reopen));
        world.dispatch("t1", "a");
    }
}

// spec: CORRECT-2, RETRY-2
#[test]
fn a_task_that_somebody_must_rule_on_is_not_handed_out() {
    for (status, code) in [
        (TaskStatus::Blocked, Code::NotOpen),
        (TaskStatus::Failed, Code::NotOpen),
        (TaskStatus::Skipped, Code::NotOpen),
        (TaskStatus::Cancelled, Code::NotOpen),
        (TaskStatus::Superseded, Code::NotOpen),
        (TaskStatus::OutcomeUnknown, Code::NotOpen),
        (TaskStatus::Exhausted, Code::ExhaustedTask),
    ] {
        let (_, imposed) = in_status(status).forbids(&lead(), dispatch("t1", "b"), code);
        assert_eq!(
            imposed.status("t1"),
            TaskStatus::Dispatched,
            "from {status}"
        );
    }
}

// spec: CORRECT-2
#[test]
fn a_task_is_not_superseded_by_itself_or_in_a_ring() {
    let mut world = in_status(TaskStatus::Open);
    let itself = correct("t1", Change::Supersede { by: task("t1") });
    let (_, imposed) = world.forbids(&lead(), itself, Code::UnknownSuccessor);
    assert_eq!(imposed.status("t1"), TaskStatus::Open);
    world.accepts(&lead(), supersede());
    let back = correct("next", Change::Supersede { by: task("t1") });
    world.forbids(&lead(), back, Code::UnknownSuccessor);
}

// spec: CORRECT-1, DEP-3
#[test]
fn an_amendment_changes_what_a_task_needs_and_is_checked_like_a_declaration() {
    let mut world = World::new().tasks(&["a", "b"]);
    world.declare_after("c", &["b"]);
    let amend = |id: &str, amendment| correct(id, Change::Amend(Box::new(amendment)));
    let mut ring = Amendment::default();
    ring.add_needs = vec![Need::accepted(task("c"))];
    world.forbids(&lead(), amend("b", ring), Code::DepCycle);
    let mut free = Amendment::default();
    free.remove_needs = vec![task("b")];
    free.gates = Some(vec![orch_core::event::task::GateSpec::new(
        gate("review"),
        GateStage::Accept,
    )]);
    world.accepts(&lead(), amend("c", free));
    assert!(world.mission.ready(world.now).contains(&&task("c")));
    assert_eq!(world.view("c").gates().count(), 1);
}
