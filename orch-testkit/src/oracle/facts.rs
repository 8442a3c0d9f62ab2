//! What is compared: the state at the end of a log, as plain values and words of the specification.

use std::collections::{BTreeMap, BTreeSet};

use orch_core::ids::{AgentRef, AttemptNo, GateName, Seq, TaskId};
use serde::{Deserialize, Serialize};

/// Everything that is observed of a mission at one position of its log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Facts {
    /// Every task that is known, declared or only named.
    pub tasks: BTreeMap<TaskId, TaskFacts>,
    /// The status of every incarnation that is known.
    pub agents: BTreeMap<AgentRef, String>,
    /// What is wrong with the records, by the position that each names; clean ones are left out.
    pub records: BTreeMap<Seq, RecordFacts>,
    /// What is owed, by whom, since which record.
    pub owed: BTreeSet<Owed>,
    /// The handoffs that nobody has read.
    pub unread: BTreeSet<Seq>,
    /// The messages that reached nobody and that nobody has read.
    pub undeliverable: BTreeSet<Seq>,
    /// Attempts dispatched or started.
    pub in_flight: usize,
    /// Where the mission stands: planning, executing, reviewing or its outcome.
    pub phase: String,
    /// Whether its close was forced.
    pub forced: bool,
    /// How many declared tasks are in each status; those in none are left out.
    pub counts: BTreeMap<String, usize>,
}

/// One task.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaskFacts {
    /// Its status.
    pub status: String,
    /// Every attempt at it.
    pub attempts: BTreeMap<AttemptNo, AttemptFacts>,
    /// The open attempt that holds the token.
    pub token: Option<AttemptNo>,
    /// Its gates.
    pub gates: BTreeMap<GateName, GateFacts>,
    /// The tasks it needs, and whether each need is met.
    pub needs: BTreeMap<TaskId, bool>,
    /// Whether it can be handed out.
    pub ready: bool,
    /// Failures, crashes, blocks, review rounds and attempts without progress, in this order.
    pub counters: [u32; 5],
    /// The record that holds the last error, and its text.
    pub last_error: Option<(Seq, String)>,
    /// What the last partial handoff left to do.
    pub remaining: Vec<String>,
    /// The task under which it goes on.
    pub superseded_by: Option<TaskId>,
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
    #[serde(default)]
    pub liveness: Option<String>,
    /// How many signs of life came too late.
    #[serde(default)]
    pub late_signs: u32,
}

/// One gate of a task.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateFacts {
    /// Its status.
    pub status: String,
    /// Who holds it, as text.
    #[serde(default)]
    pub holder: Option<String>,
    /// Whether a decision on it no longer counts.
    #[serde(default)]
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
