//! A fixed set of logs: the same on every run, so that what they show can be written down.

use orch_core::event::task::TaskDeclared;
use orch_core::policy::Policy;
use orch_core::record::Record;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;

use crate::strategy;
use crate::world::{World, label, task};

/// Logs imposed on a mission, whatever the rules say, from a fixed seed.
pub fn imposed(n: usize, most: usize) -> Vec<Vec<Record>> {
    let mut runner = TestRunner::deterministic();
    let recipe = (strategy::policies(), strategy::log(most));
    let draw = |_| {
        let (policy, log) = recipe.new_tree(&mut runner).unwrap().current();
        let mut world = World::with_policy(policy);
        strategy::impose(&mut world, &log);
        world.records
    };
    (0..n).map(draw).collect()
}

/// Logs of what was asked for and accepted or late, from a fixed seed.
pub fn decided(n: usize, most: usize) -> Vec<Vec<Record>> {
    let mut runner = TestRunner::deterministic();
    let recipe = (strategy::policies(), strategy::commands(most));
    let draw = |_| {
        let (policy, commands) = recipe.new_tree(&mut runner).unwrap().current();
        let mut world = World::with_policy(policy);
        strategy::drive(&mut world, &commands);
        world.records
    };
    (0..n).map(draw).collect()
}

/// A mission with two agents and three tasks, one of them gated and one asked for evidence.
fn staged(policy: Policy) -> World {
    let mut world = World::with_policy(policy).agents(&["a", "b"]);
    world.declare_gated("t1", &["tester", "reviewer"]);
    world.declare(TaskDeclared {
        evidence: vec![label("commit")],
        kind: Some(label("implement")),
        ..TaskDeclared::new(task("t2"), "t2")
    });
    world.declare_after("t3", &["t2"]);
    world
}

/// Logs imposed on a mission that is under way, from a fixed seed.
pub fn staged_imposed(n: usize, most: usize) -> Vec<Vec<Record>> {
    let mut runner = TestRunner::deterministic();
    let recipe = (strategy::policies(), strategy::log(most));
    let draw = |_| {
        let (policy, log) = recipe.new_tree(&mut runner).unwrap().current();
        let mut world = staged(policy);
        strategy::impose(&mut world, &log);
        world.records
    };
    (0..n).map(draw).collect()
}

/// Logs of what was asked for and accepted or late in a mission that is under way.
pub fn staged_decided(n: usize, most: usize) -> Vec<Vec<Record>> {
    let mut runner = TestRunner::deterministic();
    let recipe = (strategy::policies(), strategy::commands(most));
    let draw = |_| {
        let (policy, commands) = recipe.new_tree(&mut runner).unwrap().current();
        let mut world = staged(policy);
        strategy::drive(&mut world, &commands);
        world.records
    };
    (0..n).map(draw).collect()
}
