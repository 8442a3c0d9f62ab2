//! What the host is asked to do once the events of a decision are durable.

use chrono::{DateTime, Utc};

use super::Effect;
use crate::event::Event;
use crate::event::agent::ShutdownStage;
use crate::event::attempt::{Dispatched, Handoff, HandoffStatus};
use crate::event::correction::{Change, Correction};
use crate::event::talk::MessageClass;
use crate::mission::Mission;
use crate::party::Party;
use crate::policy::{Clocks, Millis};

impl Mission {
    pub(super) fn effects(&self, events: &[Event], now: DateTime<Utc>) -> Vec<Effect> {
        events
            .iter()
            .flat_map(|event| self.effects_of(event, now))
            .collect()
    }

    fn effects_of(&self, event: &Event, now: DateTime<Utc>) -> Vec<Effect> {
        let clocks = self.state.policy.clocks;
        let wake = |limit: Option<Millis>| {
            limit
                .and_then(|limit| limit.after(now))
                .map(|at| Effect::WakeAt { at })
        };
        match event {
            Event::Dispatched(data) => self.after_dispatch(data, now),
            Event::Shutdown(data) => match data.stage {
                ShutdownStage::Requested => {
                    let stop = Effect::Stop {
                        agent: data.agent.clone(),
                    };
                    std::iter::once(stop).chain(wake(clocks.ack_ms)).collect()
                }
                ShutdownStage::Terminated => vec![Effect::Kill {
                    agent: data.agent.clone(),
                }],
                ShutdownStage::Acknowledged | ShutdownStage::Refused => Vec::new(),
            },
            Event::Message(data) => {
                let notify = Effect::Notify {
                    to: data.to.clone(),
                    task: data.task.clone(),
                };
                let is_owed = data.class != MessageClass::Fyi;
                let wake = wake(clocks.reply_ms.filter(|_| is_owed));
                std::iter::once(notify).chain(wake).collect()
            }
            Event::GateRequested(data) => {
                vec![Effect::Notify {
                    to: data.holder.clone(),
                    task: Some(data.task.clone()),
                }]
            }
            Event::Handoff(data) => self.after_handoff(data, now),
            Event::Correction(data) => after_correction(data),
            Event::MissionOpened(_)
            | Event::TaskDeclared(_)
            | Event::AgentJoined(_)
            | Event::AgentLeft(_)
            | Event::AttemptStarted(_)
            | Event::Progress(_)
            | Event::Heartbeat(_)
            | Event::AttemptEnded(_)
            | Event::Receipt(_)
            | Event::WaitDeclared(_)
            | Event::GateDecided(_)
            | Event::Timeout(_)
            | Event::Inventory(_)
            | Event::TaskClosed(_)
            | Event::TaskDelivered(_)
            | Event::MissionClosed(_)
            | Event::MissionArchived(_)
            | Event::FindingRecorded(_)
            | Event::Note(_)
            | Event::RunStarted(_)
            | Event::RunEnded(_)
            | Event::Unknown { .. }
            | Event::Unreadable { .. } => Vec::new(),
        }
    }

    fn after_handoff(&self, data: &Handoff, now: DateTime<Utc>) -> Vec<Effect> {
        let notify = |to| {
            vec![Effect::Notify {
                to,
                task: Some(data.task.clone()),
            }]
        };
        match data.status {
            Some(HandoffStatus::Blocked) => notify(data.blocked_on.clone().unwrap_or(Party::Lead)),
            Some(HandoffStatus::Failed) => {
                let task = self.state.find_task(&data.task);
                let before = task.map_or(0, |ix| self.state.tasks[ix].counters.failures);
                let failures = before.saturating_add(1);
                let limit = task.and_then(|ix| self.state.max_attempts(ix));
                // What is not tried again waits for nothing but a ruling.
                if data.not_retryable || limit.is_some_and(|limit| failures >= limit) {
                    return notify(Party::Lead);
                }
                let backoff = self.state.policy.retry.backoff;
                let until = backoff.and_then(|it| it.wait(failures).after(now));
                until.map(|at| Effect::WakeAt { at }).into_iter().collect()
            }
            Some(HandoffStatus::Partial | HandoffStatus::Done) | None => notify(Party::Lead),
        }
    }

    fn after_dispatch(&self, data: &Dispatched, now: DateTime<Utc>) -> Vec<Effect> {
        let task = self.state.find_task(&data.task);
        let clocks = task.map_or(self.state.policy.clocks, |ix| self.state.task_clocks(ix));
        let clocks = data.limits.map_or(clocks, |own| clocks.overridden_by(own));
        let Clocks {
            start_ms,
            attempt_ms,
            alive_ms,
            progress_ms,
            total_ms,
            ..
        } = clocks;
        let first = [start_ms, attempt_ms, alive_ms, progress_ms, total_ms]
            .into_iter()
            .flatten()
            .min();
        let wake = first
            .and_then(|limit| limit.after(now))
            .map(|at| Effect::WakeAt { at });
        let deliver = Effect::Deliver {
            task: data.task.clone(),
            attempt: data.attempt,
            agent: data.agent.clone(),
        };
        std::iter::once(deliver).chain(wake).collect()
    }
}

fn after_correction(data: &Correction) -> Vec<Effect> {
    match &data.change {
        Change::Rebind { to, attempt } => {
            let (task, attempt, agent) = (data.task.clone(), *attempt, to.clone());
            vec![Effect::Deliver {
                task,
                attempt,
                agent,
            }]
        }
        Change::Supersede { .. }
        | Change::Reopen
        | Change::Adopt { .. }
        | Change::Unblock
        | Change::Amend(_) => Vec::new(),
    }
}
