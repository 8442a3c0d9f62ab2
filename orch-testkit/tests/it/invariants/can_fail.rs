//! Each invariant can fail: a step that holds, and one lie about it that must be told.
//!
//! A lie changes what the check is shown and nothing else: the mission on one side of the record, the
//! ghost, or the machine that folds. What the check reads besides is as the story made it.

mod lies;
mod machines;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use orch_core::event::Event;
use orch_core::fold::Applied;
use orch_core::ids::MissionId;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::{Batch, Record};
use orch_testkit::invariants::{
    Breach, Ghost, Graph, INVARIANTS, LogClass, Step, check_graph, check_step,
};
use orch_testkit::world::World;
use uuid::Uuid;

/// The last step of a story, everything about it ready to be lied about.
pub(super) struct Shown {
    record: Record,
    before: Mission,
    after: Mission,
    applied: Applied,
    past: Ghost,
    ghost: Ghost,
    now: DateTime<Utc>,
    class: LogClass,
}

impl Shown {
    fn of(world: &World, class: LogClass) -> Self {
        let (mut mission, mut ghost) = (Mission::new(), Ghost::default());
        let mut shown = None;
        for record in &world.records {
            let (before, past) = (mission.clone(), ghost.clone());
            let applied = mission.apply(record);
            ghost.follow(record, &before, &mission, applied);
            shown = Some((record.clone(), before, applied, past));
        }
        let (record, before, applied, past) = shown.unwrap();
        let now = record.at();
        Self {
            record,
            before,
            after: mission,
            applied,
            past,
            ghost,
            now,
            class,
        }
    }

    fn breaches(&self) -> Vec<Breach> {
        check_step(&Step {
            record: &self.record,
            before: &self.before,
            after: &self.after,
            applied: self.applied,
            past: &self.past,
            ghost: &self.ghost,
            now: self.now,
            class: self.class,
        })
    }
}

/// One more record onto a mission, which the story does not have.
fn besides(mission: &mut Mission, by: &Actor, event: impl Into<Event>) {
    let batch = Batch {
        mission: MissionId::parse("auth").unwrap(),
        head: mission.head(),
        at: mission.head_at().unwrap(),
        by: by.clone(),
        command: None,
        request: None,
        cause: None,
    };
    for record in batch.seal(vec![event.into()], Uuid::nil).unwrap() {
        mission.apply(&record);
    }
}

/// A state that leads nowhere.
fn dead_end() -> Vec<Breach> {
    let whole = Graph {
        is_terminal: &[false, true],
        edges: &[(0, 1)],
    };
    assert_eq!(check_graph(&whole), []);
    check_graph(&Graph {
        is_terminal: &[false, true, false],
        edges: &[(0, 1), (0, 2)],
    })
}

#[test]
fn every_invariant_can_fail() {
    let mut told = BTreeSet::new();
    for lie in lies::LIES {
        let mut shown = Shown::of(&(lie.story)(), lie.class);
        assert_eq!(shown.breaches(), [], "the story of {}", lie.about);
        (lie.tell)(&mut shown);
        let breaches = shown.breaches();
        assert!(
            breaches.iter().any(|it| it.invariant == lie.about),
            "{}: {breaches:?}",
            lie.about
        );
        told.insert(lie.about);
    }
    for (about, breaches) in machines::wrong() {
        assert!(
            breaches.iter().any(|it| it.invariant == about),
            "{about}: {breaches:?}"
        );
        told.insert(about);
    }
    told.extend(dead_end().iter().map(|it| it.invariant));
    let untold: Vec<_> = INVARIANTS
        .iter()
        .map(|it| it.name)
        .filter(|name| !told.contains(name))
        .collect();
    assert_eq!(untold, [""; 0], "nobody has shown that these can fail");
}
