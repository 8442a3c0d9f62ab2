//! Where an enumeration stands: a mission with its log, and the ghost that remembers what the
//! state forgets.

use std::fmt::Write as _;

use orch_core::fold::Applied;
use orch_core::record::Record;

use super::project::{Key, projection};
use crate::invariants::Ghost;
use crate::world::World;

/// A state, the log that led there, and what that log has told.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    pub(super) world: World,
    pub(super) ghost: Ghost,
}

impl Stand {
    /// Folds a log.
    pub(super) fn of(records: Vec<Record>, now: chrono::DateTime<chrono::Utc>) -> Self {
        let mut world = World::unopened();
        world.now = now;
        let mut stand = Self {
            world,
            ghost: Ghost::default(),
        };
        for record in records {
            stand.take(record);
        }
        stand
    }

    /// Takes one record more; returns what applying it gave.
    pub(super) fn take(&mut self, record: Record) -> Applied {
        let before = self.world.mission.clone();
        let applied = self.world.mission.apply(&record);
        self.ghost
            .follow(&record, &before, &self.world.mission, applied);
        self.world.records.push(record);
        applied
    }

    /// Goes back to a state of the same log, from one after it.
    pub(super) fn go_back_to(&mut self, before: &Self) {
        self.world.mission.clone_from(&before.world.mission);
        self.world.records.truncate(before.world.records.len());
        self.world.now = before.world.now;
        self.ghost.clone_from(&before.ghost);
    }

    /// The projection of the state together with its ghost: telling states apart by what they show
    /// alone would forget history.
    pub(super) fn text(&self) -> String {
        let mut text = projection(&self.world);
        let _ = writeln!(text, "{:?}", self.ghost);
        text
    }
}

impl Key {
    pub(super) fn of_stand(stand: &Stand) -> Self {
        Self::of(&stand.text())
    }
}
