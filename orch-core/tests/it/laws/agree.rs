//! Decide and apply agree (DECIDE-2).

use orch_core::decide::{Context, Decision};
use orch_core::fold::Outcome;
use proptest::prelude::*;

use crate::support::World;
use orch_testkit::strategy::{actors, commands, drive, impose, log, policies};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    // spec: DECIDE-2
    #[test]
    fn what_is_accepted_folds_clean_and_what_is_rejected_would_not(
        policy in policies(),
        steps in log(40),
        asked in commands(12),
    ) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        for step in &asked {
            check(&world, step)?;
        }
    }

    // spec: DECIDE-2
    #[test]
    fn a_log_that_was_decided_has_no_anomalies_but_those_of_late_evidence(
        policy in policies(),
        asked in commands(80),
    ) {
        let mut world = World::with_policy(policy);
        drive(&mut world, &asked);
        let late: Vec<_> = world.mission.late_evidence().iter().map(|late| late.seq).collect();
        for anomaly in world.mission.anomalies() {
            prop_assert!(late.contains(&anomaly.seq) || is_late_sign(&world, anomaly.seq), "{anomaly:?}");
        }
    }

    // spec: DECIDE-3
    #[test]
    fn what_a_rejection_offers_instead_is_accepted(
        policy in policies(),
        steps in log(30),
        asked in commands(8),
    ) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        for step in &asked {
            let Err(rejection) = world.decide(&step.by, &step.what) else { continue };
            prop_assert_eq!(rejection.rule, rejection.code.rule());
            for offer in rejection.instead {
                let answer = world.decide(&step.by, &offer);
                prop_assert!(matches!(answer, Ok(Decision::Accepted { .. })), "{offer:?}: {answer:?}");
            }
        }
    }

    // spec: DECIDE-1
    #[test]
    fn what_is_legal_is_accepted(policy in policies(), steps in log(30), actor in actors()) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        for command in world.mission.legal(&Context::new(actor.clone(), world.now)) {
            let answer = world.decide(&actor, &command);
            prop_assert!(matches!(answer, Ok(Decision::Accepted { .. })), "{command:?}: {answer:?}");
        }
    }
}

/// A sign of life that came too late is counted with its attempt, not listed.
fn is_late_sign(world: &World, seq: orch_core::ids::Seq) -> bool {
    let record = world.records.iter().find(|record| record.seq() == seq);
    record.is_some_and(|it| {
        matches!(
            it.event().kind(),
            "heartbeat" | "progress" | "attempt_started"
        )
    })
}

fn check(
    world: &World,
    step: &orch_testkit::strategy::Step<orch_core::command::Command>,
) -> Result<(), TestCaseError> {
    let mut after = world.clone();
    let before = world.mission.anomalies().len();
    match world.decide(&step.by, &step.what) {
        Ok(Decision::Accepted { events, .. }) => {
            for event in events {
                let applied = after.happens(&step.by, event);
                prop_assert_eq!(applied.outcome, Outcome::Changed);
            }
            let raised = &after.mission.anomalies()[before..];
            prop_assert!(raised.is_empty(), "{:?} raised {raised:?}", step.what);
        }
        Ok(Decision::Late { events, .. }) => {
            let fenced = events
                .into_iter()
                .all(|event| after.happens(&step.by, event).outcome == Outcome::Fenced);
            prop_assert!(fenced, "{:?}", step.what);
        }
        Ok(Decision::AlreadyDone { .. } | Decision::NoChange { .. }) => {}
        Ok(other) => prop_assert!(false, "{other:?}"),
        Err(rejection) => {
            let mut is_anomalous = false;
            for event in world.mission.plan(&step.what, world.now) {
                let applied = after.happens(&step.by, event);
                is_anomalous |= applied.n_anomalies > 0 || applied.outcome == Outcome::Fenced;
            }
            prop_assert!(is_anomalous, "{:?} was rejected: {rejection:?}", step.what);
        }
    }
    Ok(())
}
