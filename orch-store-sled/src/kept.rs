//! What is kept in memory: the mark, where each mission stands, and what sled does not have yet.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{DateTime, Utc};
use orch_core::ids::{MissionId, Seq};
use orch_store::error::StoreError;
use orch_store::journal::MissionHead;
use sled::Db;

use crate::codec::{self, Kind, Ordinal, State};
use crate::error::{ask, asked, damaged};
use crate::pending::Pending;

/// Where a mission stands, and under which number.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Known {
    pub(crate) ordinal: Ordinal,
    pub(crate) head: Seq,
    pub(crate) at: DateTime<Utc>,
}

impl Known {
    pub(crate) fn to_head(self, mission: &MissionId) -> MissionHead {
        MissionHead {
            mission: mission.clone(),
            head: self.head,
            at: self.at,
        }
    }
}

/// The mark, the counts, the missions, and what sled does not have yet of them.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) state: State,
    pub(crate) missions: BTreeMap<MissionId, Known>,
    pub(crate) pending: Pending,
}

impl Kept {
    /// Collects what sled holds of the missions; their heads must add up to the mark.
    pub(crate) fn load(db: &Db, path: &Path) -> Result<Self, StoreError> {
        let state = ask("read", path, || db.get(codec::state_key()))?;
        let state = state.ok_or_else(|| damaged("it has no mark"))?;
        let state = codec::read_state(&state)?;
        let mut missions = BTreeMap::new();
        let (mut n_missions, mut n_records) = (0, 0_u64);
        for entry in asked(db.scan_prefix([Kind::Mission.tag()]), path) {
            let (key, value) = entry?;
            let ordinal = codec::read_mission_key(&key)?;
            if ordinal != Ordinal(n_missions) {
                return Err(damaged(format!("mission {n_missions} is missing")));
            }
            n_missions += 1;
            let MissionHead { mission, head, at } = codec::read_mission(&key, &value)?;
            n_records = n_records.saturating_add(head.0);
            let known = Known { ordinal, head, at };
            if missions.insert(mission.clone(), known).is_some() {
                return Err(damaged(format!("mission {mission} is there twice")));
            }
        }
        if n_missions != state.n_missions {
            let wanted = state.n_missions;
            return Err(damaged(format!("it has {n_missions} missions of {wanted}")));
        }
        let end = state.mark.position;
        if n_records != end.0 {
            let what = format!("it has {n_records} records, its mark is at position {end}");
            return Err(damaged(what));
        }
        Ok(Self {
            state,
            missions,
            pending: Pending::default(),
        })
    }
    /// What sled holds once nothing is pending.
    pub(crate) fn without_pending(&self) -> Self {
        Self {
            state: self.state,
            missions: self.missions.clone(),
            pending: Pending::default(),
        }
    }
}
