//! A thread that does blocking work for tasks, one job after the other.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::sync::{Arc, mpsc};
use std::task::{Context, Poll};
use std::thread;

use crate::error::StoreError;
use crate::oneshot::Oneshot;

type Job = Box<dyn FnOnce() + Send>;

/// A thread that works off a queue, and ends with the last job once this is dropped.
#[derive(Debug)]
pub(crate) struct Worker {
    /// The queue, or why there is no thread.
    jobs: Result<mpsc::Sender<Job>, String>,
}

impl Worker {
    /// Starts the thread.
    pub(crate) fn start(name: &str) -> Self {
        let (sender, jobs) = mpsc::channel::<Job>();
        let thread = thread::Builder::new().name(name.to_owned());
        let started = thread.spawn(move || jobs.into_iter().for_each(|job| job()));
        Self {
            jobs: match started {
                Ok(_) => Ok(sender),
                Err(error) => Err(format!("there is no thread {name}: {error}")),
            },
        }
    }

    /// Hands a job in. It is left out if nobody waits for it any more when its turn comes.
    pub(crate) fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Ticket<T> {
        let (promise, ticket) = promise();
        match &self.jobs {
            // Without a thread the job is dropped with its promise, and that is answered.
            Ok(jobs) => drop(jobs.send(Box::new(move || promise.keep(job)))),
            Err(why) => promise.shared.give(Kept::Broken(why.clone())),
        }
        ticket
    }
}

/// What becomes of a promise.
#[derive(Debug)]
enum Kept<T> {
    Value(T),
    Panicked(Box<dyn Any + Send>),
    Broken(String),
}

/// The side that gives a value. Dropped without one it says so, or somebody would wait for ever.
#[derive(Debug)]
pub(super) struct Promise<T> {
    shared: Arc<Oneshot<Kept<T>>>,
}

/// A value that a thread will give; await it.
#[derive(Debug)]
#[must_use = "a ticket that is dropped calls its job off"]
pub(crate) struct Ticket<T> {
    shared: Arc<Oneshot<Kept<T>>>,
}

pub(super) fn promise<T>() -> (Promise<T>, Ticket<T>) {
    let shared = Arc::new(Oneshot::new());
    let promise = Promise {
        shared: Arc::clone(&shared),
    };
    (promise, Ticket { shared })
}

impl<T> Promise<T> {
    /// Tells whether anybody waits for the value.
    pub(super) fn is_wanted(&self) -> bool {
        Arc::strong_count(&self.shared) > 1
    }

    /// Gives the value.
    pub(super) fn give(self, value: T) {
        self.shared.give(Kept::Value(value));
    }

    /// Makes the value and gives it, unless nobody wants it. A panic goes to whoever waits, as it
    /// would without a thread between.
    fn keep(self, make: impl FnOnce() -> T) {
        if !self.is_wanted() {
            return;
        }
        match catch_unwind(AssertUnwindSafe(make)) {
            Ok(value) => self.give(value),
            Err(panic) => self.shared.give(Kept::Panicked(panic)),
        }
    }
}

impl<T> Drop for Promise<T> {
    fn drop(&mut self) {
        let why = "its thread has ended".to_owned();
        self.shared.give(Kept::Broken(why));
    }
}

impl<T> Future for Ticket<T> {
    type Output = Result<T, StoreError>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.shared
            .poll(context, Option::take)
            .map(|kept| match kept {
                Kept::Value(value) => Ok(value),
                Kept::Panicked(panic) => resume_unwind(panic),
                Kept::Broken(why) => Err(StoreError::Poisoned { why }),
            })
    }
}
