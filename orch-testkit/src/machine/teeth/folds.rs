//! Folds that go wrong in one way each.

use std::cell::Cell;

use orch_core::event::Event;
use orch_core::event::task::TaskDeclared;
use orch_core::fold::Applied;
use orch_core::ids::{Seq, TaskId};
use orch_core::mission::Mission;
use orch_core::record::{Envelope, Record};

fn changed(record: &Record, event: Event, change: impl FnOnce(&mut Envelope)) -> Record {
    let mut envelope = record.envelope().clone();
    change(&mut envelope);
    Record::seal(envelope, event).expect("what was sealed once can be again")
}

/// Puts a record without effect in the place of another.
pub fn forget(mission: &mut Mission, record: &Record) -> Applied {
    let (kind, data) = ("forgotten".into(), "{}".into());
    mission.apply(&changed(record, Event::Unknown { kind, data }, |_| ()))
}

/// Hands nothing out before nine o'clock.
pub fn late_riser(mission: &mut Mission, record: &Record) -> Applied {
    let is_early = record.at().to_rfc3339().as_str() < "2026-11-20T09";
    if is_early && record.event().kind() == "dispatched" {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

thread_local! {
    static GIVEN: Cell<u32> = const { Cell::new(0) };
}

/// Forgets every seventh record that it is ever given.
pub fn absent_minded(mission: &mut Mission, record: &Record) -> Applied {
    GIVEN.set(GIVEN.get() + 1);
    if GIVEN.get().is_multiple_of(7) {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

/// Takes a record that comes again for a new one.
pub fn gullible(mission: &mut Mission, record: &Record) -> Applied {
    let next = mission.head().next();
    if record.seq() <= mission.head() {
        let event = record.event().clone();
        mission.apply(&changed(record, event, |it| it.seq = next))
    } else {
        mission.apply(record)
    }
}

/// Takes a record that it does not know for a task.
pub fn inventive(mission: &mut Mission, record: &Record) -> Applied {
    let Event::Unknown { kind, .. } = record.event() else {
        return mission.apply(record);
    };
    let id = TaskId::parse(kind).expect("a kind is a word");
    let declared = TaskDeclared::new(id, kind.to_string());
    mission.apply(&changed(record, declared.into(), |_| ()))
}

/// Hands nothing out at an even position.
pub fn superstitious(mission: &mut Mission, record: &Record) -> Applied {
    let Seq(seq) = record.seq();
    if seq.is_multiple_of(2) && record.event().kind() == "dispatched" {
        forget(mission, record)
    } else {
        mission.apply(record)
    }
}

/// Takes the records of all missions for its own.
pub fn curious(mission: &mut Mission, record: &Record) -> Applied {
    match mission.id().cloned() {
        Some(own) => {
            let event = record.event().clone();
            mission.apply(&changed(record, event, |it| it.mission = own))
        }
        None => mission.apply(record),
    }
}
