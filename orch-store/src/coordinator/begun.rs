//! The two halves of carrying a command out, with the wait for the journal between them.

use orch_core::command::Command;
use orch_core::decide::{Context, Decision};
use orch_core::ids::{MissionId, Seq};
use orch_core::mission::Mission;
use orch_core::party::Actor;
use orch_core::record::Batch;
use orch_core::snapshot::Snapshot;
use uuid::Uuid;

use super::slot::Slot;
use super::{Ask, CommandError, Coordinator, Outcome, unmet};
use crate::error::AppendError;
use crate::journal::{Append, Appended, Expect, SINCE_MAX};
use crate::pending::{Answer, Pending, has_landed, lock};

/// A command that was decided, and what has to become durable before it is answered.
#[derive(Debug)]
pub(crate) struct Begun<E> {
    /// What to wait for; `None` if all of it is durable.
    pub(crate) pending: Option<Pending>,
    /// What to do then.
    pub(super) then: Then<E>,
}

/// What to do once what was decided upon is durable.
#[derive(Debug)]
pub(super) enum Then<E> {
    /// Report the outcome: what is waited for is its own append.
    Report {
        outcome: Outcome,
        /// A snapshot that is due.
        snapshot: Option<Snapshot>,
    },
    /// Answer.
    Answer(Result<Outcome, E>),
    /// Answer that the mission is elsewhere, with what was written since.
    Moved { expected: Seq, actual: Seq },
    /// Decide again: the answer depends on what was in flight.
    Again,
}

impl<E> Begun<E> {
    /// Tells whether settling this neither reads nor writes nor waits for a lock.
    pub(crate) fn is_light(&self, answer: Option<&Answer>) -> bool {
        answer.is_none_or(has_landed)
            && match &self.then {
                Then::Report { snapshot, .. } => snapshot.is_none(),
                Then::Answer(_) | Then::Again => true,
                Then::Moved { .. } => false,
            }
    }
}

/// What was seen of a mission, and what has to become durable for it to be true.
#[derive(Debug)]
pub(crate) struct Glance<R> {
    /// What to wait for; `None` if all of it is durable.
    pub(crate) pending: Option<Pending>,
    /// `None` if it could not be seen before.
    pub(super) seen: Option<R>,
}

impl<R> Glance<R> {
    /// Returns what was seen, if it is on record; `None` if one has to look again.
    pub(crate) fn confirm(self, answer: Option<&Answer>) -> Option<R> {
        self.seen.filter(|_| answer.is_none_or(has_landed))
    }
}

impl Coordinator {
    /// Decides a command and hands the append in; what it returns is to be settled.
    pub(crate) fn begin<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: &impl Fn(&Mission) -> Result<(Actor, Command), E>,
    ) -> Result<Begun<E>, E> {
        self.begin_upon(mission, ask, &|state, _| make(state))
    }

    /// The same; `make` sees as well what of the state is in flight, or `None` if it is the state
    /// in which the command was answered before.
    pub(super) fn begin_upon<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        ask: &Ask,
        make: &impl Fn(&Mission, Option<&Slot>) -> Result<(Actor, Command), E>,
    ) -> Result<Begun<E>, E> {
        let slot = self.slot(mission);
        let mut slot = lock(&slot);
        let first = slot.load(&*self.journal, mission);
        let first = first.map_err(|error| E::from(error.into()))?;
        let first = first.or_else(|| slot.answering(ask.key.as_ref()));
        if first.is_some() {
            return Ok(Begun {
                pending: first,
                then: Then::Again,
            });
        }
        let prior = self.prior(mission, ask).map_err(E::from)?;
        let before = Slot::before(&*self.journal, mission, &prior);
        let made = match before.map_err(|error| E::from(error.into()))? {
            Some(then) => make(&then, None),
            None => {
                if let Some((expected, actual)) = unmet(&slot, ask) {
                    return Ok(answer_now(&slot, Then::Moved { expected, actual }));
                }
                make(slot.mission(), Some(&slot))
            }
        };
        let (by, command) = match made {
            Ok(made) => made,
            Err(error) => return Ok(answer_now(&slot, Then::Answer(Err(error)))),
        };
        let context = Context {
            now: ask.now,
            actor: by.clone(),
            prior,
        };
        let decision = match slot.mission().decide(&command, &context) {
            Ok(decision) => decision,
            Err(rejection) => {
                let rejected = CommandError::from(rejection);
                return Ok(answer_now(&slot, Then::Answer(Err(E::from(rejected)))));
            }
        };
        self.hand_in(&mut slot, mission, ask, by, &command, decision)
            .map_err(E::from)
    }

    /// Appends what a decision leads to.
    fn hand_in<E: From<CommandError>>(
        &self,
        slot: &mut Slot,
        mission: &MissionId,
        ask: &Ask,
        by: Actor,
        command: &Command,
        decision: Decision,
    ) -> Result<Begun<E>, CommandError> {
        let answer = |slot: &Slot, outcome| answer_now(slot, Then::Answer(outcome));
        let events = match &decision {
            Decision::Accepted { events, .. } | Decision::Late { events, .. } => events.clone(),
            Decision::AlreadyDone { first, last } => {
                let (first, last) = (*first, *last);
                return Ok(answer(slot, Ok(Outcome::AlreadyDone { first, last })));
            }
            Decision::NoChange { since } => {
                let since = *since;
                return Ok(answer(slot, Ok(Outcome::NoChange { since })));
            }
            // The core may add answers; none that this version knows how to carry out.
            _ => return Ok(answer(slot, Err(E::from(CommandError::UnknownAnswer)))),
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
        if let Some(last) = slot.last_in_flight() {
            append = append.upon(last);
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
            then: Then::Report {
                outcome: Outcome::of(decision, records),
                snapshot,
            },
        })
    }

    /// Takes the answer of the journal; `None` means that the command has to be decided again.
    pub(crate) fn settle<E: From<CommandError>>(
        &self,
        mission: &MissionId,
        begun: Begun<E>,
        answer: Option<&Answer>,
    ) -> Option<Result<Outcome, E>> {
        let has_landed = answer.is_none_or(has_landed);
        if !has_landed {
            self.forget(mission);
        }
        match begun.then {
            Then::Report { outcome, snapshot } => {
                if let Some(snapshot) = snapshot.filter(|_| has_landed) {
                    // A snapshot is a shortcut; the command is on record whether it is kept or not.
                    drop(self.journal.save_snapshot(&snapshot));
                }
                report(outcome, answer).map(|outcome| outcome.map_err(E::from))
            }
            // What failed was another's append: it is no answer to this command.
            Then::Answer(_) | Then::Moved { .. } if !has_landed => None,
            Then::Answer(answer) => Some(answer),
            Then::Moved { expected, actual } => {
                Some(Err(E::from(self.moved(mission, expected, actual))))
            }
            Then::Again => None,
        }
    }

    /// Says what was written since the position at which the mission was expected.
    // spec: ACK-1
    pub(super) fn moved(&self, mission: &MissionId, expected: Seq, actual: Seq) -> CommandError {
        match self.journal.read(mission, expected, SINCE_MAX) {
            Ok(since) => CommandError::Moved {
                expected,
                actual,
                since,
            },
            Err(error) => error.into(),
        }
    }
}

/// Answers a command by what became of its append.
fn report(outcome: Outcome, answer: Option<&Answer>) -> Option<Result<Outcome, CommandError>> {
    match answer {
        None | Some(Ok(Appended::Now { .. })) => Some(Ok(outcome)),
        // Another owner of the journal carried out the same command meanwhile: other records than
        // those that were handed in are the answer.
        // spec: IDEM-1
        Some(&Ok(Appended::Before { first, last })) => {
            Some(Ok(Outcome::AlreadyDone { first, last }))
        }
        // The core says it with the rule and the records.
        Some(Err(AppendError::Conflict { .. } | AppendError::Reused { .. })) => None,
        Some(Err(error)) => Some(Err(CommandError::Append(error.clone()))),
    }
}

/// Answers once everything that the answer was judged by is durable.
fn answer_now<E>(slot: &Slot, then: Then<E>) -> Begun<E> {
    let pending = slot.in_flight();
    Begun { pending, then }
}
