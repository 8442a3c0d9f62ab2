//! Anomalies: what a log says that the rules forbid. Data, never an error.

use serde::{Deserialize, Serialize};

use crate::codes::Code;
use crate::ids::{Seq, TaskId};

/// One thing that a record says and a rule forbids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Anomaly {
    /// Which rule is broken, and how.
    pub code: Code,
    /// The record that breaks it.
    pub seq: Seq,
    /// The task it is about, if it is about one.
    pub task: Option<TaskId>,
    /// What is wrong, naming the things involved; untrusted text, escape before showing.
    pub detail: String,
    /// The records that make it wrong (FOLD-3).
    pub because: Vec<Seq>,
}

/// What a check found wrong with an event, before or after it was written down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    pub(crate) code: Code,
    pub(crate) task: Option<TaskId>,
    pub(crate) detail: String,
    pub(crate) because: Vec<Seq>,
}

impl Finding {
    pub(crate) fn new(code: Code, detail: String) -> Self {
        Self {
            code,
            task: None,
            detail,
            because: Vec::new(),
        }
    }

    pub(crate) fn on(mut self, task: &TaskId) -> Self {
        self.task = Some(task.clone());
        self
    }

    /// Names the records that make it so.
    // spec: FOLD-3
    pub(crate) fn because(mut self, seqs: impl IntoIterator<Item = Seq>) -> Self {
        self.because.extend(seqs);
        self
    }

    pub(crate) fn into_anomaly(self, seq: Seq) -> Anomaly {
        Anomaly {
            code: self.code,
            seq,
            task: self.task,
            detail: self.detail,
            because: self.because,
        }
    }
}

/// What a closed or fenced attempt, or an incarnation that is gone, still said (FENCE-2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LateEvidence {
    /// The record.
    pub seq: Seq,
    /// Why it is late.
    pub code: Code,
    /// The task it is about, if it is about one.
    pub task: Option<TaskId>,
    /// Who said it, as written in the log.
    pub by: String,
    /// The kind of the record.
    pub kind: String,
    /// The correction that adopted it.
    pub adopted: Option<Seq>,
}
