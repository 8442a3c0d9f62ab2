//! The clocks: what resets each, who sets them, and announced silence.

use chrono::TimeDelta;
use orch_core::command::{Command, Dispatch};
use orch_core::event::Event;
use orch_core::event::attempt::{Heartbeat, Progress};
use orch_core::event::clock::{ClockKind, Timeout};
use orch_core::event::task::{Limits, TaskDeclared};
use orch_core::mission::ObligationKind;
use orch_core::party::Actor;
use orch_core::policy::{Clocks, Millis, OnExpiry};
use orch_core::status::task::TaskStatus;

use super::time::{LIMIT, running, subject, ticks, under};
use crate::support::*;

// spec: TIME-1, TIME-2
#[test]
fn each_of_the_eight_clocks_runs_out_exactly_at_its_limit_and_is_recorded_once() {
    for clock in ClockKind::ALL {
        let mut world = running(clock, OnExpiry::Surface);
        let due = world.now + TimeDelta::minutes(10);
        assert_eq!(world.mission.next_deadline(), Some(due), "{clock}");
        world.now = due - TimeDelta::milliseconds(1);
        assert_eq!(world.mission.due(world.now), [], "{clock}");
        world.changes_nothing(&Actor::Host, Command::Tick);
        world.now = due;
        assert_eq!(world.mission.due(world.now).len(), 1, "{clock}");
        let subject = subject(&world, clock);
        let expected = Timeout {
            clock,
            subject,
            limit_ms: Some(LIMIT),
            due,
        };
        assert_eq!(ticks(&mut world), [Event::from(expected)], "{clock}");
        assert_eq!(world.mission.due(world.now), [], "{clock}");
        world.changes_nothing(&Actor::Host, Command::Tick);
    }
}

// spec: TIME-2
#[test]
fn a_sign_of_life_does_not_reset_the_progress_clock() {
    let mut world = running(ClockKind::Progress, OnExpiry::Surface);
    let begun = world.now;
    world
        .pass(4)
        .accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    assert_eq!(
        world.mission.next_deadline(),
        Some(begun + TimeDelta::minutes(10))
    );
    world.accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    assert_eq!(
        world.mission.next_deadline(),
        Some(world.now + TimeDelta::minutes(10))
    );
}

// spec: TIME-2
#[test]
fn progress_is_a_sign_of_life_and_neither_stretches_the_attempt() {
    let mut alive = running(ClockKind::Alive, OnExpiry::Surface);
    alive
        .pass(4)
        .accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    assert_eq!(
        alive.mission.next_deadline(),
        Some(alive.now + TimeDelta::minutes(10))
    );
    let mut long = running(ClockKind::Attempt, OnExpiry::Surface);
    long.pass(4)
        .accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
    assert_eq!(
        long.mission.next_deadline(),
        Some(long.now + TimeDelta::minutes(6))
    );
}

// spec: TIME-2
#[test]
fn a_silence_that_was_announced_is_not_held_against_an_attempt() {
    for clock in [ClockKind::Alive, ClockKind::Progress] {
        let mut world = running(clock, OnExpiry::Surface);
        let until = world.now + TimeDelta::hours(2);
        let quiet = Heartbeat {
            silent_until: Some(until),
            ..beat("t1", 1, "a")
        };
        world.accepts(&by("a"), Command::Beat(quiet));
        assert_eq!(
            world.mission.next_deadline(),
            Some(until + TimeDelta::minutes(10)),
            "{clock}"
        );
        // Speaking again ends the silence.
        world
            .pass(5)
            .accepts(&by("a"), Command::Progress(progress("t1", 1, "a")));
        assert_eq!(
            world.mission.next_deadline(),
            Some(world.now + TimeDelta::minutes(10)),
            "{clock}"
        );
        let again = Progress {
            silent_until: Some(until),
            ..progress("t1", 1, "a")
        };
        world.accepts(&by("a"), Command::Progress(again));
        assert_eq!(
            world.mission.next_deadline(),
            Some(until + TimeDelta::minutes(10)),
            "{clock}"
        );
    }
}

// spec: TIME-2
#[test]
fn the_clock_of_a_dispatch_wins_over_that_of_its_task_and_of_the_mission() {
    let of = |minutes| {
        let mut clocks = Clocks::default();
        clocks.start_ms = Some(Millis::minutes(minutes));
        clocks
    };
    let deadline = |task_clock: Option<Clocks>, own: Option<Clocks>| {
        let mut world = under(of(10), OnExpiry::Surface);
        let mut limits = Limits::default();
        limits.clocks = task_clock.unwrap_or_default();
        world.declare(TaskDeclared {
            limits: Some(limits),
            ..TaskDeclared::new(task("t2"), "t2")
        });
        let order = Dispatch {
            limits: own,
            ..Dispatch::new(task("t2"), name("a"))
        };
        world.accepts(&lead(), Command::Dispatch(order));
        (world.mission.next_deadline().unwrap() - epoch()).num_minutes()
    };
    assert_eq!(deadline(None, None), 10);
    assert_eq!(deadline(Some(of(20)), None), 20);
    assert_eq!(deadline(Some(of(20)), Some(of(30))), 30);
}

// spec: TIME-2, ID-1
#[test]
fn a_dispatch_that_never_starts_is_not_a_running_task() {
    // D29
    let mut world = running(ClockKind::Start, OnExpiry::Surface);
    world.pass(10);
    ticks(&mut world);
    assert_eq!(world.status("t1"), TaskStatus::Dispatched);
    assert_eq!(world.mission.counts().of(TaskStatus::Running), 0);
    assert_eq!(world.mission.obligations()[0].kind, ObligationKind::Ruling);
}

// spec: TIME-1
#[test]
fn ticking_at_each_deadline_comes_to_an_end() {
    for clock in ClockKind::ALL {
        let mut world = running(clock, OnExpiry::Surface);
        let mut n = 0;
        while let Some(due) = world.mission.next_deadline() {
            n += 1;
            assert!(n <= 2 && due >= world.now, "{clock}");
            world.now = due;
            ticks(&mut world);
        }
        // Only silence runs out twice: first it is suspect, then lost.
        assert_eq!(n, if clock == ClockKind::Alive { 2 } else { 1 }, "{clock}");
    }
    assert_eq!(World::new().mission.next_deadline(), None);
}
