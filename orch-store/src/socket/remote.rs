//! A coordinator for whoever is outside: commands are made here and decided by the owner.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use orch_core::command::Command;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;

use super::client::Client;
use crate::coordinator::{Ask, Basis, CommandError, Coordinator, Outcome, Preview, Since, Upon};
use crate::error::StoreError;
use crate::journal::Journal;

/// How often a command is made anew because the mission went on meanwhile.
///
/// More often than a coordinator does: each time costs no sync, and others who go on while this one
/// makes its command are what an owner is for.
const ROUNDS_MAX: u32 = 1024;

/// Carries commands out through the owner of a store, as a [`Coordinator`] does with the store in
/// its own hands.
#[derive(Debug)]
pub struct Remote {
    client: Client,
    coordinator: Coordinator,
}

/// A state that may not be durable: good for making a command, and for nothing else.
struct Ahead {
    mission: Mission,
    basis: Basis,
}

impl Remote {
    /// Finds the owner of the store in a folder; `None` if nobody serves it.
    ///
    /// # Errors
    /// As [`Client::connect`].
    pub fn connect(root: &Path, patience: Duration) -> Result<Option<Self>, StoreError> {
        Ok(Client::connect(root, patience)?.map(Self::through))
    }

    /// Works through a client.
    pub fn through(client: Client) -> Self {
        let coordinator = Coordinator::on(client.clone());
        Self {
            client,
            coordinator,
        }
    }

    /// Returns the client.
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the journal, to read.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        self.coordinator.journal()
    }

    /// Has a command carried out, whatever the mission is like by now: the rules are judged in
    /// either case.
    ///
    /// # Errors
    /// As [`Coordinator::execute`]. An owner that went away while it had the request leaves the
    /// outcome [`Unknown`](crate::error::AppendError::Unknown); the same command under the same key
    /// finds out.
    pub fn execute(
        &self,
        mission: &MissionId,
        command: &Command,
        ask: &Ask,
    ) -> Result<Outcome, CommandError> {
        let (by, command) = (ask.by.clone(), command.clone());
        match self.client.execute_upon(mission, by, command, ask, None)? {
            Upon::Answered(outcome) => Ok(outcome),
            Upon::Behind(_) => Err(CommandError::UnknownAnswer),
        }
    }

    /// Has a command carried out that is made from the state it is decided against.
    ///
    /// `make` is called again when the mission went on meanwhile, and then with what the owner has
    /// in flight, so that this does not wait for the others' syncs. What `make` fails with is
    /// returned only if the state was durable.
    ///
    /// # Errors
    /// As `make` fails, or as [`execute`](Self::execute) does.
    pub fn execute_with<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Outcome, E> {
        let mut ahead: Option<Ahead> = None;
        for _ in 0..ROUNDS_MAX {
            let (by, command, basis) = match &ahead {
                Some(state) => match make(&state.mission) {
                    Ok((by, command)) => (by, command, Some(state.basis)),
                    Err(_) => {
                        // It may be so only for what never comes on record.
                        self.client.settle(mission).map_err(failed)?;
                        ahead = None;
                        continue;
                    }
                },
                None => {
                    let made = self.coordinator.make(mission, ask, &make)?;
                    (made.by, made.command, made.basis)
                }
            };
            match self.client.execute_upon(mission, by, command, ask, basis)? {
                Upon::Answered(outcome) => return Ok(outcome),
                Upon::Behind(since) => ahead = self.catch_up(mission, basis, ahead, since)?,
            }
        }
        Err(E::from(CommandError::Contended { rounds: ROUNDS_MAX }))
    }

    /// Says what a command would lead to, and appends nothing.
    ///
    /// # Errors
    /// As [`Coordinator::preview`].
    pub fn preview<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Preview, E> {
        self.coordinator.preview(mission, ask, make)
    }

    /// Reads a mission as of its last durable record.
    ///
    /// # Errors
    /// When the owner cannot be asked, or the journal not be read.
    pub fn read<R>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Mission) -> R,
    ) -> Result<R, CommandError> {
        self.coordinator.read(mission, look)
    }

    /// Waits until a look at a mission finds something; `None` when the time is up.
    ///
    /// # Errors
    /// As [`Coordinator::until`].
    pub fn until<R>(
        &self,
        mission: &MissionId,
        timeout: Duration,
        look: impl Fn(&Mission) -> Option<R>,
    ) -> Result<Option<R>, CommandError> {
        self.coordinator.until(mission, timeout, look)
    }

    /// Returns the state after what there is since; `None` if it has to be read.
    fn catch_up(
        &self,
        mission: &MissionId,
        basis: Option<Basis>,
        ahead: Option<Ahead>,
        since: Since,
    ) -> Result<Option<Ahead>, CommandError> {
        let Some(records) = since.records else {
            return Ok(None);
        };
        let mut state = match ahead {
            Some(ahead) => ahead.mission,
            None => {
                let kept = basis.and_then(|basis| self.coordinator.kept(mission, basis.seq));
                match kept {
                    Some(state) => state,
                    None => self.coordinator.read(mission, Mission::clone)?,
                }
            }
        };
        let mut last = None;
        for record in &records {
            if record.seq() == state.head().next() {
                state.apply(record);
                last = Some(record.envelope().id);
            }
        }
        let is_there = state.head() == since.head && reaches(&records, state.head());
        Ok(last.filter(|_| is_there).map(|last| Ahead {
            basis: Basis {
                seq: state.head(),
                last: Some(last),
            },
            mission: state,
        }))
    }
}

fn reaches(records: &[Record], head: Seq) -> bool {
    records.last().is_some_and(|record| record.seq() == head)
}

fn failed<E: From<CommandError>>(error: StoreError) -> E {
    E::from(error.into())
}
