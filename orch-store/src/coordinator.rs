//! The coordinator: carries commands out on missions that live in a journal.
//!
//! ```text
//! execute ─▶ slot of the mission ─▶ decide ─▶ seal ─▶ submit ─▶ apply ─▶ release ─▶ wait
//!               ▲                                                                    │
//!               └───────────── conflict: forget, load, decide again ─────────────────┘
//! ```
//! A command is decided against the head *including* what is handed in but not durable yet, and
//! the slot is released before the wait: commands that meet on one mission share a sync instead of
//! conflicting with each other. Whatever is answered was durable before.

mod ask;
mod outcome;
mod slot;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::ids::MissionId;
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Batch;
use orch_core::snapshot::Snapshot;
use uuid::Uuid;

pub use ask::Ask;
pub use outcome::{CommandError, Outcome, Preview};

use crate::error::AppendError;
use crate::journal::{Append, Expect, Journal, SINCE_MAX};
use crate::pending::{Pending, lock};
use slot::Slot;

/// How often a command is decided anew because somebody else was faster.
///
/// Within one coordinator commands do not conflict; this bounds what other owners of the same
/// journal can make a command wait.
pub const ROUNDS_MAX: u32 = 64;

/// The most missions that are kept in memory while nobody uses them.
const IDLE_MAX: usize = 256;

/// Carries commands out on the missions of a journal.
///
/// Share it between threads; each call may block for a sync of the journal. For tasks there is
/// [`Desk`](crate::desk::Desk).
#[derive(Debug)]
pub struct Coordinator {
    journal: Arc<dyn Journal>,
    slots: Mutex<BTreeMap<MissionId, Arc<Mutex<Slot>>>>,
}

/// A command that was decided, and what has to become durable before it is answered.
#[derive(Debug)]
pub(crate) struct Begun {
    /// What to wait for; `None` if all of it is durable.
    pub(crate) pending: Option<Pending>,
    /// What to do then.
    pub(crate) then: Then,
    /// A snapshot that is due once that is durable.
    snapshot: Option<Snapshot>,
}

/// What to do once what was decided upon is durable.
#[derive(Debug)]
pub(crate) enum Then {
    /// Answer.
    Answer(Result<Outcome, CommandError>),
    /// Decide again: the answer depends on what was in flight.
    Again,
}

impl Coordinator {
    /// Works on a journal.
    pub fn new(journal: Arc<dyn Journal>) -> Self {
        Self {
            journal,
            slots: Mutex::default(),
        }
    }

    /// Returns the journal.
    pub fn journal(&self) -> &Arc<dyn Journal> {
        &self.journal
    }

    /// Carries a command out: decides it, appends what it leads to, and returns once that is
    /// durable.
    ///
    /// # Errors
    /// When a rule refuses it, the expected position is not the head, or the journal fails.
    pub fn execute(
        &self,
        mission: &MissionId,
        command: &Command,
        ask: &Ask,
    ) -> Result<Outcome, CommandError> {
        self.execute_with(mission, ask, |_| Ok((ask.by.clone(), command.clone())))
    }

    /// Carries a command out that is made from the state it will be decided against.
    ///
    /// `make` is called again with the newer state when somebody else was faster. For a command id
    /// that was answered before, it gets the state in which that answer was given: a retry then
    /// makes the same command again, whatever has happened since.
    ///
    /// # Errors
    /// As `make` fails, or as [`execute`](Self::execute) does.
    pub fn execute_with<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Outcome, E> {
        for _ in 0..ROUNDS_MAX {
            let begun = self.begin(mission, ask, &make)?;
            let answer = begun.pending.as_ref().map(Pending::wait);
            if let Some(answer) = self.settle(mission, begun, answer) {
                return answer.map_err(E::from);
            }
        }
        Err(E::from(CommandError::Contended { rounds: ROUNDS_MAX }))
    }

    /// Says what a command would lead to, and appends nothing.
    ///
    /// # Errors
    /// As [`execute_with`](Self::execute_with).
    pub fn preview<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Preview, E> {
        let slot = self.slot(mission);
        let mut slot = lock(&slot);
        slot.load(&*self.journal, mission)
            .map_err(|error| E::from(error.into()))?;
        if let Some(unmet) = self.unmet(&slot, mission, ask) {
            return Err(E::from(unmet));
        }
        let prior = Slot::prior(&*self.journal, mission, ask.key.as_ref())
            .map_err(|error| E::from(error.into()))?;
        let (by, command) = make(slot.mission())?;
        let context = Context {
            now: ask.now,
            actor: by.clone(),
            prior,
        };
        let decision = slot
            .mission()
            .decide(&command, &context)
            .map_err(|rejection| E::from(CommandError::Rejected(Box::new(rejection))))?;
        let head = slot.mission().head();
        Ok(Preview {
            by,
            command,
            decision,
            head,
        })
    }

    /// Reads a mission as of its last durable record.
    ///
    /// # Errors
    /// When the journal cannot be read.
    pub fn read<R>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Mission) -> R,
    ) -> Result<R, CommandError> {
        loop {
            let slot = self.slot(mission);
            let mut slot = lock(&slot);
            slot.load(&*self.journal, mission)?;
            let seen = look(slot.mission());
            let in_flight = slot.in_flight();
            drop(slot);
            match in_flight.map(|pending| pending.wait()) {
                None | Some(Ok(_)) => return Ok(seen),
                // What was seen is not on record: look again.
                Some(Err(_)) => {}
            }
        }
    }

    /// Decides a command and hands the append in; what it returns is to be settled.
    pub(crate) fn begin<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: &impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Begun, E> {
        let slot = self.slot(mission);
        let mut slot = lock(&slot);
        slot.load(&*self.journal, mission)
            .map_err(|error| E::from(error.into()))?;
        if let Some(pending) = slot.answering(ask.key.as_ref()) {
            return Ok(Begun {
                pending: Some(pending),
                then: Then::Again,
                snapshot: None,
            });
        }
        let prior = Slot::prior(&*self.journal, mission, ask.key.as_ref())
            .map_err(|error| E::from(error.into()))?;
        let (by, command) = match Slot::before(&*self.journal, mission, &prior)
            .map_err(|error| E::from(error.into()))?
        {
            Some(then) => make(&then)?,
            None => {
                if let Some(unmet) = self.unmet(&slot, mission, ask) {
                    return Ok(answer_now(&slot, Err(unmet)));
                }
                make(slot.mission())?
            }
        };
        let context = Context {
            now: ask.now,
            actor: by.clone(),
            prior,
        };
        let decision = match slot.mission().decide(&command, &context) {
            Ok(decision) => decision,
            Err(rejection) => {
                let rejected = CommandError::Rejected(Box::new(rejection));
                return Ok(answer_now(&slot, Err(rejected)));
            }
        };
        self.hand_in(&mut slot, mission, ask, by, &command, decision)
            .map_err(E::from)
    }

    /// Appends what a decision leads to.
    fn hand_in(
        &self,
        slot: &mut Slot,
        mission: &MissionId,
        ask: &Ask,
        by: Actor,
        command: &Command,
        decision: Decision,
    ) -> Result<Begun, CommandError> {
        let events = match &decision {
            Decision::Accepted { events, .. } | Decision::Late { events, .. } => events.clone(),
            Decision::AlreadyDone { first, last } => {
                let (first, last) = (*first, *last);
                return Ok(answer_now(slot, Ok(Outcome::AlreadyDone { first, last })));
            }
            Decision::NoChange { since } => {
                let since = *since;
                return Ok(answer_now(slot, Ok(Outcome::NoChange { since })));
            }
            // The core may add answers; none that this version knows how to carry out.
            _ => return Ok(answer_now(slot, Err(CommandError::UnknownAnswer))),
        };
        let head = slot.mission().head();
        let batch = Batch {
            mission: mission.clone(),
            head,
            at: ask.now,
            by,
            command: ask.key.clone(),
            request: ask.key.as_ref().and_then(|_| command.request()),
            cause: ask.cause,
        };
        let records = batch.seal(events, Uuid::now_v7)?;
        let mut append = Append::new(Expect::head(head), records.clone())?;
        if let Some(durability) = ask.durability {
            append = append.durability(durability);
        }
        let pending = self.journal.submit(append);
        slot.take(&records, ask.key.as_ref(), &pending);
        let snapshot = if self.journal.capabilities().snapshots {
            slot.due_snapshot()
        } else {
            None
        };
        Ok(Begun {
            pending: Some(pending),
            then: Then::Answer(Ok(Outcome::of(decision, records))),
            snapshot,
        })
    }

    /// Takes the answer of the journal; `None` means that the command has to be decided again.
    pub(crate) fn settle(
        &self,
        mission: &MissionId,
        begun: Begun,
        answer: Option<crate::pending::Answer>,
    ) -> Option<Result<Outcome, CommandError>> {
        match answer {
            None | Some(Ok(_)) => {
                if let Some(snapshot) = begun.snapshot {
                    // A snapshot is a shortcut; the command is on record whether it is kept or not.
                    drop(self.journal.save_snapshot(&snapshot));
                }
                match begun.then {
                    Then::Answer(answer) => Some(answer),
                    Then::Again => None,
                }
            }
            Some(Err(error)) => {
                self.forget(mission);
                if matches!(error, AppendError::Conflict { .. }) {
                    return None;
                }
                Some(Err(CommandError::Append(error)))
            }
        }
    }

    /// Says why the head is not where the asker expects it.
    fn unmet(&self, slot: &Slot, mission: &MissionId, ask: &Ask) -> Option<CommandError> {
        let expected = ask.expect?;
        let actual = slot.mission().head();
        if actual == expected {
            return None;
        }
        let since = self.journal.read(mission, expected, SINCE_MAX);
        Some(match since {
            Ok(since) => CommandError::Moved {
                expected,
                actual,
                since,
            },
            Err(error) => error.into(),
        })
    }

    fn slot(&self, mission: &MissionId) -> Arc<Mutex<Slot>> {
        let mut slots = lock(&self.slots);
        if slots.len() > IDLE_MAX && !slots.contains_key(mission) {
            slots.retain(|_, slot| Arc::strong_count(slot) > 1);
        }
        Arc::clone(slots.entry(mission.clone()).or_default())
    }

    /// Drops what is cached of a mission: it may hold what never came on record.
    fn forget(&self, mission: &MissionId) {
        let slot = self.slot(mission);
        lock(&slot).forget_failed();
    }
}

/// Answers once everything that the answer was judged by is durable.
fn answer_now(slot: &Slot, answer: Result<Outcome, CommandError>) -> Begun {
    Begun {
        pending: slot.in_flight(),
        then: Then::Answer(answer),
        snapshot: None,
    }
}
