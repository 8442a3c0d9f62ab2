//! Turns: of those who make commands from the state of one mission, one at a time is told what it is.
//!
//! Without them, whoever is told where the mission is would be overtaken by all others who were told
//! the same, and only one of them would not be behind again. A turn is short: whoever does not use it
//! in time has lost it, so that nobody is kept waiting by one who is silent. Commands that are made
//! from no state take no turns.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use orch_core::ids::MissionId;

use crate::pending::lock;

/// How long a turn lasts at most: several trips over the socket on a machine that is busy.
const TURN_MAX: Duration = Duration::from_millis(20);

/// Whose turn it is, by mission.
#[derive(Debug, Default)]
pub(super) struct Turns {
    lanes: Mutex<BTreeMap<MissionId, Lane>>,
}

#[derive(Debug)]
struct Lane {
    /// Whose turn it is, and since when.
    holder: u64,
    since: Instant,
    waiting: VecDeque<(u64, Thread)>,
}

impl Turns {
    /// Waits for the turn of a connection.
    pub(super) fn take(&self, mission: &MissionId, number: u64) {
        let mut is_waiting = false;
        loop {
            let mut lanes = lock(&self.lanes);
            let Some(lane) = lanes.get_mut(mission) else {
                lanes.insert(mission.clone(), Lane::of(number));
                return;
            };
            if lane.holder == number {
                lane.since = Instant::now();
                return;
            }
            let left = TURN_MAX.saturating_sub(lane.since.elapsed());
            if left.is_zero() {
                // Whoever had it did not use it.
                lane.waiting.retain(|(waiting, _)| *waiting != number);
                (lane.holder, lane.since) = (number, Instant::now());
                return;
            }
            if !is_waiting {
                is_waiting = true;
                lane.waiting.push_back((number, thread::current()));
            }
            drop(lanes);
            thread::park_timeout(left);
        }
    }

    /// Gives a turn to whoever waits the longest.
    pub(super) fn pass(&self, mission: &MissionId, number: u64) {
        let mut lanes = lock(&self.lanes);
        let Some(lane) = lanes.get_mut(mission) else {
            return;
        };
        if lane.holder != number {
            return;
        }
        match lane.waiting.pop_front() {
            Some((next, thread)) => {
                (lane.holder, lane.since) = (next, Instant::now());
                thread.unpark();
            }
            None => drop(lanes.remove(mission)),
        }
    }

    /// Gives up every turn of a connection that ends.
    pub(super) fn leave(&self, number: u64) {
        let held: Vec<MissionId> = {
            let lanes = lock(&self.lanes);
            let held = lanes.iter().filter(|(_, lane)| lane.holder == number);
            held.map(|(mission, _)| mission.clone()).collect()
        };
        for mission in held {
            self.pass(&mission, number);
        }
    }
}

impl Lane {
    fn of(holder: u64) -> Self {
        Self {
            holder,
            since: Instant::now(),
            waiting: VecDeque::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn auth() -> MissionId {
        MissionId::parse("auth").unwrap()
    }

    #[test]
    fn a_turn_that_is_passed_goes_to_whoever_waits() {
        let turns = Arc::new(Turns::default());
        turns.take(&auth(), 1);
        turns.take(&auth(), 1);
        turns.take(&MissionId::parse("other").unwrap(), 2);
        let waiting = Arc::clone(&turns);
        let waiting = thread::spawn(move || waiting.take(&auth(), 2));
        turns.pass(&auth(), 1);
        waiting.join().unwrap();
        // It is no longer the first one's to pass.
        turns.pass(&auth(), 1);
        assert_eq!(lock(&turns.lanes)[&auth()].holder, 2);
        turns.leave(2);
        assert!(lock(&turns.lanes).is_empty());
    }

    #[test]
    fn a_turn_that_is_not_used_is_lost() {
        let turns = Turns::default();
        turns.take(&auth(), 1);
        turns.take(&auth(), 2);
        assert_eq!(lock(&turns.lanes)[&auth()].holder, 2);
        turns.leave(1);
        assert_eq!(lock(&turns.lanes)[&auth()].holder, 2);
    }
}
