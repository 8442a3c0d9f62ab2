//! What can be done now: the commands that would be accepted, and the tasks that can be handed out.

use orch_core::codes::Code;
use orch_core::decide::{Context, RetryHint};
use orch_core::event::mission::MissionOutcome;
use orch_core::event::task::TaskDeclared;
use orch_core::view::Readiness;

use super::*;

fn legal(world: &World, actor: &Actor) -> Vec<Command> {
    let context = Context::new(actor.clone(), world.now);
    let all = world.mission.legal(&context);
    for command in &all {
        world.clone().accepts(actor, command.clone());
    }
    all
}

fn closes(commands: &[Command]) -> Vec<MissionOutcome> {
    let outcome = |command: &Command| match command {
        Command::CloseMission(data) => Some(data.outcome),
        _ => None,
    };
    commands.iter().filter_map(outcome).collect()
}

// spec: DECIDE-3
#[test]
fn what_is_legal_for_the_owner_of_a_dispatched_task_contains_its_start() {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    world.dispatch("t1", "a");
    let start = started(1, "t1", &agent("a"));
    assert!(legal(&world, &by("a")).contains(&start));
    assert!(!legal(&world, &by("b")).contains(&start));
    world.accepts(&by("a"), start.clone());
    assert!(!legal(&world, &by("a")).contains(&start));
}

// spec: DECIDE-3
#[test]
fn what_is_legal_for_the_lead_is_the_dispatch_of_what_is_ready_and_the_close_that_is_possible() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    let all = legal(&world, &lead());
    assert!(all.contains(&dispatch("t1", "a")));
    assert!(!all.contains(&dispatch("t2", "a")));
    assert!(!closes(&all).contains(&MissionOutcome::Completed));
    for id in ["t1", "t2"] {
        world.accepts(&lead(), close_task(id, Unmet::Skipped));
    }
    let all = legal(&world, &lead());
    assert!(!all.contains(&dispatch("t1", "a")));
    assert!(closes(&all).contains(&MissionOutcome::Completed));
    assert_eq!(closes(&legal(&world, &by("a"))), []);
}

// spec: DEP-1
#[test]
fn what_is_ready_is_listed_by_priority_and_then_as_declared() {
    let mut world = World::new();
    let declared = [
        ("t1", None),
        ("t2", Some(3)),
        ("t3", Some(1)),
        ("t4", Some(3)),
    ];
    for (id, priority) in declared {
        world.declare(TaskDeclared {
            priority,
            ..TaskDeclared::new(task(id), id)
        });
    }
    let ready = world.mission.ready(world.now);
    assert_eq!(ready, [&task("t3"), &task("t2"), &task("t4"), &task("t1")]);
}

// spec: WIP-1
#[test]
fn a_full_role_holds_back_what_asks_for_it_and_nothing_else() {
    let mut world = World::with(|policy| {
        policy.wip.roles.insert(label("tester"), 1);
    })
    .agents(&["a", "b"])
    .tasks(&["plain"]);
    for id in ["t1", "t2"] {
        world.declare(TaskDeclared {
            role: Some(label("tester")),
            ..TaskDeclared::new(task(id), id)
        });
    }
    let held = world.dispatch("t1", "a");
    assert_eq!(world.mission.ready(world.now), [&task("plain")]);
    let because = vec![held];
    let readiness = world.mission.readiness(&task("t2"), world.now);
    assert_eq!(readiness, Some(Readiness::WipWait { because }));
    let refused = world.rejects(&lead(), dispatch("t2", "b"), Code::WipFull);
    assert_eq!(refused.retry, RetryHint::OnChange);
}

// spec: DECIDE-3, DEP-3
#[test]
fn a_dispatch_whose_needs_are_not_met_is_worth_asking_again_once_something_changed() {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    let refused = world.rejects(&lead(), dispatch("t2", "a"), Code::NeedsUnmet);
    assert_eq!(refused.retry, RetryHint::OnChange);
    world.finish("t1", "a");
    world.dispatch("t2", "a");
}
