//! Blockers of a task that somebody has: it moves, unless something is wrong.

use chrono::{DateTime, Utc};

use super::mission::sureness;
use super::{Blocker, Cause, Confidence, Subject};
use crate::event::talk::WaitRef;
use crate::mission::attempt::Attempt;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::{State, Wait};
use crate::mission::table::{AttemptIx, IncarnationIx, TaskIx};
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::attempt::AttemptStatus;
use crate::status::task::TaskStatus;

impl State {
    /// Somebody has it: it moves, unless they asked something, never began, or are silent.
    pub(super) fn of_held(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Blocker> {
        let Some(token) = self.open_token(ix) else {
            return Vec::new();
        };
        let attempt = &self.attempts[token];
        if attempt.owner_unknown {
            return vec![self.of_nobody_known(ix, attempt)];
        }
        if !self.is_there(attempt.owner) {
            return vec![self.of_dead(ix, attempt)];
        }
        if let Some(owed) = self.open_question(ix) {
            return vec![self.needs_input(ix, owed)];
        }
        if let Some(wait) = self.wait_of_held(ix, attempt.owner, now) {
            return vec![Blocker {
                subject: Subject::Attempt(token),
                ..self.of_wait(ix, wait, now)
            }];
        }
        vec![self.of_attempt(ix, token)]
    }

    /// What whoever has a task says that it waits for: for the task, or for itself.
    pub(super) fn wait_of_held(
        &self,
        ix: TaskIx,
        owner: IncarnationIx,
        now: DateTime<Utc>,
    ) -> Option<&Wait> {
        if self.waits.is_empty() {
            return None;
        }
        let own = WaitRef::Agent(self.agent_name(owner).clone());
        self.hold(ix, now).or_else(|| self.standing_wait(&own, now))
    }

    /// Attempts in flight beside the one that holds the token.
    // spec: FOLD-4
    pub(super) fn of_strays(&self, ix: TaskIx) -> Vec<Blocker> {
        let task = &self.tasks[ix];
        let token = self.open_token(ix);
        if task.n_open <= u32::from(token.is_some()) {
            return Vec::new();
        }
        let strays = task
            .attempts
            .iter()
            .filter(|&&attempt| Some(attempt) != token);
        strays
            .filter(|&&attempt| !self.attempts[attempt].is_closed())
            .map(|&attempt| self.of_attempt(ix, attempt))
            .collect()
    }

    fn of_attempt(&self, ix: TaskIx, at: AttemptIx) -> Blocker {
        let attempt = &self.attempts[at];
        let owner = self.agent_ref(attempt.owner);
        let with = format!("attempt {} with {owner}", attempt.number);
        let mut found = self.state_of_held(ix, attempt, &with);
        found.next = self.owner_or_lead(attempt.owner);
        found.because = vec![attempt.dispatched.seq];
        if found.since.seq != attempt.dispatched.seq {
            found.because.push(found.since.seq);
        }
        found.subject = Subject::Attempt(at);
        found
    }

    fn is_there(&self, owner: IncarnationIx) -> bool {
        self.incarnations[owner].status().is_live()
    }

    /// Whether an attempt in flight stands still, as far as the log tells.
    pub(super) fn is_stalled(&self, ix: AttemptIx, now: DateTime<Utc>) -> bool {
        let attempt = &self.attempts[ix];
        attempt.owner_unknown
            || !self.is_there(attempt.owner)
            || attempt.doubt().is_some()
            || self.open_question(attempt.task).is_some()
            || self
                .wait_of_held(attempt.task, attempt.owner, now)
                .is_some()
    }

    // spec: RETRY-2
    fn of_dead(&self, ix: TaskIx, attempt: &Attempt) -> Blocker {
        let owner = self.agent_ref(attempt.owner);
        let left = self.incarnations[attempt.owner].since();
        let detail = format!("attempt {} is with {owner}, who is gone", attempt.number);
        let clears = "the lead reopens it, or rebinds it";
        let mut found = self.blocker(ix, Cause::OwnerDead, detail, clears);
        found.since = attempt.dispatched.max_by_seq(left);
        found.because = vec![attempt.dispatched.seq, left.seq];
        found
    }

    fn of_nobody_known(&self, ix: TaskIx, attempt: &Attempt) -> Blocker {
        let status = self.tasks[ix].status();
        let detail = format!("it is {status}, and the log does not tell who works on it");
        let clears = "its owner reports, or the lead rebinds it";
        let mut found = self.blocker(ix, Cause::OwnerUnknown, detail, clears);
        found.since = attempt.dispatched;
        found.because = vec![attempt.dispatched.seq];
        found.confidence = Confidence::Unknown;
        found
    }

    fn state_of_held(&self, ix: TaskIx, attempt: &Attempt, with: &str) -> Blocker {
        let task = &self.tasks[ix];
        let at = |since: Moment, mut found: Blocker| {
            found.since = since;
            found
        };
        if let Some(doubt) = attempt.doubt() {
            let detail = format!("{with} {}", doubt.what);
            let clears = "it reports, or the lead takes the task back";
            let mut found = self.blocker(ix, Cause::NoProgress, detail, clears);
            found.confidence = Confidence::Suspected;
            return at(doubt.since, found);
        }
        if attempt.status() == AttemptStatus::Dispatched && attempt.start_untold {
            let detail =
                format!("{with} was dispatched and never ended; its log records no starts");
            let mut found = self.blocker(ix, Cause::EvidenceGap, detail, "it hands off or ends");
            found.confidence = Confidence::Unknown;
            return at(attempt.dispatched, found);
        }
        if attempt.status() == AttemptStatus::Dispatched {
            let detail = format!("{with} was dispatched and has not started");
            let clears = "it starts, hands off or ends";
            let found = self.blocker(ix, Cause::DispatchedNotStarted, detail, clears);
            return at(attempt.dispatched, found);
        }
        if task.status() == TaskStatus::Rework {
            let detail = format!("{with} has it back for rework");
            return self.blocker(ix, Cause::InRework, detail, "it hands over again");
        }
        let detail = format!("{with} is at work");
        at(
            attempt.alive,
            self.blocker(ix, Cause::InProgress, detail, "it hands off"),
        )
    }

    /// The question that keeps the owner of a task waiting.
    pub(crate) fn open_question(&self, ix: TaskIx) -> Option<&Obligation> {
        let owner = self.attempts[self.open_token(ix)?].owner;
        let asked_by = Party::Agent(self.agent_name(owner).clone());
        self.owed_on(ix).find(|owed| {
            owed.kind == ObligationKind::Answer && owed.owed_to.as_ref() == Some(&asked_by)
        })
    }

    fn needs_input(&self, ix: TaskIx, owed: &Obligation) -> Blocker {
        let detail = format!("its owner asked {} and has no answer", owed.owed_by);
        let mut found = self.blocker(ix, Cause::NeedsInput, detail, "the question is answered");
        found.next = self.next_owing(owed);
        found.confidence = sureness(owed);
        found.subject = Subject::Record(owed.opened.seq);
        found.since = owed.opened;
        found.because = std::iter::once(owed.opened.seq)
            .chain(owed.expired)
            .collect();
        found
    }
}
