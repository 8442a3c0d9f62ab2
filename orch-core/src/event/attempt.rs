//! Events of an attempt: dispatched, at work, handed over, ended.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AgentRef, AttemptNo, Label, TaskId};
use crate::party::Party;
use crate::policy::Clocks;

/// Hands a task out to an agent: the only place where an attempt gets its number (ID-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatched {
    /// The task.
    pub task: TaskId,
    /// The attempt: the next number that the task has not used.
    pub attempt: AttemptNo,
    /// The incarnation it is handed to.
    pub agent: AgentRef,
    /// Where the agent works: a folder or a worktree.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub workspace: Option<String>,
    /// The branch it works on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
    /// Clocks for this attempt alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Clocks>,
    /// What the agent was told, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

impl Dispatched {
    /// A dispatch with nothing said but who gets which attempt.
    pub const fn new(task: TaskId, attempt: AttemptNo, agent: AgentRef) -> Self {
        Self {
            task,
            attempt,
            agent,
            workspace: None,
            branch: None,
            limits: None,
            note: String::new(),
        }
    }
}

/// The agent has begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptStarted {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNo,
    /// Who works on it.
    pub agent: AgentRef,
}

/// The agent got somewhere; the only event that resets the progress clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNo,
    /// Who works on it.
    pub agent: AgentRef,
    /// How far it is, in percent, if it can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// What was done, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// Until when no further sign of life is to be expected (TIME-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_until: Option<DateTime<Utc>>,
}

/// The agent is alive; says nothing about progress.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heartbeat {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNo,
    /// Who works on it.
    pub agent: AgentRef,
    /// Until when no further sign of life is to be expected (TIME-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub silent_until: Option<DateTime<Utc>>,
}

/// What an attempt says when it gives the task back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum HandoffStatus {
    /// Some of the work is done; the rest is named (HAND-1).
    Partial,
    /// The work cannot go on before somebody else acts (HAND-1).
    Blocked,
    /// The work is done: the only way to acceptance (COMPLETE-3).
    Done,
    /// The work could not be done (RETRY-1).
    Failed,
}

/// One piece of evidence that work was done.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// What kind of evidence, such as `commit`.
    pub kind: Label,
    /// Where to find it: a hash, an address, a path.
    pub value: String,
}

/// The agent gives the task back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handoff {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNo,
    /// Who worked on it.
    pub agent: AgentRef,
    /// How it gives the task back; without one the task is only `reported` (COMPLETE-3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<HandoffStatus>,
    /// What was done, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub summary: String,
    /// What proves it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// The revision of the work, such as a commit; gates bind to it (GATE-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// Who must act before the work can go on; the lead when absent (HAND-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blocked_on: Option<Party>,
    /// What is left to do.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remaining: Vec<String>,
    /// What went wrong, for `failed`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// Whether trying again is pointless, for `failed` (RETRY-1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_retryable: bool,
}

impl Handoff {
    /// A handoff with nothing but its status.
    pub const fn new(
        task: TaskId,
        attempt: AttemptNo,
        agent: AgentRef,
        status: Option<HandoffStatus>,
    ) -> Self {
        Self {
            task,
            attempt,
            agent,
            status,
            summary: String::new(),
            evidence: Vec::new(),
            revision: None,
            blocked_on: None,
            remaining: Vec::new(),
            error: None,
            not_retryable: false,
        }
    }

    /// A handoff of work that is done.
    pub const fn done(task: TaskId, attempt: AttemptNo, agent: AgentRef) -> Self {
        Self::new(task, attempt, agent, Some(HandoffStatus::Done))
    }

    /// Says what was done, in free words.
    #[must_use]
    pub fn summary(mut self, summary: impl Into<String>) -> Self {
        self.summary = summary.into();
        self
    }
}

/// How an attempt ended without a handoff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum AttemptEnd {
    /// Its process ended by itself; `code` says how.
    Exited,
    /// Its process was killed.
    Killed,
    /// Nobody carries it any more.
    Lost,
    /// The session it ran in ended.
    SessionEnded,
    /// Its owner let go of it, or it was taken back before anything was done.
    Released,
}

/// The attempt ended, and that is not a handoff (D25, D29).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptEnded {
    /// The task.
    pub task: TaskId,
    /// The attempt.
    pub attempt: AttemptNo,
    /// Who worked on it.
    pub agent: AgentRef,
    /// How it ended.
    pub how: AttemptEnd,
    /// The exit code, for `exited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<i32>,
    /// Why, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
