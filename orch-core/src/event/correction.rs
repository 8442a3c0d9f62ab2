//! The event of a correction: an authoritative change of who owns what.

use serde::{Deserialize, Serialize};

use crate::event::task::{GateSpec, Limits, Need};
use crate::ids::{AgentRef, AttemptNo, Label, Seq, TaskId};

/// An authoritative change of a task; re-derives every blocker (CORRECT-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// The task that is corrected.
    pub task: TaskId,
    /// What changes.
    pub change: Change,
    /// Why, in the words of whoever corrects.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
    /// Records that no longer hold: obligations they opened are settled.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supersedes: Vec<Seq>,
}

/// What a correction changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Change {
    /// The work is with this agent; the attempt before it is fenced.
    Rebind {
        /// The live incarnation that has the work.
        to: AgentRef,
        /// Its attempt: the next number that the task has not used.
        attempt: AttemptNo,
    },
    /// The work goes on under another task.
    Supersede {
        /// That task.
        by: TaskId,
    },
    /// The task starts over, from whatever state.
    Reopen,
    /// Late evidence counts after all (FENCE-2).
    Adopt {
        /// The record of the late evidence.
        seq: Seq,
    },
    /// What blocked the task no longer does.
    Unblock,
    /// What the task is or needs changes.
    Amend(Box<Amendment>),
}

/// What an amendment changes; an absent field stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Amendment {
    /// A new title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// A new kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<Label>,
    /// A new priority.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// A new phase.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phase: Option<Label>,
    /// A new role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<Label>,
    /// A new parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent: Option<TaskId>,
    /// Needs to add; one that stands already is replaced.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub add_needs: Vec<Need>,
    /// Needs to take away.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remove_needs: Vec<TaskId>,
    /// New gates, in place of all before; decisions on gates of the same name and stage stand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gates: Option<Vec<GateSpec>>,
    /// A new evidence contract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Vec<Label>>,
    /// New limits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}
