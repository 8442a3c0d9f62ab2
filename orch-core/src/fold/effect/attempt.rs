//! Effects of handing a task out and of what its attempt reports.

use crate::event::attempt::{
    AttemptEnd, AttemptEnded, AttemptStarted, Dispatched, Handoff, HandoffStatus, Heartbeat,
    Progress,
};
use crate::event::clock::ClockKind;
use crate::event::task::GateStage;
use crate::fold::check::{is_clean, is_contradictory};
use crate::ids::{AgentRef, AttemptNo, Label};
use crate::mission::attempt::{Attempt, Ending, Liveness};
use crate::mission::obligation::ObligationKind;
use crate::mission::state::State;
use crate::mission::table::{AttemptIx, IncarnationIx, TaskIx};
use crate::mission::task::{Moment, is_kind};
use crate::party::{Actor, Party};
use crate::record::Envelope;
use crate::status::attempt::{AttemptEvent, AttemptStatus};
use crate::status::gate::GateEvent;
use crate::status::task::TaskEvent;

impl State {
    // spec: ID-1
    pub(super) fn dispatch(&mut self, envelope: &Envelope, data: &Dispatched, now: Moment) {
        let task = self.ensure_task(&data.task, now);
        let owner = self.ensure_incarnation(&data.agent, now);
        let ix = self.add_attempt(task, data.attempt, owner, now);
        let attempt = &mut self.attempts[ix];
        attempt.workspace = data.workspace.as_deref().map(Into::into);
        attempt.branch = data.branch.as_deref().map(Into::into);
        attempt.limits = data.limits.map(Box::new);
        let gaps = envelope
            .source
            .as_ref()
            .map_or(&[][..], |source| &source.gaps);
        let has_gap = |name: &str| gaps.iter().any(|gap| gap.as_str() == name);
        attempt.owner_unknown = has_gap("assignee");
        attempt.start_untold = has_gap("start");
        self.tasks[task].step(TaskEvent::Dispatched, now, &mut self.trace);
        self.move_on(task);
    }

    /// Adds an attempt, which takes the token; one that is open beside it is marked parallel.
    // spec: FOLD-4, GATE-1
    pub(super) fn add_attempt(
        &mut self,
        task: TaskIx,
        number: AttemptNo,
        owner: IncarnationIx,
        now: Moment,
    ) -> AttemptIx {
        if let Some(beside) = self.open_token(task) {
            self.attempts[beside].parallel = true;
            if self.attempts[beside].status() == AttemptStatus::HandedOver {
                // Its work is not judged any more, and it has nothing else to do.
                self.close_attempt(beside, AttemptEvent::Fenced, now, Ending::Corrected);
            }
        }
        let ix = self.attempts.push(Attempt::new(task, number, owner, now));
        self.open_attempt(ix);
        let is_spec = is_kind(self.tasks[task].kind.as_ref(), "spec");
        if !is_spec {
            self.first_work.get_or_insert(now.seq);
        }
        let row = &mut self.tasks[task];
        row.attempts.push(ix);
        row.token = Some(ix);
        row.last_number = row.last_number.max(number);
        row.retry_at = None;
        row.superseded_by = None;
        row.missing_evidence.clear();
        row.first_dispatch.get_or_insert(now);
        self.new_work(task, GateEvent::NewAttempt, now);
        ix
    }

    /// New work makes what was decided about the old stale.
    // spec: GATE-1
    fn new_work(&mut self, task: TaskIx, event: GateEvent, now: Moment) {
        for gate in &mut self.tasks[task].gates {
            gate.step(event, now.seq, &mut self.trace);
        }
    }

    pub(super) fn start(&mut self, data: &AttemptStarted, now: Moment) {
        let Some(ix) = self.find_attempt_at(&data.task, data.attempt) else {
            return;
        };
        self.end_own_wait(ix);
        self.sign_of_life(ix, now, AttemptEvent::Started);
        self.step_with(ix, TaskEvent::Started, now);
    }

    pub(super) fn progress(&mut self, data: &Progress, now: Moment) {
        let Some(ix) = self.find_attempt_at(&data.task, data.attempt) else {
            return;
        };
        self.end_own_wait(ix);
        self.sign_of_life(ix, now, AttemptEvent::Progressed);
        let attempt = &mut self.attempts[ix];
        attempt.progress = now;
        attempt.n_progress = attempt.n_progress.saturating_add(1);
        let was_slow = attempt.expired.has(ClockKind::Progress);
        attempt.expired.remove(ClockKind::Progress);
        attempt.silent_until = data.silent_until;
        if was_slow {
            self.settle_clocks(ix, &[ClockKind::Progress]);
        }
        self.step_with(ix, TaskEvent::Progressed, now);
    }

    // spec: TIME-2
    pub(super) fn beat(&mut self, data: &Heartbeat, now: Moment) {
        let Some(ix) = self.find_attempt_at(&data.task, data.attempt) else {
            return;
        };
        self.sign_of_life(ix, now, AttemptEvent::Beat);
        self.attempts[ix].silent_until = data.silent_until;
    }

    /// Whatever an attempt reports shows that it is alive, and clears the doubt about that (D05).
    ///
    /// That it is slow, or gets nowhere, is another doubt: only progress, or its end, clears it.
    // spec: TIME-3
    pub(super) fn sign_of_life(&mut self, ix: AttemptIx, now: Moment, event: AttemptEvent) {
        let attempt = &mut self.attempts[ix];
        let was = attempt.status();
        attempt.step(event, &mut self.trace);
        attempt.alive = now;
        attempt.last_record = now.seq;
        attempt.unaccounted = None;
        let begins = attempt.status() == AttemptStatus::Started && was != AttemptStatus::Started;
        if begins {
            attempt.sent_back = None;
            // Its rework is measured from its own beginning.
            attempt.started = Some(now);
            attempt.progress = now;
            attempt.expired.remove(ClockKind::Start);
            attempt.expired.remove(ClockKind::Attempt);
            attempt.expired.remove(ClockKind::Progress);
        }
        if attempt.liveness != Liveness::Alive {
            attempt.liveness = Liveness::Alive;
            attempt.expired.remove(ClockKind::Alive);
            attempt.expired.remove(ClockKind::Report);
            self.settle_clocks(ix, &[ClockKind::Alive, ClockKind::Report]);
        }
        if begins {
            self.settle_clocks(ix, &[ClockKind::Start]);
        }
    }

    /// Takes a step of the task's table, if the attempt holds its token.
    fn step_with(&mut self, ix: AttemptIx, event: TaskEvent, now: Moment) {
        let task = self.attempts[ix].task;
        if self.tasks[task].token == Some(ix) {
            self.tasks[task].step(event, now, &mut self.trace);
        }
    }

    pub(super) fn hand_off(&mut self, envelope: &Envelope, data: &Handoff, now: Moment) {
        let Some(ix) = self.find_attempt_at(&data.task, data.attempt) else {
            return;
        };
        let task = self.attempts[ix].task;
        self.end_own_wait(ix);
        self.move_on(task);
        self.take_handoff(ix, data, now);
        self.keep_result(envelope, task, now);
    }

    /// A result is unread until somebody acts on it or acknowledges it; what an importer brings
    /// was read long ago, as far as anybody can tell.
    // spec: COMPLETE-1
    fn keep_result(&mut self, envelope: &Envelope, task: TaskIx, now: Moment) {
        if !matches!(envelope.by, Actor::Import(_)) {
            self.unread_results.insert(now.seq, task);
            self.tasks[task].unread.push(now.seq);
        }
    }

    /// Lets a handoff of the attempt that holds the token take effect.
    // spec: HAND-1, COMPLETE-3, COMPLETE-4
    pub(super) fn take_handoff(&mut self, ix: AttemptIx, data: &Handoff, now: Moment) {
        let task = self.attempts[ix].task;
        self.tasks[task].last_handoff = Some(now.seq);
        self.sign_of_life(ix, now, AttemptEvent::Beat);
        let attempt = &mut self.attempts[ix];
        // What is left to do says whether a partial handoff got anywhere.
        let got_somewhere = data.remaining != self.tasks[task].remaining;
        if data.status == Some(HandoffStatus::Partial) && got_somewhere {
            attempt.progress = now;
            attempt.n_progress = attempt.n_progress.saturating_add(1);
        }
        match data.status {
            None => self.hand_over(ix, data, TaskEvent::HandedBare, now),
            Some(HandoffStatus::Done) => self.hand_done(ix, data, now),
            Some(HandoffStatus::Partial) => {
                self.tasks[task].remaining.clone_from(&data.remaining);
                self.give_back(ix, TaskEvent::HandedPartial, now);
            }
            Some(HandoffStatus::Blocked) => self.hand_blocked(ix, data, now),
            Some(HandoffStatus::Failed) => self.hand_failed(ix, data, now),
        }
    }

    // spec: COMPLETE-3
    fn hand_done(&mut self, ix: AttemptIx, data: &Handoff, now: Moment) {
        let task = self.attempts[ix].task;
        let row = &mut self.tasks[task];
        row.missing_evidence = missing(&row.evidence, data);
        let is_unproven = !row.missing_evidence.is_empty() || is_contradictory(data);
        let needs_review = row
            .gates
            .iter()
            .any(|gate| gate.spec.stage == GateStage::Accept);
        row.remaining.clear();
        if is_unproven {
            self.hand_over(ix, data, TaskEvent::HandedUnproven, now);
            return;
        }
        self.tasks[task].success = Some(now.seq);
        if needs_review {
            self.hand_over(ix, data, TaskEvent::HandedForReview, now);
        } else {
            self.hand_over(ix, data, TaskEvent::HandedDone, now);
            self.close_attempt(ix, AttemptEvent::Accepted, now, Ending::Accepted);
            self.retire_attempts(task, now, Ending::Corrected);
            self.settle_about(task, now);
        }
    }

    /// The attempt hands over and keeps the token, so that it can hand over again.
    fn hand_over(&mut self, ix: AttemptIx, data: &Handoff, event: TaskEvent, now: Moment) {
        let task = self.attempts[ix].task;
        self.new_work(task, GateEvent::NewRevision, now);
        let attempt = &mut self.attempts[ix];
        attempt.step(AttemptEvent::HandedOver, &mut self.trace);
        attempt.sent_back = None;
        attempt.handed_over = Some(now);
        attempt.revision = data.revision.as_deref().map(Into::into);
        if matches!(event, TaskEvent::HandedBare | TaskEvent::HandedUnproven) {
            self.adoptable.insert(now.seq, data.clone());
        }
        self.tasks[task].step(event, now, &mut self.trace);
    }

    /// The attempt gives the task back and is over.
    fn give_back(&mut self, ix: AttemptIx, event: TaskEvent, now: Moment) {
        let task = self.attempts[ix].task;
        self.tasks[task].step(event, now, &mut self.trace);
        self.close_attempt(ix, AttemptEvent::GivenBack, now, Ending::GivenBack);
        self.count_fruit(ix);
    }

    // spec: HAND-1, GATE-3
    fn hand_blocked(&mut self, ix: AttemptIx, data: &Handoff, now: Moment) {
        let task = self.attempts[ix].task;
        let row = &mut self.tasks[task];
        row.counters.blocks = row.counters.blocks.saturating_add(1);
        row.remaining.clone_from(&data.remaining);
        let is_over = self
            .policy
            .retry
            .max_blocks
            .is_some_and(|max| self.tasks[task].counters.blocks >= max);
        self.give_back(ix, TaskEvent::HandedBlocked, now);
        let owed_by = data.blocked_on.clone().unwrap_or(Party::Lead);
        let asked_by = self.agent_name(self.attempts[ix].owner).clone();
        self.owe(now, ObligationKind::Unblocking, owed_by, |owed| {
            owed.task = Some(task);
            owed.owed_to = Some(Party::Agent(asked_by));
        });
        if is_over {
            self.owe_ruling(now, task);
        }
    }

    // spec: RETRY-1
    fn hand_failed(&mut self, ix: AttemptIx, data: &Handoff, now: Moment) {
        let task = self.attempts[ix].task;
        let limit = self.max_attempts(task);
        let backoff = self.policy.retry.backoff;
        let row = &mut self.tasks[task];
        row.counters.failures = row.counters.failures.saturating_add(1);
        let failures = row.counters.failures;
        let error = data.error.as_deref().unwrap_or(&data.summary);
        row.last_error = Some((now.seq, error.into()));
        let event = if data.not_retryable {
            TaskEvent::HandedFailedFinal
        } else if limit.is_some_and(|limit| failures >= limit) {
            TaskEvent::HandedFailedLast
        } else {
            row.retry_at = backoff.and_then(|backoff| backoff.wait(failures).after(now.at));
            TaskEvent::HandedFailed
        };
        self.give_back(ix, event, now);
    }

    // spec: COMPLETE-3, RETRY-1
    pub(super) fn end_attempt(&mut self, envelope: &Envelope, data: &AttemptEnded, now: Moment) {
        let Some(ix) = self.find_attempt_at(&data.task, data.attempt) else {
            return;
        };
        self.attempts[ix].last_record = now.seq;
        if self.tasks[self.attempts[ix].task].token != Some(ix) {
            self.end_beside(ix, is_clean(data), now);
            return;
        }
        if self.attempts[ix].status() == AttemptStatus::HandedOver {
            // Its work is handed over already; the end of its process changes nothing.
            self.attempts[ix].step(AttemptEvent::Ended, &mut self.trace);
            return;
        }
        let task = self.attempts[ix].task;
        self.move_on(task);
        let was_started = self.attempts[ix].started.is_some();
        let ending = match data.how {
            AttemptEnd::Released => {
                self.step_with(ix, TaskEvent::Released, now);
                Ending::Released
            }
            AttemptEnd::Exited if is_clean(data) => {
                self.tasks[task].success = Some(now.seq);
                self.step_with(ix, TaskEvent::EndedClean, now);
                self.keep_result(envelope, task, now);
                Ending::EndedClean
            }
            AttemptEnd::Lost if was_started => {
                self.step_with(ix, TaskEvent::EndedLost, now);
                Ending::EndedDirty
            }
            AttemptEnd::Lost => {
                self.step_with(ix, TaskEvent::OwnerGoneUnstarted, now);
                Ending::EndedDirty
            }
            AttemptEnd::Exited | AttemptEnd::Killed | AttemptEnd::SessionEnded => {
                self.crash(ix, data, now);
                Ending::EndedDirty
            }
        };
        self.close_attempt(ix, AttemptEvent::Ended, now, ending);
        self.count_fruit(ix);
    }

    // spec: RETRY-1, GATE-3
    fn crash(&mut self, ix: AttemptIx, data: &AttemptEnded, now: Moment) {
        let task = self.attempts[ix].task;
        let limit = self.policy.retry.max_crashes;
        let row = &mut self.tasks[task];
        row.counters.crashes = row.counters.crashes.saturating_add(1);
        let is_last = limit.is_some_and(|limit| row.counters.crashes >= limit);
        let error = match data.code {
            Some(code) if data.reason.is_empty() => format!("exit code {code}"),
            Some(_) | None => data.reason.clone(),
        };
        row.last_error = Some((now.seq, error.into()));
        let event = if is_last {
            TaskEvent::EndedLast
        } else {
            TaskEvent::EndedDirty
        };
        self.step_with(ix, event, now);
    }

    /// Counts attempts that end one after another without progress.
    fn count_fruit(&mut self, ix: AttemptIx) {
        let attempt = &self.attempts[ix];
        let counters = &mut self.tasks[attempt.task].counters;
        let was_fruitless = attempt.n_progress == 0;
        counters.fruitless = if was_fruitless {
            counters.fruitless.saturating_add(1)
        } else {
            0
        };
    }

    /// The owner of an attempt is gone: what it had begun has an unknown outcome.
    // spec: SHUT-2, RETRY-2
    pub(super) fn lose_owner(&mut self, ix: AttemptIx, now: Moment) {
        let (task, status) = (self.attempts[ix].task, self.attempts[ix].status());
        let event = match status {
            AttemptStatus::Dispatched => TaskEvent::OwnerGoneUnstarted,
            AttemptStatus::Started => TaskEvent::OwnerGone,
            // Its work is handed over; only rework would need it, and that now needs another.
            AttemptStatus::HandedOver => {
                self.drop_questions(ix);
                if self.tasks[task].status() != crate::status::task::TaskStatus::Rework {
                    return;
                }
                TaskEvent::ChangesOrphaned
            }
            AttemptStatus::Closed => return,
        };
        self.close_attempt(ix, AttemptEvent::Fenced, now, Ending::OwnerGone);
        if self.tasks[task].token != Some(ix) {
            // Its task goes on with another attempt, and has lost nothing.
            return;
        }
        if event == TaskEvent::ChangesOrphaned {
            self.tasks[task].success = None;
        }
        self.tasks[task].step(event, now, &mut self.trace);
        self.move_on(task);
        self.withdraw_gates(task, now);
    }

    /// Gives a task to an agent that already works on it (CORRECT-1).
    pub(super) fn rebind(&mut self, task: TaskIx, to: &AgentRef, number: AttemptNo, now: Moment) {
        let owner = self.ensure_incarnation(to, now);
        let ix = self.add_attempt(task, number, owner, now);
        let attempt = &mut self.attempts[ix];
        attempt.step(AttemptEvent::Started, &mut self.trace);
        attempt.started = Some(now);
        self.tasks[task].step(TaskEvent::Rebound, now, &mut self.trace);
    }
}

/// The kinds of evidence that a contract asks and a handoff does not bring.
// spec: COMPLETE-3
pub(super) fn missing(contract: &[Label], handoff: &Handoff) -> Vec<Label> {
    let is_brought = |kind: &&Label| {
        handoff
            .evidence
            .iter()
            .any(|brought| brought.kind == **kind)
    };
    contract
        .iter()
        .filter(|kind| !is_brought(kind))
        .cloned()
        .collect()
}
