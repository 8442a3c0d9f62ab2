//! What is compared: the state at the end of a log, as plain values and words of the specification.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::ids::{AgentRef, AttemptNo, GateName, Seq, TaskId};
use serde::{Deserialize, Serialize};

/// Whether a value says nothing, so that JSON can leave it out.
fn is_nothing<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// Everything that is observed of a mission at one position of its log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// Every task that is known, declared or only named.
    #[serde(skip_serializing_if = "is_nothing")]
    pub tasks: BTreeMap<TaskId, TaskFacts>,
    /// The status of every incarnation that is known.
    #[serde(skip_serializing_if = "is_nothing")]
    pub agents: BTreeMap<AgentRef, String>,
    /// What is wrong with the records, by the position that each names; clean ones are left out.
    #[serde(skip_serializing_if = "is_nothing")]
    pub records: BTreeMap<Seq, RecordFacts>,
    /// What is owed, by whom, since which record.
    #[serde(skip_serializing_if = "is_nothing")]
    pub owed: BTreeSet<Owed>,
    /// The handoffs that nobody has read.
    #[serde(skip_serializing_if = "is_nothing")]
    pub unread: BTreeSet<Seq>,
    /// The messages that reached nobody and that nobody has read.
    #[serde(skip_serializing_if = "is_nothing")]
    pub undeliverable: BTreeSet<Seq>,
    /// Attempts dispatched or started.
    #[serde(skip_serializing_if = "is_nothing")]
    pub in_flight: usize,
    /// Where the mission stands: planning, executing, reviewing or its outcome.
    pub phase: String,
    /// Whether its close was forced.
    #[serde(skip_serializing_if = "is_nothing")]
    pub forced: bool,
    /// How many declared tasks are in each status; those in none are left out.
    #[serde(skip_serializing_if = "is_nothing")]
    pub counts: BTreeMap<String, usize>,
}

/// One task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaskFacts {
    /// Its status.
    pub status: String,
    /// Every attempt at it.
    #[serde(skip_serializing_if = "is_nothing")]
    pub attempts: BTreeMap<AttemptNo, AttemptFacts>,
    /// The open attempt that holds the token.
    #[serde(skip_serializing_if = "is_nothing")]
    pub token: Option<AttemptNo>,
    /// Its gates.
    #[serde(skip_serializing_if = "is_nothing")]
    pub gates: BTreeMap<GateName, GateFacts>,
    /// The tasks it needs, and whether each need is met.
    #[serde(skip_serializing_if = "is_nothing")]
    pub needs: BTreeMap<TaskId, bool>,
    /// Whether it can be handed out.
    #[serde(skip_serializing_if = "is_nothing")]
    pub ready: bool,
    /// Failures, crashes, blocks, review rounds and attempts without progress, in this order.
    #[serde(skip_serializing_if = "is_nothing")]
    pub counters: [u32; 5],
    /// The record that holds the last error, and its text.
    #[serde(skip_serializing_if = "is_nothing")]
    pub last_error: Option<(Seq, String)>,
    /// What the last partial handoff left to do.
    #[serde(skip_serializing_if = "is_nothing")]
    pub remaining: Vec<String>,
    /// The task under which it goes on.
    #[serde(skip_serializing_if = "is_nothing")]
    pub superseded_by: Option<TaskId>,
}

impl TaskFacts {
    /// A task of which only the status is known.
    pub fn at(status: impl Into<String>) -> Self {
        let status = status.into();
        Self {
            status,
            ..Self::default()
        }
    }
}

/// One attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttemptFacts {
    /// Who it was handed to.
    pub owner: AgentRef,
    /// How far it is: dispatched, started, `handed_over` or closed.
    pub stage: String,
    /// Whether it is there, as far as clocks tell: alive, suspect or lost; of one in flight only.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub liveness: Option<String>,
    /// How many signs of life came too late.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub late_signs: u32,
}

/// One gate of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateFacts {
    /// Its status.
    pub status: String,
    /// Who holds it, as text.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub holder: Option<String>,
    /// Whether a decision on it no longer counts.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub stale: bool,
}

/// What the fold makes of one record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordFacts {
    /// Clean, marked, evidence or ignored.
    pub standing: Standing,
    /// The codes of what is wrong with it.
    pub codes: BTreeSet<String>,
}

/// What a record is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It takes effect.
    Clean,
    /// It is forbidden, but it happened: it takes effect and is marked.
    Marked,
    /// It is kept as late evidence and moves nothing.
    Evidence,
    /// It cannot be applied or must not be believed.
    Ignored,
}

/// One thing that somebody owes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Owed {
    /// What: a reply, an answer, an acknowledgement, a gate, an unblocking or a ruling.
    pub kind: String,
    /// By whom, as text.
    pub by: String,
    /// Who makes the next move: the lead, once it is out of time or nobody is there, as text.
    pub next: String,
    /// The record that opened it.
    pub since: Seq,
}
