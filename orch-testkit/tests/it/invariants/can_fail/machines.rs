//! Machines that fold wrongly, each in one way, and an answer that was given to another question.

use std::cell::Cell;

use orch_core::command::Command;
use orch_core::decide::Context;
use orch_core::event::Event;
use orch_core::event::talk::MessageClass;
use orch_core::fold::Applied;
use orch_core::ids::Seq;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Envelope, Record};
use orch_testkit::invariants::{
    Asked, Breach, Coverage, LogClass, Replay, assert_trace, check_decision, check_log,
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

fn changed(record: &Record, change: impl FnOnce(&mut Envelope)) -> Record {
    let mut envelope = record.envelope().clone();
    change(&mut envelope);
    Record::seal(envelope, record.event().clone()).unwrap()
}

/// Puts a record without effect in the place of another.
fn forget(mission: &mut Mission, record: &Record) -> Applied {
    let (kind, data) = ("forgotten".into(), "{}".into());
    let unknown = Event::Unknown { kind, data };
    mission.apply(&Record::seal(record.envelope().clone(), unknown).unwrap())
}

/// Forgets what is dispatched on the hour.
fn by_the_clock(mission: &mut Mission, record: &Record) -> Applied {
    if record.at() == epoch() && record.event().kind() == "dispatched" {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
}

/// Forgets every seventh record that it is ever given.
fn absent_minded(mission: &mut Mission, record: &Record) -> Applied {
    CALLS.set(CALLS.get() + 1);
    if CALLS.get().is_multiple_of(7) {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

/// Takes a record that comes again for a new one.
fn gullible(mission: &mut Mission, record: &Record) -> Applied {
    let next = mission.head().next();
    if record.seq() <= mission.head() {
        mission.apply(&changed(record, |it| it.seq = next))
    } else {
        mission.apply(record)
    }
}

/// Hands nothing out at an even position.
fn superstitious(mission: &mut Mission, record: &Record) -> Applied {
    let Seq(seq) = record.seq();
    if seq % 2 == 0 && record.event().kind() == "dispatched" {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

/// Takes the records of all missions for its own.
fn curious(mission: &mut Mission, record: &Record) -> Applied {
    match mission.id().cloned() {
        Some(own) => mission.apply(&changed(record, |it| it.mission = own)),
        None => mission.apply(record),
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
