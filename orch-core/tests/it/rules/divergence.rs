//! Inventories: what an agent really carries against what the log says.

use orch_core::command::Command;
use orch_core::event::attempt::HandoffStatus;
use orch_core::party::{Actor, Party};
use orch_core::policy::Millis;
use orch_core::status::task::TaskStatus;
use orch_core::view::Cause;

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
