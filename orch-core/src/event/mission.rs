//! Events of the mission itself: opened, closed, archived, and the runs within it.

use serde::{Deserialize, Serialize};

use crate::ids::RunId;
use crate::party::Party;
use crate::policy::Policy;

/// The first record of every log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissionOpened {
    /// What the mission is about, in a few words.
    pub title: String,
    /// Who leads it: whoever owes a decision that nobody else owes.
    pub lead: Party,
    /// What the mission allows; the default of its rules version when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<Policy>,
    /// The version of the rules that the log was written under (RULES-1).
    pub rules: u32,
    /// Whether the mission may complete without a task (COMPLETE-1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub empty: bool,
}

/// How a mission ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum MissionOutcome {
    /// Everything it was for is accepted.
    Completed,
    /// It cannot reach what it was for.
    Failed,
    /// It is no longer wanted.
    Cancelled,
}

/// Ends the mission.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissionClosed {
    /// How it ended.
    pub outcome: MissionOutcome,
    /// Whether it was closed over open work: its own, visible, outcome (COMPLETE-2).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub forced: bool,
    /// Why, in the words of whoever closed it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Puts a closed mission away.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissionArchived {
    /// Why, in the words of whoever archived it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}

/// Starts a run: one sitting of an orchestrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStarted {
    /// The run.
    pub run: RunId,
}

/// Ends a run; its counts are those of the fold at this position.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnded {
    /// The run.
    pub run: RunId,
}
