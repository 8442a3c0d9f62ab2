//! What a tracker claims, against what the log has.

use orch_core::command::Command;
use orch_core::event::attempt::{AttemptEnd, HandoffStatus};
use orch_core::event::note::Note;
use orch_core::event::task::Unmet;
use orch_core::lint::{Claim, Claimed};
use orch_core::party::Actor;

use super::{Situation, page};
use crate::rules::stage::{close_task, dispatched};
use crate::support::*;

// spec: COMPLETE-3
#[test]
fn what_is_found_where_a_tracker_says_otherwise() {
    let mut all = claimed_closed();
    all.extend(claimed_otherwise());
    insta::assert_snapshot!(page(all));
}

fn claim(says: Claimed, since: Option<&str>, row: Option<u64>) -> Vec<Claim> {
    let since = since.map(|time| format!("2026-11-20T{time}Z").parse().unwrap());
    let task = task("t1");
    vec![Claim {
        task,
        says,
        since,
        row,
    }]
}

/// A task, and what happens to it.
fn with(tells: impl FnOnce(&mut World)) -> World {
    let mut world = World::unlimited().agents(&["a", "b"]).tasks(&["t1"]);
    world.pass(10);
    tells(&mut world);
    world
}

fn here(what: &'static str, world: World, claims: Vec<Claim>) -> Situation {
    (what, world.records, claims)
}

fn note(world: &mut World) {
    let (task, text) = (Some(task("t1")), "seen".to_owned());
    world.happens(&import(), Note { task, text });
}

fn skip(world: &mut World) {
    world.accepts(&lead(), close_task("t1", Unmet::Skipped));
}

fn hand_out(world: &mut World) {
    world.dispatch("t1", "a");
}

fn end(how: AttemptEnd) -> impl Fn(&mut World) {
    move |world| {
        world.start("t1", "a");
        let ended = ended("t1", 1, "a", how);
        world.accepts(&Actor::Host, Command::EndAttempt(ended));
    }
}

fn hands(status: HandoffStatus) -> impl Fn(&mut World) {
    move |world| {
        world.start("t1", "a");
        world.hand("t1", status);
    }
}

fn twice(world: &mut World) {
    world.start("t1", "a");
    world.happens(&import(), dispatched("t1", 2, "b"));
}

fn again(world: &mut World) {
    world.finish("t1", "a");
    world.happens(&import(), dispatched("t1", 2, "b"));
}

fn done() -> World {
    with(hands(HandoffStatus::Done))
}

fn claimed_closed() -> Vec<Situation> {
    let closed = |since, row| claim(Claimed::Closed, since, row);
    let plain = || closed(None, None);
    vec![
        here("closed, and the log has nothing", with(|_| ()), plain()),
        here("closed, and the log has a note", with(note), plain()),
        here("closed, and it was skipped", with(skip), plain()),
        here(
            "closed before the log begins",
            with(note),
            closed(Some("07:59:00"), None),
        ),
        here(
            "closed when the log begins",
            with(note),
            closed(Some("08:00:00"), Some(7)),
        ),
        here(
            "closed when the log ends",
            with(note),
            closed(Some("08:10:00"), None),
        ),
        here(
            "closed after the log ends",
            with(note),
            closed(Some("08:10:01"), Some(7)),
        ),
        here(
            "closed, and it was only handed out",
            with(hand_out),
            plain(),
        ),
        here(
            "closed, and its attempt was lost",
            with(end(AttemptEnd::Lost)),
            plain(),
        ),
        here(
            "closed, and its attempt was released",
            with(end(AttemptEnd::Released)),
            plain(),
        ),
        here(
            "closed, and its attempt failed",
            with(hands(HandoffStatus::Failed)),
            plain(),
        ),
        here(
            "closed, and a part of it was handed back",
            with(hands(HandoffStatus::Partial)),
            plain(),
        ),
        here("closed, and it is done", done(), plain()),
        here("closed, and another attempt runs", with(again), plain()),
    ]
}

fn claimed_otherwise() -> Vec<Situation> {
    let open = |says| claim(says, Some("08:05:00"), Some(4));
    vec![
        here("open, and it is done", done(), open(Claimed::Open)),
        here(
            "blocked, and it is done, and runs again",
            with(again),
            open(Claimed::Blocked),
        ),
        here(
            "in progress, and it is done",
            done(),
            open(Claimed::InProgress),
        ),
        here(
            "in progress, and nobody has it",
            with(hands(HandoffStatus::Partial)),
            open(Claimed::InProgress),
        ),
        here(
            "in progress, and somebody has it",
            with(hand_out),
            open(Claimed::InProgress),
        ),
        here("open, and two have it", with(twice), open(Claimed::Open)),
        here("something else", done(), open(Claimed::Other)),
    ]
}
