//! The plain file: appends lines, and syncs once for all who wait.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Condvar, Mutex};

use orch_core::record::Record;

use super::Target;

struct Plain {
    file: File,
    state: Mutex<State>,
    synced: Condvar,
    lines: Vec<Record>,
}

#[derive(Default)]
struct State {
    waiting: Vec<u8>,
    /// The group that is being collected, and the last that is durable.
    group: u64,
    durable: u64,
    n_lines: u64,
    is_syncing: bool,
}

/// Makes an empty file.
pub(super) fn make(folder: &Path, n_writers: usize) -> Box<dyn Target> {
    Box::new(Plain {
        file: File::create(folder.join("log")).unwrap(),
        state: Mutex::default(),
        synced: Condvar::new(),
        lines: (0..n_writers)
            .map(|writer| super::stores::note(&super::stores::name(writer), 1, 1))
            .collect(),
    })
}

impl Target for Plain {
    fn append(&self, writer: usize, _k: u64) {
        let mut state = self.state.lock().unwrap();
        state
            .waiting
            .extend_from_slice(self.lines.get(writer).unwrap().as_line().as_bytes());
        state.waiting.push(b'\n');
        state.n_lines += 1;
        let mine = state.group;
        // Whoever finds nobody at work syncs for all who have come meanwhile.
        while state.durable <= mine {
            if state.is_syncing {
                state = self.synced.wait(state).unwrap();
                continue;
            }
            state.is_syncing = true;
            let bytes = std::mem::take(&mut state.waiting);
            state.group += 1;
            let done = state.group;
            drop(state);
            (&self.file).write_all(&bytes).unwrap();
            self.file.sync_data().unwrap();
            state = self.state.lock().unwrap();
            state.is_syncing = false;
            state.durable = done;
            self.synced.notify_all();
        }
    }

    fn count(&self) -> u64 {
        self.state.lock().unwrap().n_lines
    }
}
