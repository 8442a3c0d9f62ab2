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
    /// The name that nobody knows, when that is what is wrong: a rejection says which are like it.
    pub(crate) unknown: Option<Box<str>>,
}

impl Finding {
    pub(crate) fn new(code: Code, detail: String) -> Self {
        Self {
            code,
            task: None,
            detail,
            because: Vec::new(),
            unknown: None,
        }
    }

    pub(crate) fn unknown(mut self, name: &str) -> Self {
        self.unknown = Some(name.into());
        self
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

    /// Makes an anomaly of it. What a rejection lists in full is cut short here: a log can repeat
    /// the same breach for every record, and each would keep the whole list.
    pub(crate) fn into_anomaly(mut self, seq: Seq) -> Anomaly {
        const DETAIL_MAX_CHARS: usize = 600;
        const BECAUSE_MAX: usize = 16;
        if let Some((cut, _)) = self.detail.char_indices().nth(DETAIL_MAX_CHARS) {
            self.detail.truncate(cut);
            self.detail.push('…');
        }
        self.because.truncate(BECAUSE_MAX);
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
