//! Needs: readiness follows from the state, ends are not successes, and cycles are refused.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::event::task::{Need, NeedOn, TaskDeclared, Unmet};
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;

use super::{close_task, in_status};
use crate::support::*;

fn is_ready(world: &World, id: &str) -> bool {
    world.mission.readiness(&task(id), world.now) == Some(Readiness::Ready)
}

fn needing(id: &str, need: Need) -> TaskDeclared {
    TaskDeclared {
        needs: vec![need],
        ..TaskDeclared::new(task(id), id)
    }
}

// spec: DEP-1
#[test]
fn a_dependent_is_ready_whether_it_was_declared_before_or_after_its_need_was_met() {
    // D07
    let mut before = in_status(TaskStatus::Running);
    before.declare_after("child", &["t1"]);
    assert!(!is_ready(&before, "child"));
    before.hand("t1", HandoffStatus::Done);
    let mut after = in_status(TaskStatus::Running);
    after.hand("t1", HandoffStatus::Done);
    after.declare_after("child", &["t1"]);
    assert_eq!(
        before.mission.ready(before.now),
        after.mission.ready(after.now)
    );
    assert!(is_ready(&after, "child"));
}

// spec: DEP-1
#[test]
fn the_order_in_which_needs_are_met_does_not_matter() {
    for order in [["x", "y", "z"], ["z", "x", "y"], ["y", "z", "x"]] {
        let mut world = World::unlimited().agents(&["a"]).tasks(&["x", "y", "z"]);
        world.declare_after("last", &["x", "y", "z"]);
        for id in order {
            assert!(!is_ready(&world, "last"));
            world.finish(id, "a");
        }
        assert!(is_ready(&world, "last"));
    }
}

// spec: DEP-1
#[test]
fn a_need_that_is_taken_back_is_unmet_again() {
    let mut world = in_status(TaskStatus::Accepted);
    world.declare_after("child", &["t1"]);
    assert!(is_ready(&world, "child"));
    world.accepts(&lead(), correct("t1", Change::Reopen));
    assert_eq!(world.blockers("child")[0].on, [task("t1")]);
    world.forbids(&lead(), dispatch("child", "b"), Code::NeedsUnmet);
}

// spec: DEP-2
#[test]
fn a_need_is_met_by_acceptance_alone_unless_it_says_otherwise() {
    use TaskStatus::{
        // D08: a linter that failed has ended, and satisfies nobody.
        Accepted,
        Cancelled,
        Delivered,
        Exhausted,
        Failed,
        InReview,
        Reported,
        Skipped,
    };
    let reported = Need {
        on: NeedOn::Reported,
        ..Need::accepted(task("t1"))
    };
    let or = |end| Need {
        or: vec![end],
        ..Need::accepted(task("t1"))
    };
    let cases = [
        (Need::accepted(task("t1")), vec![Accepted, Delivered]),
        (reported, vec![Accepted, Delivered, InReview, Reported]),
        (
            or(Unmet::Failed),
            vec![Accepted, Delivered, Failed, Exhausted],
        ),
        (or(Unmet::Skipped), vec![Accepted, Delivered, Skipped]),
        (or(Unmet::Cancelled), vec![Accepted, Delivered, Cancelled]),
    ];
    for (need, satisfying) in cases {
        for &status in TaskStatus::ALL {
            let mut world = in_status(status);
            world.declare(needing("child", need.clone()));
            let is_met = satisfying.contains(&status);
            assert_eq!(
                is_ready(&world, "child"),
                is_met,
                "{need:?} of a task that is {status}"
            );
        }
    }
}

// spec: DEP-2, RETRY-2
#[test]
fn a_dependent_of_what_failed_says_so_and_is_the_leads_to_move() {
    // D08
    let mut world = in_status(TaskStatus::Failed);
    let child = world.declare_after("child", &["t1"]);
    let found = &world.blockers("child")[0];
    assert_eq!(
        (found.cause, &found.next),
        (Cause::DepFailed, &orch_core::party::Party::Lead)
    );
    assert!(
        found.because.contains(&child) && found.because.contains(&world.view("t1").since().seq)
    );
}

// spec: DEP-3
#[test]
fn a_dispatch_past_an_unmet_need_is_refused_and_marked_if_it_happened() {
    // D09: imported from a tracker that checked needs only when the task was made.
    let mut world = World::unlimited().agents(&["a"]).tasks(&["blocker"]);
    world.declare_after("dependent", &["blocker"]);
    let (refused, mut imposed) =
        world.forbids(&lead(), dispatch("dependent", "a"), Code::NeedsUnmet);
    insta::assert_snapshot!(refused, @"task dependent needs blocker (open)");
    imposed.happens(&by("a"), handoff("dependent", 1, "a", HandoffStatus::Done));
    imposed.reads_results();
    let close = close(orch_core::event::mission::MissionOutcome::Completed);
    imposed.rejects(&lead(), close, Code::Incomplete);
    assert!(imposed.anomalies().contains(&Code::NeedsUnmet));
}

// spec: DEP-3
#[test]
fn needs_are_checked_when_an_attempt_starts_and_not_only_when_it_is_handed_out() {
    // D09: the need was met at the dispatch and is not any more.
    let mut world = in_status(TaskStatus::Accepted);
    world.declare_after("child", &["t1"]);
    world.dispatch("child", "b");
    world.accepts(&lead(), correct("t1", Change::Reopen));
    let start = started(1, "child", &agent("b"));
    let (_, imposed) = world.forbids(&by("b"), start, Code::NeedsUnmet);
    assert_eq!(
        imposed.status("child"),
        TaskStatus::Running,
        "it happened, and is marked"
    );
}

// spec: DEP-3
#[test]
fn the_record_that_would_close_a_cycle_is_refused() {
    // D17, D20: a ring of needs, and the smallest one.
    let mut world = World::unlimited().agents(&["a"]).tasks(&["x"]);
    world.declare_after("y", &["x"]);
    let close_ring = |on: &str| {
        let mut amendment = orch_core::event::correction::Amendment::default();
        amendment.add_needs = vec![Need::accepted(task(on))];
        correct("x", Change::Amend(Box::new(amendment)))
    };
    world.forbids(&lead(), close_ring("x"), Code::DepCycle);
    let (_, mut imposed) = world.forbids(&lead(), close_ring("y"), Code::DepCycle);
    imposed.declare_after("behind", &["y"]);
    // Who waits outside the ring is told about it, and nobody walks it for ever.
    let now = imposed.now;
    for id in ["x", "y", "behind"] {
        let chains = imposed.mission.why(&task(id), now).unwrap();
        let ends: Vec<_> = chains.iter().filter_map(|it| it.last()).collect();
        assert!(
            ends.iter().any(|it| it.cause == Cause::DepCycle),
            "{id}: {chains:#?}"
        );
        assert!(!is_ready(&imposed, id));
    }
    let itself = Command::DeclareTask(needing("z", Need::accepted(task("z"))));
    let (_, imposed) = world.forbids(&lead(), itself, Code::DepCycle);
    assert!(!is_ready(&imposed, "z"));
}

// spec: DEP-3
#[test]
fn a_task_that_waits_is_held_until_what_it_waits_for_is_over() {
    let mut world = in_status(TaskStatus::Running);
    let on = WaitRef::Task(task("t1"));
    let waits = WaitDeclared {
        who: WaitRef::Task(task("next")),
        on,
        until: None,
    };
    world.accepts(&lead(), Command::Wait(waits));
    let (_, imposed) = world.forbids(&lead(), dispatch("next", "b"), Code::Held);
    assert_eq!(imposed.status("next"), TaskStatus::Dispatched);
    world.hand("t1", HandoffStatus::Done);
    assert!(is_ready(&world, "next"));
}

// spec: DEP-1
#[test]
fn a_wait_for_work_that_has_finished_is_over_at_once() {
    // D30: what one waits for is a state, not the moment at which it was reached.
    let mut world = in_status(TaskStatus::Accepted);
    let on = WaitRef::Task(task("t1"));
    let waits = WaitDeclared {
        who: WaitRef::Task(task("next")),
        on,
        until: None,
    };
    world.happens(&lead(), waits);
    assert!(is_ready(&world, "next"));
}

// spec: DEP-2
#[test]
fn skipping_a_task_unblocks_only_who_asked_for_it() {
    let mut world = in_status(TaskStatus::Open);
    world.declare_after("strict", &["t1"]);
    let or = vec![Unmet::Skipped];
    world.declare(needing(
        "lenient",
        Need {
            or,
            ..Need::accepted(task("t1"))
        },
    ));
    world.accepts(&lead(), close_task("t1", Unmet::Skipped));
    assert_eq!(
        (is_ready(&world, "strict"), is_ready(&world, "lenient")),
        (false, true)
    );
}
