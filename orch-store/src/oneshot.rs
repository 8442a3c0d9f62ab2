//! A value on its way from one thread to those that wait for it, by blocking or as tasks.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A value on its way.
///
/// How it is taken is for its owner to say: cloned for several who wait, moved out for one.
#[derive(Debug)]
pub(crate) struct Oneshot<T> {
    state: Mutex<State<T>>,
    given: Condvar,
}

#[derive(Debug)]
struct State<T> {
    value: Option<T>,
    is_given: bool,
    wakers: Vec<Waker>,
}

impl<T> Oneshot<T> {
    pub(crate) const fn new() -> Self {
        let state = State {
            value: None,
            is_given: false,
            wakers: Vec::new(),
        };
        Self {
            state: Mutex::new(state),
            given: Condvar::new(),
        }
    }

    /// Gives the value and wakes everybody; the first value stands.
    pub(crate) fn give(&self, value: T) {
        let wakers = {
            let mut state = lock(&self.state);
            if state.is_given {
                return;
            }
            state.is_given = true;
            state.value = Some(value);
            std::mem::take(&mut state.wakers)
        };
        self.given.notify_all();
        for waker in wakers {
            waker.wake();
        }
    }

    /// Looks at the value as it is: `None` if it was not given yet, or is taken.
    pub(crate) fn look<R>(&self, look: impl FnOnce(&Option<T>) -> R) -> R {
        look(&lock(&self.state).value)
    }

    /// Blocks until `take` gets something.
    pub(crate) fn wait<R>(&self, take: impl Fn(&mut Option<T>) -> Option<R>) -> R {
        let mut state = lock(&self.state);
        loop {
            if let Some(taken) = take(&mut state.value) {
                return taken;
            }
            state = self
                .given
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Returns what `take` gets, or has the task woken once there is something to get.
    pub(crate) fn poll<R>(
        &self,
        context: &Context<'_>,
        take: impl FnOnce(&mut Option<T>) -> Option<R>,
    ) -> Poll<R> {
        let mut state = lock(&self.state);
        if let Some(taken) = take(&mut state.value) {
            return Poll::Ready(taken);
        }
        let waker = context.waker();
        if !state.wakers.iter().any(|known| known.will_wake(waker)) {
            state.wakers.push(waker.clone());
        }
        Poll::Pending
    }
}

/// A panic elsewhere leaves nothing half done behind these locks, so that they stay in use.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
