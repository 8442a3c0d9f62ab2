//! The owner: has the store, and carries out what comes in through its door.
//!
//! ```text
//! accept ─▶ a thread for each connection ─▶ line ─▶ request ─▶ Coordinator ─▶ reply
//!    └── full: whoever is silent the longest gives way
//! ```

mod guests;
mod host;
mod turns;

use std::os::fd::OwnedFd;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::address;
use crate::coordinator::Coordinator;
use crate::error::StoreError;
use crate::segments::{self, lock};
use host::Host;
pub(super) use host::WAIT_MAX;

/// How long those who are served may go on when the door closes, before they are cut off.
const GRACE: Duration = Duration::from_secs(2);

/// How long to wait when the system gives no further connection, which it may again.
const BREATH: Duration = Duration::from_millis(20);

/// What an owner puts up with.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Limits {
    /// The most connections that are served at once, and so the most requests; 256 by default.
    pub connections_max: usize,
    /// The longest request, in bytes; 16 MiB by default.
    pub request_max_bytes: usize,
    /// How long a connection may be silent between two requests; a minute by default.
    pub idle: Duration,
    /// How long it may be silent within one, or take nothing of an answer; 10 seconds by default.
    pub stall: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections_max: 256,
            request_max_bytes: 16 * 1024 * 1024,
            idle: Duration::from_secs(60),
            stall: Duration::from_secs(10),
        }
    }
}

/// An open door: other processes find it in the store folder and use it, until this is dropped.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use orch_core::command::{Command, OpenMission};
/// use orch_core::ids::{HumanName, MissionId};
/// use orch_core::party::Party;
/// use orch_store::coordinator::{Ask, Coordinator};
/// use orch_store::segments::{self, Kind, Options};
/// use orch_store::socket::{Owner, Remote};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let store = folder.path().join(".orch");
/// segments::create(&store, Kind::Jsonl)?;
/// let journal = segments::open(&store, &Options::default())?.journal;
/// let coordinator = Arc::new(Coordinator::on(journal));
/// let door = Owner::serve(Arc::clone(&coordinator), &store)?;
///
/// // In any other process:
/// let remote = Remote::connect(&store, Duration::from_secs(10))?.ok_or("nobody serves")?;
/// let ada = HumanName::parse("ada")?;
/// let open = Command::OpenMission(OpenMission {
///     title: "sign in".to_owned(),
///     lead: Party::Human(ada.clone()),
///     policy: None,
///     empty: false,
/// });
/// let done = remote.execute(&MissionId::parse("auth")?, &open, &Ask::new(ada))?;
/// assert_eq!(done.records().len(), 1);
/// drop(door);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Owner {
    host: Arc<Host>,
    root: PathBuf,
    /// The listening socket, to end the accepting.
    listening: UnixStream,
    acceptor: Option<JoinHandle<()>>,
}

impl Owner {
    /// Opens the door of the store in a folder, which this process has open to write.
    ///
    /// # Errors
    /// When the journal is not the one in the folder, this process does not have its lock, or no
    /// socket can be made there.
    pub fn serve(coordinator: Arc<Coordinator>, root: &Path) -> Result<Self, StoreError> {
        Self::serve_within(coordinator, root, Limits::default())
    }

    /// Opens the door, with other limits.
    ///
    /// # Errors
    /// As [`serve`](Self::serve).
    pub fn serve_within(
        coordinator: Arc<Coordinator>,
        root: &Path,
        limits: Limits,
    ) -> Result<Self, StoreError> {
        check(&coordinator, root)?;
        let failed = |error| StoreError::io("start a thread for", root, error);
        let host = Arc::new(Host::new(coordinator, limits)?);
        let listener = address::bind(root)?;
        let listening = listener.try_clone().map_err(failed)?;
        let accepting = Arc::clone(&host);
        let acceptor = thread::Builder::new().name("orch-door".to_owned());
        let acceptor = acceptor.spawn(move || accept(&accepting, &listener));
        Ok(Self {
            acceptor: Some(acceptor.map_err(failed)?),
            host,
            root: root.to_owned(),
            listening: UnixStream::from(OwnedFd::from(listening)),
        })
    }

    /// Returns how many connections are open.
    pub fn n_connections(&self) -> usize {
        self.host.guests.len()
    }
}

/// Closes the door: what was begun is answered, and nothing else.
impl Drop for Owner {
    fn drop(&mut self) {
        self.host.close();
        // Where a shutdown does not wake whoever accepts, one who knocks does.
        drop(address::connect(&self.root));
        // Whoever comes now finds no door, and goes by the lock.
        drop(address::remove_door(&self.root));
        drop(self.listening.shutdown(std::net::Shutdown::Both));
        if let Some(acceptor) = self.acceptor.take() {
            drop(acceptor.join());
        }
        self.host.guests.see_off(GRACE);
    }
}

/// Checks that the journal is that of the folder, and that nobody else can be its owner.
fn check(coordinator: &Coordinator, root: &Path) -> Result<(), StoreError> {
    let journal = coordinator.journal();
    let identity = segments::identity(root)?;
    if journal.id() != identity.journal || !journal.capabilities().append {
        return Err(StoreError::NotAStore {
            path: root.to_owned(),
            found: format!(
                "it is not what journal {}, which is to be served, writes to",
                journal.id()
            ),
        });
    }
    let layout = segments::Layout::new(root);
    if lock::is_ours(&layout) {
        return Ok(());
    }
    let (holder, stopped) = lock::holder(&layout);
    Err(StoreError::Busy {
        path: root.to_owned(),
        holder,
        stopped,
    })
}

/// Lets in whoever knocks.
fn accept(host: &Arc<Host>, listener: &UnixListener) {
    loop {
        match listener.accept() {
            Ok((stream, _)) => host.welcome(stream),
            Err(_) if host.is_closed() => return,
            // There are too many files open, or somebody went away before he was let in.
            Err(_) => thread::sleep(BREATH),
        }
        if host.is_closed() {
            return;
        }
    }
}
