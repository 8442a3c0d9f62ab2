//! Fixes that break a ring of waits at one of its steps.

use chrono::{DateTime, Utc};

use super::Fix;
use super::rule::skip;
use crate::command::Command;
use crate::diagnosis::{Cause, WaitKind, WaitStep};
use crate::event::correction::Change;
use crate::event::talk::{Message, MessageClass, WaitDeclared, WaitRef};
use crate::mission::state::State;
use crate::mission::table::TaskIx;
use crate::party::{Actor, Party};

impl State {
    /// What breaks a ring, at the step that gives way most easily first.
    // spec: DEP-3
    pub(super) fn to_break(&self, steps: &[WaitStep], now: DateTime<Utc>) -> Vec<Fix> {
        let mut left = steps.to_vec();
        let mut found = Vec::new();
        while let Some(step) = WaitStep::weakest(&left).cloned() {
            left.retain(|other| *other != step);
            found.extend(self.to_break_at(&step, now));
        }
        found
    }

    fn to_break_at(&self, step: &WaitStep, now: DateTime<Utc>) -> Vec<Fix> {
        let task = match &step.who {
            WaitRef::Task(id) => self.find_task(id),
            WaitRef::Agent(_) | WaitRef::Lock(_) | WaitRef::Job(_) => None,
        };
        match (step.kind, task) {
            (WaitKind::Answer, _) => self.to_settle(Cause::NeedsInput, step.since),
            (WaitKind::Gate, Some(ix)) => self.to_decide_held(ix, &step.on),
            (WaitKind::Wait | WaitKind::Unblocking, Some(ix)) => {
                vec![self.by_lead(self.change(ix, Change::Unblock))]
            }
            (WaitKind::Wait, None) => self.to_end_wait(step, now),
            (WaitKind::Need, Some(ix)) => self.to_free_of_end(ix, &step.on),
            (WaitKind::Spec, _) => self.to_leave_out(&step.on),
            (WaitKind::Need | WaitKind::Gate | WaitKind::Unblocking, None)
            | (WaitKind::Slot | WaitKind::Work, _) => Vec::new(),
        }
    }

    /// Whom an agent waits for says something to it; or the lead says that the wait is over.
    fn to_end_wait(&self, step: &WaitStep, now: DateTime<Utc>) -> Vec<Fix> {
        let over = self.by_lead(Command::Wait(WaitDeclared {
            who: step.who.clone(),
            on: step.on.clone(),
            until: Some(now),
        }));
        let (WaitRef::Agent(to), WaitRef::Agent(from)) = (&step.who, &step.on) else {
            return vec![over];
        };
        let live = self.live_incarnation(from);
        let message = live.map(|live| {
            let say = Command::Send(Message {
                from: Party::Agent(from.clone()),
                to: Party::Agent(to.clone()),
                class: MessageClass::Fyi,
                task: None,
                reply_to: None,
                text: "go on without waiting for this".to_owned(),
            });
            Fix::new(Actor::Agent(self.agent_ref(live)), say)
        });
        message
            .into_iter()
            .filter(|_| from != to)
            .chain([over])
            .collect()
    }

    /// The gates of a task that a party of a ring holds are decided.
    fn to_decide_held(&self, ix: TaskIx, holder: &WaitRef) -> Vec<Fix> {
        let gates = self.tasks[ix].gates.iter().enumerate();
        let held = gates.filter(|(_, gate)| {
            let by = gate.holder.as_ref().map(|(_, by)| by);
            let by = by.and_then(|by| {
                if *by == Party::Lead {
                    self.lead()
                } else {
                    Some(by)
                }
            });
            matches!((by, holder), (Some(Party::Agent(by)), WaitRef::Agent(name)) if by == name)
        });
        held.flat_map(|(place, _)| self.to_judge(ix, place))
            .collect()
    }

    /// A specification that stands in its own way is left out.
    fn to_leave_out(&self, spec: &WaitRef) -> Vec<Fix> {
        match spec {
            WaitRef::Task(id) => vec![self.by_lead(skip(id))],
            WaitRef::Agent(_) | WaitRef::Lock(_) | WaitRef::Job(_) => Vec::new(),
        }
    }

    /// The need of a task that leads to another is taken away.
    fn to_free_of_end(&self, ix: TaskIx, on: &WaitRef) -> Vec<Fix> {
        let WaitRef::Task(on) = on else {
            return Vec::new();
        };
        let on = self.find_task(on);
        let needs = self.unmet_needs(ix);
        let leading = needs.filter(|need| self.end_of(need.task).or(Some(need.task)) == on);
        leading
            .flat_map(|need| self.to_free_of(ix, need.task))
            .collect()
    }
}
