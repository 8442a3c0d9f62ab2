//! What reviews of the core found, each as the shortest story that shows what holds now.

mod authority;
mod clocks_and_rulings;
mod corrections;
mod gates;
mod legal_and_ready;
mod numbers_and_order;
mod parallel_attempts;
mod records;
mod rings;
mod snapshots;
mod talk;

use crate::support::*;
use orch_core::command::Command;
use orch_core::diagnosis::Cause;
use orch_core::event::Event;
use orch_core::event::agent::{Carried, Inventory};
use orch_core::event::attempt::{Dispatched, Handoff, HandoffStatus};
use orch_core::event::clock::ClockKind;
use orch_core::event::correction::{Amendment, Change};
use orch_core::event::talk::{Message, MessageClass};
use orch_core::event::task::{TaskClosed, Unmet};
use orch_core::ids::AttemptNo;
use orch_core::mission::ObligationKind;
use orch_core::party::Actor;
use orch_core::policy::{Clocks, Millis};

const LIMIT: Millis = Millis::minutes(10);

/// A mission with agents `a` and `b` and task `t1`, in which some clocks run for ten minutes.
fn clocked(set: impl FnOnce(&mut Clocks)) -> World {
    World::with(|policy| set(&mut policy.clocks))
        .agents(&["a", "b"])
        .tasks(&["t1"])
}

/// The log goes on with an event that nobody asked for.
fn imposed(world: &World, actor: &Actor, event: impl Into<Event>) -> World {
    let mut imposed = world.clone();
    imposed.happens(actor, event);
    imposed
}

fn tick(world: &mut World) {
    world.accepts(&Actor::Host, Command::Tick);
}

fn observe(who: &str, carries: &[(&str, u32)]) -> Command {
    let carried = |&(id, number): &(&str, u32)| Carried {
        task: task(id),
        attempt: AttemptNo(number),
    };
    Command::Observe(Inventory {
        agent: agent(who),
        carries: carries.iter().map(carried).collect(),
    })
}

fn dispatched(id: &str, number: u32, who: &str) -> Dispatched {
    Dispatched::new(task(id), AttemptNo(number), agent(who))
}

fn close_task(id: &str, outcome: Unmet) -> Command {
    Command::CloseTask(TaskClosed {
        task: task(id),
        outcome,
        reason: "not needed".to_owned(),
    })
}

fn amend(change: impl FnOnce(&mut Amendment)) -> Change {
    let mut amendment = Amendment::default();
    change(&mut amendment);
    Change::Amend(Box::new(amendment))
}

fn says(from: &str, to: &str, class: MessageClass, about: Option<&str>) -> Command {
    Command::Send(Message {
        task: about.map(task),
        ..message(from, to, class, "which port?")
    })
}

/// A handover as done that names a revision.
fn done_at(id: &str, number: u32, who: &str, revision: &str) -> Command {
    Command::Handoff(Handoff {
        revision: Some(revision.to_owned()),
        ..handoff(id, number, who, HandoffStatus::Done)
    })
}

fn causes(world: &World, id: &str) -> Vec<Cause> {
    world.blockers(id).iter().map(|found| found.cause).collect()
}

fn owed(world: &World) -> Vec<ObligationKind> {
    let all = world.mission.obligations();
    all.iter().map(|owed| owed.kind).collect()
}

fn due(world: &World) -> Vec<ClockKind> {
    let all = world.mission.due(world.now);
    all.iter().map(|due| due.clock).collect()
}
