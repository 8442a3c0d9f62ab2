//! Inventories: what an agent really carries against what the log says.

use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::attempt::HandoffStatus;
use orch_core::party::{Actor, Party};
use orch_core::policy::Millis;
use orch_core::status::task::TaskStatus;
use orch_core::view::MismatchKind;

use super::{in_status, inventory};
use crate::support::*;

// spec: CORRECT-3
#[test]
fn an_agent_that_carries_what_the_log_gives_to_another_is_a_divergence() {
    let mut world = in_status(TaskStatus::Running);
    let seen = world.accepts(&Actor::Host, Command::Observe(inventory("b", &[("t1", 1)])));
    let diverging = &world.mission.divergences()[0];
    assert_eq!(
        (&diverging.agent, &diverging.owner),
        (&agent("b"), &Some(agent("a")))
    );
    assert!(diverging.because.contains(&seen));
    assert_eq!(
        (world.status("t1"), world.owner("t1")),
        (TaskStatus::Running, agent("a"))
    );
    let blockers = world.blockers("t1");
    let found = blockers
        .iter()
        .find(|it| it.cause == Cause::OwnerTaskDivergence)
        .unwrap();
    assert_eq!(found.next, Party::Lead);
    let only = diverging.correction.clone().unwrap();
    world.accepts(&lead(), correct("t1", only));
    assert_eq!(
        (world.owner("t1"), world.mission.divergences()),
        (agent("b"), vec![])
    );
}

// spec: CORRECT-3
#[test]
fn an_agent_that_still_carries_finished_work_has_to_let_go() {
    // D13: the pointer of the agent is stale; who has a task is derived from open attempts.
    let mut world = in_status(TaskStatus::Accepted);
    let held = world.mission.agent(&agent("a")).unwrap().holds().count();
    assert_eq!(held, 0);
    world.accepts(&Actor::Host, Command::Observe(inventory("a", &[("t1", 1)])));
    assert_eq!(world.mission.divergences()[0].correction, None);
    world.accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    assert_eq!(world.mission.divergences(), []);
}

// spec: CORRECT-3, TIME-2
#[test]
fn an_agent_that_is_alive_but_no_longer_carries_its_attempt_owes_a_report() {
    // D04: the report was lost; the heartbeats of the runtime say nothing about the attempt.
    let mut world = World::with(|policy| policy.clocks.report_ms = Some(Millis::minutes(10)))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    let seen = world.accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    let token = world.view("t1").token().unwrap();
    assert_eq!(
        (token.unaccounted().unwrap().seq, world.status("t1")),
        (seen, TaskStatus::Running)
    );
    let mut reported = world.clone();
    reported.pass(5).hand("t1", HandoffStatus::Done);
    assert_eq!(reported.status("t1"), TaskStatus::Accepted);

    world.pass(10).accepts(&Actor::Host, Command::Tick);
    let roots = world.mission.roots(world.now);
    assert!(
        roots.iter().any(|it| it.cause == Cause::RulingOwed),
        "{roots:#?}"
    );
    // The report comes after the deadline: it is accepted once.
    world.hand("t1", HandoffStatus::Done);
    assert_eq!(world.status("t1"), TaskStatus::Accepted);
}

// spec: CORRECT-3, WIP-1
#[test]
fn an_empty_inventory_frees_the_places_of_workers_that_died() {
    // D25: three run by the counters, none by the runtime, and a fourth waits behind them.
    let mut world = World::new().agents(&["a"]).tasks(&["t1", "t2", "t3", "t4"]);
    for id in ["t1", "t2", "t3"] {
        world.start(id, "a");
    }
    assert_eq!(world.causes("t4"), [Cause::WipFull]);
    world.accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    assert_eq!(world.mission.in_flight().count(), 0);
    for id in ["t1", "t2", "t3"] {
        assert_eq!(world.status(id), TaskStatus::OutcomeUnknown);
        assert_eq!(world.blockers(id)[0].next, Party::Lead);
    }
    world.dispatch("t4", "a");
}

/// Takes the proposed steps until there are none left.
fn reconciled(world: &mut World) -> usize {
    let next = |world: &World| {
        let found = world.mission.reconcile();
        found.into_iter().find_map(|it| it.command)
    };
    let mut n_steps = 0;
    while let Some(step) = next(world) {
        assert!(n_steps < 10, "{step:?}");
        world.accepts(&lead(), step);
        n_steps += 1;
    }
    n_steps
}

fn proposed(world: &World) -> Vec<(MismatchKind, String)> {
    let found = world.mission.reconcile();
    found
        .iter()
        .map(|it| (it.kind, it.agent.to_string()))
        .collect()
}

// spec: CORRECT-3
#[test]
fn of_several_that_carry_a_task_only_one_is_proposed_as_its_owner() {
    let mut world = World::new().agents(&["a", "b", "c"]).tasks(&["t1"]);
    world.start("t1", "a");
    for who in ["b", "c"] {
        world.accepts(&Actor::Host, Command::Observe(inventory(who, &[("t1", 1)])));
    }
    let twice = (MismatchKind::Twice, "b#1".to_owned());
    let elsewhere = (MismatchKind::Elsewhere, "c#1".to_owned());
    assert_eq!(proposed(&world), [twice, elsewhere]);
    assert_eq!(reconciled(&mut world), 1);
    assert_eq!(world.owner("t1"), agent("c"));
}

// spec: CORRECT-3
#[test]
fn an_owner_that_carries_its_task_keeps_it_whoever_else_does() {
    let mut world = in_status(TaskStatus::Running);
    for who in ["a", "b"] {
        world.accepts(&Actor::Host, Command::Observe(inventory(who, &[("t1", 1)])));
    }
    assert_eq!(proposed(&world), [(MismatchKind::Twice, "b#1".to_owned())]);
    assert_eq!(reconciled(&mut world), 0);
    assert_eq!(world.owner("t1"), agent("a"));
    world.accepts(&Actor::Host, Command::Observe(inventory("b", &[])));
    assert_eq!(proposed(&world), []);
}

// spec: CORRECT-3
#[test]
fn a_task_that_nobody_declared_is_declared_and_then_bound_to_who_carries_it() {
    let mut world = World::new().agents(&["a"]);
    world.happens(&Actor::Host, inventory("a", &[("t7", 1)]));
    assert_eq!(reconciled(&mut world), 2);
    assert_eq!(world.owner("t7"), agent("a"));
}

// spec: CORRECT-3
#[test]
fn an_attempt_that_nobody_carries_is_proposed_as_lost() {
    let mut world = World::with(|policy| policy.clocks.report_ms = Some(Millis::minutes(10)))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    world.accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    assert_eq!(
        proposed(&world),
        [(MismatchKind::NotCarried, "a#1".to_owned())]
    );
    assert_eq!(reconciled(&mut world), 1);
    assert_eq!(world.status("t1"), TaskStatus::OutcomeUnknown);
}
