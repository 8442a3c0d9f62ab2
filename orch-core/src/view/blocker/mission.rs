//! Blockers of the mission as a whole: the roots, and what is owed and unread.

use chrono::{DateTime, Utc};

use super::{Blocker, Cause, Confidence};
use crate::ids::Seq;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::task::TaskStatus;

impl State {
    pub(super) fn roots(&self, now: DateTime<Utc>) -> Vec<Blocker> {
        let mut found = Vec::new();
        for (ix, task) in self.tasks.rows() {
            let is_waiting = |blocker: &Blocker| blocker.cause == Cause::DepOpen;
            if task.status() != TaskStatus::Accepted {
                found.extend(
                    self.blockers_of(ix, now)
                        .into_iter()
                        .filter(|one| !is_waiting(one)),
                );
            }
        }
        found.extend(self.rings(now));
        found.extend(self.owed_by_people());
        found.extend(self.unread());
        found
    }

    /// Replies and acknowledgements that are owed, but for those about a task that goes on: they
    /// are among what keeps that task.
    // spec: NOTE-1
    fn owed_by_people(&self) -> impl Iterator<Item = Blocker> {
        let open = self
            .open_obligations
            .iter()
            .map(|&open| &self.obligations[open]);
        let apart = open.filter(|owed| {
            owed.task
                .is_none_or(|task| self.tasks[task].status().is_ended())
        });
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
