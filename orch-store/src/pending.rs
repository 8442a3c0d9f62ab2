//! An append that was handed in: to be waited for, by a thread or by a task.

use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

use crate::error::AppendError;
use crate::journal::Appended;

/// How an append ends.
pub type Answer = Result<Appended, AppendError>;

/// An append that was handed in and is answered once it is durable, or failed.
///
/// Wait for it with [`wait`](Self::wait) or `.await` it, in any runtime. Clones wait for the same
/// answer. To drop it takes nothing back.
#[derive(Clone)]
#[must_use = "the append is not acknowledged before it was waited for"]
pub struct Pending {
    shared: Arc<Shared>,
}

/// The side that answers. Without an answer it may not be dropped: see [`Drop`].
pub struct Reply {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    answered: Condvar,
}

#[derive(Default)]
struct State {
    answer: Option<Answer>,
    wakers: Vec<Waker>,
}

/// Returns an append in flight, and what answers it.
pub fn channel() -> (Reply, Pending) {
    let shared = Arc::new(Shared::default());
    let reply = Reply {
        shared: Arc::clone(&shared),
    };
    (reply, Pending { shared })
}

impl Pending {
    /// An append that was answered at once.
    pub fn ready(answer: Answer) -> Self {
        let (reply, pending) = channel();
        reply.answer(answer);
        pending
    }

    /// Waits for the answer.
    ///
    /// # Errors
    /// As the append failed.
    pub fn wait(&self) -> Answer {
        let mut state = lock(&self.shared.state);
        loop {
            if let Some(answer) = &state.answer {
                return answer.clone();
            }
            state = self
                .shared
                .answered
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Returns the answer if there is one already.
    pub fn peek(&self) -> Option<Answer> {
        lock(&self.shared.state).answer.clone()
    }
}

impl Future for Pending {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        let mut state = lock(&self.shared.state);
        if let Some(answer) = &state.answer {
            return Poll::Ready(answer.clone());
        }
        if !state
            .wakers
            .iter()
            .any(|waker| waker.will_wake(context.waker()))
        {
            state.wakers.push(context.waker().clone());
        }
        Poll::Pending
    }
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pending").field(&self.peek()).finish()
    }
}

impl Reply {
    /// Answers; the first answer stands.
    pub fn answer(&self, answer: Answer) {
        let wakers = {
            let mut state = lock(&self.shared.state);
            if state.answer.is_some() {
                return;
            }
            state.answer = Some(answer);
            std::mem::take(&mut state.wakers)
        };
        self.shared.answered.notify_all();
        for waker in wakers {
            waker.wake();
        }
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").finish_non_exhaustive()
    }
}

/// Nobody may wait for ever: a reply that is dropped without an answer leaves the outcome unknown.
impl Drop for Reply {
    fn drop(&mut self) {
        self.answer(Err(AppendError::Unknown(
            crate::error::StoreError::Poisoned {
                why: "the committer ended".to_owned(),
            },
        )));
    }
}

/// A panic elsewhere leaves nothing half done behind these locks, so that they stay in use.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
