//! Opening a store to write: lock, recover, bring the index up, start the threads.

use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::Segments;
use super::committer::Committer;
use super::entry;
use super::layout::{Kind, Layout};
use super::lock::Lock;
use super::options::{Options, Stage};
use super::recover::{Found, Torn, find_end};
use super::scan::{RECORD_MAX_BYTES, walk};
use super::shared::Shared;
use super::watchdog::Watchdog;
use crate::cursor::{JournalId, Position};
use crate::error::StoreError;
use crate::index::{Index, Mark, MemoryIndex};
use crate::journal::Progress;

/// How many appends an index takes at once while it is brought up.
const INDEX_CHUNK: usize = 4096;

/// Where an index lives between two openings.
pub trait IndexHome {
    /// The index.
    type Index: Index;

    /// Returns the kind of store whose index this is.
    fn kind(&self) -> Kind;

    /// Opens what is in a folder; `None` if nothing is there, or nothing is kept.
    ///
    /// # Errors
    /// When what is there cannot be used, or cannot be reached.
    fn open(&self, folder: &Path) -> Result<Option<Self::Index>, StoreError>;

    /// Makes an empty index in a folder that is not there.
    ///
    /// # Errors
    /// When that fails.
    fn create(&self, folder: &Path) -> Result<Self::Index, StoreError>;
}

/// An index that is not kept: the home of [`MemoryIndex`].
#[derive(Debug, Clone, Copy, Default)]
pub struct InMemory;

impl IndexHome for InMemory {
    type Index = MemoryIndex;

    fn kind(&self) -> Kind {
        Kind::Jsonl
    }

    fn open(&self, _folder: &Path) -> Result<Option<MemoryIndex>, StoreError> {
        Ok(None)
    }

    fn create(&self, _folder: &Path) -> Result<MemoryIndex, StoreError> {
        Ok(MemoryIndex::new())
    }
}

/// What became of the index at opening.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum IndexState {
    /// It was as long as the journal.
    Whole,
    /// It lacked some records, which were added.
    CaughtUp {
        /// How many.
        records: u64,
    },
    /// There was none, so that one was made.
    Made {
        /// Of how many records.
        records: u64,
    },
    /// It could not be used and was made anew from the journal; nothing is lost.
    Rebuilt {
        /// Why it could not be used.
        why: String,
        /// Of how many records.
        records: u64,
    },
}

/// What was found and mended at opening.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Opening {
    /// What was cut off the end of the journal: an append that never was acknowledged.
    pub torn: Option<Torn>,
    /// What became of the index.
    pub index: IndexState,
}

/// An open store, and what was mended on the way.
#[derive(Debug)]
pub struct Opened<I: Index> {
    /// The store.
    pub journal: Segments<I>,
    /// What was found and mended.
    pub opening: Opening,
}

/// Opens a `jsonl:` store to write.
///
/// # Errors
/// When there is none, somebody else has it, or it is damaged.
pub fn open(root: &Path, options: &Options) -> Result<Opened<MemoryIndex>, StoreError> {
    open_with(&InMemory, root, options)
}

/// Opens a store with an index of a certain home to write.
///
/// # Errors
/// When there is none, somebody else has it, or its journal is damaged. A damaged index is none:
/// it is made anew.
pub fn open_with<H: IndexHome>(
    home: &H,
    root: &Path,
    options: &Options,
) -> Result<Opened<H::Index>, StoreError> {
    let layout = Layout::new(root);
    // Before the lock, so that nothing is made where no store is.
    let identity = layout.identity()?;
    if identity.kind != home.kind() {
        return Err(StoreError::OtherKind {
            path: root.to_owned(),
            found: identity.kind.as_str().to_owned(),
            asked: home.kind().as_str().to_owned(),
        });
    }
    let lock = Lock::take(&layout, options.lock_wait, options.give_way.as_deref())?;
    let journal = identity.origin;
    let total = n_bytes(&layout)?;
    let mut finding = reporter(options, Stage::FindingTheEnd, total);
    let kept = Kept::open(home, &layout.index())?;
    let found = find_end(&layout, journal, kept.position(), total, &mut finding)?;
    let Found { end, torn, anchor } = found;
    let mut indexing = reporter(options, Stage::Indexing, total);
    let (index, state) = bring_up(home, kept, &layout, journal, end, &mut indexing)?;
    let shared = Arc::new(Shared::new(layout, identity, index, end, Some(lock)));
    let watchdog = Arc::new(Watchdog::default());
    let mut committer =
        Committer::new(Arc::clone(&shared), Arc::clone(&watchdog), anchor, options)?;
    committer.begin()?;
    let segments = Segments {
        shared,
        record_max_bytes: options.record_max_bytes.min(RECORD_MAX_BYTES),
        watchdog,
        threads: Mutex::default(),
        snapshots: Mutex::default(),
    };
    segments.start(committer, options)?;
    Ok(Opened {
        journal: segments,
        opening: Opening { torn, index: state },
    })
}

impl<I: Index> Segments<I> {
    fn start(&self, committer: Committer<I>, options: &Options) -> Result<(), StoreError> {
        let failed = |error: io::Error| {
            StoreError::io("start a thread for", self.shared.layout.root(), error)
        };
        let thread = |name: &str| std::thread::Builder::new().name(name.to_owned());
        let (shared, watchdog) = (Arc::clone(&self.shared), Arc::clone(&self.watchdog));
        let limit = options.hang_limit;
        let watching = thread("orch-watchdog").spawn(move || {
            if watchdog.watch(limit) {
                let why = format!("a commit took longer than {} seconds", limit.as_secs());
                shared.poison(&StoreError::Poisoned { why });
                shared.queue.give_up();
            }
        });
        let committing = thread("orch-committer").spawn(move || committer.run());
        let mut threads = crate::pending::lock(&self.threads);
        threads.push(watching.map_err(failed)?);
        threads.push(committing.map_err(failed)?);
        Ok(())
    }
}

/// The index as it was found.
enum Kept<I> {
    Nothing,
    Index(I, Mark),
    Unusable(String),
}

impl<I: Index> Kept<I> {
    fn open(home: &impl IndexHome<Index = I>, folder: &Path) -> Result<Self, StoreError> {
        let opened = home.open(folder).and_then(|index| match index {
            None => Ok(Self::Nothing),
            Some(index) => {
                let mark = index.mark()?;
                Ok(Self::Index(index, mark))
            }
        });
        opened.or_else(|error| unusable(error).map(Self::Unusable))
    }

    /// Returns how far it came: it bears witness of the journal.
    const fn position(&self) -> Option<Position> {
        match self {
            Self::Index(_, mark) => Some(mark.position),
            Self::Nothing | Self::Unusable(_) => None,
        }
    }
}

/// Adds to the index what it lacks; makes it anew if it cannot be used.
fn bring_up<H: IndexHome>(
    home: &H,
    kept: Kept<H::Index>,
    layout: &Layout,
    journal: JournalId,
    end: Mark,
    progress: &mut dyn FnMut(u64),
) -> Result<(H::Index, IndexState), StoreError> {
    let why = match kept {
        Kept::Nothing => None,
        Kept::Unusable(why) => Some(why),
        Kept::Index(index, _) => match catch_up(&index, layout, journal, end, progress) {
            Ok(0) => return Ok((index, IndexState::Whole)),
            Ok(records) => return Ok((index, IndexState::CaughtUp { records })),
            Err(error) => Some(unusable(error)?),
        },
    };
    remove_index(layout)?;
    let index = home.create(&layout.index())?;
    let records = catch_up(&index, layout, journal, end, progress)?;
    let state = match why {
        None => IndexState::Made { records },
        Some(why) => IndexState::Rebuilt { why, records },
    };
    Ok((index, state))
}

/// Tells a damaged index, which is made anew, from a machine that does not let us read it.
fn unusable(error: StoreError) -> Result<String, StoreError> {
    let is_of_the_machine = matches!(
        error,
        StoreError::Io { .. } | StoreError::Full { .. } | StoreError::ReadOnly { .. }
    );
    if is_of_the_machine {
        Err(error)
    } else {
        Ok(error.to_string())
    }
}

/// Adds to the index what it lacks; returns how many records that were.
fn catch_up<I: Index>(
    index: &I,
    layout: &Layout,
    journal: JournalId,
    end: Mark,
    progress: &mut dyn FnMut(u64),
) -> Result<u64, StoreError> {
    let from = index.mark()?;
    if from == end {
        return Ok(0);
    }
    let mut entries = Vec::new();
    let walked = walk(layout, journal, from, Some(end), |batch| {
        progress(batch.n_bytes());
        entries.push(entry::of_batch(layout, batch)?);
        if entries.len() >= INDEX_CHUNK {
            index.apply(&entries, &batch.end)?;
            entries.clear();
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if let Some(bad) = walked.bad {
        return Err(bad.damaged(layout, end.segment));
    }
    if walked.end.position != end.position || walked.end.chain != end.chain {
        return Err(StoreError::Index {
            what: "it is of another journal".to_owned(),
        });
    }
    // The end may lie in a segment that has no append yet.
    index.apply(&entries, &end)?;
    Ok(end.position.0.saturating_sub(from.position.0))
}

/// Removes what the index keeps; the next opening makes it anew.
///
/// # Errors
/// When there is no store, somebody has it, or the folder cannot be removed.
pub fn discard_index(root: &Path, lock_wait: Duration) -> Result<(), StoreError> {
    let layout = Layout::new(root);
    layout.identity()?;
    let _lock = Lock::take(&layout, lock_wait, None)?;
    remove_index(&layout)
}

fn remove_index(layout: &Layout) -> Result<(), StoreError> {
    let folder = layout.index();
    match fs::remove_dir_all(&folder) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // No index of ours, and in its place all the same.
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => {
            fs::remove_file(&folder).map_err(|error| StoreError::io("remove", &folder, error))
        }
        Err(error) => Err(StoreError::io("remove", &folder, error)),
    }
}

/// Returns the size of all segments.
pub(super) fn n_bytes(layout: &Layout) -> Result<u64, StoreError> {
    let mut total = 0_u64;
    for first in layout.segments()? {
        let path = layout.segment(first);
        let metadata = fs::metadata(&path).map_err(|error| StoreError::io("read", &path, error))?;
        total = total.saturating_add(metadata.len());
    }
    Ok(total)
}

fn reporter(options: &Options, stage: Stage, total: u64) -> impl FnMut(u64) {
    let watch = options.watch.clone();
    let mut done = 0_u64;
    move |n_bytes| {
        done = done.saturating_add(n_bytes);
        if let Some(watch) = &watch {
            watch(stage, Progress { done, total });
        }
    }
}
