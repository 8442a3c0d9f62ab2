//! Events of an agent: joined, left, asked to stop, and what its runtime says it carries.

use serde::{Deserialize, Serialize};

use crate::ids::{AgentName, AgentRef, AttemptNo, Incarnation, Label, TaskId};

/// An agent joins under a name that is not live (NAME-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentJoined {
    /// The name it joins under.
    pub agent: AgentName,
    /// Which join of that name this is.
    pub incarnation: Incarnation,
    /// What it can do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<Label>,
    /// The session of the runtime behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// Whether this is another session of the live incarnation, said so on purpose (NAME-1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub alias: bool,
    /// Whether an importer had to invent it, because a log begins mid-story.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implicit: bool,
}

/// An agent leaves on its own, or is seen to have gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentLeft {
    /// The incarnation that leaves.
    pub agent: AgentRef,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// A step of the shutdown ladder (SHUT-1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ShutdownStage {
    /// It is asked to stop; it owes an acknowledgement.
    Requested,
    /// It agrees and stops.
    Acknowledged,
    /// It declines and goes on.
    Refused,
    /// It is stopped, agreed or not.
    Terminated,
}

/// Structural shutdown of one incarnation (SHUT-1, SHUT-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shutdown {
    /// The incarnation.
    pub agent: AgentRef,
    /// The step of the ladder.
    pub stage: ShutdownStage,
    /// Why.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// What a runtime says an agent really carries: ground truth, unlike a log (CORRECT-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inventory {
    /// The incarnation that was looked at.
    pub agent: AgentRef,
    /// Every attempt it carries; empty when it carries none.
    pub carries: Vec<Carried>,
}

/// One attempt that an inventory found.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Carried {
    /// The task.
    pub task: TaskId,
    /// The attempt at it.
    pub attempt: AttemptNo,
}
