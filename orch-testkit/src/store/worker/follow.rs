//! Somebody who reads along while a worker writes.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

use orch_store::cursor::Cursor;
use orch_store::journal::Journal;

use super::protocol::Told;
use super::serve::tell;

/// A thread that reads along until it is dropped, and looks once more then.
#[derive(Debug)]
pub(super) struct Follower {
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Follower {
    /// Begins to read from the start.
    pub(super) fn start(reader: Arc<dyn Journal>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let ends = Arc::clone(&is_over);
        let thread = thread::spawn(move || follow(&*reader, &ends));
        Self {
            is_over,
            thread: Some(thread),
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // What it panicked about stands on standard error.
            drop(thread.join());
        }
    }
}

/// Looks again and again, rather than to wait to be woken: what is visible too early is so for a
/// moment only.
fn follow(reader: &dyn Journal, ends: &AtomicBool) {
    let mut after = Cursor::start(reader.id());
    loop {
        let is_last = ends.load(Ordering::Acquire);
        // An error is told by the writer, or by whoever opens the store next.
        if let Ok(page) = reader.read_all(&after, usize::MAX)
            && !page.records.is_empty()
        {
            let lines = page.records.iter();
            let records = lines
                .map(|(at, record)| (*at, record.as_line().to_owned()))
                .collect();
            if tell(&mut io::stdout(), &Told::Seen { records }).is_err() {
                return;
            }
            after = page.next;
        }
        if is_last {
            return;
        }
        thread::yield_now();
    }
}
