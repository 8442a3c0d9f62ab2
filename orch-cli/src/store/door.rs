//! How a command gets at a store: with the lock, or through the process that serves it.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use orch_core::command::Command;
use orch_core::ids::MissionId;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_store::coordinator::{Ask, CommandError, Coordinator, Outcome, Preview};
use orch_store::error::StoreError;
use orch_store::journal::Journal;
use orch_store::socket::{self, Client, Remote};

use super::{failed, place};
use crate::cli::Globals;
use crate::error::{CliError, ErrorCode};
use crate::ui::Ui;

/// How long to wait for room at an owner who serves as many as he can.
const BREATH: Duration = Duration::from_millis(20);

/// How a command gets at a store.
#[derive(Debug)]
pub(crate) enum Door {
    /// It has the store to itself.
    Own(Coordinator),
    /// Another process has it, and carries commands out.
    Served(Remote),
}

impl Door {
    /// Opens the store that the flags name to write: through its owner if it is served, with its
    /// lock otherwise. Waits for others as long as the flags say.
    ///
    /// # Errors
    /// When there is no store, somebody has it for too long, or it is damaged.
    pub(crate) fn open(globals: &Globals, ui: &mut Ui) -> Result<Self, CliError> {
        let path = place::to_write(globals)?;
        let until = Instant::now().checked_add(globals.lock_timeout);
        loop {
            let left = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            match Remote::connect(&path, globals.lock_timeout) {
                Ok(Some(remote)) => return Ok(Self::Served(remote)),
                Ok(None) => {}
                Err(StoreError::Busy { stopped: false, .. }) if left > BREATH => {
                    thread::sleep(BREATH);
                    continue;
                }
                Err(error) => return Err(failed(&error)),
            }
            // Whoever has the lock may be about to serve.
            let served = path.clone();
            let give_way = Arc::new(move || socket::is_open(&served));
            match place::open_unless(&path, left, give_way, ui) {
                Ok((journal, opening)) => {
                    place::report(&opening, ui)?;
                    return Ok(Self::Own(Coordinator::new(journal)));
                }
                Err(error) if error.code == ErrorCode::Busy && socket::is_open(&path) => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Returns the journal, to read.
    pub(crate) fn journal(&self) -> &Arc<dyn Journal> {
        match self {
            Self::Own(coordinator) => coordinator.journal(),
            Self::Served(remote) => remote.journal(),
        }
    }

    /// Carries a command out that is made from the state it is decided against.
    ///
    /// # Errors
    /// As `make` fails, or as the command is refused.
    pub(crate) fn execute_with<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Outcome, E> {
        match self {
            Self::Own(coordinator) => coordinator.execute_with(mission, ask, make),
            Self::Served(remote) => remote.execute_with(mission, ask, make),
        }
    }

    /// Says what a command would lead to.
    ///
    /// # Errors
    /// As [`execute_with`](Self::execute_with).
    pub(crate) fn preview<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Preview, E> {
        match self {
            Self::Own(coordinator) => coordinator.preview(mission, ask, make),
            Self::Served(remote) => remote.preview(mission, ask, make),
        }
    }

    /// Reads a mission as of its last durable record.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub(crate) fn read<R>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Mission) -> R,
    ) -> Result<R, CommandError> {
        match self {
            Self::Own(coordinator) => coordinator.read(mission, look),
            Self::Served(remote) => remote.read(mission, look),
        }
    }
}

/// Refuses at once what needs the store to itself while another process serves it: that one does not
/// let go by being waited for.
///
/// # Errors
/// When the store is served.
pub(crate) fn must_not_be_served(
    path: &Path,
    patience: Duration,
    what: &str,
) -> Result<(), CliError> {
    let client = Client::connect(path, patience).map_err(|error| failed(&error))?;
    client.map_or(Ok(()), |client| Err(served(path, &client, what)))
}

fn served(path: &Path, client: &Client, what: &str) -> CliError {
    let owner = client.owner();
    let pid = owner.split_whitespace().nth(1).unwrap_or_default();
    let said = format!("the store at {} is served by {owner}", path.display());
    CliError::new(ErrorCode::Busy, said)
        .evidence(format!(
            "{what} needs the store to itself: stop that process first"
        ))
        .hint(format!("kill {pid}"))
}
