//! Work in flight: counted by the attempts themselves, limited by mission, role and agent.

use orch_core::codes::Code;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::HandoffStatus;
use orch_core::event::correction::Change;
use orch_core::event::talk::MessageClass;
use orch_core::event::task::TaskDeclared;
use orch_core::ids::AttemptNo;
use orch_core::policy::Policy;
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;

use super::dispatched;
use crate::support::*;

fn limited(change: impl FnOnce(&mut Policy)) -> World {
    World::with(change)
        .agents(&["a", "b"])
        .tasks(&["t1", "t2", "t3"])
}

// spec: WIP-1, FOLD-4
#[test]
fn a_dispatch_over_the_limit_names_the_holders_and_is_marked_if_it_happened() {
    let mut world = limited(|policy| policy.wip.mission = Some(1));
    let held = world.dispatch("t1", "a");
    let (refused, imposed) = world.forbids(&lead(), dispatch("t2", "b"), Code::WipFull);
    assert_eq!(
        refused.because.iter().map(|it| it.seq).collect::<Vec<_>>(),
        [held]
    );
    assert_eq!(imposed.mission.in_flight().count(), 2);
    assert_eq!(
        (imposed.status("t2"), imposed.causes("t3")),
        (TaskStatus::Dispatched, vec![Cause::WipFull])
    );
}

// spec: WIP-1
#[test]
fn the_limit_of_an_agent_counts_its_own_attempts_only() {
    let mut world = limited(|policy| policy.wip.agent = Some(1));
    world.start("t1", "a");
    let (refused, _) = world.forbids(&lead(), dispatch("t2", "a"), Code::WipFull);
    assert!(refused.message.contains("t1"), "{refused}");
    assert_eq!(
        world.mission.readiness(&task("t2"), world.now),
        Some(Readiness::Ready)
    );
    world.dispatch("t2", "b");
}

// spec: WIP-1
#[test]
fn the_limit_of_a_role_counts_the_tasks_that_ask_for_it_only() {
    let mut world = World::with(|policy| {
        policy.wip.roles.insert(label("tester"), 1);
    })
    .agents(&["a", "b"])
    .tasks(&["plain"]);
    for id in ["t1", "t2"] {
        world.declare(TaskDeclared {
            role: Some(label("tester")),
            ..TaskDeclared::new(task(id), id)
        });
    }
    world.dispatch("t1", "a");
    world.forbids(&lead(), dispatch("t2", "b"), Code::WipFull);
    world.dispatch("plain", "b");
}

// spec: WIP-1, COMPLETE-3
#[test]
fn only_its_own_end_frees_the_place_of_an_attempt() {
    // D02: a notification that a worker completed is no handoff.
    let mut world = limited(|policy| policy.wip.mission = Some(1));
    world.start("t1", "a");
    let hint = message(
        "agent:b",
        "human:ada",
        MessageClass::Fyi,
        "agent a completed",
    );
    world.accepts(&by("b"), Command::Send(hint));
    world.forbids(&lead(), dispatch("t2", "b"), Code::WipFull);
    world.hand("t1", HandoffStatus::Done);
    world.dispatch("t2", "b");
}

// spec: WIP-1
#[test]
fn work_that_is_handed_over_takes_no_place_while_it_waits_for_review() {
    let mut world = World::with(|policy| policy.wip.mission = Some(1)).agents(&["a", "b"]);
    world.declare_gated("t1", &["review"]);
    world.finish("t1", "a");
    assert_eq!(
        (
            world.mission.in_flight().count(),
            world.mission.open_attempts().count()
        ),
        (0, 1)
    );
    let mut world = world.tasks(&["t2"]);
    world.dispatch("t2", "b");
}

// spec: WIP-1, CORRECT-2
#[test]
fn a_rebind_takes_the_place_of_the_attempt_that_it_fences() {
    let mut world = limited(|policy| policy.wip.mission = Some(1));
    world.start("t1", "a");
    let change = Change::Rebind {
        to: agent("b"),
        attempt: AttemptNo(2),
    };
    world.accepts(&lead(), correct("t1", change));
    assert_eq!(world.mission.in_flight().count(), 1);
}

// spec: WIP-1
#[test]
fn counts_of_what_is_in_flight_include_what_should_not_be() {
    let mut world = limited(|policy| policy.wip.mission = Some(1));
    for (id, who) in [("t1", "a"), ("t2", "a"), ("t3", "b")] {
        world.happens(&import(), dispatched(id, 1, who));
    }
    assert_eq!(world.mission.counts().in_flight, 3);
    assert_eq!(world.anomalies(), [Code::WipFull; 2]);
}
