//! Machines that fold wrongly, each in one way, and an answer that was given to another question.

use orch_core::command::Command;
use orch_core::decide::Context;
use orch_core::event::talk::MessageClass;
use orch_core::fold::Applied;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;
use orch_testkit::invariants::{
    Asked, Breach, Coverage, LogClass, Replay, assert_trace, check_decision, check_log,
};
use orch_testkit::machine::teeth::folds::{
    absent_minded, curious, forget, gullible, superstitious,
};
use orch_testkit::world::{World, dispatch, epoch, lead, message};

/// A log with a message that asks for something, and two tasks with two agents.
fn story() -> World {
    let mut world = World::new().agents(&["a", "b"]).tasks(&["t1", "t2"]);
    let ask = message("human:ada", "agent:a", MessageClass::Actionable, "look");
    world.accepts(&lead(), Command::Send(ask));
    world.dispatch("t1", "a");
    world.pass(1);
    world.dispatch("t2", "b");
    world
}

/// Forgets what is dispatched on the hour.
fn by_the_clock(mission: &mut Mission, record: &Record) -> Applied {
    if record.at() == epoch() && record.event().kind() == "dispatched" {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

/// Gives the answer to a dispatch for the answer to another dispatch, of a task that is taken.
fn wrong_answer() -> Vec<Breach> {
    let world = story();
    let context = Context::new(Actor::Host, world.now);
    let taken = dispatch("t1", "b");
    let fresh = World::new().agents(&["a", "b"]).tasks(&["t1"]);
    let answer = fresh.decide(&Actor::Host, &taken);
    let asked = Asked {
        mission: &world.mission,
        command: &taken,
        context: &context,
        answer: &answer,
    };
    check_decision(&asked, &mut Coverage::default())
}

/// What each of them breaks, and what the checks say about it.
pub(super) fn wrong() -> Vec<(&'static str, Vec<Breach>)> {
    let world = story();
    assert!(assert_trace(&world.records, LogClass::Decided).is_ok());
    let breaches = |apply| {
        let records = &world.records;
        let replay = Replay { records, apply };
        check_log(&replay, LogClass::Decided, &mut Coverage::default())
    };
    vec![
        ("NO_CLOCK", breaches(by_the_clock)),
        ("FOLD_SPLIT", breaches(absent_minded)),
        ("DETERMINISTIC", breaches(absent_minded)),
        ("DUP_NOOP", breaches(gullible)),
        ("INDEPENDENT_COMMUTE", breaches(superstitious)),
        ("ISOLATION", breaches(curious)),
        ("DECIDE_APPLY", wrong_answer()),
    ]
}
