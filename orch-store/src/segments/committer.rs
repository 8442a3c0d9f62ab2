//! The committer: one thread that writes, so that whoever waits at the same time shares a sync.
//!
//! ```text
//! group ─▶ judge each ─▶ write all ─▶ one sync ─▶ index ─▶ publish ─▶ answer
//!                          └─ failed ─▶ take it back, answer, and take nothing any more
//! ```
//! After a failed write or sync the handle is poisoned: the system may have marked pages as clean
//! that never reached the disk, so trying again could acknowledge what is lost. Opening the store
//! anew writes once more what no mark names.

mod judge;

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Options;
use super::layout::{sync_folder, write_synced};
use super::line::Head;
use super::mark_file::MarkFile;
use super::queue::Waiting;
use super::shared::Shared;
use super::watchdog::Watchdog;
use crate::error::{AppendError, StoreError};
use crate::index::{Index, Mark};
use crate::journal::SINCE_MAX;
use crate::pending::{Answer, Reply, lock};
use judge::{Judge, Lasts, Verdict};

/// How often the anchor is written while the store is used.
const ANCHOR_EVERY: Duration = Duration::from_secs(5);

/// How far the anchor may stay behind when the store is closed; what lies between is read again at
/// the next opening.
const ANCHOR_LAG: u64 = 256;

/// The thread that writes.
#[derive(Debug)]
pub(super) struct Committer<I> {
    shared: Arc<Shared<I>>,
    watchdog: Arc<Watchdog>,
    file: File,
    mark: Mark,
    segment_max_bytes: u64,
    durable: MarkFile,
    anchor: MarkFile,
    anchored: (Mark, Instant),
    lasts: Lasts,
}

/// A group that is being committed.
#[derive(Debug)]
struct Group {
    bytes: Vec<u8>,
    entries: Vec<crate::index::Entry>,
    verdicts: Vec<Verdict>,
    end: Mark,
}

impl<I: Index> Committer<I> {
    /// Prepares to write behind the end of the journal.
    pub(super) fn new(
        shared: Arc<Shared<I>>,
        watchdog: Arc<Watchdog>,
        anchored: Mark,
        options: &Options,
    ) -> Result<Self, StoreError> {
        let mark = shared.end();
        let path = shared.layout.segment(mark.segment);
        let file = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(|error| StoreError::io("open", &path, error))?;
        Ok(Self {
            durable: MarkFile::open(shared.layout.durable())?,
            anchor: MarkFile::open(shared.layout.anchor())?,
            anchored: (anchored, Instant::now()),
            lasts: Lasts::default(),
            segment_max_bytes: options.segment_max_bytes,
            shared,
            watchdog,
            file,
            mark,
        })
    }

    /// Publishes the end as found at opening.
    pub(super) fn begin(&mut self) -> Result<(), StoreError> {
        self.durable.publish(&self.mark)
    }

    /// Commits group after group, until the store is closed or fails.
    pub(super) fn run(mut self) {
        while let Some(group) = self.shared.queue.pop_group() {
            self.watchdog.begin();
            // Whoever waits behind a panic would only be told by the watchdog, a minute later.
            let done = catch_unwind(AssertUnwindSafe(|| self.commit(group)));
            self.watchdog.end();
            let done = done.unwrap_or_else(|_| {
                let why = "the committer panicked".to_owned();
                Err(StoreError::Poisoned { why })
            });
            if let Err(error) = done {
                self.shared.poison(&error);
                return;
            }
        }
        if self.shared.queue.failure().is_none() {
            let lag = self
                .mark
                .position
                .0
                .saturating_sub(self.anchored.0.position.0);
            if lag >= ANCHOR_LAG {
                self.watchdog.begin();
                // The anchor only makes the next opening quicker, and bears witness.
                drop(self.write_anchor());
                self.watchdog.end();
            }
        }
    }

    /// Commits one group; an error poisons the store.
    fn commit(&mut self, waiting: Vec<Waiting>) -> Result<(), StoreError> {
        let mut group = Group {
            bytes: Vec::new(),
            entries: Vec::new(),
            verdicts: Vec::with_capacity(waiting.len()),
            end: self.mark,
        };
        let (appends, replies): (Vec<_>, Vec<_>) = waiting
            .into_iter()
            .map(|Waiting { append, reply }| (append, reply))
            .unzip();
        // Before they are judged, which may have to read and may hang like any reading.
        *lock(&self.shared.in_flight) = replies;
        let mut judge = Judge::new(&self.shared, &mut self.lasts);
        for append in &appends {
            let verdict = match judge.judge(append) {
                Ok(verdict) => verdict,
                Err(error) => {
                    self.shared.refuse_in_flight(&error);
                    return Err(error);
                }
            };
            if let Verdict::Write(_) = verdict {
                group.add(append);
            }
            group.verdicts.push(verdict);
        }
        drop(appends);
        if !group.entries.is_empty() {
            self.write(&group)?;
        }
        let answers = self.answers(group.verdicts)?;
        let replies: Vec<Reply> = lock(&self.shared.in_flight).drain(..).collect();
        for (reply, answer) in replies.iter().zip(answers) {
            reply.answer(answer);
        }
        self.look_after()
    }

    /// Puts a group on disk and into the index, and lets everybody see it.
    fn write(&mut self, group: &Group) -> Result<(), StoreError> {
        let path = self.shared.layout.segment(self.mark.segment);
        if let Err(error) = self.file.write_all(&group.bytes) {
            let error = StoreError::io("write", &path, error);
            self.take_back(&error);
            return Err(error);
        }
        self.file
            .sync_data()
            .map_err(|error| StoreError::io("sync", &path, error))?;
        // From here on it is on record: should the index fail, the next opening mends it.
        self.shared.index.apply(&group.entries, &group.end)?;
        self.durable.publish(&group.end)?;
        self.mark = group.end;
        self.shared.grow(group.end);
        Ok(())
    }

    /// Cuts a group off again that could not be written whole. If that works, nothing of it is on
    /// record, and whoever waits can be told so.
    fn take_back(&self, error: &StoreError) {
        let cut = self.file.set_len(self.mark.offset);
        let cut = cut.and_then(|()| self.file.sync_data());
        if cut.is_ok() {
            self.shared.refuse_in_flight(error);
        }
    }

    /// Turns verdicts into answers; what they speak of is durable now.
    fn answers(&self, verdicts: Vec<Verdict>) -> Result<Vec<Answer>, StoreError> {
        verdicts
            .into_iter()
            .map(|verdict| match verdict {
                Verdict::Write(appended) => Ok(Ok(appended)),
                Verdict::Answer(answer) => Ok(answer),
                Verdict::Conflict {
                    mission,
                    expected,
                    actual,
                } => {
                    // More may be on record by now: who came later did not win.
                    let n_won = actual.0.saturating_sub(expected.0);
                    let max = usize::try_from(n_won).unwrap_or(usize::MAX).min(SINCE_MAX);
                    let pointers = self.shared.index.locate(&mission, expected, max)?;
                    let since = self.shared.files.read(&pointers)?;
                    Ok(Err(AppendError::Conflict { actual, since }))
                }
            })
            .collect()
    }

    /// Does what is due between two groups.
    fn look_after(&mut self) -> Result<(), StoreError> {
        // One without a record cannot be followed: the next would have its name.
        let has_records = self.mark.position >= self.mark.segment;
        if has_records && self.mark.offset >= self.segment_max_bytes {
            return self.roll();
        }
        let (mark, at) = self.anchored;
        if mark.position != self.mark.position && at.elapsed() >= ANCHOR_EVERY {
            self.write_anchor()?;
        }
        Ok(())
    }

    /// Begins a new segment; it and its name are on disk before it takes a record.
    fn roll(&mut self) -> Result<(), StoreError> {
        let layout = &self.shared.layout;
        let first = self.mark.position.plus(1);
        let path = layout.segment(first);
        let head = Head {
            journal: self.shared.origin,
            after: self.mark.position,
            chain: self.mark.chain,
        };
        let line = head.line();
        write_synced(&path, &line)?;
        sync_folder(&layout.journal())?;
        self.file = OpenOptions::new()
            .append(true)
            .open(&path)
            .map_err(|error| StoreError::io("open", &path, error))?;
        self.mark = Mark {
            segment: first,
            offset: line.len() as u64,
            ..self.mark
        };
        self.durable.publish(&self.mark)?;
        self.shared.grow(self.mark);
        self.write_anchor()
    }

    fn write_anchor(&mut self) -> Result<(), StoreError> {
        self.anchor.publish(&self.mark)?;
        self.anchor.sync()?;
        self.anchored = (self.mark, Instant::now());
        Ok(())
    }
}

/// However the thread ends, nobody waits for it any more.
impl<I> Drop for Committer<I> {
    fn drop(&mut self) {
        self.shared.queue.end();
    }
}

impl Group {
    /// Adds an append, with its commit.
    fn add(&mut self, append: &crate::journal::Append) {
        use super::line::Commit;
        let before = self.bytes.len();
        let mut offset = self.end.offset;
        let mut pointers = Vec::with_capacity(append.records().len());
        for (record, n) in append.records().iter().zip(1_u64..) {
            let line = record.as_line().as_bytes();
            pointers.push(crate::index::Pointer {
                position: self.end.position.plus(n),
                segment: self.end.segment,
                offset,
                // The limit of a record is far below.
                len: u32::try_from(line.len()).unwrap_or(u32::MAX),
                crc: crc32fast::hash(line),
            });
            self.bytes.extend_from_slice(line);
            self.bytes.push(b'\n');
            offset = offset.saturating_add(line.len() as u64).saturating_add(1);
        }
        let batch = self.bytes.get(before..).unwrap_or_default();
        let n_records = pointers.len() as u64;
        let commit = Commit::of(batch, n_records, self.end.position, &self.end.chain);
        let line = commit.line();
        self.bytes.extend_from_slice(&line);
        self.entries.push(super::entry::of_append(append, pointers));
        self.end = Mark {
            position: commit.position,
            segment: self.end.segment,
            offset: offset.saturating_add(line.len() as u64),
            chain: commit.chain,
        };
    }
}
