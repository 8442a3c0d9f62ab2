//! Commands that somebody far away made from a state: carried out upon that state only.
//!
//! ```text
//! far away: state ─▶ make ─▶ command, basis ─▶ here: is that the head? ─▶ decide, append
//!              ▲                                        └─ no: what is there since then
//!              └────────────────────────────────────────────┘
//! ```
//! What is there includes what is in flight, or whoever is far away would be behind for as long as
//! others write. It is good for making the next command, and for nothing else before it is durable.

use orch_core::command::Command;
use orch_core::decide::Prior;
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Record;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::begun::Then;
use super::slot::Slot;
use super::{Ask, CommandError, Coordinator, Outcome, ROUNDS_MAX, unmet};
use crate::error::StoreError;
use crate::pending::{Pending, lock};

/// The most records that are told of at once to whoever is behind.
const BEHIND_MAX: usize = 256;

/// The state that a command was made from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Basis {
    /// Its last record.
    pub(crate) seq: Seq,
    /// The id of that record, if it may not be durable: another may come in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) last: Option<Uuid>,
}

/// How a command was answered that was made from a certain state.
#[derive(Debug)]
pub(crate) enum Upon {
    /// It was decided; all that the answer rests on is durable.
    Answered(Outcome),
    /// The mission is elsewhere, and nothing was decided.
    Behind(Since),
}

/// What there is after a basis; it may not be durable yet.
#[derive(Debug)]
pub(crate) struct Since {
    /// Where the mission is.
    pub(crate) head: Seq,
    /// All records from the basis to there; `None` if they are many, or the basis is not on record.
    pub(crate) records: Option<Vec<Record>>,
}

/// A command that was made from what is durable.
#[derive(Debug)]
pub(crate) struct Made {
    /// Who asks.
    pub(crate) by: Actor,
    /// The command.
    pub(crate) command: Command,
    /// The state it was made from; `None` if that is the one in which it was answered before.
    pub(crate) basis: Option<Basis>,
}

/// Why a command that was made from a certain state was not decided.
enum Refused {
    Behind,
    Failed(CommandError),
}

impl From<CommandError> for Refused {
    fn from(error: CommandError) -> Self {
        Self::Failed(error)
    }
}

impl Coordinator {
    /// Carries a command out if the mission is in the state that it was made from; in any state if
    /// no basis is given. `handed_in` is called once it was decided, before it is durable.
    pub(crate) fn execute_upon(
        &self,
        mission: &MissionId,
        command: &Command,
        ask: &Ask,
        basis: Option<Basis>,
        handed_in: &dyn Fn(),
    ) -> Result<Upon, CommandError> {
        let make = |_: &Mission, slot: Option<&Slot>| match (basis, slot) {
            (None, _) => Ok((ask.by.clone(), command.clone())),
            (Some(basis), Some(slot)) if self.is_at(slot, mission, basis)? => {
                Ok((ask.by.clone(), command.clone()))
            }
            (Some(_), _) => Err(Refused::Behind),
        };
        for _ in 0..ROUNDS_MAX {
            let begun = match self.begin_upon(mission, ask, &make) {
                Ok(begun) => begun,
                Err(Refused::Failed(error)) => {
                    handed_in();
                    return Err(error);
                }
                Err(Refused::Behind) => return self.behind(mission, ask, basis),
            };
            // Whoever is behind does not wait for what he is behind of.
            if matches!(begun.then, Then::Answer(Err(Refused::Behind))) {
                return self.behind(mission, ask, basis);
            }
            handed_in();
            let answer = begun.pending.as_ref().map(Pending::wait);
            match self.settle(mission, begun, answer.as_ref()) {
                None => {}
                Some(Ok(outcome)) => return Ok(Upon::Answered(outcome)),
                Some(Err(Refused::Failed(error))) => return Err(error),
                Some(Err(Refused::Behind)) => return self.behind(mission, ask, basis),
            }
        }
        Err(CommandError::Contended { rounds: ROUNDS_MAX })
    }

    /// Makes a command from what is durable, without deciding it.
    pub(crate) fn make<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: &impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Made, E> {
        self.durably(mission, |slot| {
            let prior = self.prior(mission, ask).map_err(E::from)?;
            let before = Slot::before(&*self.journal, mission, &prior);
            if let Some(then) = before.map_err(|error| E::from(error.into()))? {
                let (by, command) = make(&then)?;
                let basis = None;
                return Ok(Made { by, command, basis });
            }
            if let Some((expected, actual)) = unmet(slot, ask) {
                return Err(E::from(self.moved(mission, expected, actual)));
            }
            let (by, command) = make(slot.mission())?;
            let seq = slot.mission().head();
            let basis = Some(Basis { seq, last: None });
            Ok(Made { by, command, basis })
        })
    }

    /// Returns the state that is kept in memory, if it is at a position; the journal is not asked.
    pub(crate) fn kept(&self, mission: &MissionId, seq: Seq) -> Option<Mission> {
        let slot = self.slot(mission);
        let slot = lock(&slot);
        (slot.mission().head() == seq).then(|| slot.mission().clone())
    }

    fn is_at(&self, slot: &Slot, mission: &MissionId, basis: Basis) -> Result<bool, CommandError> {
        Ok(slot.mission().head() == basis.seq && self.has(slot, mission, basis)?)
    }

    /// Whether the record that a basis names is the one at its place.
    fn has(&self, slot: &Slot, mission: &MissionId, basis: Basis) -> Result<bool, StoreError> {
        let Some(last) = basis.last else {
            return Ok(true);
        };
        if basis.seq == slot.mission().head()
            && let Some(flying) = slot.last_in_flight()
        {
            return Ok(flying == last);
        }
        let before = Seq(basis.seq.0.saturating_sub(1));
        let there = slot.since(&*self.journal, mission, before, BEHIND_MAX)?;
        let there = there.unwrap_or_default();
        Ok(there
            .first()
            .is_some_and(|record| record.envelope().id == last))
    }

    /// Says what there is after a basis. Whoever asks for what was answered meanwhile has to make it
    /// from the state before that answer: for him there is nothing to go on from.
    fn behind(
        &self,
        mission: &MissionId,
        ask: &Ask,
        basis: Option<Basis>,
    ) -> Result<Upon, CommandError> {
        let is_new = self.prior(mission, ask)? == Prior::Unseen;
        let slot = self.slot(mission);
        let slot = lock(&slot);
        let head = slot.mission().head();
        let records = match basis {
            Some(basis) if is_new && basis.seq <= head && self.has(&slot, mission, basis)? => {
                slot.since(&*self.journal, mission, basis.seq, BEHIND_MAX)?
            }
            Some(_) | None => None,
        };
        Ok(Upon::Behind(Since { head, records }))
    }
}
