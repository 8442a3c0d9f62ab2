//! The event of a clock that ran out.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::ids::{AgentRef, AttemptNo, Seq, TaskId};
use crate::policy::Millis;

/// Which clock (TIME-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClockKind {
    /// An attempt did not start in time.
    Start,
    /// An attempt did not hand over in time.
    Attempt,
    /// An attempt gave no sign of life in time.
    Alive,
    /// An attempt reported no progress in time.
    Progress,
    /// The handoff of an attempt that nobody carries any more did not arrive in time.
    Report,
    /// A task was not accepted in time.
    Total,
    /// A message was not answered in time.
    Reply,
    /// A shutdown request was not acknowledged in time.
    Ack,
}

impl ClockKind {
    /// Every clock, in the order above.
    pub const ALL: [Self; 8] = [
        Self::Start,
        Self::Attempt,
        Self::Alive,
        Self::Progress,
        Self::Report,
        Self::Total,
        Self::Reply,
        Self::Ack,
    ];

    /// Returns the clock's word in the log.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Attempt => "attempt",
            Self::Alive => "alive",
            Self::Progress => "progress",
            Self::Report => "report",
            Self::Total => "total",
            Self::Reply => "reply",
            Self::Ack => "ack",
        }
    }
}

impl fmt::Display for ClockKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What a clock runs on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ClockSubject {
    /// An attempt.
    Attempt {
        /// The task.
        task: TaskId,
        /// The attempt at it.
        attempt: AttemptNo,
    },
    /// A task.
    Task(TaskId),
    /// A message that is owed a reply, by the position of its record.
    Message(Seq),
    /// An incarnation that owes an acknowledgement.
    Agent(AgentRef),
}

/// A clock ran out: lowers confidence and opens a decision, and no more (TIME-3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeout {
    /// Which clock.
    pub clock: ClockKind,
    /// What it ran on.
    pub subject: ClockSubject,
    /// How long it ran, in milliseconds, if the log that was imported tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit_ms: Option<Millis>,
    /// When it ran out.
    pub due: DateTime<Utc>,
}
