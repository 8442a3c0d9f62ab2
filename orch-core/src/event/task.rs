//! Events of a task: declared, closed, delivered.

use serde::{Deserialize, Serialize};

use crate::ids::{GateName, Label, TaskId};
use crate::policy::Clocks;

/// Adds a task to the mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDeclared {
    /// The task.
    pub task: TaskId,
    /// What it is, in a few words.
    pub title: String,
    /// What kind of work it is; `spec` and `implement` have a meaning to the rules (COMPLETE-2).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Label>,
    /// The task that this one is part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent: Option<TaskId>,
    /// The phase of the plan it belongs to, for progress per phase.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Label>,
    /// The tasks that must come before it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Need>,
    /// The role that an agent should have to work on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Label>,
    /// The approvals it needs, in the order in which they open (GATE-1).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gates: Vec<GateSpec>,
    /// The kinds of evidence that a handoff `done` must bring (COMPLETE-3).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Label>,
    /// How urgent it is: 0 is the most urgent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority: Option<i32>,
    /// Its own clocks and number of attempts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
    /// Where the task came from: an issue, a document, a plan.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Whether an importer had to invent it, because a log begins mid-story.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub implicit: bool,
}

impl TaskDeclared {
    /// A task with nothing but its id and title.
    pub fn new(task: TaskId, title: impl Into<String>) -> Self {
        Self {
            task,
            title: title.into(),
            kind: None,
            parent: None,
            phase: None,
            needs: Vec::new(),
            role: None,
            gates: Vec::new(),
            evidence: Vec::new(),
            priority: None,
            limits: None,
            source: None,
            implicit: false,
        }
    }

    /// Has it wait until another task is accepted.
    #[must_use]
    pub fn needs(mut self, task: TaskId) -> Self {
        self.needs.push(Need::accepted(task));
        self
    }
}

/// One task that must come before another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Need {
    /// The task that must come first.
    pub task: TaskId,
    /// How far it must have come.
    #[serde(default, skip_serializing_if = "NeedOn::is_accepted")]
    pub on: NeedOn,
    /// Ends other than acceptance that satisfy the need as well (DEP-2).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<Unmet>,
}

impl Need {
    /// A need that only acceptance satisfies.
    pub const fn accepted(task: TaskId) -> Self {
        Self {
            task,
            on: NeedOn::Accepted,
            or: Vec::new(),
        }
    }
}

/// How far a needed task must have come.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NeedOn {
    /// It is accepted or delivered.
    #[default]
    Accepted,
    /// It is handed back, judged or not.
    Reported,
}

impl NeedOn {
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde passes a reference"
    )]
    const fn is_accepted(&self) -> bool {
        matches!(self, Self::Accepted)
    }
}

/// An end of a task that does not satisfy its dependents unless their need says so (DEP-2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Unmet {
    /// It failed, or was tried too often.
    Failed,
    /// It was skipped.
    Skipped,
    /// It was cancelled.
    Cancelled,
}

/// One approval that a task needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateSpec {
    /// The gate's name, unique within the task.
    pub gate: GateName,
    /// What the approval is for.
    #[serde(default)]
    pub stage: GateStage,
    /// The gates that must have passed before this one opens; all those declared before it at
    /// the same stage when absent (GATE-1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Vec<GateName>>,
}

impl GateSpec {
    /// A gate at the given stage, open once those declared before it have passed.
    pub const fn new(gate: GateName, stage: GateStage) -> Self {
        Self {
            gate,
            stage,
            after: None,
        }
    }
}

/// What an approval is for.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum GateStage {
    /// The work may be accepted: tested, reviewed.
    #[default]
    Accept,
    /// The accepted work may be called delivered: committed, merged, archived.
    Deliver,
}

/// A task's own limits, in place of the mission's.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct Limits {
    /// Its clocks.
    pub clocks: Clocks,
    /// How many attempts may fail before it is exhausted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_attempts: Option<u32>,
}

/// Ends a task without a result.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskClosed {
    /// The task.
    pub task: TaskId,
    /// How it ended.
    pub outcome: Unmet,
    /// Why, in the words of whoever closed it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Says that an accepted task is done-done: its delivery gates have passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDelivered {
    /// The task.
    pub task: TaskId,
    /// Where it was delivered to, in free words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}
