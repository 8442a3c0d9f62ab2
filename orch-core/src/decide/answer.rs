//! The answers to a command.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::codes::Code;
use crate::command::Command;
use crate::event::Event;
use crate::ids::{AgentRef, AttemptNo, Seq, TaskId};
use crate::party::Party;

/// What is to be done about a command.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "the events of a decision are lost unless they are appended"]
#[non_exhaustive]
pub enum Decision {
    /// Append these events, then carry out the effects.
    Accepted {
        /// The events, in order.
        events: Vec<Event>,
        /// What the host is asked to do once they are durable.
        effects: Vec<Effect>,
    },
    /// Append these events as late evidence: they change nothing (FENCE-1).
    Late {
        /// The events, in order.
        events: Vec<Event>,
        /// Why they are late.
        code: Code,
        /// Why they are late, naming the things involved; untrusted text.
        message: String,
        /// The records that make them late.
        because: Vec<Fact>,
    },
    /// The command was answered before, by these records (IDEM-1).
    AlreadyDone {
        /// The first of them.
        first: Seq,
        /// The last of them.
        last: Seq,
    },
    /// It is so already; nothing is to be written.
    NoChange {
        /// The record that made it so.
        since: Seq,
    },
}

/// Something that the host is asked to do; the core does none of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Effect {
    /// Send an agent the attempt it was given.
    Deliver {
        /// The task.
        task: TaskId,
        /// The attempt: the token that its reports must carry.
        attempt: AttemptNo,
        /// The agent.
        agent: AgentRef,
    },
    /// Ask an agent to stop.
    Stop {
        /// The agent.
        agent: AgentRef,
    },
    /// Stop an agent's process.
    Kill {
        /// The agent.
        agent: AgentRef,
    },
    /// Tell somebody that there is something for them.
    Notify {
        /// Whom.
        to: Party,
        /// The task it is about.
        task: Option<TaskId>,
    },
    /// Come back with a `tick` at this time.
    WakeAt {
        /// When.
        at: DateTime<Utc>,
    },
}

/// A record that is the reason for an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fact {
    /// Its position.
    pub seq: Seq,
}

/// When it makes sense to ask again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RetryHint {
    /// Never: the command itself is wrong.
    Never,
    /// Once the mission has changed.
    OnChange,
    /// At this time.
    At(DateTime<Utc>),
}

/// A command refused by a rule; nothing is written (DECIDE-3).
// spec: DECIDE-3
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Rejection {
    /// The stable code.
    pub code: Code,
    /// The id of the rule.
    pub rule: &'static str,
    /// What is wrong, naming the things involved; untrusted text.
    pub message: String,
    /// The records that are the reason.
    pub because: Vec<Fact>,
    /// Commands of the same actor that would be accepted instead.
    pub instead: Vec<Command>,
    /// When it makes sense to ask again.
    pub retry: RetryHint,
}

/// Reads what was written; the rule follows from the code.
impl<'de> Deserialize<'de> for Rejection {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Written {
            code: Code,
            message: String,
            because: Vec<Fact>,
            instead: Vec<Command>,
            retry: RetryHint,
        }
        let Written {
            code,
            message,
            because,
            instead,
            retry,
        } = Written::deserialize(from)?;
        Ok(Self {
            code,
            rule: code.rule(),
            message,
            because,
            instead,
            retry,
        })
    }
}
