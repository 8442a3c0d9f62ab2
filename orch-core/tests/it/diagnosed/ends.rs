//! Missions before their first task and after their last.

use orch_core::command::Command;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::talk::Receipt;
use orch_core::event::task::Unmet;

use super::{Situation, page};
use crate::rules::stage::close_task;
use crate::support::*;

// spec: COMPLETE-1
#[test]
fn what_is_diagnosed_before_there_is_work_and_after_it_is_over() {
    insta::assert_snapshot!(page(situations()));
}

/// A mission in which everything is accepted.
fn finished() -> World {
    let mut world = World::new().agents(&["a"]).tasks(&["t1"]);
    world.finish("t1", "a");
    world.accepts(
        &lead(),
        Command::Receipt(Receipt {
            of: vec![world.mission.head()],
        }),
    );
    world
}

fn closed(mut world: World, outcome: MissionOutcome, forced: bool) -> World {
    let reason = "over".to_owned();
    world.accepts(
        &lead(),
        Command::CloseMission(MissionClosed {
            outcome,
            forced,
            reason,
        }),
    );
    world
}

fn situations() -> Vec<Situation> {
    let mut skipped = World::new().tasks(&["t1"]);
    skipped.accepts(&lead(), close_task("t1", Unmet::Skipped));
    let open = World::new().tasks(&["t1"]);
    vec![
        ("a mission that was not opened", World::unopened()),
        ("a mission without tasks", World::new()),
        ("a mission with a task that nobody has", open.clone()),
        ("a mission with nothing left to do", skipped),
        ("a mission whose last result was read", finished()),
        (
            "a mission that was completed",
            closed(finished(), MissionOutcome::Completed, false),
        ),
        (
            "a mission that was completed by force",
            closed(open.clone(), MissionOutcome::Completed, true),
        ),
        (
            "a mission that was cancelled",
            closed(open, MissionOutcome::Cancelled, false),
        ),
    ]
}
