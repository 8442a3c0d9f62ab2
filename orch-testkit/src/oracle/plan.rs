//! What a task is and needs, as declared and amended, and whether it can be handed out.

use chrono::{DateTime, Utc};
use orch_core::event::Event;
use orch_core::event::attempt::{Handoff, HandoffStatus};
use orch_core::event::correction::{Amendment, Change};
use orch_core::event::talk::{WaitDeclared, WaitRef};
use orch_core::event::task::{GateSpec, GateStage, Limits, Need, NeedOn, Unmet};
use orch_core::ids::{GateName, Label, Seq, TaskId};

use super::log::{Log, Said};

/// Statuses in which nobody owes a task anything any more.
pub(super) fn is_settled(status: &str) -> bool {
    matches!(
        status,
        "accepted" | "delivered" | "skipped" | "cancelled" | "superseded"
    )
}

/// Statuses of a task that has come to an end, well or not.
pub(super) fn is_ended(status: &str) -> bool {
    is_settled(status) || matches!(status, "failed" | "exhausted")
}

/// What the handoffs of a task before the newest record left to do.
pub(super) fn left_before(log: &Log<'_>, task: &TaskId) -> Vec<String> {
    let newest = log.rows.last().map(|row| row.record.seq());
    left(
        log.handoffs(task)
            .into_iter()
            .filter(|(seq, _)| Some(*seq) != newest),
    )
}

/// What handoffs leave to do: those that are done nothing, those that failed what was left before.
pub(super) fn left<'a>(
    handoffs: impl DoubleEndedIterator<Item = (Seq, &'a Handoff)>,
) -> Vec<String> {
    let told = handoffs.rev().find_map(|(_, data)| match data.status {
        Some(HandoffStatus::Partial | HandoffStatus::Blocked) => Some(data.remaining.clone()),
        Some(HandoffStatus::Done) => Some(Vec::new()),
        _ => None,
    });
    told.unwrap_or_default()
}

impl<'a> Log<'a> {
    /// The amendments since a task was declared, or all of them if it never was.
    fn amendments(&self, task: &TaskId) -> Vec<(Seq, &'a Amendment)> {
        let declared = self.declared(task).map_or(Seq::ZERO, |(seq, _)| seq);
        let all = self
            .corrections(task)
            .into_iter()
            .filter(|(seq, _)| *seq > declared);
        all.filter_map(|(seq, data)| match &data.change {
            Change::Amend(amendment) => Some((seq, amendment.as_ref())),
            _ => None,
        })
        .collect()
    }

    /// The last thing that an amendment or else the declaration says.
    fn amended<T>(
        &self,
        task: &TaskId,
        amended: impl Fn(&'a Amendment) -> Option<T>,
        declared: impl Fn(&'a orch_core::event::task::TaskDeclared) -> T,
    ) -> Option<T> {
        let amendments = self.amendments(task);
        let last = amendments.iter().rev().find_map(|(_, it)| amended(it));
        last.or_else(|| self.declaration(task).map(declared))
    }

    pub(super) fn kind(&self, task: &TaskId) -> Option<&'a Label> {
        self.amended(task, |it| it.kind.as_ref().map(Some), |it| it.kind.as_ref())
            .flatten()
    }

    pub(super) fn role(&self, task: &TaskId) -> Option<&'a Label> {
        self.amended(task, |it| it.role.as_ref().map(Some), |it| it.role.as_ref())
            .flatten()
    }

    pub(super) fn parent(&self, task: &TaskId) -> Option<&'a TaskId> {
        self.amended(
            task,
            |it| it.parent.as_ref().map(Some),
            |it| it.parent.as_ref(),
        )
        .flatten()
    }

    pub(super) fn evidence(&self, task: &TaskId) -> &'a [Label] {
        self.amended(
            task,
            |it| it.evidence.as_deref(),
            |it| it.evidence.as_slice(),
        )
        .unwrap_or_default()
    }

    pub(super) fn limits(&self, task: &TaskId) -> Limits {
        self.amended(task, |it| it.limits, |it| it.limits.unwrap_or_default())
            .unwrap_or_default()
    }

    /// The gates of a task as declared and amended: of two of one name the first counts.
    pub(super) fn gates(&self, task: &TaskId) -> Vec<&'a GateSpec> {
        self.gates_before(task, None)
    }

    /// The gates of a task before a record.
    pub(super) fn gates_before(&self, task: &TaskId, before: Option<Seq>) -> Vec<&'a GateSpec> {
        let mut gates: Vec<&GateSpec> = Vec::new();
        let is_told = |(seq, _): &(Seq, &Event)| before.is_none_or(|before| *seq < before);
        for (seq, event) in self.events().filter(is_told) {
            let (specs, is_amended) = match event {
                Event::TaskDeclared(data) if data.task == *task => (Some(&data.gates), false),
                Event::Correction(data) if data.task == *task => match &data.change {
                    Change::Amend(amendment) => (amendment.gates.as_ref(), true),
                    _ => continue,
                },
                _ => continue,
            };
            let Some(specs) = specs else { continue };
            // What has ended is not judged any more.
            let is_closed = is_amended && is_ended(self.status_before(task, seq));
            let is_old = |spec: &GateSpec| {
                gates
                    .iter()
                    .any(|old| old.gate == spec.gate && old.stage == spec.stage)
            };
            let mut new: Vec<&GateSpec> = Vec::new();
            for spec in specs {
                let is_late = is_closed && spec.stage == GateStage::Accept && !is_old(spec);
                if !is_late && new.iter().all(|before| before.gate != spec.gate) {
                    new.push(spec);
                }
            }
            gates = new;
        }
        gates
    }

    /// The status of a task before a record.
    fn status_before(&self, task: &TaskId, before: Seq) -> &'static str {
        let found = self.said().rev().find_map(|(seq, said)| match said {
            Said::Status(of, status) if of == task && seq < before => Some(*status),
            _ => None,
        });
        found.unwrap_or("open")
    }

    pub(super) fn gate_status(&self, task: &TaskId, gate: &GateName) -> &'static str {
        self.gate_story(task, gate)
            .last()
            .copied()
            .unwrap_or("open")
    }

    /// The statuses that a gate took since it stands among those of its task.
    pub(super) fn gate_story(&self, task: &TaskId, gate: &GateName) -> Vec<&'static str> {
        let mut story = Vec::new();
        for (_, said) in self.said() {
            match said {
                Said::Gate(of, name, status) if of == task && name == gate => story.push(*status),
                Said::GateGone(of, name) if of == task && name == gate => story.clear(),
                _ => {}
            }
        }
        story
    }

    pub(super) fn has_passed(&self, task: &TaskId, gate: &GateName) -> bool {
        matches!(self.gate_status(task, gate), "approved" | "waived")
    }

    /// Whether every gate of a stage has passed.
    pub(super) fn all_passed(&self, task: &TaskId, stage: GateStage) -> bool {
        let gates = self.gates(task);
        let mut of_stage = gates.iter().filter(|spec| spec.stage == stage);
        of_stage.all(|spec| self.has_passed(task, &spec.gate))
    }

    /// Whether the gates before a gate have passed.
    pub(super) fn is_reached(&self, task: &TaskId, gate: &GateName) -> bool {
        let gates = self.gates(task);
        let Some(own) = gates.iter().find(|spec| spec.gate == *gate) else {
            return false;
        };
        let mut before = gates
            .iter()
            .take_while(|spec| spec.gate != *gate)
            .filter(|spec| spec.stage == own.stage)
            .filter(|spec| {
                own.after
                    .as_ref()
                    .is_none_or(|after| after.contains(&spec.gate))
            });
        before.all(|spec| self.has_passed(task, &spec.gate))
    }

    /// The needs of a task as declared and amended.
    pub(super) fn needs(&self, task: &TaskId) -> Vec<Need> {
        let mut needs: Vec<Need> = Vec::new();
        for (_, event) in self.events() {
            let added = match event {
                Event::TaskDeclared(data) if data.task == *task => &data.needs,
                Event::Correction(data) if data.task == *task => match &data.change {
                    Change::Amend(amendment) => {
                        needs.retain(|need| !amendment.remove_needs.contains(&need.task));
                        &amendment.add_needs
                    }
                    _ => continue,
                },
                _ => continue,
            };
            for need in added {
                needs.retain(|before| before.task != need.task);
                needs.push(need.clone());
            }
        }
        needs
    }

    /// The task under which a task goes on.
    pub(super) fn successor(&self, task: &TaskId) -> Option<TaskId> {
        if self.status(task) != "superseded" {
            return None;
        }
        self.corrections(task)
            .into_iter()
            .rev()
            .find_map(|(_, data)| match &data.change {
                Change::Supersede { by } => Some(by.clone()),
                _ => None,
            })
    }

    /// The task that stands for a task: itself, or the last under which it goes on.
    pub(super) fn standing_for(&self, task: &TaskId) -> TaskId {
        let mut seen = vec![task.clone()];
        let mut last = task.clone();
        while let Some(next) = self.successor(&last).filter(|next| !seen.contains(next)) {
            seen.push(next.clone());
            last = next;
        }
        last
    }

    pub(super) fn is_met(&self, need: &Need) -> bool {
        let status = self.status(&self.standing_for(&need.task));
        match status {
            "accepted" | "delivered" => true,
            "reported" | "in_review" => need.on == NeedOn::Reported,
            "failed" | "exhausted" => need.or.contains(&Unmet::Failed),
            "skipped" => need.or.contains(&Unmet::Skipped),
            "cancelled" => need.or.contains(&Unmet::Cancelled),
            _ => false,
        }
    }

    pub(super) fn needs_met(&self, task: &TaskId) -> bool {
        self.needs(task).iter().all(|need| self.is_met(need))
    }

    /// Tasks that must come before a task, for whatever reason.
    fn before(&self, task: &TaskId) -> Vec<TaskId> {
        let mut all: Vec<TaskId> = self
            .needs(task)
            .iter()
            .map(|need| self.standing_for(&need.task))
            .collect();
        all.extend(self.specs_of(task));
        all
    }

    /// Whether a task must come before another, directly or not.
    pub(super) fn comes_before(&self, first: &TaskId, then: &TaskId) -> bool {
        let mut reached = self.before(then);
        let mut seen: Vec<TaskId> = Vec::new();
        while let Some(next) = reached.pop() {
            if next == *first {
                return true;
            }
            if !seen.contains(&next) {
                reached.extend(self.before(&next));
                seen.push(next);
            }
        }
        false
    }

    /// Whether a task is another, or a part of it at any depth.
    pub(super) fn is_part_of(&self, part: &TaskId, whole: &TaskId) -> bool {
        let mut seen: Vec<&TaskId> = vec![part];
        while let Some(next) = seen.last().copied() {
            if next == whole {
                return true;
            }
            match self.parent(next) {
                Some(parent) if !seen.contains(&parent) => seen.push(parent),
                Some(_) | None => return false,
            }
        }
        false
    }

    /// The `spec` tasks for which an `implement` task waits.
    pub(super) fn specs_of(&self, task: &TaskId) -> Vec<TaskId> {
        let is_of = |of: &TaskId, kind: &str| self.kind(of).is_some_and(|it| it.as_str() == kind);
        if !self.policy().spec_first || !is_of(task, "implement") {
            return Vec::new();
        }
        let beside = |other: &TaskId| {
            other != task && is_of(other, "spec") && self.parent(other) == self.parent(task)
        };
        self.tasks().into_iter().filter(beside).collect()
    }

    pub(super) fn specs_done(&self, task: &TaskId) -> bool {
        self.specs_of(task)
            .iter()
            .all(|spec| is_settled(self.status(&self.standing_for(spec))))
    }

    /// Whether a declared wait holds a task back.
    pub(super) fn is_held_back(&self, task: &TaskId, now: DateTime<Utc>) -> bool {
        let wait = self.events().rev().find_map(|(seq, event)| match event {
            Event::WaitDeclared(data) if data.who == WaitRef::Task(task.clone()) => {
                Some((seq, data))
            }
            _ => None,
        });
        // The next move of the task ends its wait.
        let moved = self.said().rev().find_map(|(seq, said)| match said {
            Said::MovedOn(of) | Said::Settled(of) if of == task => Some(seq),
            _ => None,
        });
        let standing = wait.filter(|(seq, _)| moved.is_none_or(|moved| moved < *seq));
        standing
            .map(|it| it.1)
            .is_some_and(|wait| !self.is_over(wait, now))
    }

    fn is_over(&self, wait: &WaitDeclared, now: DateTime<Utc>) -> bool {
        let ended = match &wait.on {
            WaitRef::Task(task) => is_ended(self.status(task)),
            WaitRef::Agent(name) => self.live(name).is_none(),
            WaitRef::Lock(_) | WaitRef::Job(_) => false,
            _ => false,
        };
        ended || wait.until.is_some_and(|until| until <= now)
    }

    /// When a task may be handed out again after a failure.
    pub(super) fn retry_at(&self, task: &TaskId) -> Option<DateTime<Utc>> {
        let (failed, handoff) = self
            .handoffs(task)
            .into_iter()
            .rev()
            .find(|(_, data)| data.status == Some(HandoffStatus::Failed))?;
        let went_on = self.events().any(|(seq, event)| {
            seq > failed
                && match event {
                    Event::Dispatched(data) => data.task == *task,
                    Event::Correction(data) => {
                        data.task == *task
                            && matches!(
                                data.change,
                                Change::Rebind { .. } | Change::Reopen | Change::Adopt { .. }
                            )
                    }
                    _ => false,
                }
        });
        let is_retried = !handoff.not_retryable && self.stands_open(task, failed);
        if went_on || !is_retried {
            return None;
        }
        let failures = self.count(&Said::Failed(task.clone()), task);
        let at = self.row(failed)?.record.at();
        self.policy().retry.backoff?.wait(failures).after(at)
    }

    /// Whether a record left a task open.
    fn stands_open(&self, task: &TaskId, at: Seq) -> bool {
        self.said()
            .any(|(seq, said)| seq == at && *said == Said::Status(task.clone(), "open"))
    }

    /// The record from which the counters of a task count.
    pub(super) fn reset(&self, task: &TaskId) -> Seq {
        let all = self.corrections(task);
        let last = all
            .iter()
            .rev()
            .find(|(_, data)| data.change == Change::Reopen);
        last.map_or(Seq::ZERO, |(seq, _)| *seq)
    }

    /// How often a record since the last reset said something of a task.
    pub(super) fn count(&self, said: &Said, task: &TaskId) -> u32 {
        let reset = self.reset(task);
        let all = self.said().filter(|(seq, it)| *seq > reset && *it == said);
        u32::try_from(all.count()).unwrap_or(u32::MAX)
    }

    /// How many attempts ended one after another without progress.
    pub(super) fn fruitless(&self, task: &TaskId) -> u32 {
        let reset = self.reset(task);
        let row = self
            .said()
            .rev()
            .take_while(|(seq, said)| *seq > reset && **said != Said::Fruitful(task.clone()))
            .filter(|(_, said)| **said == Said::Fruitless(task.clone()));
        u32::try_from(row.count()).unwrap_or(u32::MAX)
    }

    /// Whether a place is free in flight for a task of this role.
    pub(super) fn has_place(&self, task: &TaskId) -> bool {
        let wip = self.policy().wip;
        let flying: Vec<TaskId> = self
            .open_attempts()
            .into_iter()
            .filter(|(of, number, _)| self.is_in_flight(of, *number))
            .map(|it| it.0)
            .collect();
        let fits = |used: usize, limit: Option<u32>| {
            limit.is_none_or(|limit| u32::try_from(used).is_ok_and(|used| used < limit))
        };
        let role = self.role(task);
        let limit = role.and_then(|role| wip.roles.get(role).copied());
        let of_role = flying
            .iter()
            .filter(|of| role.is_some() && self.role(of) == role)
            .count();
        fits(flying.len(), wip.mission) && fits(of_role, limit)
    }

    /// Whether somebody declared a task, and no importer had to invent it.
    fn is_declared(&self, task: &TaskId) -> bool {
        self.declaration(task)
            .is_some_and(|declared| !declared.implicit)
    }

    /// Whether a task was a specification as far as the log said before a record.
    pub(super) fn was_spec(&self, task: &TaskId, before: Seq) -> bool {
        let mut told = self
            .events()
            .filter(|(seq, _)| *seq < before)
            .filter_map(|(_, event)| match event {
                Event::TaskDeclared(data) if data.task == *task => Some(data.kind.as_ref()),
                Event::Correction(data) if data.task == *task => match &data.change {
                    Change::Amend(amendment) => amendment.kind.as_ref().map(Some),
                    _ => None,
                },
                _ => None,
            });
        told.next_back()
            .flatten()
            .is_some_and(|kind| kind.as_str() == "spec")
    }

    /// Whether a task can be handed out.
    pub(super) fn is_ready(&self, task: &TaskId, now: DateTime<Utc>) -> bool {
        let mut attempts = self.attempts(task).into_iter();
        self.status(task) == "open"
            && (self.is_declared(task) || !self.attempts(task).is_empty())
            && self.needs_met(task)
            && self.specs_done(task)
            && !self.is_held_back(task, now)
            && self.retry_at(task).is_none_or(|at| at <= now)
            && attempts.all(|it| self.stage(task, it.0) == "closed")
            && self.has_place(task)
            && !self.has_success(task)
            && self.closed().is_none()
    }
}
