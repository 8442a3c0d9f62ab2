//! Finding blockers: one place for each status of a task.

use chrono::{DateTime, SecondsFormat, Utc};

use super::{Blocker, Cause, Confidence, Subject};
use crate::event::talk::WaitRef;
use crate::event::task::GateStage;
use crate::ids::Seq;
use crate::mission::obligation::ObligationKind;
use crate::mission::state::{State, Wait};
use crate::mission::table::{AttemptIx, TaskIx};
use crate::party::Party;
use crate::status::task::TaskStatus;
use crate::view::Readiness;

impl State {
    pub(super) fn blockers_of(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Blocker> {
        let task = &self.tasks[ix];
        if self.closed.is_some() {
            return Vec::new();
        }
        let mut found = match task.status() {
            TaskStatus::Open => self.of_open(ix, now),
            TaskStatus::Dispatched | TaskStatus::Running | TaskStatus::Rework => {
                self.of_held(ix, now)
            }
            TaskStatus::Blocked => vec![self.of_blocked(ix)],
            TaskStatus::Reported => vec![self.of_reported(ix)],
            TaskStatus::InReview => self.of_review(ix, GateStage::Accept),
            TaskStatus::Accepted => self.of_review(ix, GateStage::Deliver),
            TaskStatus::Failed => vec![self.of_failed(ix, Cause::Failed)],
            TaskStatus::Exhausted => vec![self.of_failed(ix, Cause::Exhausted)],
            TaskStatus::OutcomeUnknown => vec![self.of_unknown(ix)],
            TaskStatus::Delivered
            | TaskStatus::Skipped
            | TaskStatus::Cancelled
            | TaskStatus::Superseded => Vec::new(),
        };
        found.extend(self.of_strays(ix));
        if !task.status().is_ended() {
            found.extend(self.owed_about(ix));
            found.extend(self.diverging(ix));
            found.extend(self.ruling(ix));
        }
        found
    }

    /// A blocker that the lead deals with, since the task took its status.
    pub(super) fn blocker(
        &self,
        ix: TaskIx,
        cause: Cause,
        detail: String,
        clears: &str,
    ) -> Blocker {
        let task = &self.tasks[ix];
        Blocker {
            cause,
            task: Some(task.id.clone()),
            on: Vec::new(),
            next: Party::Lead,
            since: task.since(),
            because: vec![task.since().seq],
            detail,
            clears: clears.to_owned(),
            confidence: Confidence::Proved,
            fixes: Vec::new(),
            ring: Vec::new(),
            victims: Vec::new(),
            subject: Subject::Task(ix),
        }
    }

    fn of_open(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Blocker> {
        let task = &self.tasks[ix];
        let mut found = self.of_needs(ix);
        found.extend(self.hold(ix, now).map(|wait| self.of_wait(ix, wait, now)));
        if let Some(until) = task.retry_at.filter(|&until| now < until) {
            let failed = match task.counters.failures {
                1 => "it failed".to_owned(),
                n => format!("it failed {n} times"),
            };
            let until = until.to_rfc3339_opts(SecondsFormat::Secs, true);
            let detail = format!("{failed} and waits until {until}");
            let mut waits = self.blocker(ix, Cause::RetryWait, detail, "the backoff is over");
            waits.next = Party::Host;
            waits
                .because
                .extend(task.last_error.iter().map(|(seq, _)| *seq));
            waits.because.dedup();
            found.push(waits);
        }
        let limit = self.policy.retry.livelock_after;
        if limit.is_some_and(|limit| task.counters.fruitless >= limit) {
            let detail = format!(
                "{} attempts ended without progress",
                task.counters.fruitless
            );
            found.push(self.blocker(
                ix,
                Cause::Livelock,
                detail,
                "the lead changes the task, or reopens it",
            ));
        }
        if !found.is_empty() {
            return found;
        }
        match self.readiness(ix, now) {
            Some(Readiness::Unjudged { because }) => {
                let detail = "an earlier attempt at it succeeded, and nobody has judged that";
                let clears = "the lead reopens or closes it";
                let cause = Cause::ReportedNotAccepted;
                let mut found = self.blocker(ix, cause, detail.to_owned(), clears);
                found.because = because;
                vec![found]
            }
            Some(Readiness::Undeclared { because }) => vec![self.of_undeclared(ix, because)],
            Some(Readiness::WipWait { because }) => vec![self.of_queued(ix, because, now)],
            // What is beside it is named with the attempts that stray.
            Some(Readiness::Beside { .. }) => Vec::new(),
            Some(_) | None => {
                vec![self.of_ready(ix)]
            }
        }
    }

    /// A task that can be handed out, since the last thing came true that it needed.
    // spec: DEP-1, FOLD-3
    fn of_ready(&self, ix: TaskIx) -> Blocker {
        let task = &self.tasks[ix];
        let tried = match task.attempts.len() {
            0 => String::new(),
            1 => "; an attempt at it ended before".to_owned(),
            n => format!("; {n} attempts at it ended before"),
        };
        let detail = format!("it is ready, and nobody has it{tried}");
        let mut found = self.blocker(ix, Cause::NoWakeSource, detail, "somebody is dispatched");
        for need in &task.needs {
            let end = self.end_of(need.task).unwrap_or(need.task);
            let last = self.tasks[end].since().max_by_seq(need.since);
            found.since = found.since.max_by_seq(last);
        }
        if found.since.seq != task.since().seq {
            found.because.push(found.since.seq);
        }
        found
    }

    /// A task that could be handed out if there were a place in flight.
    // spec: WIP-1
    fn of_queued(&self, ix: TaskIx, because: Vec<Seq>, now: DateTime<Utc>) -> Blocker {
        let holders = self.wip_full(ix, None).map(|(_, _, holders)| holders);
        let holders = holders.unwrap_or_default();
        let is_stalled = |holder: &AttemptIx| self.is_stalled(*holder, now);
        let head = holders.first().filter(|_| holders.iter().all(is_stalled));
        let Some(head) = head.map(|&head| &self.tasks[self.attempts[head].task].id) else {
            let detail = format!(
                "{} attempts are in flight, which is the limit",
                because.len()
            );
            let mut full = self.blocker(ix, Cause::WipFull, detail, "one of them is handed over");
            full.because = because;
            return full;
        };
        let detail = format!(
            "{} attempts fill every place in flight, and all stand still: {head} is the head of the line",
            because.len()
        );
        let clears = "the head of the line moves, or is taken back";
        let mut behind = self.blocker(ix, Cause::HeadOfLine, detail, clears);
        behind.on = vec![head.clone()];
        behind.because = because;
        behind
    }

    /// Something that a task, or whoever has it, says that it waits for.
    pub(super) fn of_wait(&self, ix: TaskIx, wait: &Wait, now: DateTime<Utc>) -> Blocker {
        let detail = format!("it waits for {}", wait.on);
        let clears = "the wait ends, or the lead unblocks it";
        let mut paused = self.blocker(ix, Cause::PausedBy, detail, clears);
        paused.since = wait.moment;
        paused.because = vec![wait.moment.seq];
        match &wait.on {
            WaitRef::Task(on) => {
                paused.next = self
                    .find_task(on)
                    .map_or(Party::Lead, |on| self.who_has(on));
                paused.on = vec![on.clone()];
            }
            WaitRef::Agent(on) => paused.next = self.next_for(&Party::Agent(on.clone())),
            held @ (WaitRef::Lock(_) | WaitRef::Job(_)) => match self.standing_wait(held, now) {
                Some(Wait {
                    on: WaitRef::Task(head),
                    ..
                }) => {
                    paused.cause = Cause::HeadOfLine;
                    paused.detail = format!("it waits for {held}, which {head} keeps");
                    paused.next = self
                        .find_task(head)
                        .map_or(Party::Lead, |head| self.who_has(head));
                    paused.on = vec![head.clone()];
                }
                // What becomes of it is told by no log.
                Some(_) | None => paused.confidence = Confidence::Unknown,
            },
        }
        paused
    }

    /// A task of which the log says only that it was named.
    fn of_undeclared(&self, ix: TaskIx, because: Vec<Seq>) -> Blocker {
        let n_notes = self.tasks[ix].n_notes;
        let notes = if n_notes > 0 {
            format!(", {n_notes} notes about it")
        } else {
            String::new()
        };
        let detail = format!("it was only named, never declared or handed out{notes}");
        let clears = "somebody declares it, or is dispatched";
        let mut found = self.blocker(ix, Cause::EvidenceGap, detail, clears);
        found.because = because;
        found.confidence = Confidence::Unknown;
        found
    }

    /// What an open task waits for, as the task that it names, the one under which that goes on,
    /// and the record that says that it needs it; needs first, then specifications.
    pub(super) fn awaited(
        &self,
        ix: TaskIx,
    ) -> impl Iterator<Item = (TaskIx, TaskIx, Option<Seq>)> {
        let needs = self
            .unmet_needs(ix)
            .map(|need| (need.task, Some(need.since.seq)));
        let specs = self.unmet_specs(ix).map(|spec| (spec, None));
        let both = needs.chain(specs);
        both.map(|(target, edge)| (target, self.end_of(target).unwrap_or(target), edge))
    }

    /// One of the things that an open task waits for, by its place among them.
    pub(super) fn of_need(&self, ix: TaskIx, place: usize) -> Option<Blocker> {
        let edge = self.awaited(ix).nth(place)?;
        Some(self.of_awaited(ix, edge))
    }

    fn of_needs(&self, ix: TaskIx) -> Vec<Blocker> {
        self.awaited(ix)
            .map(|edge| self.of_awaited(ix, edge))
            .collect()
    }

    // spec: DEP-2
    fn of_awaited(
        &self,
        ix: TaskIx,
        (target, end, edge): (TaskIx, TaskIx, Option<Seq>),
    ) -> Blocker {
        let other = &self.tasks[end];
        let is_dead = other.status().is_ended();
        let cause = if is_dead {
            Cause::DepFailed
        } else {
            Cause::DepOpen
        };
        let detail = format!("it needs {}, which is {}", other.id, other.status());
        let clears = if is_dead {
            "the lead reopens what it needs, or removes the need"
        } else {
            "what it needs is accepted"
        };
        let mut found = self.blocker(ix, cause, detail, clears);
        found.next = self.who_has(end);
        found.on = vec![other.id.clone()];
        found.subject = Subject::Need(ix, target);
        found.since = other.since();
        found.because = edge.into_iter().chain([other.since().seq]).collect();
        found
    }

    /// Who makes the next move on a task: its owner, or else the lead.
    fn who_has(&self, ix: TaskIx) -> Party {
        let token = self.open_token(ix).map(|token| self.attempts[token].owner);
        token.map_or(Party::Lead, |owner| self.owner_or_lead(owner))
    }

    // spec: HAND-1
    fn of_blocked(&self, ix: TaskIx) -> Blocker {
        let task = &self.tasks[ix];
        let owed = self
            .owed_on(ix)
            .find(|owed| owed.kind == ObligationKind::Unblocking);
        let on = owed.map_or(Party::Lead, |owed| owed.owed_by.clone());
        let detail = format!("it was handed back blocked on {on}");
        let mut found = self.blocker(ix, Cause::PausedBy, detail, "the lead unblocks it");
        found.next = self.next_for(&on);
        found.because = vec![task.since().seq];
        found
    }

    // spec: COMPLETE-3
    fn of_reported(&self, ix: TaskIx) -> Blocker {
        let task = &self.tasks[ix];
        if !task.missing_evidence.is_empty() {
            let missing: Vec<&str> = task
                .missing_evidence
                .iter()
                .map(crate::ids::Label::as_str)
                .collect();
            let detail = format!("it was said to be done without {}", missing.join(", "));
            return self.blocker(
                ix,
                Cause::EvidenceMissing,
                detail,
                "it is handed over again with the evidence",
            );
        }
        let detail = "it was handed back without an explicit, proven done".to_owned();
        let clears = "its attempt hands off done, or the lead reopens or closes it";
        self.blocker(ix, Cause::ReportedNotAccepted, detail, clears)
    }

    // spec: RETRY-1, RETRY-2
    fn of_failed(&self, ix: TaskIx, cause: Cause) -> Blocker {
        let task = &self.tasks[ix];
        let error = task
            .last_error
            .as_ref()
            .map(|(_, error)| &**error)
            .filter(|error| !error.is_empty())
            .unwrap_or("none was given");
        let detail = format!("it is {}; the last error: {error}", task.status());
        let mut found = self.blocker(ix, cause, detail, "the lead reopens or closes it");
        found
            .because
            .extend(task.last_error.iter().map(|(seq, _)| *seq));
        found.because.dedup();
        found
    }

    // spec: CORRECT-3
    fn diverging(&self, ix: TaskIx) -> Option<Blocker> {
        let id = &self.tasks[ix].id;
        let found = self.tasks[ix].carriers.iter().find_map(|&agent| {
            let incarnation = &self.incarnations[agent];
            let (seq, carries) = incarnation.carries.as_ref()?;
            let carried = carries.iter().find(|carried| carried.task == *id)?;
            let is_live = incarnation.status().is_live();
            is_live.then(|| self.divergence(agent, *seq, id, carried.attempt))?
        })?;
        let detail = format!("{} carries it, which the log does not say", found.agent);
        let clears = "the lead rebinds it";
        let mut blocker = self.blocker(ix, Cause::OwnerTaskDivergence, detail, clears);
        blocker.because = found.because;
        Some(blocker)
    }

    // spec: TIME-3
    fn ruling(&self, ix: TaskIx) -> Option<Blocker> {
        let owed = self
            .owed_on(ix)
            .find(|owed| owed.kind == ObligationKind::Ruling)?;
        let detail = "a clock or a limit ran out, and somebody must rule on it".to_owned();
        let mut found = self.blocker(
            ix,
            Cause::RulingOwed,
            detail,
            "the lead corrects or closes it",
        );
        found.next = self.next_for(&owed.owed_by);
        found.since = owed.opened;
        found.because = vec![owed.opened.seq];
        found.confidence = Confidence::Suspected;
        found.subject = Subject::Record(owed.opened.seq);
        Some(found)
    }
}
