//! Commands in short, and a mission in which a task has come to any status.

use orch_core::command::Command;
use orch_core::event::agent::{Carried, Inventory, Shutdown, ShutdownStage};
use orch_core::event::attempt::{AttemptEnd, Dispatched, Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::gate::Verdict;
use orch_core::event::task::{
    GateSpec, GateStage, Limits, TaskClosed, TaskDeclared, TaskDelivered, Unmet,
};
use orch_core::ids::AttemptNo;
use orch_core::party::Actor;
use orch_core::status::task::TaskStatus;

use crate::support::*;

pub(crate) fn shutdown(who: &str, stage: ShutdownStage) -> Command {
    Command::Shutdown(Shutdown {
        agent: agent(who),
        stage,
        reason: "the work is over".to_owned(),
    })
}

pub(crate) fn close_task(id: &str, outcome: Unmet) -> Command {
    Command::CloseTask(TaskClosed {
        task: task(id),
        outcome,
        reason: "not needed".to_owned(),
    })
}

pub(crate) fn deliver(id: &str) -> Command {
    Command::Deliver(TaskDelivered {
        task: task(id),
        note: String::new(),
    })
}

pub(crate) fn dispatched(id: &str, number: u32, who: &str) -> Dispatched {
    Dispatched {
        task: task(id),
        attempt: AttemptNo(number),
        agent: agent(who),
        workspace: None,
        branch: None,
        limits: None,
        note: String::new(),
    }
}

pub(crate) fn inventory(who: &str, carries: &[(&str, u32)]) -> Inventory {
    let carried = |&(id, number): &(&str, u32)| Carried {
        task: task(id),
        attempt: AttemptNo(number),
    };
    Inventory {
        agent: agent(who),
        carries: carries.iter().map(carried).collect(),
    }
}

/// A mission in which task `t1` has come to a status; `a`, `b` and `c` are there, and task `next`.
pub(crate) fn in_status(status: TaskStatus) -> World {
    in_status_from(World::unlimited(), status)
}

/// The same in a mission of its own.
pub(crate) fn in_status_from(world: World, status: TaskStatus) -> World {
    let mut world = world.agents(&["a", "b", "c"]);
    let mut declared = TaskDeclared::new(task("t1"), "t1");
    if matches!(status, TaskStatus::InReview | TaskStatus::Rework) {
        declared.gates = vec![GateSpec::new(gate("review"), GateStage::Accept)];
    }
    let mut limits = Limits::default();
    limits.max_attempts = Some(1);
    declared.limits = Some(limits).filter(|_| status == TaskStatus::Exhausted);
    world.declare(declared);
    let mut world = world.tasks(&["next"]);
    let by_owner = |world: &mut World, command| world.accepts(&by("a"), command);
    let by_lead = |world: &mut World, command| world.accepts(&lead(), command);
    if !is_without_attempt(status) {
        world.dispatch("t1", "a");
    }
    if !is_without_attempt(status) && status != TaskStatus::Dispatched {
        by_owner(&mut world, started(1, "t1", &agent("a")));
    }
    let hands = |status| Command::Handoff(handoff("t1", 1, "a", status));
    let again = decide_gate("t1", 1, "review", "human:ada", Verdict::ChangesRequested);
    let given_up = Handoff {
        not_retryable: true,
        ..handoff("t1", 1, "a", HandoffStatus::Failed)
    };
    let lost = ended("t1", 1, "a", AttemptEnd::Lost);
    match status {
        TaskStatus::Open | TaskStatus::Dispatched | TaskStatus::Running => world.mission.head(),
        TaskStatus::Blocked => by_owner(&mut world, hands(HandoffStatus::Blocked)),
        TaskStatus::Reported => by_owner(&mut world, Command::EndAttempt(exited("t1", 1, "a", 0))),
        TaskStatus::InReview | TaskStatus::Accepted => {
            by_owner(&mut world, hands(HandoffStatus::Done))
        }
        TaskStatus::Rework => {
            by_owner(&mut world, hands(HandoffStatus::Done));
            by_lead(&mut world, again)
        }
        TaskStatus::Delivered => {
            by_owner(&mut world, hands(HandoffStatus::Done));
            by_lead(&mut world, deliver("t1"))
        }
        TaskStatus::Failed => by_owner(&mut world, Command::Handoff(given_up)),
        TaskStatus::Exhausted => by_owner(&mut world, hands(HandoffStatus::Failed)),
        TaskStatus::Skipped => by_lead(&mut world, close_task("t1", Unmet::Skipped)),
        TaskStatus::Cancelled => by_lead(&mut world, close_task("t1", Unmet::Cancelled)),
        TaskStatus::Superseded => by_lead(
            &mut world,
            correct("t1", Change::Supersede { by: task("next") }),
        ),
        TaskStatus::OutcomeUnknown => world.accepts(&Actor::Host, Command::EndAttempt(lost)),
        _ => panic!("{status} is new"),
    };
    assert_eq!(world.status("t1"), status);
    world
}

/// Whether a task can be in the status without an attempt ever having been made.
pub(crate) const fn is_without_attempt(status: TaskStatus) -> bool {
    matches!(
        status,
        TaskStatus::Open | TaskStatus::Skipped | TaskStatus::Cancelled | TaskStatus::Superseded
    )
}
