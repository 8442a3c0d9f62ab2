//! What the views of one mission promise each other, for any log. What holds of one view against the
//! log is an invariant of the kit.

use orch_core::diagnosis::Cause;
use orch_core::party::Actor;
use orch_core::status::agent::AgentStatus;
use proptest::prelude::*;

use crate::support::{World, dispatch};
use orch_testkit::strategy::{impose, log, policies};

fn agree(world: &World) -> Result<(), TestCaseError> {
    let (mission, now) = (&world.mission, world.now);
    for view in mission.tasks() {
        let blockers = mission.blockers(view.id(), now).unwrap_or_default();
        // spec: DEP-1
        let says_ready = blockers.iter().any(|it| it.cause == Cause::NoWakeSource);
        prop_assert!(!says_ready || mission.is_ready(view.id(), now));
    }
    // spec: DEP-3, WIP-1
    let agents = mission.agents();
    let free: Vec<_> = agents
        .filter(|it| it.status() == AgentStatus::Live && it.holds().next().is_none())
        .collect();
    for id in mission.ready(now) {
        for agent in &free {
            let command = dispatch(id.as_str(), agent.agent().name.as_str());
            let answer = world.decide(&Actor::Host, &command);
            prop_assert!(answer.is_ok(), "{id}: {answer:?}");
        }
    }
    // spec: TIME-1
    let is_due = mission.next_deadline().is_some_and(|at| at <= now);
    prop_assert_eq!(is_due, !mission.due(now).is_empty());
    Ok(())
}

proptest! {
    #[test]
    fn what_is_ready_can_be_handed_out_and_what_is_due_has_a_deadline(
        policy in policies(),
        steps in log(30),
    ) {
        let mut world = World::with_policy(policy);
        for step in steps {
            impose(&mut world, &[step]);
            agree(&world)?;
        }
    }
}
