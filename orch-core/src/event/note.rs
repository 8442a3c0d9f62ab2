//! Events that never move state: findings and notes.

use serde::{Deserialize, Serialize};

use crate::ids::TaskId;

/// Keeps what somebody found out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FindingRecorded {
    /// The task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// What it is, in a few words. From an importer, `poll_loop` and `store_divergence` raise the
    /// cause of that name until the finding is read.
    pub title: String,
    /// What was found.
    pub body: String,
}

/// Keeps a remark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The task it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The remark.
    pub text: String,
}
