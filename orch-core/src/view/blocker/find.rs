//! Finding blockers: one place for each status of a task.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use super::{Blocker, Cause, Confidence};
use crate::event::task::GateStage;
use crate::fold::check::first_before;
use crate::ids::Seq;
use crate::mission::attempt::Liveness;
use crate::mission::gate::Gate;
use crate::mission::obligation::{Obligation, ObligationKind};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::mission::task::Moment;
use crate::party::Party;
use crate::status::attempt::AttemptStatus;
use crate::status::task::TaskStatus;

impl State {
    pub(super) fn blockers_of(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Blocker> {
        let task = &self.tasks[ix];
        if self.closed.is_some() {
            return Vec::new();
        }
        let mut found = match task.status() {
            TaskStatus::Open => self.of_open(ix, now),
            TaskStatus::Dispatched | TaskStatus::Running | TaskStatus::Rework => self.of_held(ix),
            TaskStatus::Blocked => vec![self.of_blocked(ix)],
            TaskStatus::Reported => vec![self.of_reported(ix)],
            TaskStatus::InReview => self.of_review(ix, GateStage::Accept),
            TaskStatus::Accepted => self.of_review(ix, GateStage::Deliver),
            TaskStatus::Failed => vec![self.of_failed(ix, Cause::Failed)],
            TaskStatus::Exhausted => vec![self.of_failed(ix, Cause::Exhausted)],
            TaskStatus::OutcomeUnknown => vec![self.blocker(
                ix,
                Cause::OutcomeUnknown,
                "its owner is gone; whether the work is done is not known".to_owned(),
                "the lead adopts its late evidence, or reopens it",
            )],
            TaskStatus::Delivered
            | TaskStatus::Skipped
            | TaskStatus::Cancelled
            | TaskStatus::Superseded => Vec::new(),
        };
        if !task.status().is_ended() {
            found.extend(self.diverging(ix));
            found.extend(self.ruling(ix));
        }
        found
    }

    /// A blocker that the lead deals with, since the task took its status.
    fn blocker(&self, ix: TaskIx, cause: Cause, detail: String, clears: &str) -> Blocker {
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
        }
    }

    fn of_open(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Blocker> {
        let task = &self.tasks[ix];
        let mut found = self.of_needs(ix);
        if let Some(wait) = self.hold(ix, now) {
            let detail = format!("it waits for {}", wait.on);
            let mut paused = self.blocker(
                ix,
                Cause::PausedBy,
                detail,
                "the wait ends, or the lead unblocks it",
            );
            paused.since = wait.moment;
            paused.because = vec![wait.moment.seq];
            paused.confidence = Confidence::Unknown;
            found.push(paused);
        }
        if let Some(until) = task.retry_at.filter(|&until| now < until) {
            let detail = format!(
                "it failed {} times and waits until {until}",
                task.counters.failures
            );
            let mut waits = self.blocker(ix, Cause::RetryWait, detail, "the backoff is over");
            waits.next = Party::Host;
            waits
                .because
                .extend(task.last_error.iter().map(|(seq, _)| *seq));
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
            Some(crate::view::Readiness::WipWait { because }) => {
                let detail = format!(
                    "{} attempts are in flight, which is the limit",
                    because.len()
                );
                let mut full =
                    self.blocker(ix, Cause::WipFull, detail, "one of them is handed over");
                full.because = because;
                vec![full]
            }
            Some(_) | None => {
                let detail = "it is ready, and nobody was given it".to_owned();
                vec![self.blocker(ix, Cause::NoWakeSource, detail, "somebody is dispatched")]
            }
        }
    }

    // spec: DEP-2
    fn of_needs(&self, ix: TaskIx) -> Vec<Blocker> {
        let needs = self
            .unmet_needs(ix)
            .map(|need| (need.task, Some(need.since)));
        let specs = self.unmet_specs(ix).map(|spec| (spec, None));
        needs
            .chain(specs)
            .map(|(target, edge)| {
                let end = self.end_of(target).unwrap_or(target);
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
                found.on = vec![other.id.clone()];
                found.since = other.since();
                found.because = edge.into_iter().chain([other.since().seq]).collect();
                found
            })
            .collect()
    }

    /// Somebody has it: it moves, unless they asked something, never began, or are silent.
    fn of_held(&self, ix: TaskIx) -> Vec<Blocker> {
        let task = &self.tasks[ix];
        let Some(token) = self.open_token(ix) else {
            return Vec::new();
        };
        let attempt = &self.attempts[token];
        let owner = self.agent_ref(attempt.owner);
        let with = format!("attempt {} with {owner}", attempt.number);
        let next = self.next_for(&Party::Agent(owner.name.clone()));
        let held = |cause, detail: String, clears: &str, since: Moment, confidence| {
            let mut found = self.blocker(ix, cause, detail, clears);
            found.next = next.clone();
            found.since = since;
            found.because = vec![attempt.dispatched.seq];
            if since.seq != attempt.dispatched.seq {
                found.because.push(since.seq);
            }
            found.confidence = confidence;
            found
        };
        if attempt.owner_unknown {
            let detail = format!("{}; the log does not tell who works on it", task.status());
            let mut found = held(
                Cause::OwnerUnknown,
                detail,
                "its owner reports, or the lead rebinds it",
                attempt.dispatched,
                Confidence::Unknown,
            );
            found.next = Party::Lead;
            return vec![found];
        }
        if let Some(owed) = self.open_question(ix) {
            return vec![self.needs_input(ix, owed)];
        }
        let doubt = match attempt.liveness {
            Liveness::Alive => None,
            Liveness::Suspect => Some("is silent"),
            Liveness::Lost => Some("has been silent for too long"),
        };
        if let Some(doubt) = doubt {
            let detail = format!("{with} {doubt}");
            let clears = "it reports, or the lead takes the task back";
            return vec![held(
                Cause::NoProgress,
                detail,
                clears,
                attempt.alive,
                Confidence::Suspected,
            )];
        }
        match (task.status(), attempt.status()) {
            (_, AttemptStatus::Dispatched) => {
                let detail = format!("{with} was dispatched and has not started");
                let clears = "it starts, hands off or ends";
                vec![held(
                    Cause::DispatchedNotStarted,
                    detail,
                    clears,
                    attempt.dispatched,
                    Confidence::Proved,
                )]
            }
            (TaskStatus::Rework, _) => {
                let detail = format!("{with} has it back for rework");
                vec![held(
                    Cause::InRework,
                    detail,
                    "it hands over again",
                    task.since(),
                    Confidence::Proved,
                )]
            }
            (_, _) => {
                let detail = format!("{with} is at work");
                vec![held(
                    Cause::InProgress,
                    detail,
                    "it hands off",
                    attempt.alive,
                    Confidence::Proved,
                )]
            }
        }
    }

    /// The question that keeps the owner of a task waiting.
    pub(crate) fn open_question(&self, ix: TaskIx) -> Option<&Obligation> {
        let owner = self.attempts[self.open_token(ix)?].owner;
        let name = self.agent_name(owner);
        let open = self
            .open_obligations
            .iter()
            .map(|&open| &self.obligations[open]);
        open.into_iter().find(|owed| {
            let asked = owed
                .owed_to
                .as_ref()
                .is_some_and(|by| *by == Party::Agent(name.clone()));
            owed.kind == ObligationKind::Answer && owed.task == Some(ix) && asked
        })
    }

    fn needs_input(&self, ix: TaskIx, owed: &Obligation) -> Blocker {
        let detail = format!("its owner asked {} and has no answer", owed.owed_by);
        let mut found = self.blocker(ix, Cause::NeedsInput, detail, "the question is answered");
        found.next = self.next_for(&owed.owed_by);
        found.since = owed.opened;
        found.because = vec![owed.opened.seq];
        found.because.extend(owed.expired);
        found
    }

    // spec: HAND-1
    fn of_blocked(&self, ix: TaskIx) -> Blocker {
        let task = &self.tasks[ix];
        let open = self
            .open_obligations
            .iter()
            .map(|&open| &self.obligations[open]);
        let owed = open
            .into_iter()
            .find(|owed| owed.kind == ObligationKind::Unblocking && owed.task == Some(ix));
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

    /// The gates that are open now: those before which no other has to pass.
    // spec: GATE-1, GATE-2
    fn of_review(&self, ix: TaskIx, stage: GateStage) -> Vec<Blocker> {
        let gates = &self.tasks[ix].gates;
        gates
            .iter()
            .filter(|gate| gate.spec.stage == stage && !gate.status().has_passed())
            .filter(|gate| first_before(gates, gate).is_none())
            .map(|gate| self.of_gate(ix, gate))
            .collect()
    }

    // spec: GATE-2
    fn of_gate(&self, ix: TaskIx, gate: &Gate) -> Blocker {
        let name = &gate.spec.gate;
        let present = gate
            .holder
            .as_ref()
            .filter(|(_, holder)| self.is_present(holder));
        if let Some((seq, holder)) = present {
            let detail = format!("gate {name} is with {holder}");
            let mut found = self.blocker(ix, Cause::GateOpen, detail, "the gate is decided");
            found.next = holder.clone();
            found.because = vec![*seq];
            return found;
        }
        let (cause, detail) = match (&gate.holder, &gate.decided) {
            (Some((_, gone)), _) => (
                Cause::GateOpen,
                format!("gate {name} needs a holder: {gone} is gone"),
            ),
            (None, Some(old)) => {
                let detail = format!("gate {name} was decided at {} for older work", old.seq);
                (Cause::GateStale, detail)
            }
            (None, None) => (Cause::GateOpen, format!("gate {name} needs a holder")),
        };
        let mut found = self.blocker(
            ix,
            cause,
            detail,
            "the gate is given to somebody, or decided",
        );
        found.because = vec![gate.since];
        found
            .because
            .extend(gate.holder.iter().map(|(seq, _)| *seq));
        found.because.extend(gate.decided.iter().map(|old| old.seq));
        found
    }

    // spec: RETRY-1, RETRY-2
    fn of_failed(&self, ix: TaskIx, cause: Cause) -> Blocker {
        let task = &self.tasks[ix];
        let error = task
            .last_error
            .as_ref()
            .map_or("no error was given", |(_, error)| error);
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
        let (seq, agent) = self.incarnations.rows().find_map(|(agent, incarnation)| {
            let (seq, carries) = incarnation.carries.as_ref()?;
            let carries_it = carries.iter().any(|carried| carried.task == *id);
            let owner = self.open_token(ix).map(|token| self.attempts[token].owner);
            let is_live = incarnation.status().is_live();
            (carries_it && is_live && owner != Some(agent)).then_some((*seq, agent))
        })?;
        let detail = format!(
            "{} carries it, which the log does not say",
            self.agent_ref(agent)
        );
        let mut found = self.blocker(
            ix,
            Cause::OwnerTaskDivergence,
            detail,
            "the lead rebinds it",
        );
        found.because = vec![seq];
        Some(found)
    }

    // spec: TIME-3
    fn ruling(&self, ix: TaskIx) -> Option<Blocker> {
        let open = self
            .open_obligations
            .iter()
            .map(|&open| &self.obligations[open]);
        let owed = open
            .into_iter()
            .find(|owed| owed.kind == ObligationKind::Ruling && owed.task == Some(ix))?;
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
        Some(found)
    }

    /// The chains from a task to their roots; each root is reached once.
    pub(super) fn chains(&self, ix: TaskIx, now: DateTime<Utc>) -> Vec<Vec<Blocker>> {
        let mut chains = Vec::new();
        let mut seen = BTreeSet::from([ix]);
        let mut open: Vec<(TaskIx, Vec<Blocker>)> = vec![(ix, Vec::new())];
        while let Some((at, trail)) = open.pop() {
            for blocker in self.blockers_of(at, now) {
                let mut chain = trail.clone();
                let next = blocker.on.first().and_then(|on| self.find_task(on));
                chain.push(blocker);
                match next {
                    None => chains.push(chain),
                    Some(next) if seen.insert(next) => open.push((next, chain)),
                    Some(next) if self.is_on_trail(next, ix, &chain) => {
                        chains.push(self.close_ring(chain));
                    }
                    // Another chain leads there already.
                    Some(_) => {}
                }
            }
        }
        chains
    }

    fn is_on_trail(&self, next: TaskIx, from: TaskIx, chain: &[Blocker]) -> bool {
        next == from
            || chain
                .iter()
                .any(|step| step.task.as_ref() == Some(&self.tasks[next].id))
    }

    /// Names the last step of a chain that leads back into itself what it is.
    // spec: DEP-3
    fn close_ring(&self, mut chain: Vec<Blocker>) -> Vec<Blocker> {
        if let Some(last) = chain.last_mut() {
            last.cause = Cause::DepCycle;
            "the lead removes one of the needs in the cycle".clone_into(&mut last.clears);
        }
        chain
    }

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
        found.extend(self.owed_by_people());
        found.extend(self.unread());
        found
    }

    /// Replies and acknowledgements that are owed.
    // spec: NOTE-1
    fn owed_by_people(&self) -> impl Iterator<Item = Blocker> {
        let open = self
            .open_obligations
            .iter()
            .map(|&open| &self.obligations[open]);
        open.filter_map(|owed| {
            let (cause, what, clears) = match owed.kind {
                ObligationKind::Reply | ObligationKind::Answer => {
                    (Cause::ReplyOwed, "an answer", "it is answered")
                }
                ObligationKind::Acknowledgement => (
                    Cause::ShutdownUnacked,
                    "an acknowledgement of its shutdown",
                    "it answers, or is terminated",
                ),
                ObligationKind::GateDecision
                | ObligationKind::Unblocking
                | ObligationKind::Ruling => return None,
            };
            let detail = format!("{} owes {what}", owed.owed_by);
            let because = std::iter::once(owed.opened.seq)
                .chain(owed.expired)
                .collect();
            Some(Blocker {
                task: owed.task.map(|ix| self.tasks[ix].id.clone()),
                next: self.next_for(&owed.owed_by),
                ..self.about_mission(cause, owed.opened, because, detail, clears)
            })
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
                ..self.about_mission(
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
                ..self.about_mission(
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

    fn about_mission(
        &self,
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
}
