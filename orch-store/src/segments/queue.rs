//! The appends that wait for the committer, and what happens to them when the store fails.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, PoisonError};

use crate::error::{AppendError, StoreError};
use crate::journal::Append;
use crate::pending::{Pending, Reply, channel, lock};

/// The most bytes of records that are committed together: what waits longer for the disk than a
/// sync takes gains nothing from being in the same group.
const GROUP_MAX_BYTES: usize = 8 * 1024 * 1024;

/// Why a store that was closed takes nothing any more.
pub(super) const CLOSED: &str = "it was closed";

/// An append and where its answer goes.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) append: Append,
    pub(super) reply: Reply,
}

/// The appends that wait for the committer.
#[derive(Debug, Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: VecDeque<Waiting>,
    /// Why nothing is taken any more.
    poisoned: Option<String>,
    closing: bool,
    /// Whether nobody takes anything any more.
    ended: bool,
    /// Whether whoever takes is not to be waited for.
    hangs: bool,
}

impl Queue {
    /// Hands an append in.
    pub(super) fn push(&self, append: Append) -> Pending {
        let mut state = lock(&self.state);
        if let Some(error) = state.refusal() {
            return Pending::ready(Err(AppendError::NotWritten(error)));
        }
        let (reply, pending) = channel();
        state.waiting.push_back(Waiting { append, reply });
        drop(state);
        self.changed.notify_all();
        pending
    }

    /// Waits for appends and takes a group of them; `None` when the store is closed and none is
    /// left, or it failed.
    pub(super) fn pop_group(&self) -> Option<Vec<Waiting>> {
        let mut state = lock(&self.state);
        loop {
            if state.poisoned.is_some() {
                return None;
            }
            if !state.waiting.is_empty() {
                return Some(state.take_group());
            }
            if state.closing {
                return None;
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Takes nothing any more, and answers what waits: nothing of it was written.
    pub(super) fn poison(&self, why: &str) {
        let left = {
            let mut state = lock(&self.state);
            state.poisoned.get_or_insert_with(|| why.to_owned());
            std::mem::take(&mut state.waiting)
        };
        self.changed.notify_all();
        for waiting in left {
            let error = StoreError::Poisoned {
                why: why.to_owned(),
            };
            waiting.reply.answer(Err(AppendError::NotWritten(error)));
        }
    }

    /// Returns why nothing is taken any more; `None` while the store works.
    pub(super) fn failure(&self) -> Option<StoreError> {
        lock(&self.state)
            .poisoned
            .clone()
            .map(|why| StoreError::Poisoned { why })
    }

    /// Nobody takes anything any more.
    pub(super) fn end(&self) {
        lock(&self.state).ended = true;
        self.changed.notify_all();
    }

    /// Whoever takes does not come back, as far as can be told.
    pub(super) fn give_up(&self) {
        lock(&self.state).hangs = true;
        self.changed.notify_all();
    }

    /// Waits until nobody takes anything any more; `false` if that is not to be waited for.
    pub(super) fn wait_for_end(&self) -> bool {
        let mut state = lock(&self.state);
        while !state.ended && !state.hangs {
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
        state.ended
    }

    /// Takes nothing new; what waits is still committed.
    pub(super) fn close(&self) {
        lock(&self.state).closing = true;
        self.changed.notify_all();
    }
}

impl State {
    fn refusal(&self) -> Option<StoreError> {
        let why = match &self.poisoned {
            Some(why) => why.clone(),
            None if self.closing => CLOSED.to_owned(),
            None => return None,
        };
        Some(StoreError::Poisoned { why })
    }

    fn take_group(&mut self) -> Vec<Waiting> {
        let mut group = Vec::new();
        let mut n_bytes = 0_usize;
        while let Some(waiting) = self.waiting.pop_front() {
            let records = waiting.append.records().iter();
            let size: usize = records.map(|record| record.as_line().len()).sum();
            n_bytes = n_bytes.saturating_add(size);
            group.push(waiting);
            if n_bytes >= GROUP_MAX_BYTES {
                break;
            }
        }
        group
    }
}
