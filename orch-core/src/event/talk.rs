//! Events of talk: messages, receipts and declared waits.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::{AgentName, IdError, Label, Seq, TaskId, serde_as_text};
use crate::party::Party;

/// What a message asks of its recipient (NOTE-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MessageClass {
    /// Nothing: it never moves anything, and nobody owes an answer.
    Fyi,
    /// To act and reply.
    Actionable,
    /// To answer.
    Question,
}

/// Talk; never moves a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// Who says it.
    pub from: Party,
    /// Who is meant to read it.
    pub to: Party,
    /// What it asks.
    pub class: MessageClass,
    /// The task it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The message it answers, by the position of its record.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply_to: Option<Seq>,
    /// What it says.
    pub text: String,
}

/// Marks messages, results and undeliverables as read (D19, D22).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The records that were read, by position.
    pub of: Vec<Seq>,
}

/// One end of a declared wait.
///
/// Written `task:ID`, `agent:NAME`, `lock:NAME` or `job:NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum WaitRef {
    /// A task of this mission.
    Task(TaskId),
    /// An agent of this mission.
    Agent(AgentName),
    /// A lock outside of it.
    Lock(Label),
    /// A job outside of it.
    Job(Label),
}

impl WaitRef {
    /// Parses the written form.
    ///
    /// # Errors
    /// When the text has none of the four forms, or the name in it is not valid.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        match text.split_once(':') {
            Some(("task", id)) => TaskId::parse(id).map(Self::Task),
            Some(("agent", name)) => AgentName::parse(name).map(Self::Agent),
            Some(("lock", name)) => Label::parse(name).map(Self::Lock),
            Some(("job", name)) => Label::parse(name).map(Self::Job),
            None | Some(_) => Err(IdError::Form {
                kind: "wait",
                text: text.to_owned(),
                form: "task:ID, agent:NAME, lock:NAME or job:NAME",
            }),
        }
    }
}

impl fmt::Display for WaitRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Task(id) => write!(f, "task:{id}"),
            Self::Agent(name) => write!(f, "agent:{name}"),
            Self::Lock(name) => write!(f, "lock:{name}"),
            Self::Job(name) => write!(f, "job:{name}"),
        }
    }
}

serde_as_text!(WaitRef);

/// Makes a wait visible that the log could not know of (D17, D20).
///
/// A later `wait_declared` of the same `who` takes the place of the earlier one. The wait of a
/// task holds it back until it is over: the task or the agent waited for has come to an end,
/// `until` has passed, or a correction unblocks the task. The wait of an agent is over as well once
/// it hears from the agent it waits for, or begins, gets on with or hands over work of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaitDeclared {
    /// Who waits: a task or an agent.
    pub who: WaitRef,
    /// What it waits for.
    pub on: WaitRef,
    /// Until when, at the longest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}
