//! The invariants at every prefix of generated logs.

use orch_testkit::invariants::{Breach, LogClass, assert_trace};
use orch_testkit::strategy::{commands, drive, impose, log, policies};
use orch_testkit::world::World;
use proptest::prelude::*;

fn listed(breaches: &[Breach]) -> String {
    let lines = breaches.iter().map(ToString::to_string);
    lines.collect::<Vec<_>>().join("\n")
}

proptest! {
    // Every case looks at some forty missions from all sides.
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

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
