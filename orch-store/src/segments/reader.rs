//! Reading a store without its lock, while another process may write.
//!
//! A reader stops at the durable mark that the writer publishes after each sync, never at what
//! merely stands in the files: a record that somebody saw must not vanish in a crash. Only when
//! nobody writes does it make durable what stands behind the mark, and go on to there.

use std::fs::{self, File};
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Mutex;

use notify::{RecursiveMode, Watcher as _};
use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;

use super::entry;
use super::layout::{Layout, sync_folder};
use super::lock::Lock;
use super::recover::witnesses;
use super::scan::{beginning, walk};
use super::shared::Shared;
use super::{not_writable, snapshots, verify};
use crate::answers::Given;
use crate::capabilities::{Capabilities, Durability};
use crate::cursor::{Cursor, JournalId, Position};
use crate::error::StoreError;
use crate::index::{Index as _, Mark, MemoryIndex};
use crate::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use crate::pending::{Pending, lock};
use crate::watch::{Watch, Woken};

/// A store, open for reading by any number of processes, beside the one that writes.
#[derive(Debug)]
pub struct Reader {
    shared: Shared<MemoryIndex>,
    /// The last position that a mark named; held while the index is brought up.
    named: Mutex<Position>,
}

/// How far to read.
#[derive(Debug, Clone, Copy)]
enum Until {
    /// To a mark: everything before it has to be there.
    Mark(Mark),
    /// To the end of what is whole: behind it a crash may have left an append that nobody was told
    /// of.
    End,
    /// To the end, which has to be whole, because no mark tells what somebody was told of.
    VeryEnd,
}

impl Reader {
    /// Opens the store in a folder to read.
    ///
    /// # Errors
    /// When there is none, or what is durable of it is damaged.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let layout = Layout::new(root);
        let identity = layout.identity()?;
        let reader = Self {
            shared: Shared::new(layout, identity, MemoryIndex::new(), Mark::ZERO, None),
            named: Mutex::default(),
        };
        reader.refresh()?;
        reader.go_beyond_the_mark()?;
        Ok(reader)
    }

    /// Returns the end of what was durable when it was last looked.
    pub(super) fn durable_end(&self) -> Mark {
        self.shared.end()
    }

    /// Reads what has become durable since the last time.
    fn refresh(&self) -> Result<(), StoreError> {
        let mut named = lock(&self.named);
        let seen = witnesses(&self.shared.layout)?
            .into_iter()
            .max_by_key(|(witness, mark)| (witness.position, mark.segment));
        let Some((_, until)) = seen else {
            return self.take(Until::VeryEnd);
        };
        if until.position < *named {
            return Err(StoreError::Lost {
                witness: "this reader",
                seen: *named,
                found: until.position,
            });
        }
        *named = until.position;
        if until.position <= self.shared.end().position {
            return Ok(());
        }
        self.take(Until::Mark(until))
    }

    /// Reads what the marks do not name, if nobody is about to write.
    ///
    /// They are not synced with each append: a power cut can leave older ones behind records that
    /// were acknowledged. While somebody writes, what is behind them may not be durable, and is
    /// named by the next mark.
    fn go_beyond_the_mark(&self) -> Result<(), StoreError> {
        let layout = &self.shared.layout;
        if !self.is_followed()? {
            return Ok(());
        }
        let Some(_nobody_writes) = Lock::glimpse(layout) else {
            return Ok(());
        };
        // Whoever wrote may have named all of it before he let go.
        self.refresh()?;
        let _one_at_a_time = lock(&self.named);
        self.take(Until::End)
    }

    /// Tells whether anything stands behind the end.
    fn is_followed(&self) -> Result<bool, StoreError> {
        let (layout, end) = (&self.shared.layout, self.shared.end());
        let segment = end.segment.max(Position(1));
        let path = layout.segment(segment);
        let found = match fs::metadata(&path) {
            Ok(found) => found,
            // That it is missing is told by whoever goes there.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
            Err(error) => return Err(StoreError::io("read", &path, error)),
        };
        let last = layout.segments()?.last().copied();
        Ok(found.len() > end.offset || last > Some(segment))
    }

    /// Takes what follows; what no mark names is made durable.
    fn take(&self, until: Until) -> Result<(), StoreError> {
        let shared = &self.shared;
        let known = shared.end();
        let mut entries = Vec::new();
        let mark = match until {
            Until::Mark(mark) => Some(mark),
            Until::End | Until::VeryEnd => None,
        };
        let walked = walk(&shared.layout, shared.origin, known, mark, |batch| {
            entries.push(entry::of_batch(&shared.layout, batch)?);
            shared.pass(batch.end);
            Ok(ControlFlow::Continue(()))
        })?;
        match (until, walked.bad) {
            (Until::Mark(_) | Until::VeryEnd, Some(bad)) => {
                return Err(bad.damaged(&shared.layout, walked.end.segment));
            }
            (Until::Mark(until), None) if walked.end.position < until.position => {
                return Err(StoreError::Lost {
                    witness: "the durable mark",
                    seen: until.position,
                    found: walked.end.position,
                });
            }
            (Until::Mark(_), None) => {}
            (Until::End | Until::VeryEnd, _) if entries.is_empty() => return Ok(()),
            (Until::End, _) => match sync(&shared.layout, walked.end) {
                Ok(()) => {}
                // There is no room for what was written and never synced, so nobody was told of it:
                // what was acknowledged is on the disk. The full disk is no reason not to read.
                Err(StoreError::Full { .. }) => return Ok(()),
                Err(error) => return Err(error),
            },
            (Until::VeryEnd, _) => sync(&shared.layout, walked.end)?,
        }
        shared.index.apply(&entries, &walked.end)?;
        shared.grow(walked.end);
        Ok(())
    }
}

impl Journal for Reader {
    fn id(&self) -> JournalId {
        self.shared.journal
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            durability: Durability::PowerCut,
            subscribe: true,
            snapshots: true,
            ..Capabilities::none()
        }
    }

    fn submit(&self, _append: Append) -> Pending {
        Pending::ready(Err(not_writable()))
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        self.refresh()?;
        let head = self.shared.index.head(mission)?;
        Ok(head.map_or(Seq::ZERO, |head| head.head))
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        self.refresh()?;
        let pointers = self.shared.index.locate(mission, after, max)?;
        self.shared.files.read(&pointers)
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        self.refresh()?;
        page(&self.shared, after, max)
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.refresh()?;
        let given = self.shared.index.answer(mission, command)?;
        Ok(given.as_ref().map_or(Prior::Unseen, Given::prior))
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.refresh()?;
        self.shared.index.missions()
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.refresh()?;
        Ok(self.shared.cursor())
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        let path = self.shared.layout.durable();
        let failed = |error: notify::Error| {
            StoreError::io("watch", &path, io::Error::other(error.to_string()))
        };
        let changed = move |event: notify::Result<notify::Event>| {
            // That somebody reads the mark, as we do ourselves, is no news.
            if !event.is_ok_and(|event| event.kind.is_access()) {
                woken();
            }
        };
        let mut watcher = notify::recommended_watcher(changed).map_err(failed)?;
        // Whoever writes next makes the mark if it is gone.
        let root = self.shared.layout.root();
        let watched = if path.exists() { &path } else { root };
        watcher
            .watch(watched, RecursiveMode::NonRecursive)
            .map_err(failed)?;
        Ok(Watch::new(Mutex::new(watcher)))
    }

    fn save_snapshot(&self, _snapshot: &Snapshot) -> Result<(), StoreError> {
        let what = "keep a snapshot: it was opened for reading";
        Err(StoreError::Unsupported { what })
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        let head = self.head(mission)?;
        let snapshot = snapshots::load(&self.shared.layout, mission)?;
        Ok(snapshot.filter(|snapshot| snapshot.seq() <= head))
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        self.refresh()?;
        verify::verify(&self.shared, progress)
    }
}

/// Reads about `max` records after a cursor, by whole appends.
pub(super) fn page<I>(shared: &Shared<I>, after: &Cursor, max: usize) -> Result<Page, StoreError> {
    let end = shared.end();
    after.check(shared.cursor_at(end.position))?;
    if max == 0 {
        // Not a whole append: that is for those who want any.
        let (records, next) = (Vec::new(), *after);
        return Ok(Page { records, next });
    }
    let from = place_before(shared, after.position)?;
    let mut records = Vec::new();
    let walked = walk(&shared.layout, shared.origin, from, Some(end), |batch| {
        shared.pass(batch.end);
        for line in batch.lines() {
            if line.position > after.position {
                records.push((line.position, entry::record(line)?));
            }
        }
        Ok(if records.len() >= max {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        })
    })?;
    if let Some(bad) = walked.bad {
        return Err(bad.damaged(&shared.layout, end.segment));
    }
    let position = records.last().map_or(after.position, |(at, _)| *at);
    let next = shared.cursor_at(position);
    Ok(Page { records, next })
}

/// Returns a place at or before a position that is not far from it: at most a segment.
fn place_before<I>(shared: &Shared<I>, position: Position) -> Result<Mark, StoreError> {
    let near = shared.place_before(position);
    let segments = shared.layout.segments()?;
    let own = segments.iter().rfind(|first| **first <= position.plus(1));
    let Some(own) = own.filter(|first| **first > near.segment) else {
        return Ok(near);
    };
    let begun = beginning(&shared.layout, shared.origin, *own)?;
    Ok(begun.unwrap_or(near))
}

/// Makes durable what stands in the last segment; any process that can read it may do that.
fn sync(layout: &Layout, end: Mark) -> Result<(), StoreError> {
    let path = layout.segment(end.segment);
    File::open(&path)
        .and_then(|file| file.sync_data())
        .map_err(|error| StoreError::io("sync", &path, error))?;
    sync_folder(&layout.journal())
}
