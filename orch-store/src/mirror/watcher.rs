//! A thread that waits for a journal to grow, on behalf of any number of tasks.
//!
//! ```text
//! parked ─▶ take the waits ─▶ end of the journal ─▶ answer ─▶ Journal::wait ─┐
//!              ▲                                                             │
//!              └─────────────────── it has grown, or PAUSE ──────────────────┘
//! ```
//! The end is looked up after the waits were taken, so that none of them is judged by an end older
//! than its cursor; and a wait that comes while the thread is inside the journal is answered at
//! once if it is behind the end that the thread waits at.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use super::worker::{Promise, Ticket, promise};
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::journal::Journal;
use crate::oneshot::lock;

/// The longest that the thread stays inside the journal, from where nobody can call it back.
///
/// Records wake it at once. This bounds how late it sees that it should end, or that a wait with
/// less time left has come in meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

/// A thread that waits for a journal to grow; dropped, it ends.
#[derive(Debug)]
pub(super) struct Watcher {
    shared: Arc<Shared>,
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
    /// The end at which the thread waits.
    seen: Option<Cursor>,
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
        let watching = Arc::clone(&shared);
        let thread = thread::Builder::new().name("orch-watcher".to_owned());
        if let Err(error) = thread.spawn(move || while watching.look().is_some() {}) {
            let why = format!("there is no thread orch-watcher: {error}");
            lock(&shared.state).ended = Some(why);
        }
        Self { shared }
    }

    /// Has the end given as soon as it is after a cursor, or when the time is up.
    pub(super) fn wait(
        &self,
        after: Cursor,
        timeout: Duration,
    ) -> Ticket<Result<Cursor, StoreError>> {
        let (promise, ticket) = promise();
        let mut state = lock(&self.shared.state);
        let passed = state
            .seen
            .filter(|seen| seen.journal == after.journal && seen.position > after.position);
        if let Some(why) = &state.ended {
            let why = why.clone();
            promise.give(Err(StoreError::Poisoned { why }));
        } else if let Some(seen) = passed {
            promise.give(Ok(seen));
        } else {
            state.waits.push(Wait {
                after,
                until: Instant::now().checked_add(timeout),
                promise,
            });
            self.shared.called.notify_one();
        }
        ticket
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        lock(&self.shared.state).ended = Some("its mirror was dropped".to_owned());
        self.shared.called.notify_one();
    }
}

impl Shared {
    /// Goes round once; `None` if that was the last time.
    fn look(&self) -> Option<()> {
        let waits = self.take()?;
        let end = guarded(|| self.journal.end());
        let now = Instant::now();
        let waits = waits.into_iter();
        let left: Vec<Wait> = waits.filter_map(|wait| wait.judge(&end, now)).collect();
        let Ok(end) = end else {
            return Some(());
        };
        let pause = left.iter().filter_map(|wait| wait.until).min();
        let pause = pause.map_or(PAUSE, |until| until.saturating_duration_since(now));
        {
            let mut state = lock(&self.state);
            state.seen = Some(end);
            let is_news = !state.waits.is_empty();
            state.waits.extend(left);
            if is_news || state.waits.is_empty() {
                return Some(());
            }
        }
        if let Err(error) = guarded(|| self.journal.wait(&end, pause.min(PAUSE))) {
            // Out of the lock: whom this wakes may wait again at once.
            let waits = std::mem::take(&mut lock(&self.state).waits);
            for wait in waits {
                wait.promise.give(Err(error.clone()));
            }
        }
        Some(())
    }

    /// Sleeps until there are waits, and takes them; `None` at the end.
    fn take(&self) -> Option<Vec<Wait>> {
        let mut state = lock(&self.state);
        loop {
            if state.ended.is_some() {
                return None;
            }
            if !state.waits.is_empty() {
                return Some(std::mem::take(&mut state.waits));
            }
            state = self
                .called
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
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
