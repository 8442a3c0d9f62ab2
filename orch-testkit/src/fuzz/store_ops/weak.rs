//! An index that fails once when its fuse has burnt down.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_store::answers::Given;
use orch_store::error::StoreError;
use orch_store::index::{Entry, Index, Mark, MemoryIndex, Pointer};
use orch_store::journal::MissionHead;
use orch_store::segments::{IndexHome, Kind};

/// How many questions are answered before one fails; zero if none will.
#[derive(Debug, Clone, Default)]
pub(super) struct Fuse(Arc<AtomicU32>);

impl Fuse {
    pub(super) fn light(&self, n_answers: u8) {
        self.0.store(u32::from(n_answers) + 1, Ordering::SeqCst);
    }

    pub(super) fn put_out(&self) {
        self.0.store(0, Ordering::SeqCst);
    }

    fn burn(&self) -> Result<(), StoreError> {
        let left = |n: u32| n.checked_sub(1);
        match self
            .0
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, left)
        {
            Ok(1) => Err(StoreError::Index {
                what: "it was told to fail".to_owned(),
            }),
            Ok(_) | Err(_) => Ok(()),
        }
    }
}

/// Where such an index lives: nowhere, it is made anew at each opening.
#[derive(Debug)]
pub(super) struct WeakHome(pub(super) Fuse);

#[derive(Debug)]
pub(super) struct Weak {
    inner: MemoryIndex,
    fuse: Fuse,
}

impl IndexHome for WeakHome {
    type Index = Weak;

    fn kind(&self) -> Kind {
        Kind::Jsonl
    }

    fn open(&self, _folder: &Path) -> Result<Option<Weak>, StoreError> {
        Ok(None)
    }

    fn create(&self, _folder: &Path) -> Result<Weak, StoreError> {
        let (inner, fuse) = (MemoryIndex::new(), self.0.clone());
        Ok(Weak { inner, fuse })
    }
}

impl Index for Weak {
    fn mark(&self) -> Result<Mark, StoreError> {
        self.fuse.burn()?;
        self.inner.mark()
    }

    fn apply(&self, entries: &[Entry], mark: &Mark) -> Result<(), StoreError> {
        self.fuse.burn()?;
        self.inner.apply(entries, mark)
    }

    fn head(&self, mission: &MissionId) -> Result<Option<MissionHead>, StoreError> {
        self.fuse.burn()?;
        self.inner.head(mission)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.fuse.burn()?;
        self.inner.missions()
    }

    fn locate(
        &self,
        mission: &MissionId,
        after: Seq,
        max: usize,
    ) -> Result<Vec<Pointer>, StoreError> {
        self.fuse.burn()?;
        self.inner.locate(mission, after, max)
    }

    fn answer(
        &self,
        mission: &MissionId,
        command: &CommandKey,
    ) -> Result<Option<Given>, StoreError> {
        self.fuse.burn()?;
        self.inner.answer(mission, command)
    }

    fn check(&self) -> Result<(), StoreError> {
        self.fuse.burn()?;
        self.inner.check()
    }

    fn close(&self) -> Result<(), StoreError> {
        self.fuse.burn()?;
        self.inner.close()
    }
}
