//! The journal as a client sees it through the socket of an owner; what writes is the owner's own.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use orch_core::decide::Prior;
use orch_core::ids::{CommandKey, MissionId, Seq};
use orch_core::record::Record;
use orch_core::snapshot::Snapshot;
use orch_store::capabilities::Capabilities;
use orch_store::coordinator::Coordinator;
use orch_store::cursor::{Cursor, JournalId};
use orch_store::error::StoreError;
use orch_store::index::MemoryIndex;
use orch_store::journal::{Append, Journal, MissionHead, Page, Progress, Verified};
use orch_store::pending::Pending;
use orch_store::segments::Segments;
use orch_store::socket::{Client, Owner};
use orch_store::watch::{Watch, Woken};
use orch_testkit::store::{StoreUnderTest, stores};

/// How long an answer is waited for, on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A store that is served; it is read through its own door.
#[derive(Debug)]
pub(crate) struct Served {
    client: Client,
    owner: Mutex<Option<Owner>>,
    journal: Arc<Segments<MemoryIndex>>,
}

/// The plain-text journal, served and read through the socket.
///
/// Its readers beside the writer are those of the files, as for whoever only reads with `orch`: through the
/// socket somebody reads as long as the owner lives.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Socket;

impl StoreUnderTest for Socket {
    type Store = Served;

    fn name(&self) -> &'static str {
        "socket"
    }

    fn capabilities(&self) -> Capabilities {
        stores::segments_claim()
    }

    fn open(&self, folder: &Path) -> Result<Served, StoreError> {
        let journal = Arc::new(stores::Jsonl.open(folder)?);
        let coordinator = Coordinator::new(Arc::<Segments<MemoryIndex>>::clone(&journal));
        let owner = Owner::serve(Arc::new(coordinator), folder)?;
        Ok(Served {
            client: connect(folder)?,
            owner: Mutex::new(Some(owner)),
            journal,
        })
    }

    fn close(store: &Served) -> Result<(), StoreError> {
        let mut owner = store.owner.lock().unwrap_or_else(PoisonError::into_inner);
        drop(owner.take());
        store.journal.close()
    }

    fn open_reader(&self, folder: &Path) -> Option<Result<Arc<dyn Journal>, StoreError>> {
        stores::Jsonl.open_reader(folder)
    }

    fn copy(&self, from: &Path, to: &Path) -> Option<Result<(), StoreError>> {
        Some(stores::copy(from, to))
    }
}

fn connect(folder: &Path) -> Result<Client, StoreError> {
    let nobody = || StoreError::OwnerGone {
        path: folder.to_owned(),
        why: "nobody serves it".to_owned(),
    };
    Client::connect(folder, PATIENCE)?.ok_or_else(nobody)
}

impl Journal for Served {
    fn id(&self) -> JournalId {
        self.client.id()
    }

    fn capabilities(&self) -> Capabilities {
        self.journal.capabilities()
    }

    fn submit(&self, append: Append) -> Pending {
        self.journal.submit(append)
    }

    fn head(&self, mission: &MissionId) -> Result<Seq, StoreError> {
        self.client.head(mission)
    }

    fn read(&self, mission: &MissionId, after: Seq, max: usize) -> Result<Vec<Record>, StoreError> {
        self.client.read(mission, after, max)
    }

    fn read_all(&self, after: &Cursor, max: usize) -> Result<Page, StoreError> {
        self.client.read_all(after, max)
    }

    fn prior(&self, mission: &MissionId, command: &CommandKey) -> Result<Prior, StoreError> {
        self.client.prior(mission, command)
    }

    fn missions(&self) -> Result<Vec<MissionHead>, StoreError> {
        self.client.missions()
    }

    fn end(&self) -> Result<Cursor, StoreError> {
        self.client.end()
    }

    fn wait(&self, after: &Cursor, timeout: Duration) -> Result<Cursor, StoreError> {
        self.client.wait(after, timeout)
    }

    fn watch(&self, woken: Woken) -> Result<Watch, StoreError> {
        self.client.watch(woken)
    }

    fn save_snapshot(&self, snapshot: &Snapshot) -> Result<(), StoreError> {
        self.journal.save_snapshot(snapshot)
    }

    fn snapshot(&self, mission: &MissionId) -> Result<Option<Snapshot>, StoreError> {
        self.client.snapshot(mission)
    }

    fn verify(&self, progress: &mut dyn FnMut(Progress)) -> Result<Verified, StoreError> {
        self.client.verify(progress)
    }
}

orch_testkit::store_laws!(Socket);
