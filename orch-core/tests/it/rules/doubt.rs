//! What a diagnosis says is missing is what the log lacks.

use orch_core::command::Command;
use orch_core::event::clock::ClockKind;
use orch_core::party::Actor;
use orch_core::policy::{Millis, OnExpiry};

use super::inventory;
use super::time::running;
use crate::support::*;

fn said(world: &World) -> String {
    world.blockers("t1")[0].detail.clone()
}

// spec: TIME-3
#[test]
fn each_clock_of_an_attempt_says_what_did_not_happen_in_time() {
    let cases = [
        (ClockKind::Start, "did not start in time"),
        (ClockKind::Attempt, "has not handed over in time"),
        (ClockKind::Alive, "is silent"),
        (ClockKind::Progress, "reports no progress in time"),
    ];
    for (clock, what) in cases {
        let mut world = running(clock, OnExpiry::Surface);
        world.pass(9);
        if clock == ClockKind::Progress {
            // It is not silent.
            world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
        }
        world.pass(1).accepts(&Actor::Host, Command::Tick);
        assert_eq!(said(&world), format!("attempt 1 with a#1 {what}"));
    }
}

// spec: CORRECT-3, TIME-2
#[test]
fn an_agent_that_is_there_without_its_attempt_is_not_called_silent() {
    let mut world = World::with(|policy| policy.clocks.report_ms = Some(Millis::minutes(5)))
        .agents(&["a"])
        .tasks(&["t1"]);
    world.start("t1", "a");
    let seen = world
        .pass(1)
        .accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    let expected = "attempt 1 with a#1 is not carried by its agent, and its report is missing";
    for _ in 0..2 {
        assert_eq!(said(&world), expected);
        assert!(world.blockers("t1")[0].because.contains(&seen));
        world.pass(5).ask(&Actor::Host, &Command::Tick);
    }
    world.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    assert_eq!(said(&world), "attempt 1 with a#1 is at work");
}

// spec: SHUT-2
#[test]
fn an_unknown_outcome_says_why_nobody_knows_it() {
    let mut lost = World::new().agents(&["a"]).tasks(&["t1"]);
    lost.start("t1", "a");
    let mut left = lost.clone();
    lost.accepts(&Actor::Host, Command::Observe(inventory("a", &[])));
    let unknown = "whether the work is done is not known";
    let nobody = format!("nobody carries its attempt any more; {unknown}");
    assert_eq!(said(&lost), nobody);
    left.leaves("a");
    assert_eq!(said(&left), format!("its owner is gone; {unknown}"));
}
