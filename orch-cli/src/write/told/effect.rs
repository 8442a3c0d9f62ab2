//! What a host is asked to do, as JSON has it.

use chrono::{DateTime, Utc};
use orch_core::decide::Effect;
use orch_core::ids::{AgentRef, AttemptNo, TaskId};
use serde::Serialize;

/// What a host is asked to do.
#[derive(Debug, Default, Serialize)]
pub(super) struct EffectOut {
    /// `deliver`, `stop`, `kill`, `notify` or `wake_at`.
    kind: &'static str,
    agent: Option<AgentRef>,
    to: Option<String>,
    task: Option<TaskId>,
    attempt: Option<AttemptNo>,
    at: Option<DateTime<Utc>>,
}

impl From<&Effect> for EffectOut {
    fn from(effect: &Effect) -> Self {
        let mut out = Self {
            kind: "other",
            agent: None,
            to: None,
            task: None,
            attempt: None,
            at: None,
        };
        match effect {
            Effect::Deliver {
                task,
                attempt,
                agent,
            } => {
                out.kind = "deliver";
                out.task = Some(task.clone());
                out.attempt = Some(*attempt);
                out.agent = Some(agent.clone());
            }
            Effect::Stop { agent } => {
                out.kind = "stop";
                out.agent = Some(agent.clone());
            }
            Effect::Kill { agent } => {
                out.kind = "kill";
                out.agent = Some(agent.clone());
            }
            Effect::Notify { to, task } => {
                out.kind = "notify";
                out.to = Some(to.to_string());
                out.task.clone_from(task);
            }
            Effect::WakeAt { at } => {
                out.kind = "wake_at";
                out.at = Some(*at);
            }
            // The core may ask for more.
            _ => {}
        }
        out
    }
}
