//! How to open a store.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::journal::Progress;

/// What a long opening is busy with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// It reads what was written since the anchor, to find the end.
    FindingTheEnd,
    /// It brings the index up to the journal, or makes it anew.
    Indexing,
}

type Watch = dyn Fn(Stage, Progress) + Send + Sync;

type GiveWay = dyn Fn() -> bool + Send + Sync;

/// How to open a store.
#[derive(Clone)]
#[non_exhaustive]
pub struct Options {
    /// How long to wait for another process that has the store; 10 seconds by default.
    pub lock_wait: Duration,
    /// The size at which a segment is followed by the next, in bytes; 64 MiB by default.
    pub segment_max_bytes: u64,
    /// The longest record that is taken, in bytes; 4 MiB by default, and never 64 MiB or more.
    pub record_max_bytes: usize,
    /// How long a commit may take before the store is given up; 60 seconds by default.
    pub hang_limit: Duration,
    /// Who is told how far a long opening has come.
    pub watch: Option<Arc<Watch>>,
    /// Asked now and then while the store is waited for: once it says yes, the wait is over, as it
    /// is when whoever has the store has begun to serve it.
    pub give_way: Option<Arc<GiveWay>>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            lock_wait: Duration::from_secs(10),
            segment_max_bytes: 64 * 1024 * 1024,
            record_max_bytes: 4 * 1024 * 1024,
            hang_limit: Duration::from_secs(60),
            watch: None,
            give_way: None,
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("lock_wait", &self.lock_wait)
            .field("segment_max_bytes", &self.segment_max_bytes)
            .field("record_max_bytes", &self.record_max_bytes)
            .field("hang_limit", &self.hang_limit)
            .finish_non_exhaustive()
    }
}
