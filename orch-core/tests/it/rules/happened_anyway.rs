//! What happened against the rules: it takes effect, and is marked.

use orch_core::codes::Code;
use orch_core::event::attempt::HandoffStatus;
use orch_core::status::task::TaskStatus;

use super::dispatched;
use crate::support::*;

// spec: FOLD-4
#[test]
fn a_dispatch_that_happened_against_the_rules_takes_effect_and_is_marked() {
    let mut world = World::with(|policy| policy.wip.mission = Some(1))
        .agents(&["a", "b"])
        .tasks(&["first", "other"]);
    world.declare_after("later", &["other"]);
    world.finish("first", "a");
    world.imposes(
        &lead(),
        dispatched("first", 2, "a"),
        Code::DispatchAfterSuccess,
    );
    world.imposes(&lead(), dispatched("other", 1, "b"), Code::WipFull);
    world.imposes(&lead(), dispatched("later", 1, "b"), Code::NeedsUnmet);
    for id in ["first", "other", "later"] {
        assert_eq!(world.status(id), TaskStatus::Dispatched);
    }
    assert_eq!(world.mission.in_flight().count(), 3);
}

// spec: FOLD-4
#[test]
fn parallel_attempts_are_all_kept_and_the_newest_holds_the_token() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.start("t1", "a");
    world.imposes(&import(), dispatched("t1", 2, "b"), Code::ParallelAttempts);
    let view = world.view("t1");
    assert_eq!((view.attempts().count(), world.token("t1")), (2, 2));
    assert!(view.attempts().next().unwrap().is_parallel());
    assert_eq!(world.mission.open_attempts().count(), 2);

    let done = handoff("t1", 1, "a", HandoffStatus::Done);
    world.imposes(&by("a"), done, Code::ParallelReport);
    assert_eq!(world.status("t1"), TaskStatus::Dispatched);
    world.happens(&by("b"), handoff("t1", 2, "b", HandoffStatus::Done));
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}
