//! Events of a gate: requested from a holder, decided.

use serde::{Deserialize, Serialize};

use crate::ids::{AttemptNo, GateName, TaskId};
use crate::party::Party;

/// Gives a gate to somebody to decide: who holds it is a fact of the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateRequested {
    /// The task.
    pub task: TaskId,
    /// The attempt whose work is to be judged.
    pub attempt: AttemptNo,
    /// The gate.
    pub gate: GateName,
    /// Who is to decide: the holder.
    pub holder: Party,
}

/// What the holder of a gate says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Verdict {
    /// The work passes.
    Approved,
    /// The work goes back to its author.
    ChangesRequested,
    /// The gate is lifted without judging the work; needs authority and a reason (AUTH-1).
    Waived,
}

/// Decides a gate for one attempt and one revision of its work (GATE-1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GateDecided {
    /// The task.
    pub task: TaskId,
    /// The attempt whose work was judged.
    pub attempt: AttemptNo,
    /// The gate.
    pub gate: GateName,
    /// Who decided.
    pub decider: Party,
    /// The revision that was judged: that of the last handoff, which must be named if it has one;
    /// a waiver judges none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<String>,
    /// The decision.
    pub verdict: Verdict,
    /// What was found.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<String>,
    /// Why, for a waiver.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub reason: String,
}
