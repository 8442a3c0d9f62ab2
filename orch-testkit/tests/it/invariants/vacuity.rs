//! An invariant whose antecedent is never true proves nothing, so each has to have been put to use.

use orch_testkit::invariants::{Coverage, LogClass, assert_trace};
use orch_testkit::strategy::{commands, drive, impose, log, policies};
use orch_testkit::world::World;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use super::recorded;

const LOGS: usize = 150;

/// The same generated logs every time: half of them imposed, half decided.
fn generated() -> Coverage {
    let mut runner = TestRunner::deterministic();
    let mut coverage = Coverage::default();
    let (imposed, decided) = ((policies(), log(40)), (policies(), commands(80)));
    for _ in 0..LOGS {
        let (policy, steps) = imposed.new_tree(&mut runner).unwrap().current();
        let mut world = World::with_policy(policy);
        impose(&mut world, &steps);
        coverage.add(&assert_trace(&world.records, LogClass::Any).unwrap());
        let (policy, asked) = decided.new_tree(&mut runner).unwrap().current();
        let mut world = World::with_policy(policy);
        drive(&mut world, &asked);
        coverage.add(&assert_trace(&world.records, LogClass::Decided).unwrap());
    }
    coverage
}

#[test]
fn every_invariant_but_that_of_all_states_was_put_to_use_by_generated_logs_and_fixtures() {
    let mut coverage = generated();
    for (name, records) in recorded::fixtures() {
        let answer = assert_trace(&records, LogClass::Any);
        coverage.add(&answer.unwrap_or_else(|it| panic!("{}: {it:?}", name.display())));
    }
    let unused: Vec<_> = coverage.vacuous().map(|it| it.name).collect();
    // Only an enumeration has all states; it counts this one itself.
    assert_eq!(unused, ["TERMINAL_REACHABLE"]);
}
