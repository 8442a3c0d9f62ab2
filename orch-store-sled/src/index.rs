//! The index: sled behind what is kept in memory.

use std::fmt;
use std::path::Path;
use std::sync::{
    Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard, TryLockError,
};

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_store::answers::Given;
use orch_store::error::StoreError;
use orch_store::index::{Entry, Index, Mark, Pointer};
use orch_store::journal::MissionHead;
use sled::Db;

use crate::codec::{self, State};
use crate::error::{ask, asked};
use crate::folder::Folder;
use crate::group::{Changes, Group};
use crate::kept::Kept;
use crate::locate::locate;
use crate::pending::{Pending, batch_of};
use crate::scan;
use crate::trust::Trust;

/// An index in sled.
///
/// One that failed takes nothing any more, and one that was closed neither: every method returns
/// [`StoreError::Poisoned`] from then on. One that is dropped without a
/// [close](Index::close) may lack what was applied last, which its mark tells, and is checked in
/// full when it is opened the next time.
#[derive(Debug)]
pub struct SledIndex {
    folder: Folder,
    /// Held while sled has to stay as it is, because it is checked or closed; before `turn`.
    still: Mutex<()>,
    /// Held while something is applied or closed.
    turn: Mutex<()>,
    /// The error is why there is none any more.
    open: RwLock<Result<Open, String>>,
}

struct Open {
    db: Db,
    kept: Kept,
}

impl SledIndex {
    /// Makes an empty index in a new folder.
    ///
    /// # Errors
    /// [`StoreError::Exists`] if there is something already; else when it cannot be made.
    pub fn create(folder: impl AsRef<Path>) -> Result<Self, StoreError> {
        let folder = Folder::create(folder.as_ref())?;
        let db = folder.open()?;
        ask("write", folder.path(), || {
            db.insert(codec::state_key(), codec::state_value(&State::EMPTY))
        })?;
        // Without it, an index that is killed before its first append could not be opened.
        folder.flush(&db)?;
        Self::load(folder, db)
    }

    /// Opens an index, which is checked in full unless it was closed and is still as it was then.
    ///
    /// # Errors
    /// [`StoreError::Missing`] if there is no such folder. [`StoreError::Index`] if it is damaged:
    /// it is of no use then, and to be made again. Any other error says nothing about it, for
    /// example that the disk is full.
    pub fn open(folder: impl AsRef<Path>) -> Result<(Self, Trust), StoreError> {
        let folder = Folder::find(folder.as_ref())?;
        let trust = folder.take_trust()?;
        let open = || Self::load(folder.clone(), folder.open()?);
        let index = match trust {
            Trust::Clean => open()?,
            Trust::Unclean => folder.guarded(|| {
                let index = open()?;
                index.check()?;
                Ok(index)
            })?,
        };
        Ok((index, trust))
    }

    fn load(folder: Folder, db: Db) -> Result<Self, StoreError> {
        let kept = match Kept::load(&db, folder.path()) {
            Ok(kept) => kept,
            Err(error) => {
                // That it is damaged is what matters, not how it ends.
                let _ended = folder.let_go(db);
                return Err(error);
            }
        };
        Ok(Self {
            folder,
            still: Mutex::new(()),
            turn: Mutex::new(()),
            open: RwLock::new(Ok(Open { db, kept })),
        })
    }

    fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn still(&self) -> MutexGuard<'_, ()> {
        self.still.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reading(&self) -> RwLockReadGuard<'_, Result<Open, String>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn writing(&self) -> RwLockWriteGuard<'_, Result<Open, String>> {
        self.open.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// Answers from what is open; damage that shows itself ends the index, so that no close
    /// vouches for it.
    fn answer_from<T>(
        &self,
        work: impl FnOnce(&Open) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let answer = work(opened(&self.reading())?);
        if let Err(error @ StoreError::Index { .. }) = &answer {
            self.end(error);
        }
        answer
    }

    /// Takes nothing any more, and lets go of sled as far as it goes.
    fn end(&self, why: &StoreError) {
        let open = std::mem::replace(&mut *self.writing(), Err(why.to_string()));
        if let Ok(open) = open {
            let _ended = self.folder.let_go(open.db);
        }
    }

    fn judge(&self, entries: &[Entry], mark: &Mark) -> Result<Changes, StoreError> {
        let open = self.reading();
        let Open { db, kept } = opened(&open)?;
        let get = |key: &[u8]| ask("read", self.folder.path(), || db.get(key));
        let mut group = Group::new(kept, &get);
        for entry in entries {
            group.add(entry)?;
        }
        group.end(mark)
    }

    fn apply_in_turn(&self, entries: &[Entry], mark: &Mark) -> Result<(), StoreError> {
        let changes = self.judge(entries, mark)?;
        let is_full = match &mut *self.writing() {
            Ok(open) => {
                changes.make(&mut open.kept);
                open.kept.pending.is_full()
            }
            Err(_) => false,
        };
        if !is_full {
            return Ok(());
        }
        let _still = match self.still.try_lock() {
            Ok(still) => still,
            Err(TryLockError::Poisoned(still)) => still.into_inner(),
            // Whoever appends does not wait for a check: what is pending may be more for once.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        self.hand_over()
    }

    /// Gives sled what it does not have yet. Readers go on meanwhile: they see it in memory until
    /// sled has it.
    fn hand_over(&self) -> Result<(), StoreError> {
        let path = self.folder.path();
        {
            let open = self.reading();
            let Open { db, kept } = opened(&open)?;
            if kept.pending.is_empty() {
                return Ok(());
            }
            let batch = batch_of(kept);
            ask("write", path, || db.apply_batch(batch))?;
            // What sled writes in the background queues up without a limit; and that a write
            // failed is told here, a drop keeps silent about it.
            self.folder.flush(db)?;
        }
        if let Ok(open) = &mut *self.writing() {
            open.kept.pending = Pending::default();
        }
        Ok(())
    }

    /// Ends the index when something that changes it failed.
    fn or_end<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        match result {
            Ok(done) => Ok(done),
            Err(error @ StoreError::Poisoned { .. }) => Err(error),
            Err(error) => {
                self.end(&error);
                Err(error)
            }
        }
    }
}

impl Index for SledIndex {
    fn mark(&self) -> Result<Mark, StoreError> {
        self.answer_from(|open| Ok(open.kept.state.mark))
    }

    fn apply(&self, entries: &[Entry], mark: &Mark) -> Result<(), StoreError> {
        let _turn = self.turn();
        self.or_end(self.apply_in_turn(entries, mark))
    }

    fn head(&self, mission: &MissionId) -> Result<Option<MissionHead>, StoreError> {
        self.answer_from(|open| {
            let known = open.kept.missions.get(mission);
            Ok(known.map(|known| known.to_head(mission)))
        })
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.answer_from(|open| {
            let missions = open.kept.missions.iter();
            Ok(missions
                .map(|(mission, known)| known.to_head(mission))
                .collect())
        })
    }

    fn locate(
        &self,
        mission: &MissionId,
        after: Seq,
        max: usize,
    ) -> Result<Vec<Pointer>, StoreError> {
        let path = self.folder.path();
        self.answer_from(|open| locate(&open.db, path, &open.kept, mission, after, max))
    }

    fn answer(
        &self,
        mission: &MissionId,
        command: &CommandKey,
    ) -> Result<Option<Given>, StoreError> {
        self.answer_from(|open| {
            let Some(known) = open.kept.missions.get(mission) else {
                return Ok(None);
            };
            let pending = &open.kept.pending.answers;
            if let Some(given) = pending.get(&(known.ordinal, command.clone())) {
                return Ok(Some(given.clone()));
            }
            let key = codec::answer_key(known.ordinal, command);
            let value = ask("read", self.folder.path(), || open.db.get(&key))?;
            let given = value.map(|value| codec::read_answer(&key, command.clone(), &value));
            given.transpose()
        })
    }

    fn check(&self) -> Result<(), StoreError> {
        let _still = self.still();
        let (db, kept) = {
            let _turn = self.turn();
            self.or_end(self.hand_over())?;
            let open = self.reading();
            let Open { db, kept } = opened(&open)?;
            (db.clone(), kept.without_pending())
        };
        let checked = scan::check(&kept, asked(db.iter(), self.folder.path()));
        drop(db);
        if let Err(error @ StoreError::Index { .. }) = &checked {
            self.end(error);
        }
        checked
    }

    fn close(&self) -> Result<(), StoreError> {
        let _still = self.still();
        let _turn = self.turn();
        self.or_end(self.hand_over())?;
        let open = std::mem::replace(&mut *self.writing(), Err("it was closed".to_owned()));
        let open = open.map_err(|why| StoreError::Poisoned { why })?;
        self.folder.let_go(open.db)?;
        self.folder.leave_trust()
    }
}

impl Drop for SledIndex {
    fn drop(&mut self) {
        let open = self.open.get_mut().unwrap_or_else(PoisonError::into_inner);
        if let Ok(open) = std::mem::replace(open, Err(String::new())) {
            let _ended = self.folder.let_go(open.db);
        }
    }
}

impl fmt::Debug for Open {
    /// Leaves sled out: it would print everything that it holds.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut fields = f.debug_struct("Open");
        fields.field("kept", &self.kept).finish_non_exhaustive()
    }
}

fn opened(open: &Result<Open, String>) -> Result<&Open, StoreError> {
    open.as_ref()
        .map_err(|why| StoreError::Poisoned { why: why.clone() })
}

#[cfg(test)]
mod tests;
