//! Work that is ready, held back, in somebody's hands or in review.

use orch_core::command::Command;
use orch_core::event::agent::ShutdownStage;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::Change;
use orch_core::event::gate::Verdict;
use orch_core::event::note::Note;
use orch_core::event::task::{Need, TaskDeclared, Unmet};
use orch_core::party::Actor;
use orch_core::policy::{Backoff, Millis};

use super::{Situation, asks, page, waits};
use crate::rules::stage::{close_task, dispatched, inventory, shutdown};
use crate::support::*;

// spec: DEP-1, WIP-1, RETRY-1, GATE-2
#[test]
fn what_is_diagnosed_of_work_that_does_not_move() {
    let mut all = of_ready();
    all.extend(of_needs());
    all.extend(of_places());
    all.extend(of_reviews());
    all.extend(of_people());
    insta::assert_snapshot!(page(all));
}

fn of_ready() -> Vec<Situation> {
    let mut needing = World::new().agents(&["a"]).tasks(&["t1"]);
    needing.declare_after("t2", &["t1"]);
    needing.finish("t1", "a");
    let noted = |n: usize| {
        let mut world = World::new();
        for _ in 0..n {
            let (task, text) = (Some(task("t1")), "soon".to_owned());
            world.happens(&import(), Note { task, text });
        }
        world
    };
    let mut named = World::new();
    let needs = vec![Need::accepted(task("t1"))];
    let needing_it = TaskDeclared {
        needs,
        ..TaskDeclared::new(task("t2"), "t2")
    };
    named.happens(&import(), needing_it);
    let wait = Millis::minutes(5);
    let backoff = Backoff::new(wait, 1, wait);
    let mut failed = World::with(|policy| policy.retry.backoff = Some(backoff))
        .agents(&["a"])
        .tasks(&["t1"]);
    failed.start("t1", "a");
    failed.hand("t1", HandoffStatus::Failed);
    let mut over = failed.clone();
    over.pass(5);
    failed.pass(4);
    vec![
        ("what it needed was accepted", needing),
        ("a task that one note names", noted(1)),
        ("a task that two notes name", noted(2)),
        ("a task that only a need names", named),
        ("a minute before the backoff is over", failed),
        ("when the backoff is over", over),
    ]
}

/// A task that needs another, which was done and is open again.
fn reopened_below(tells: impl FnOnce(&mut World)) -> World {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1"]);
    world.declare_after("t2", &["t1"]);
    world.finish("t1", "a");
    tells(&mut world);
    world.accepts(&lead(), correct("t1", Change::Reopen));
    world
}

fn of_needs() -> Vec<Situation> {
    let fails = |world: &mut World| {
        world.start("t2", "b");
        let given_up = Handoff {
            not_retryable: true,
            ..world.handoff("t2", HandoffStatus::Failed)
        };
        world.accepts(&by("b"), Command::Handoff(given_up));
    };
    let goes_on_beside = |world: &mut World| {
        world.dispatch("t2", "a");
        world.happens(&import(), dispatched("t2", 2, "b"));
        world.happens(&by("b"), handoff("t2", 2, "b", HandoffStatus::Partial));
    };
    vec![
        (
            "what failed needs what was opened again",
            reopened_below(fails),
        ),
        (
            "what is open beside an attempt needs what was opened again",
            reopened_below(goes_on_beside),
        ),
    ]
}

/// A mission with one place, which `t1` has, and for which `t2` waits.
fn full() -> World {
    let mut world = World::with(|policy| policy.wip.mission = Some(1))
        .agents(&["a", "b"])
        .tasks(&["t1", "t2"]);
    world.start("t1", "a");
    world
}

fn of_places() -> Vec<Situation> {
    let mut gone = full();
    gone.accepts(&Actor::Host, shutdown("a", ShutdownStage::Requested));
    gone.accepts(&Actor::Host, shutdown("a", ShutdownStage::Terminated));
    let mut asking = full();
    asking.accepts(
        &by("a"),
        Command::Send(asks(Some("t1"), "agent:a", "human:ada")),
    );
    let mut waiting = full();
    waiting.accepts(&by("a"), Command::Wait(waits("agent:a", "lock:files")));
    vec![
        ("the only place is taken by work", full()),
        ("the only place is taken by who is gone", gone),
        ("the only place is taken by who has asked", asking),
        ("the only place is taken by who waits", waiting),
    ]
}

fn of_reviews() -> Vec<Situation> {
    let mut open = World::new().agents(&["a", "b", "c"]);
    open.declare_gated("t1", &["review"]);
    open.finish("t1", "a");
    let mut held = open.clone();
    held.accepts(&lead(), request_gate("t1", 1, "review", "agent:b"));
    let mut gone = held.clone();
    gone.leaves("b");
    let mut again = held.clone();
    let changes = decide_gate("t1", 1, "review", "agent:b", Verdict::ChangesRequested);
    again.accepts(&by("b"), again.judging_newest(changes));
    let mut redone = again.clone();
    redone.hand("t1", HandoffStatus::Done);
    vec![
        ("a gate that nobody holds", open),
        ("a gate that a reviewer holds", held),
        ("a gate whose reviewer left", gone),
        ("work that came back from its gate", again),
        ("work that was done again after its gate", redone),
    ]
}

fn of_people() -> Vec<Situation> {
    let mut carrying = World::new().agents(&["a"]).tasks(&["t1"]);
    carrying.accepts(&Actor::Host, shutdown("a", ShutdownStage::Requested));
    carrying.accepts(&by("a"), shutdown("a", ShutdownStage::Acknowledged));
    let mut stopped = carrying.clone();
    stopped.happens(&Actor::Host, inventory("a", &[]));
    carrying.happens(&Actor::Host, inventory("a", &[("t1", 1)]));
    let mut asked = World::new().agents(&["a"]).tasks(&["t1"]);
    asked.accepts(
        &lead(),
        Command::Send(asks(Some("t1"), "human:ada", "agent:a")),
    );
    let mut ruled = World::with(|policy| policy.retry.max_blocks = Some(1));
    ruled = ruled.agents(&["a"]).tasks(&["t1"]);
    ruled.start("t1", "a");
    ruled.hand("t1", HandoffStatus::Blocked);
    ruled.happens(&import(), dispatched("t1", 2, "a"));
    ruled.happens(&by("a"), handoff("t1", 2, "a", HandoffStatus::Done));
    let mut over = asked.clone();
    over.accepts(&lead(), close_task("t1", Unmet::Skipped));
    vec![
        ("who should have stopped carries a task", carrying),
        ("who has stopped carries nothing", stopped),
        ("a question about a task that is open", asked),
        ("a question about a task that is over", over),
        ("a ruling on a task that is over", ruled),
    ]
}
