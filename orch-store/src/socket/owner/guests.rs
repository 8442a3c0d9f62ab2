//! Who is connected: so many at most, and whoever is silent the longest gives way.

use std::collections::BTreeMap;
use std::net::Shutdown;
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::pending::lock;

/// Everybody who is connected.
#[derive(Debug, Default)]
pub(super) struct Guests {
    state: Mutex<State>,
    left: Condvar,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    present: BTreeMap<u64, Guest>,
    threads: Vec<JoinHandle<()>>,
    is_closed: bool,
}

#[derive(Debug)]
struct Guest {
    stream: Arc<UnixStream>,
    /// Since when nothing is done for it; `None` while something is.
    silent: Option<Instant>,
}

/// How many are connected, which is as many as can be, and all of them are being served.
#[derive(Debug)]
pub(super) struct Crowded(pub(super) usize);

impl Guests {
    /// Takes somebody in; whoever is silent the longest goes if there is no room.
    pub(super) fn admit(&self, stream: Arc<UnixStream>, n_max: usize) -> Result<u64, Crowded> {
        let mut state = lock(&self.state);
        if state.present.len() >= n_max {
            let silent = state.present.iter();
            let silent = silent.filter_map(|(number, guest)| Some((guest.silent?, *number)));
            let Some((_, longest)) = silent.min() else {
                return Err(Crowded(state.present.len()));
            };
            if let Some(guest) = state.present.remove(&longest) {
                drop(guest.stream.shutdown(Shutdown::Both));
            }
        }
        state.next = state.next.wrapping_add(1);
        let number = state.next;
        let silent = Some(Instant::now());
        state.present.insert(number, Guest { stream, silent });
        if state.is_closed {
            state.cut(Shutdown::Both);
        }
        Ok(number)
    }

    /// Remembers the thread that serves somebody.
    pub(super) fn served_by(&self, thread: JoinHandle<()>) {
        let mut state = lock(&self.state);
        state.threads.retain(|thread| !thread.is_finished());
        state.threads.push(thread);
    }

    /// Notes whether something is done for somebody, who then does not give way; tells whether he
    /// is still here.
    pub(super) fn note(&self, number: u64, is_served: bool) -> bool {
        let mut state = lock(&self.state);
        let Some(guest) = state.present.get_mut(&number) else {
            return false;
        };
        guest.silent = (!is_served).then(Instant::now);
        true
    }

    /// Forgets somebody who left.
    pub(super) fn leave(&self, number: u64) {
        lock(&self.state).present.remove(&number);
        self.left.notify_all();
    }

    pub(super) fn len(&self) -> usize {
        lock(&self.state).present.len()
    }

    /// Takes no further request of anybody.
    pub(super) fn close(&self) {
        let mut state = lock(&self.state);
        state.is_closed = true;
        // What was asked is still answered.
        state.cut(Shutdown::Read);
    }

    /// Waits until all have their answers, for so long at most, and then until all are gone.
    pub(super) fn see_off(&self, grace: Duration) {
        let mut state = lock(&self.state);
        let until = Instant::now() + grace;
        while !state.present.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                // Somebody takes no answer.
                state.cut(Shutdown::Both);
                break;
            }
            let waited = self.left.wait_timeout(state, left);
            state = waited.map_or_else(|error| error.into_inner().0, |(state, _)| state);
        }
        let threads = std::mem::take(&mut state.threads);
        drop(state);
        for thread in threads {
            drop(thread.join());
        }
    }
}

impl State {
    fn cut(&self, how: Shutdown) {
        for guest in self.present.values() {
            drop(guest.stream.shutdown(how));
        }
    }
}

/// Something that may have happened, for those who wait for it.
#[derive(Debug, Default)]
pub(super) struct Signal {
    state: Mutex<(u64, bool)>,
    given: Condvar,
}

impl Signal {
    /// Wakes everybody.
    pub(super) fn give(&self) {
        let mut state = lock(&self.state);
        state.0 = state.0.wrapping_add(1);
        self.given.notify_all();
    }

    /// Wakes everybody, for the last time.
    pub(super) fn end(&self) {
        lock(&self.state).1 = true;
        self.give();
    }

    pub(super) fn is_ended(&self) -> bool {
        lock(&self.state).1
    }

    /// Returns how often it was given.
    pub(super) fn count(&self) -> u64 {
        lock(&self.state).0
    }

    /// Sleeps until it is given more often than `seen`, or the time is up.
    pub(super) fn wait(&self, seen: u64, left: Duration) {
        let state = lock(&self.state);
        let is_old = |state: &mut (u64, bool)| state.0 == seen && !state.1;
        let waited = self.given.wait_timeout_while(state, left, is_old);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}
