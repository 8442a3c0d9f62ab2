//! What the committer, the watchdog and the readers of one open store share.

use std::collections::BTreeMap;
use std::sync::Mutex;

use super::files::Files;
use super::layout::{Identity, Layout};
use super::lock::Lock;
use super::queue::{CLOSED, Queue};
use crate::cursor::{Cursor, JournalId, Position};
use crate::error::{AppendError, StoreError};
use crate::index::Mark;
use crate::pending::{Reply, lock};
use crate::watch::Watchers;

/// How many bytes lie between two known places in a segment, from which a reader can start.
const WAYPOINT_BYTES: u64 = 256 * 1024;

/// What the parts of one open store share.
#[derive(Debug)]
pub(super) struct Shared<I> {
    pub(super) layout: Layout,
    /// Which journal it is.
    pub(super) journal: JournalId,
    /// Which journal its segments say they belong to.
    pub(super) origin: JournalId,
    pub(super) index: I,
    pub(super) files: Files,
    pub(super) queue: Queue,
    /// The appends whose outcome is decided by the commit that runs.
    pub(super) in_flight: Mutex<Vec<Reply>>,
    end: Mutex<Mark>,
    pub(super) grown: Watchers,
    waypoints: Mutex<BTreeMap<Position, Mark>>,
    /// Given back last, when no thread can write any more; a reader has none.
    _lock: Option<Lock>,
}

impl<I> Shared<I> {
    pub(super) fn new(
        layout: Layout,
        identity: Identity,
        index: I,
        end: Mark,
        lock: Option<Lock>,
    ) -> Self {
        Self {
            files: Files::new(layout.clone()),
            layout,
            journal: identity.journal,
            origin: identity.origin,
            index,
            queue: Queue::default(),
            in_flight: Mutex::default(),
            end: Mutex::new(end),
            grown: Watchers::default(),
            waypoints: Mutex::default(),
            _lock: lock,
        }
    }

    /// Returns the end of what is durable.
    pub(super) fn end(&self) -> Mark {
        *lock(&self.end)
    }

    /// Returns the end as a cursor.
    pub(super) fn cursor(&self) -> Cursor {
        self.cursor_at(self.end().position)
    }

    pub(super) const fn cursor_at(&self, position: Position) -> Cursor {
        Cursor {
            journal: self.journal,
            position,
        }
    }

    /// Moves the end on, and wakes who waits for it.
    pub(super) fn grow(&self, end: Mark) {
        *lock(&self.end) = end;
        self.pass(end);
        self.grown.wake();
    }

    /// Remembers a place between two batches, if none is near.
    pub(super) fn pass(&self, mark: Mark) {
        let mut waypoints = lock(&self.waypoints);
        let near = waypoints.range(..=mark.position).next_back();
        let is_near = near.is_some_and(|(_, near)| {
            near.segment == mark.segment && mark.offset.saturating_sub(near.offset) < WAYPOINT_BYTES
        });
        if !is_near {
            waypoints.insert(mark.position, mark);
        }
    }

    /// Returns a known place at or before a position.
    pub(super) fn place_before(&self, position: Position) -> Mark {
        let waypoints = lock(&self.waypoints);
        let near = waypoints.range(..=position).next_back();
        near.map_or(Mark::ZERO, |(_, mark)| *mark)
    }

    /// Answers what is in flight: nothing of it was written.
    pub(super) fn refuse_in_flight(&self, error: &StoreError) {
        let refused: Vec<Reply> = lock(&self.in_flight).drain(..).collect();
        for reply in refused {
            reply.answer(Err(AppendError::NotWritten(error.clone())));
        }
    }

    /// Stops the store for good after a failure: what is in flight has an unknown outcome, what
    /// waits was not written.
    pub(super) fn poison(&self, error: &StoreError) {
        let why = error.to_string();
        self.queue.poison(&why);
        let unknown: Vec<Reply> = lock(&self.in_flight).drain(..).collect();
        for reply in unknown {
            reply.answer(Err(AppendError::Unknown(error.clone())));
        }
        self.grown.wake();
    }

    /// Answers nothing any more, because the store was closed.
    pub(super) fn shut(&self) {
        self.queue.poison(CLOSED);
        self.grown.wake();
    }

    /// Refuses to read from a store that failed: its index may be behind its journal.
    pub(super) fn check(&self) -> Result<(), StoreError> {
        self.queue.failure().map_or(Ok(()), Err)
    }
}
