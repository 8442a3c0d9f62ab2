//! The invariants at every prefix of generated logs, and for whatever is asked after them.

use orch_core::decide::Context;
use orch_testkit::invariants::{Asked, Breach, Coverage, LogClass, assert_trace, check_decision};
use orch_testkit::strategy::{commands, drive, impose, log, policies};
use orch_testkit::world::World;
use proptest::prelude::*;

/// Half of what is usual: each case looks at some forty missions from all sides.
fn config() -> ProptestConfig {
    let usual = ProptestConfig::default();
    ProptestConfig {
        cases: usual.cases / 2,
        ..usual
    }
}

fn listed(breaches: &[Breach]) -> String {
    let lines = breaches.iter().map(ToString::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_invariant_holds_at_every_prefix_of_any_log(policy in policies(), steps in log(40)) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        let answer = assert_trace(&world.records, LogClass::Any);
        prop_assert!(answer.is_ok(), "{}", listed(&answer.unwrap_err()));
    }

    #[test]
    fn every_invariant_holds_at_every_prefix_of_a_decided_log(policy in policies(), asked in commands(80)) {
        let mut world = World::with_policy(policy);
        drive(&mut world, &asked);
        let answer = assert_trace(&world.records, LogClass::Decided);
        prop_assert!(answer.is_ok(), "{}", listed(&answer.unwrap_err()));
    }
}

proptest! {
    // No log is folded again for a command, so many more of them can be put.
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    // spec: DECIDE-2
    #[test]
    fn every_answer_to_a_command_agrees_with_the_fold(
        policy in policies(),
        steps in log(40),
        commands in commands(12),
    ) {
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        for step in &commands {
            let answer = world.decide(&step.by, &step.what);
            let asked = Asked {
                mission: &world.mission,
                command: &step.what,
                context: &Context::new(step.by.clone(), world.now),
                answer: &answer,
            };
            let breaches = check_decision(&asked, &mut Coverage::default());
            prop_assert!(breaches.is_empty(), "{}", listed(&breaches));
        }
    }
}
