//! A diagnosis always names a way on, and the ways on lead to the end.

use chrono::TimeDelta;
use orch_core::diagnosis::Verdict;
use proptest::prelude::*;

use crate::support::World;
use orch_testkit::strategy::{commands, drive, impose, log, policies};

/// How many fixes may be needed for each task, attempt and message of the small scope.
const STEPS_MAX: usize = 200;

/// Executes the first fix of the first cause, again and again, until the mission is closed.
fn follow(world: &mut World) -> Result<(), TestCaseError> {
    let mut trail = Vec::new();
    for _ in 0..STEPS_MAX {
        let diagnosis = world.mission.diagnose(world.now);
        if diagnosis.verdict == Verdict::Closed {
            return Ok(());
        }
        let first = diagnosis.causes.first();
        prop_assert!(
            first.is_some(),
            "an open mission without a cause: {trail:#?}"
        );
        let first = first.unwrap().clone();
        let fix = first.fixes.first().cloned();
        prop_assert!(fix.is_some(), "no way on from {first:#?} after {trail:#?}");
        let fix = fix.unwrap();
        world.accepts(&fix.by, fix.command.clone());
        world.now += TimeDelta::seconds(1);
        trail.push((first.cause, first.task, first.detail, fix));
    }
    let last = trail.split_off(trail.len() - 12);
    prop_assert!(false, "the fixes go round: {last:#?}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, ..ProptestConfig::default() })]

    // spec: DECIDE-3
    #[test]
    fn the_first_fixes_of_a_decided_mission_lead_to_its_end(
        policy in policies(),
        asked in commands(60),
    ) {
        let mut world = World::with_policy(policy);
        drive(&mut world, &asked);
        follow(&mut world)?;
    }

    // spec: DECIDE-3, FOLD-1
    #[test]
    fn the_first_fixes_of_any_log_lead_to_its_end(policy in policies(), steps in log(40)) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        follow(&mut world)?;
    }

    #[test]
    fn a_verdict_that_is_asked_for_alone_is_that_of_the_diagnosis(
        policy in policies(),
        steps in log(40),
    ) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        let (mission, now) = (&world.mission, world.now);
        prop_assert_eq!(mission.verdict(now), mission.diagnose(now).verdict);
        for task in mission.tasks() {
            let whole = mission.diagnose_task(task.id(), now).map(|whole| whole.verdict);
            prop_assert_eq!(mission.verdict_of(task.id(), now), whole);
        }
    }
}
