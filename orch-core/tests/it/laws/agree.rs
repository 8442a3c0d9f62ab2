//! What a mission offers is what it accepts. That `decide` and `apply` agree (DECIDE-2) is an invariant
//! of the kit.

use orch_core::decide::{Context, Decision};
use proptest::prelude::*;

use crate::support::World;
use orch_testkit::strategy::{actors, commands, impose, log, policies};

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

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
