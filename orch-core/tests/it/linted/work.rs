//! What shows while a log goes on: handoffs, ends, remarks, clocks and runs.

use chrono::TimeDelta;
use orch_core::command::Command;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::clock::{ClockKind, ClockSubject, Timeout};
use orch_core::event::correction::Change;
use orch_core::event::mission::{MissionClosed, MissionOutcome};
use orch_core::event::note::Note;
use orch_core::event::talk::{Message, MessageClass};
use orch_core::party::Actor;

use super::{Situation, of, page};
use crate::rules::stage::dispatched;
use crate::support::*;

// spec: COMPLETE-1, COMPLETE-3, NOTE-1, ORDER-1, TIME-1, RETRY-1, FENCE-1
#[test]
fn what_is_found_while_a_log_goes_on() {
    let mut all = of_closing();
    all.extend(of_reports());
    all.extend(of_remarks());
    all.extend(of_clocks());
    all.extend(of_notes());
    all.extend(of_attempts());
    insta::assert_snapshot!(page(all));
}

fn closing(n_tasks: usize, outcome: MissionOutcome, forced: bool) -> World {
    let mut world = World::unlimited();
    for n in 0..n_tasks {
        world.declare_after(&format!("t{n}"), &[]);
    }
    let reason = "over".to_owned();
    let closed = MissionClosed {
        outcome,
        forced,
        reason,
    };
    world.happens(&lead(), closed);
    world
}

fn of_closing() -> Vec<Situation> {
    vec![
        of(
            "completed by force over three tasks",
            closing(3, MissionOutcome::Completed, true),
        ),
        of(
            "completed by force over ten tasks",
            closing(10, MissionOutcome::Completed, true),
        ),
        of(
            "completed over a task, without force",
            closing(1, MissionOutcome::Completed, false),
        ),
        of(
            "cancelled by force over a task",
            closing(1, MissionOutcome::Cancelled, true),
        ),
        of(
            "completed by force over nothing",
            closing(0, MissionOutcome::Completed, true),
        ),
    ]
}

/// A task in the hands of `a`.
fn held() -> World {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1", "t2"]);
    world.dispatch("t1", "a");
    world
}

fn of_reports() -> Vec<Situation> {
    let done = |mut world: World| {
        world.accepts(
            &by("a"),
            Command::Handoff(handoff("t1", 1, "a", HandoffStatus::Done)),
        );
        world
    };
    let mut alive = held();
    alive.accepts(&by("a"), Command::Beat(beat("t1", 1, "a")));
    let mut begun = held();
    begun.accepts(&by("a"), started(1, "t1", &agent("a")));
    let mut late = done(begun.clone());
    late.happens(&by("a"), progress("t1", 1, "a"));
    let mut zombie = begun.clone();
    zombie.leaves("a");
    zombie.happens(&by("a"), beat("t1", 1, "a"));
    let mut beside = begun.clone();
    beside.happens(&import(), dispatched("t1", 2, "a"));
    let mut unproven = World::unlimited().agents(&["a"]);
    let mut declared = orch_core::event::task::TaskDeclared::new(task("t1"), "t1");
    declared.evidence = vec![label("commit"), label("log")];
    unproven.declare(declared);
    unproven.start("t1", "a");
    unproven.hand("t1", HandoffStatus::Done);
    let mut partial = begun.clone();
    partial.hand("t1", HandoffStatus::Partial);
    let mut exits = Vec::new();
    for code in [0, 1] {
        let mut world = begun.clone();
        world.accepts(
            &Actor::Host,
            Command::EndAttempt(exited("t1", 1, "a", code)),
        );
        exits.push(world);
    }
    let dirty = exits.pop().unwrap();
    let clean = exits.pop().unwrap();
    vec![
        of("done without a sign of life", done(held())),
        of("done after a sign of life", done(alive)),
        of("done after a beginning", done(begun)),
        of("a report after the task is over", late),
        of("a report of who is gone", zombie),
        of("an attempt of the same agent beside its own", beside),
        of("done without the evidence", unproven),
        of("handed back in part", partial),
        of("a clean exit without a handoff", clean),
        of("an exit with an error", dirty),
    ]
}

/// A remark about a task after which `a` reports about its own.
fn remarked(about: Option<&str>, report: impl FnOnce(&mut World)) -> World {
    let mut world = held();
    let remark = Message {
        task: about.map(task),
        ..message("human:ada", "agent:a", MessageClass::Fyi, "b is faster")
    };
    world.accepts(&lead(), Command::Send(remark));
    report(&mut world);
    world
}

fn of_remarks() -> Vec<Situation> {
    let release = |world: &mut World| {
        world.happens(&by("a"), ended("t1", 1, "a", AttemptEnd::Released));
    };
    let hands = |status| {
        move |world: &mut World| {
            world.hand("t1", status);
        }
    };
    let exit = |world: &mut World| {
        world.happens(&by("a"), exited("t1", 1, "a", 1));
    };
    let begins_then_releases = |world: &mut World| {
        world.accepts(&by("a"), started(1, "t1", &agent("a")));
        world.happens(&by("a"), ended("t1", 1, "a", AttemptEnd::Released));
    };
    let releases_later_work = |world: &mut World| {
        world.dispatch("t2", "a");
        world.happens(&by("a"), ended("t2", 1, "a", AttemptEnd::Released));
    };
    let taken_first = |world: &mut World| {
        world.accepts(&lead(), correct("t1", Change::Reopen));
        world.happens(&by("a"), ended("t1", 1, "a", AttemptEnd::Released));
    };
    vec![
        of("released after a remark", remarked(None, release)),
        of(
            "released after a remark about it",
            remarked(Some("t1"), release),
        ),
        of(
            "released after a remark about another",
            remarked(Some("t2"), release),
        ),
        of(
            "blocked after a remark",
            remarked(None, hands(HandoffStatus::Blocked)),
        ),
        of(
            "done after a remark",
            remarked(None, hands(HandoffStatus::Done)),
        ),
        of("exited after a remark", remarked(None, exit)),
        of(
            "begun, then released after a remark",
            remarked(None, begins_then_releases),
        ),
        of(
            "released what was handed out after the remark",
            remarked(None, releases_later_work),
        ),
        of("released after a correction", remarked(None, taken_first)),
    ]
}

/// Two records of which the second is so many seconds before the first.
fn back(seconds: i64) -> World {
    let mut world = World::new();
    world.pass(60 * 24);
    world.declare_after("t1", &[]);
    world.now -= TimeDelta::seconds(seconds);
    world.declare_after("t2", &[]);
    world
}

fn of_clocks() -> Vec<Situation> {
    vec![
        of("a clock that goes back a second", back(1)),
        of("a clock that goes back a minute", back(60)),
        of("a clock that goes back two minutes", back(120)),
        of("a clock that goes back an hour and a minute", back(3660)),
        of(
            "a clock that goes back two minutes less than an hour",
            back(3480),
        ),
        of(
            "a clock that goes back three minutes less than an hour",
            back(3420),
        ),
        of("a clock that goes back an hour and two minutes", back(3720)),
        of(
            "a clock that goes back an hour and three minutes",
            back(3780),
        ),
        of("a clock that goes back ten hours", back(36_000)),
    ]
}

fn note(world: &mut World, text: &str) {
    let (task, text) = (Some(task("t1")), text.to_owned());
    world.happens(&import(), Note { task, text });
}

/// So many attempts that end in the same way.
fn attempts(n: u32, end: impl Fn(&mut World, u32)) -> World {
    let mut world = World::unlimited().agents(&["a"]).tasks(&["t1"]);
    for number in 1..=n {
        world.happens(&import(), dispatched("t1", number, "a"));
        end(&mut world, number);
    }
    world
}

fn of_notes() -> Vec<Situation> {
    let says = |notes: &mut dyn Iterator<Item = String>| {
        let mut world = World::new().tasks(&["t1"]);
        notes.for_each(|text| note(&mut world, &text));
        world
    };
    let same = |n: usize| says(&mut (0..n).map(|_| "claimed".to_owned()));
    let many = says(&mut (0..200).map(|n| format!("word {}", n % 17)));
    let broken_by = |event: &dyn Fn(&mut World)| {
        let mut world = World::new().tasks(&["t1"]);
        for n in 0..12 {
            note(&mut world, "claimed");
            if n == 5 {
                event(&mut world);
            }
        }
        world
    };
    let by_clock = |world: &mut World| {
        let timeout = Timeout {
            clock: ClockKind::Total,
            subject: ClockSubject::Task(task("t1")),
            limit_ms: None,
            due: world.now,
        };
        world.happens(&Actor::Host, timeout);
    };
    let by_wait = |world: &mut World| {
        world.happens(&import(), crate::diagnosed::waits("task:t1", "lock:x"));
    };
    let by_talk = |world: &mut World| {
        let talk = message("human:ada", "host", MessageClass::Fyi, "on it");
        world.happens(&lead(), talk);
    };
    vec![
        of("nine equal notes", same(9)),
        of("ten equal notes", same(10)),
        of("more different notes than are followed", many),
        of(
            "equal notes with a clock between them",
            broken_by(&by_clock),
        ),
        of("equal notes with a wait between them", broken_by(&by_wait)),
        of("equal notes with talk between them", broken_by(&by_talk)),
    ]
}

fn of_attempts() -> Vec<Situation> {
    let ends = |how| {
        move |world: &mut World, n| {
            world.happens(&by("a"), ended("t1", n, "a", how));
        }
    };
    let fails = |world: &mut World, n| {
        world.happens(&by("a"), handoff("t1", n, "a", HandoffStatus::Failed));
    };
    let exits = |world: &mut World, n| {
        world.happens(&by("a"), exited("t1", n, "a", 1));
    };
    let exits_well = |world: &mut World, n| {
        world.happens(&by("a"), exited("t1", n, "a", 0));
    };
    let with_progress = |world: &mut World, n| {
        world.happens(&by("a"), progress("t1", n, "a"));
        world.happens(&by("a"), ended("t1", n, "a", AttemptEnd::Lost));
    };
    let ruled_on = |world: &mut World, n| {
        world.happens(&by("a"), ended("t1", n, "a", AttemptEnd::Lost));
        world.ask(&lead(), &correct("t1", Change::Reopen));
    };
    vec![
        of(
            "attempts that are lost",
            attempts(6, ends(AttemptEnd::Lost)),
        ),
        of(
            "attempts that are released",
            attempts(6, ends(AttemptEnd::Released)),
        ),
        of("attempts that fail", attempts(6, fails)),
        of("attempts that exit with an error", attempts(6, exits)),
        of("attempts that exit cleanly", attempts(6, exits_well)),
        of(
            "attempts that get on before they are lost",
            attempts(6, with_progress),
        ),
        of("attempts that somebody rules on", attempts(6, ruled_on)),
    ]
}
