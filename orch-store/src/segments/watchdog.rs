//! The watchdog: turns a commit that hangs into an error.
//!
//! A disk that does not answer would otherwise hold everybody who waits, for ever and without a
//! word.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::pending::lock;

/// Watches the committer.
#[derive(Debug, Default)]
pub(super) struct Watchdog {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    since: Option<Instant>,
    /// Whether the watchdog waits to be woken; awake it looks again by itself.
    asleep: bool,
    closed: bool,
}

impl Watchdog {
    /// A commit begins.
    pub(super) fn begin(&self) {
        let mut state = lock(&self.state);
        state.since = Some(Instant::now());
        if state.asleep {
            self.changed.notify_all();
        }
    }

    /// The commit ended.
    pub(super) fn end(&self) {
        lock(&self.state).since = None;
    }

    /// The store is closed.
    pub(super) fn close(&self) {
        lock(&self.state).closed = true;
        self.changed.notify_all();
    }

    /// Watches until the store is closed; returns `true` if a commit took longer than `limit`.
    pub(super) fn watch(&self, limit: Duration) -> bool {
        let mut state = lock(&self.state);
        loop {
            if state.closed {
                return false;
            }
            let left = state
                .since
                .map(|since| limit.saturating_sub(since.elapsed()));
            state.asleep = left.is_none();
            state = match left {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) if left.is_zero() => return true,
                Some(left) => self
                    .changed
                    .wait_timeout(state, left)
                    .map_or_else(|error| error.into_inner().0, |(state, _)| state),
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commit_that_does_not_end_is_noticed_and_one_that_ends_is_not() {
        let watchdog = Watchdog::default();
        std::thread::scope(|scope| {
            let watching = scope.spawn(|| watchdog.watch(Duration::from_secs(3600)));
            watchdog.begin();
            watchdog.end();
            watchdog.close();
            assert!(!watching.join().unwrap());
        });
        let watchdog = Watchdog::default();
        std::thread::scope(|scope| {
            let watching = scope.spawn(|| watchdog.watch(Duration::from_millis(1)));
            watchdog.begin();
            assert!(watching.join().unwrap());
        });
    }
}
