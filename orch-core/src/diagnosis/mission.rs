//! Blockers of the mission as a whole: the roots, and what is owed and unread.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Blocker, Cause, Confidence, Subject};
use crate::event::talk::WaitRef;
use crate::ids::Seq;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::agent::AgentStatus;
use crate::status::gate::GateStatus;
use crate::status::task::TaskStatus;

/// What a mission stands before that nothing keeps from moving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unmoved {
    /// Its opening.
    NotOpened,
    /// Its first task.
    NoTask,
    /// Its close.
    Finished,
}

impl State {
    pub(super) fn roots(&self, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut found = Vec::new();
        let held = self.waits.keys().filter_map(|who| match who {
            WaitRef::Task(id) => self.find_task(id),
            WaitRef::Agent(_) | WaitRef::Lock(_) | WaitRef::Job(_) => None,
        });
        let worth_a_look: BTreeSet<TaskIx> = self.restless().chain(held).collect();
        for ix in worth_a_look {
            let blockers = self.blockers_of(ix, now).into_iter();
            found.extend(blockers.filter(|one| self.is_root(ix, one)));
        }
        let rings = self.find_rings(now);
        found.extend(rings.iter().map(|ring| Blocker {
            victims: self.victims(&rings, ring, now),
            ..self.of_ring(ring)
        }));
        found.extend(self.owed_by_people());
        found.extend(self.unread());
        found.extend(self.unconfirmed());
        found.extend(self.told());
        found
    }

    /// Agents that should have stopped, and that an inventory still finds at work.
    // spec: SHUT-1
    fn unconfirmed(&self) -> impl Iterator<Item = Blocker> {
        let gone = self.incarnations.rows().filter(|(_, row)| {
            matches!(row.status(), AgentStatus::Stopped | AgentStatus::Terminated)
        });
        gone.filter_map(|(ix, row)| {
            let (seq, carries) = row.carries.as_ref()?;
            let first = carries.first().filter(|_| *seq > row.since().seq)?;
            let agent = self.agent_ref(ix);
            let detail = format!(
                "{agent} is {}, and still carries {}",
                row.status(),
                first.task
            );
            let clears = "an inventory finds that it carries nothing";
            let because = vec![row.since().seq, *seq];
            let cause = Cause::StoppingUnconfirmed;
            Some(Blocker {
                next: Party::Host,
                subject: Subject::Agent(ix),
                ..about_mission(cause, row.since(), because, detail, clears)
            })
        })
    }

    /// What an importer found in a foreign log that no record of ours could say.
    fn told(&self) -> impl Iterator<Item = Blocker> {
        self.told.iter().filter_map(|(&seq, told)| {
            let cause = Cause::parse(&told.word)?;
            let moment = told.moment;
            let detail = cause.meaning().trim_end_matches('.').to_owned();
            let clears = "the lead reads the finding, or acts on it";
            Some(Blocker {
                task: told.task.map(|ix| self.tasks[ix].id.clone()),
                ..about_mission(cause, moment, vec![seq], detail, clears)
            })
        })
    }

    /// Whether a blocker of a task keeps the mission as a whole from moving: not if it only waits
    /// for another task, nor if it is a gate of delivery that nobody was asked to decide.
    fn is_root(&self, ix: TaskIx, blocker: &Blocker) -> bool {
        if self.tasks[ix].status() != TaskStatus::Accepted {
            return blocker.cause != Cause::DepOpen;
        }
        let Subject::Gate(_, place) = blocker.subject else {
            return true;
        };
        let gate = self.tasks[ix].gates.get(place);
        gate.is_some_and(|gate| gate.status() == GateStatus::Requested)
    }

    /// Why a mission that nothing else keeps from moving is still open: nobody owes its last move.
    // spec: COMPLETE-1
    pub(super) fn unclosed(&self) -> Option<Blocker> {
        if self.closed.is_some() {
            return None;
        }
        let (detail, clears) = match self.unmoved() {
            Unmoved::NotOpened => ("it was not opened", "somebody opens it"),
            Unmoved::NoTask => ("there is no task yet", "somebody adds a task"),
            Unmoved::Finished => ("nothing is left but to close it", "the lead closes it"),
        };
        let opened = self.opened.as_ref().map(|opened| opened.moment);
        let tasks = self.tasks.rows().map(|(_, task)| task.since());
        let since = tasks.chain(opened).max_by_key(|moment| moment.seq);
        let since = since.unwrap_or_else(|| self.head_moment());
        let because = if since.seq == Seq::ZERO {
            Vec::new()
        } else {
            vec![since.seq]
        };
        Some(Blocker {
            subject: Subject::Mission,
            ..about_mission(
                Cause::NoWakeSource,
                since,
                because,
                detail.to_owned(),
                clears,
            )
        })
    }

    /// The last record that was folded.
    pub(super) fn head_moment(&self) -> Moment {
        Moment {
            seq: self.head,
            at: self.head_at.unwrap_or_default(),
        }
    }

    /// What a mission without any cause of a task stands before.
    pub(super) fn unmoved(&self) -> Unmoved {
        let may_be_empty = self.opened.as_ref().is_some_and(|opened| opened.empty);
        if self.mission.is_none() {
            Unmoved::NotOpened
        } else if self.tasks.len() == 0 && !may_be_empty {
            Unmoved::NoTask
        } else {
            Unmoved::Finished
        }
    }

    /// Replies and acknowledgements that are owed, but for those about a task that goes on: they
    /// are among what keeps that task.
    // spec: NOTE-1
    fn owed_by_people(&self) -> impl Iterator<Item = Blocker> {
        let open = self
            .open_obligations
            .iter()
            .map(|&open| &self.obligations[open]);
        let apart = open.filter(|owed| self.is_over(owed));
        apart.filter_map(|owed| self.owed_blocker(owed))
    }

    /// Replies that are owed about a task, but for the one its owner waits for.
    // spec: NOTE-1
    pub(super) fn owed_about(&self, ix: TaskIx) -> Vec<Blocker> {
        let asked = self.open_question(ix).map(|owed| owed.opened.seq);
        self.owed_on(ix)
            .filter(|owed| Some(owed.opened.seq) != asked)
            .filter_map(|owed| self.owed_blocker(owed))
            .collect()
    }

    /// Whether what an obligation is about has ended, or is no task.
    fn is_over(&self, owed: &Obligation) -> bool {
        let task = owed.task.map(|task| self.tasks[task].status());
        task.is_none_or(TaskStatus::is_ended)
    }

    fn owed_blocker(&self, owed: &Obligation) -> Option<Blocker> {
        let (cause, what, clears) = match owed.kind {
            ObligationKind::Reply | ObligationKind::Answer => {
                (Cause::ReplyOwed, "an answer", "it is answered")
            }
            ObligationKind::Acknowledgement => (
                Cause::ShutdownUnacked,
                "an acknowledgement of its shutdown",
                "it answers, or is terminated",
            ),
            // What a task that goes on is blocked on, and rulings on it, are among its own causes.
            ObligationKind::Ruling if self.is_over(owed) => {
                (Cause::RulingOwed, "a ruling", "the lead rules on it")
            }
            ObligationKind::Unblocking if self.is_over(owed) => (
                Cause::PausedBy,
                "what a task was blocked on",
                "the lead says that it is settled",
            ),
            ObligationKind::GateDecision | ObligationKind::Unblocking | ObligationKind::Ruling => {
                return None;
            }
        };
        let detail = format!("{} owes {what}", owed.owed_by);
        let because = std::iter::once(owed.opened.seq)
            .chain(owed.expired)
            .collect();
        Some(Blocker {
            task: owed.task.map(|ix| self.tasks[ix].id.clone()),
            next: self.next_owing(owed),
            confidence: sureness(owed),
            ..about_mission(cause, owed.opened, because, detail, clears)
        })
    }

    /// Undeliverable messages and results that nobody has read.
    // spec: NAME-2, COMPLETE-1
    fn unread(&self) -> impl Iterator<Item = Blocker> {
        let lost = self
            .messages
            .iter()
            .filter(|(_, message)| message.undeliverable && message.read.is_none());
        let lost = lost.map(|(&seq, message)| {
            let detail = format!(
                "message {seq} from {} to {} was not delivered",
                message.from, message.to
            );
            Blocker {
                task: message.task.map(|ix| self.tasks[ix].id.clone()),
                ..about_mission(
                    Cause::Undeliverable,
                    message.moment,
                    vec![seq],
                    detail,
                    "somebody reads it",
                )
            }
        });
        let results = self.unread_results.iter().map(|(&seq, &ix)| {
            let task = &self.tasks[ix];
            let detail = format!("result {seq} was not read");
            let since = Moment {
                seq,
                at: task.since().at,
            };
            Blocker {
                task: Some(task.id.clone()),
                ..about_mission(
                    Cause::ResultUnread,
                    since,
                    vec![seq],
                    detail,
                    "the lead reads it, or acts on it",
                )
            }
        });
        lost.chain(results)
    }
}

fn about_mission(
    cause: Cause,
    since: Moment,
    because: Vec<Seq>,
    detail: String,
    clears: &str,
) -> Blocker {
    Blocker {
        cause,
        task: None,
        on: Vec::new(),
        next: Party::Lead,
        since,
        because,
        detail,
        clears: clears.to_owned(),
        confidence: Confidence::Proved,
        fixes: Vec::new(),
        ring: Vec::new(),
        victims: Vec::new(),
        subject: Subject::Record(since.seq),
    }
}

/// An obligation is proved by the log until a clock is all that says it will not be met.
pub(super) const fn sureness(owed: &Obligation) -> Confidence {
    if owed.expired.is_some() {
        Confidence::Suspected
    } else {
        Confidence::Proved
    }
}
