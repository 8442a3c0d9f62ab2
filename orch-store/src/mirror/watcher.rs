//! A thread that waits for a journal to grow, on behalf of any number of tasks.
//!
//! ```text
//! asleep ─▶ woken: a new wait, the journal grew, a time is up ─▶ end of the journal ─▶ answer ─┐
//!    ▲                                                                                         │
//!    └─────────────────────────────────────────────────────────────────────────────────────────┘
//! ```
//! The end is looked up after the waits were taken, so that none of them is judged by an end older
//! than its cursor. What wakes the thread between two looks is remembered, so that it never sleeps
//! over a record.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

use super::worker::{Promise, Ticket, promise};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::journal::Journal;
use crate::oneshot::lock;
use crate::watch::Watch;

/// A thread that waits for a journal to grow; dropped, it ends.
#[derive(Debug)]
pub(super) struct Watcher {
    shared: Arc<Shared>,
    _watch: Option<Watch>,
}

#[derive(Debug)]
struct Shared {
    journal: Arc<dyn Journal>,
    state: Mutex<State>,
    called: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waits: Vec<Wait>,
    /// Whether something happened that the waits were not judged by yet.
    is_news: bool,
    /// Why there is nobody to wait.
    ended: Option<String>,
}

#[derive(Debug)]
struct Wait {
    after: Cursor,
    /// `None` if that is so far away that no clock tells it.
    until: Option<Instant>,
    promise: Promise<Result<Cursor, StoreError>>,
}

impl Watcher {
    pub(super) fn start(journal: Arc<dyn Journal>) -> Self {
        let shared = Arc::new(Shared {
            journal,
            state: Mutex::default(),
            called: Condvar::new(),
        });
        // Not kept alive by the journal, which it keeps alive.
        let weak: Weak<Shared> = Arc::downgrade(&shared);
        let woken = Arc::new(move || {
            if let Some(shared) = weak.upgrade() {
                shared.call(|state| state.is_news = true);
            }
        });
        let watch = guarded(|| shared.journal.watch(woken));
        let watch = watch
            .map_err(|error| shared.call(|state| state.ended = Some(error.to_string())))
            .ok();
        let watching = Arc::clone(&shared);
        let thread = thread::Builder::new().name("orch-watcher".to_owned());
        if let Err(error) = thread.spawn(move || while watching.look().is_some() {}) {
            let why = format!("there is no thread orch-watcher: {error}");
            shared.call(|state| state.ended = Some(why));
        }
        Self {
            shared,
            _watch: watch,
        }
    }

    /// Has the end given as soon as it is after a cursor, or when the time is up.
    pub(super) fn wait(
        &self,
        after: Cursor,
        timeout: Duration,
    ) -> Ticket<Result<Cursor, StoreError>> {
        let (promise, ticket) = promise();
        let ended = lock(&self.shared.state).ended.clone();
        if let Some(why) = ended {
            promise.give(Err(StoreError::Poisoned { why }));
            return ticket;
        }
        self.shared.call(|state| {
            state.waits.push(Wait {
                after,
                until: Instant::now().checked_add(timeout),
                promise,
            });
            state.is_news = true;
        });
        ticket
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let why = "its mirror was dropped".to_owned();
        self.shared.call(|state| state.ended = Some(why));
    }
}

impl Shared {
    /// Changes the state and wakes the thread.
    fn call(&self, change: impl FnOnce(&mut State)) {
        change(&mut lock(&self.state));
        self.called.notify_one();
    }

    /// Goes round once; `None` if that was the last time.
    fn look(&self) -> Option<()> {
        let waits = self.take()?;
        let end = guarded(|| self.journal.end());
        let now = Instant::now();
        let waits = waits.into_iter();
        let left: Vec<Wait> = waits.filter_map(|wait| wait.judge(&end, now)).collect();
        lock(&self.state).waits.extend(left);
        Some(())
    }

    /// Sleeps until there are waits to judge, and takes them; `None` at the end.
    fn take(&self) -> Option<Vec<Wait>> {
        let mut state = lock(&self.state);
        loop {
            if state.ended.is_some() {
                // Whoever still waits is told by the promise that is dropped.
                state.waits.clear();
                return None;
            }
            let next = state.waits.iter().filter_map(|wait| wait.until).min();
            let left = next.map(|until| until.saturating_duration_since(Instant::now()));
            let is_time = left.is_some_and(|left| left.is_zero());
            if !state.waits.is_empty() && (state.is_news || is_time) {
                state.is_news = false;
                return Some(std::mem::take(&mut state.waits));
            }
            state = match left {
                None => self
                    .called
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(left) => self
                    .called
                    .wait_timeout(state, left)
                    .map_or_else(|error| error.into_inner().0, |(state, _)| state),
            };
        }
    }
}

impl Wait {
    /// Answers the wait if it is over or nobody wants it; otherwise gives it back.
    fn judge(self, end: &Result<Cursor, StoreError>, now: Instant) -> Option<Self> {
        if !self.promise.is_wanted() {
            return None;
        }
        let end = match end {
            Ok(end) => *end,
            Err(error) => {
                self.promise.give(Err(error.clone()));
                return None;
            }
        };
        let is_over = end.position > self.after.position || self.until.is_some_and(|at| at <= now);
        match self.after.check(end) {
            Err(error) => self.promise.give(Err(error)),
            Ok(()) if is_over => self.promise.give(Ok(end)),
            Ok(()) => return Some(self),
        }
        None
    }
}

/// A journal that panics fails those who wait, not the thread that serves them all.
fn guarded<T>(look: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(look)).unwrap_or_else(|_| {
        let why = "the journal panicked while it was waited for".to_owned();
        Err(StoreError::Poisoned { why })
    })
}
