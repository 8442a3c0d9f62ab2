//! The coordinator: carries commands out on missions that live in a journal.
//!
//! ```text
//! execute ─▶ slot of the mission ─▶ decide ─▶ seal ─▶ submit ─▶ apply ─▶ release ─▶ wait
//!               ▲                                                                    │
//!               └───────────── conflict: forget, load, decide again ─────────────────┘
//! ```
//! A command is decided against the head *including* what is handed in but not durable yet, and
//! the slot is released before the wait: commands that meet on one mission share a sync instead of
//! conflicting with each other. Such an append names the record that it comes after, so that it
//! lands only if that did. Whatever is answered was durable before.

mod ask;
mod begun;
mod outcome;
mod slot;
mod upon;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use orch_core::command::Command;
use orch_core::decide::{Context, Prior};
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;

pub use ask::Ask;
pub use outcome::{CommandError, Outcome, Preview};

use crate::journal::Journal;
use crate::pending::{Pending, lock};
use begun::Glance;
use slot::Slot;
pub(crate) use upon::{Basis, Since, Upon};

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
///
/// What a call is given to look at a mission runs while that mission is held: it must not ask for
/// the same mission again.
#[derive(Debug)]
pub struct Coordinator {
    journal: Arc<dyn Journal>,
    slots: Mutex<BTreeMap<MissionId, Arc<Mutex<Slot>>>>,
}

impl Coordinator {
    /// Works on a journal.
    pub fn new(journal: Arc<dyn Journal>) -> Self {
        Self {
            journal,
            slots: Mutex::default(),
        }
    }

    /// Works on a journal that nothing else holds.
    pub fn on(journal: impl Journal + 'static) -> Self {
        Self::new(Arc::new(journal))
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
            if let Some(answer) = self.settle(mission, begun, answer.as_ref()) {
                return answer;
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
        self.durably(mission, |slot| {
            if let Some((expected, actual)) = unmet(slot, ask) {
                return Err(E::from(self.moved(mission, expected, actual)));
            }
            let prior = self.prior(mission, ask).map_err(E::from)?;
            let (by, command) = make(slot.mission())?;
            let context = Context {
                now: ask.now,
                actor: by.clone(),
                prior,
            };
            let decision = slot.mission().decide(&command, &context);
            let decision = decision.map_err(|rejection| E::from(rejection.into()))?;
            let head = slot.mission().head();
            Ok(Preview {
                by,
                command,
                decision,
                head,
            })
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
        self.durably(mission, |slot| Ok(look(slot.mission())))
    }

    /// Waits until a look at a mission finds something; `None` when the time is up.
    ///
    /// It looks at once, and then whenever the journal has grown; nothing is polled.
    ///
    /// # Errors
    /// When the journal cannot be read, or not be waited for.
    pub fn until<R>(
        &self,
        mission: &MissionId,
        timeout: Duration,
        look: impl Fn(&Mission) -> Option<R>,
    ) -> Result<Option<R>, CommandError> {
        let until = Instant::now().checked_add(timeout);
        loop {
            // What is written after this look is after this end.
            let end = self.journal.end()?;
            if let Some(found) = self.read(mission, &look)? {
                return Ok(Some(found));
            }
            let left = until.map_or(Duration::MAX, |until| {
                until.saturating_duration_since(Instant::now())
            });
            if left.is_zero() {
                return Ok(None);
            }
            self.journal.wait(&end, left)?;
        }
    }

    /// Looks at a mission, and waits until what was seen is durable.
    fn durably<R, E: From<CommandError>>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Slot) -> Result<R, E>,
    ) -> Result<R, E> {
        loop {
            let glance = self.glance_with(mission, &look).map_err(E::from)?;
            let answer = glance.pending.as_ref().map(Pending::wait);
            if let Some(seen) = glance.confirm(answer.as_ref()) {
                return seen;
            }
        }
    }

    /// Looks at a mission; what was seen is to be confirmed.
    pub(crate) fn glance<R>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Mission) -> R,
    ) -> Result<Glance<R>, CommandError> {
        self.glance_with(mission, |slot| look(slot.mission()))
    }

    fn glance_with<R>(
        &self,
        mission: &MissionId,
        look: impl Fn(&Slot) -> R,
    ) -> Result<Glance<R>, CommandError> {
        let slot = self.slot(mission);
        let mut slot = lock(&slot);
        let first = slot.load(&*self.journal, mission)?;
        Ok(match first {
            Some(_) => Glance {
                pending: first,
                seen: None,
            },
            None => Glance {
                pending: slot.in_flight(),
                seen: Some(look(&slot)),
            },
        })
    }

    /// Asks the journal about a command id.
    fn prior(&self, mission: &MissionId, ask: &Ask) -> Result<Prior, CommandError> {
        match &ask.key {
            Some(key) => Ok(self.journal.prior(mission, key)?),
            None => Ok(Prior::Unseen),
        }
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

/// Returns where the asker expects the mission and where it is, if that differs.
fn unmet(slot: &Slot, ask: &Ask) -> Option<(Seq, Seq)> {
    let (expected, actual) = (ask.expect?, slot.mission().head());
    (actual != expected).then_some((expected, actual))
}
