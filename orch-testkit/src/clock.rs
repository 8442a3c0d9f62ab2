//! A clock that stands until it is moved: for whoever takes the time as an argument.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::world::epoch;

/// A clock that stands until it is moved. Clones share it, so that a host under test can have one and
/// the test the other.
///
/// ```
/// use orch_testkit::clock::ManualClock;
///
/// let clock = ManualClock::default();
/// let theirs = clock.clone();
/// clock.pass_minutes(5);
/// assert_eq!((theirs.now() - orch_testkit::world::epoch()).num_minutes(), 5);
/// ```
#[derive(Debug, Clone)]
pub struct ManualClock {
    now: Arc<Mutex<DateTime<Utc>>>,
}

impl Default for ManualClock {
    /// A clock that stands where every [`World`](crate::world::World) begins.
    fn default() -> Self {
        Self::at(epoch())
    }
}

impl ManualClock {
    /// A clock that stands at a time.
    pub fn at(now: DateTime<Utc>) -> Self {
        let now = Arc::new(Mutex::new(now));
        Self { now }
    }

    /// Returns the time.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Moves it, forwards or backwards.
    pub fn pass(&self, time: TimeDelta) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) += time;
    }

    /// Moves it by minutes.
    pub fn pass_minutes(&self, minutes: i64) {
        self.pass(TimeDelta::minutes(minutes));
    }

    /// Moves it to a time, such as the next deadline of a mission.
    pub fn set(&self, now: DateTime<Utc>) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }
}
