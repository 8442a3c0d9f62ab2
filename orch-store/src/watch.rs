//! Being woken when a journal grows.

use std::any::Any;
use std::collections::BTreeMap;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};

use crate::pending::lock;

/// What is done when a journal may have grown.
///
/// It runs on a thread of the store, so it has to be quick, and must not ask the journal anything.
/// That it panics is of no consequence.
pub type Woken = Arc<dyn Fn() + Send + Sync>;

/// A watch over a journal; it ends when it is dropped.
#[must_use = "the watch ends when it is dropped"]
pub struct Watch {
    _kept: Box<dyn Any + Send + Sync>,
}

impl Watch {
    /// A watch that lasts as long as something is kept.
    pub fn new(kept: impl Any + Send + Sync) -> Self {
        Self {
            _kept: Box::new(kept),
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").finish_non_exhaustive()
    }
}

/// Everybody who is woken when a journal grows.
#[derive(Clone, Default)]
pub(crate) struct Watchers {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    next: u64,
    woken: BTreeMap<u64, Woken>,
}

impl Watchers {
    /// Adds somebody.
    pub(crate) fn add(&self, woken: Woken) -> Watch {
        let number = {
            let mut kept = lock(&self.kept);
            kept.next = kept.next.wrapping_add(1);
            let number = kept.next;
            kept.woken.insert(number, woken);
            number
        };
        let watchers = self.clone();
        Watch::new(Entry { watchers, number })
    }

    /// Wakes everybody; what they do may come back here.
    pub(crate) fn wake(&self) {
        let woken: Vec<Woken> = lock(&self.kept).woken.values().cloned().collect();
        for woken in woken {
            // Whoever wakes them is committing for others: a panic of one is no failure of theirs.
            drop(catch_unwind(AssertUnwindSafe(|| woken())));
        }
    }
}

impl fmt::Debug for Watchers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watchers").finish_non_exhaustive()
    }
}

/// The place of somebody among the watchers.
struct Entry {
    watchers: Watchers,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.watchers.kept).woken.remove(&self.number);
    }
}
