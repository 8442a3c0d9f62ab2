//! An append that was handed in: to be waited for, by a thread or by a task.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use crate::error::{AppendError, StoreError};
use crate::journal::Appended;
use crate::oneshot::Oneshot;

pub(crate) use crate::oneshot::lock;

/// How an append ends.
pub type Answer = Result<Appended, AppendError>;

/// An append that was handed in and is answered once it is durable, or failed.
///
/// Wait for it with [`wait`](Self::wait) or `.await` it, in any runtime. Clones wait for the same
/// answer. To drop it takes nothing back.
#[derive(Clone)]
#[must_use = "the append is not acknowledged before it was waited for"]
pub struct Pending {
    shared: Arc<Oneshot<Answer>>,
}

/// The side that answers. Without an answer it may not be dropped: see [`Drop`].
pub struct Reply {
    shared: Arc<Oneshot<Answer>>,
}

/// Returns an append in flight, and what answers it.
pub fn channel() -> (Reply, Pending) {
    let shared = Arc::new(Oneshot::new());
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
        self.shared.wait(|answer| answer.clone())
    }

    /// Returns the answer if there is one already.
    pub fn peek(&self) -> Option<Answer> {
        self.shared.look(Clone::clone)
    }

    /// Tells whether its records came on record; `None` as long as there is no answer.
    pub(crate) fn has_landed(&self) -> Option<bool> {
        self.shared.look(|answer| answer.as_ref().map(has_landed))
    }
}

/// Tells whether the very records of an append came on record by it.
pub(crate) const fn has_landed(answer: &Answer) -> bool {
    matches!(answer, Ok(Appended::Now { .. }))
}

impl Future for Pending {
    type Output = Answer;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        self.shared.poll(context, |answer| answer.clone())
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
        self.shared.give(answer);
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
        self.answer(Err(AppendError::Unknown(StoreError::Poisoned {
            why: "the committer ended".to_owned(),
        })));
    }
}
