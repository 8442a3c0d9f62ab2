//! Invariants of the state, at every prefix of generated logs.

use std::collections::BTreeSet;

use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::event::attempt::HandoffStatus;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::status::agent::AgentStatus;
use orch_core::status::task::TaskStatus;
use orch_core::view::Readiness;
use proptest::prelude::*;

use crate::support::{World, dispatch};
use orch_testkit::strategy::{commands, drive, impose, log, policies};

/// What holds for any log, decided or imposed.
fn hold_for_any(mission: &Mission, world: &World) -> Result<(), TestCaseError> {
    // spec: COUNT-1
    let counts = mission.counts();
    prop_assert_eq!(counts.total, mission.tasks().count());
    prop_assert_eq!(counts.by_status.values().sum::<usize>(), counts.total);
    for (status, n) in &counts.by_status {
        prop_assert_eq!(mission.because(*status).len(), *n);
    }
    let by_phase: usize = mission
        .progress()
        .iter()
        .map(|phase| phase.counts.total)
        .sum();
    prop_assert_eq!(by_phase, counts.total);
    // spec: NAME-1
    let live: Vec<_> = mission
        .agents()
        .filter(|it| it.status().is_live())
        .collect();
    let names: BTreeSet<_> = live.iter().map(|it| it.agent().name).collect();
    prop_assert_eq!(live.len(), names.len());
    for view in mission.tasks() {
        // An owner is the owner of the open attempt with the token, in both directions.
        if let Some(owner) = view.owner() {
            let holds = mission
                .agent(&owner)
                .is_some_and(|it| it.holds().any(|at| at.task() == view.id()));
            prop_assert!(holds);
        }
        // spec: ID-1
        let numbers: Vec<_> = view.attempts().map(|it| it.number()).collect();
        prop_assert!(
            numbers.windows(2).all(|pair| pair[0] < pair[1]),
            "{numbers:?}"
        );
        // spec: RETRY-2, FOLD-3
        let blockers = mission.blockers(view.id(), world.now).unwrap_or_default();
        prop_assert!(blockers.iter().all(|it| !it.because.is_empty()));
        if !view.status().is_settled() && mission.closed().is_none() {
            prop_assert!(!blockers.is_empty(), "{} {}", view.id(), view.status());
            let why = mission.why(view.id(), world.now).unwrap_or_default();
            prop_assert!(!why.is_empty() && why.iter().all(|chain| !chain.is_empty()));
        }
        // spec: DEP-1
        let is_ready = mission.readiness(view.id(), world.now) == Some(Readiness::Ready);
        prop_assert!(!is_ready || view.needs().all(|(_, _, met, _)| met));
        let says_ready = blockers.iter().any(|it| it.cause == Cause::NoWakeSource);
        prop_assert!(!says_ready || is_ready);
    }
    // What is ready can be handed out, whatever else holds.
    let live: Vec<_> = live
        .iter()
        .filter(|it| it.status() == AgentStatus::Live)
        .collect();
    for id in mission.ready(world.now) {
        for free in live.iter().filter(|it| it.holds().next().is_none()) {
            let command = dispatch(id.as_str(), free.agent().name.as_str());
            let answer = world.decide(&Actor::Host, &command);
            prop_assert!(answer.is_ok(), "{id}: {answer:?}");
        }
    }
    // spec: TIME-1
    let due = mission.due(world.now);
    prop_assert_eq!(
        mission.next_deadline().is_some_and(|at| at <= world.now),
        !due.is_empty()
    );
    Ok(())
}

proptest! {
    #[test]
    fn the_invariants_hold_at_every_prefix_of_any_log(policy in policies(), steps in log(30)) {
        let mut world = World::with_policy(policy);
        for step in steps {
            let known: BTreeSet<_> = world.mission.tasks().map(|it| it.id().clone()).collect();
            impose(&mut world, &[step]);
            hold_for_any(&world.mission, &world)?;
            // What was known stays known.
            prop_assert!(known.iter().all(|id| world.mission.task(id).is_some()));
        }
    }

    // spec: COMPLETE-3
    #[test]
    fn only_a_done_handoff_or_a_gate_or_an_adoption_ever_accepts(policy in policies(), steps in log(60)) {
        let mut world = World::with_policy(policy);
        for step in steps {
            let before: BTreeSet<_> = accepted(&world.mission);
            let event = step.what.clone();
            impose(&mut world, &[step]);
            let is_new = accepted(&world.mission).difference(&before).next().is_some();
            let may = match &event {
                Event::Handoff(it) => it.status == Some(HandoffStatus::Done),
                Event::GateDecided(_) | Event::Correction(_) => true,
                _ => false,
            };
            prop_assert!(!is_new || may, "{event:?}");
        }
    }

    // spec: WIP-1, FOLD-4, COMPLETE-1
    #[test]
    fn a_decided_log_keeps_the_limits_and_one_open_attempt_a_task(policy in policies(), asked in commands(80)) {
        let limit = policy.wip.mission;
        let mut world = World::with_policy(policy);
        for step in asked {
            drive(&mut world, &[step]);
            let mission = &world.mission;
            let n = mission.in_flight().count();
            prop_assert!(limit.is_none_or(|limit| n <= limit as usize));
            for view in mission.tasks() {
                let open = mission.open_attempts().filter(|it| it.task() == view.id()).count();
                prop_assert!(open <= 1);
            }
            if mission.closed().is_some_and(|it| !it.forced) && mission.phase().kind == orch_core::view::PhaseKind::Completed {
                prop_assert!(mission.tasks().all(|it| it.status().is_settled()));
            }
            hold_for_any(mission, &world)?;
        }
    }
}

fn accepted(mission: &Mission) -> BTreeSet<orch_core::ids::TaskId> {
    let done = mission
        .tasks()
        .filter(|it| it.status() == TaskStatus::Accepted);
    done.map(|it| it.id().clone()).collect()
}
