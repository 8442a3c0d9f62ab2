//! Watching a journal through the door: a connection and a thread that wait for its end to move.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use super::wait_request;
use crate::cursor::Cursor;
use crate::error::StoreError;
use crate::socket::link::{Hanger, Link, unexpected};
use crate::socket::owner::WAIT_MAX;
use crate::socket::wire::{Reply, Request};
use crate::watch::{Watch, Woken};

/// Has something done whenever the journal has grown, or the owner is gone.
pub(super) fn start(
    mut link: Link,
    patience: Duration,
    root: &Path,
    woken: Woken,
) -> Result<Watch, StoreError> {
    let failed = |error| StoreError::io("watch", root, error);
    // Before the watch is given out: what comes from then on wakes.
    let first = link.ask(&Request::End {}, Some(patience));
    let mut seen = match first.map_err(|lost| lost.into_error(root))? {
        (Reply::End(end), _) => end,
        (other, _) => return Err(unexpected(other)),
    };
    let kept = Kept {
        is_over: Arc::default(),
        _hanger: link.hanger().map_err(failed)?,
    };
    let is_over = Arc::clone(&kept.is_over);
    let thread = thread::Builder::new().name("orch-watch".to_owned());
    let spawned = thread.spawn(move || {
        while let Some(end) = next(&mut link, seen, patience) {
            if is_over.load(Ordering::Relaxed) {
                return;
            }
            if end.position != seen.position {
                seen = end;
                woken();
            }
        }
        // Whoever waits looks again, and is told by that what is wrong.
        if !is_over.load(Ordering::Relaxed) {
            woken();
        }
    });
    spawned.map_err(failed)?;
    Ok(Watch::new(kept))
}

/// Waits for the end to move, or to be told that it has not; `None` when there is nobody to ask.
fn next(link: &mut Link, seen: Cursor, patience: Duration) -> Option<Cursor> {
    let answer = link.ask(&wait_request(seen, WAIT_MAX), Some(WAIT_MAX + patience));
    match answer {
        Ok((Reply::End(end), _)) => Some(end),
        Ok(_) | Err(_) => None,
    }
}

/// What ends the thread when the watch is dropped.
struct Kept {
    is_over: Arc<AtomicBool>,
    /// Dropped after the flag is set.
    _hanger: Hanger,
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
    }
}
